/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that names kernel versions: what the rest of the module calls by
 * one name, whatever the kernel at hand calls it.
 */
#ifndef TCPW_COMPAT_H
#define TCPW_COMPAT_H

#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/rculist_nulls.h>
#include <linux/sysctl.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/version.h>
#include <net/inet_connection_sock.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if !IS_ENABLED(CONFIG_INET) || !IS_ENABLED(CONFIG_NETFILTER) || !IS_ENABLED(CONFIG_PROC_FS) || \
	!IS_ENABLED(CONFIG_SYSCTL) || !IS_ENABLED(CONFIG_TRACEPOINTS)
#error "tcpwatch needs CONFIG_INET, _NETFILTER, _PROC_FS, _SYSCTL and _TRACEPOINTS of its kernel"
#endif

/*
 * With preemption off, PREEMPT_RT lets no spinlock_t be taken and no memory be allocated. That is
 * how tracepoint probes run until SRCU protects them (7.0), which Kbuild looks for.
 */
#if defined(CONFIG_PREEMPT_RT) && !defined(TCPW_PROBES_UNDER_SRCU)
#define TCPW_PROBES_MAY_NOT_LOCK 1
#else
#define TCPW_PROBES_MAY_NOT_LOCK 0
#endif

/**
 * tcpw_death_row() - what a namespace keeps of its mini-sockets
 * @net: the namespace
 *
 * Return: that.
 */
static inline const struct inet_timewait_death_row *tcpw_death_row(const struct net *net)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
	return net->ipv4.tcp_death_row;
#else
	return &net->ipv4.tcp_death_row;
#endif
}

/**
 * tcpw_hashinfo() - the tables that hold a namespace's sockets
 * @net: the namespace; from 6.1 on it may have tables of its own
 *
 * Return: the tables.
 */
static inline struct inet_hashinfo *tcpw_hashinfo(const struct net *net)
{
	return tcpw_death_row(net)->hashinfo;
}

/**
 * tcpw_time_wait_count() - mini-sockets that a namespace has
 * @net: the namespace
 *
 * From 5.17 on the kernel's count is one more than there are, so that it reaches 0 only when
 * the namespace ends.
 *
 * Return: how many there are, in TIME_WAIT and FIN_WAIT2.
 */
static inline unsigned int tcpw_time_wait_count(const struct net *net)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	return refcount_read(&tcpw_death_row(net)->tw_refcount) - 1;
#else
	return atomic_read(&tcpw_death_row(net)->tw_count);
#endif
}

/**
 * tcpw_time_wait_full() - a namespace has as many mini-sockets as it may have
 * @net: the namespace
 *
 * Source: inet_twsk_alloc().
 *
 * Return: whether no other is made.
 */
static inline bool tcpw_time_wait_full(const struct net *net)
{
	return tcpw_time_wait_count(net) >=
	       READ_ONCE(tcpw_death_row(net)->sysctl_max_tw_buckets);
}

/**
 * tcpw_take_listeners() - hand out the listeners in one slot of their table
 * @hashinfo: the tables
 * @slot: the slot
 * @take: called with @context for each; false: no more
 * @context: for @take
 *
 * Until 5.18 the table by port and address has a list of its own in each socket; from 5.19 on
 * it is the only one, and has the sockets themselves.
 *
 * Context: with the slot's lock held.
 * Return: whether @take took all.
 */
static inline bool tcpw_take_listeners(struct inet_hashinfo *hashinfo, unsigned int slot,
				       bool (*take)(void *context, struct sock *sk),
				       void *context)
{
#ifdef inet_lhash2_for_each_icsk_rcu
	struct inet_connection_sock *icsk;

	hlist_for_each_entry(icsk, &hashinfo->lhash2[slot].head, icsk_listen_portaddr_node)
		if (!take(context, &icsk->icsk_inet.sk))
			return false;
#else
	const struct hlist_nulls_node *node;
	struct sock *sk;

	sk_nulls_for_each(sk, node, &hashinfo->lhash2[slot].nulls_head)
		if (!take(context, sk))
			return false;
#endif
	return true;
}

/**
 * tcpw_lookup4() - the IPv4 socket, not a listener, that a segment belongs to
 * @net: the namespace
 * @saddr: the peer's address
 * @sport: its port, in network order
 * @daddr: the local address
 * @hnum: the local port, in host order
 * @dif: the interface
 * @sdif: the interface enslaved to it, or 0
 *
 * Context: under rcu_read_lock().
 * Return: a full, mini- or request socket with a reference, for sock_gen_put().
 */
static inline struct sock *tcpw_lookup4(struct net *net, __be32 saddr, __be16 sport,
					__be32 daddr, u16 hnum, int dif, int sdif)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return __inet_lookup_established(net, saddr, sport, daddr, hnum, dif, sdif);
#else
	return __inet_lookup_established(net, tcpw_hashinfo(net), saddr, sport,
					 daddr, hnum, dif, sdif);
#endif
}

#if IS_ENABLED(CONFIG_IPV6)
/** tcpw_lookup6() - as tcpw_lookup4(), for IPv6 */
static inline struct sock *tcpw_lookup6(struct net *net, const struct in6_addr *saddr,
					__be16 sport, const struct in6_addr *daddr,
					u16 hnum, int dif, int sdif)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return __inet6_lookup_established(net, saddr, sport, daddr, hnum, dif, sdif);
#else
	return __inet6_lookup_established(net, tcpw_hashinfo(net), saddr, sport,
					  daddr, hnum, dif, sdif);
#endif
}
#endif

/**
 * tcpw_rb_add() - put a node in its place; rb_add_cached() of 5.12
 * @node: the node
 * @tree: the tree
 * @less: whether a node goes before one of the tree
 *
 * Context: with the tree's lock held.
 */
static inline void tcpw_rb_add(struct rb_node *node, struct rb_root_cached *tree,
			       bool (*less)(struct rb_node *node, const struct rb_node *other))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
	rb_add_cached(node, tree, less);
#else
	struct rb_node **link = &tree->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (less(node, parent)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(node, parent, link);
	rb_insert_color_cached(node, tree, leftmost);
#endif
}

/**
 * tcpw_timens_boottime_ns() - a boot time as the current process's time namespace has it
 * @ns: the boot time
 *
 * The kernel's own timens_add_boottime_ns() came after 5.10.
 *
 * Context: process.
 * Return: the time there.
 */
static inline u64 tcpw_timens_boottime_ns(u64 ns)
{
	struct timespec64 time = ns_to_timespec64(ns);

	timens_add_boottime(&time);
	return timespec64_to_ns(&time);
}

/**
 * tcpw_register_sysctl() - register one setting of a namespace
 * @net: the namespace
 * @path: the folder under /proc/sys
 * @table: the setting, and an empty entry, which 6.11 no longer wants
 *
 * Context: process.
 * Return: for unregister_net_sysctl_table(); NULL if there is no memory.
 */
static inline struct ctl_table_header *tcpw_register_sysctl(struct net *net,
							    const char *path,
							    struct ctl_table *table)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return register_net_sysctl_sz(net, path, table, 1);
#else
	return register_net_sysctl(net, path, table);
#endif
}

#endif
