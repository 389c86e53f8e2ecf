/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that names kernel versions: what the rest of the module calls by
 * one name, whatever the kernel at hand calls it.
 */
#ifndef TCPW_COMPAT_H
#define TCPW_COMPAT_H

#include <linux/sysctl.h>
#include <linux/version.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>

/*
 * Tracepoint probes run with preemption off up to 6.12, where PREEMPT_RT lets no
 * spinlock_t be taken and no memory be allocated.
 */
#if defined(CONFIG_PREEMPT_RT) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define TCPW_PROBES_MAY_NOT_LOCK 1
#else
#define TCPW_PROBES_MAY_NOT_LOCK 0
#endif

/**
 * tcpw_hashinfo() - the tables that hold a namespace's sockets
 * @net: the namespace; from 6.1 on it may have tables of its own
 *
 * Return: the tables.
 */
static inline struct inet_hashinfo *tcpw_hashinfo(const struct net *net)
{
	return net->ipv4.tcp_death_row.hashinfo;
}

/**
 * tcpw_time_wait_count() - mini-sockets that a namespace has
 * @net: the namespace
 *
 * The kernel's count is one more than there are, so that it reaches 0 only when
 * the namespace ends.
 *
 * Return: how many there are, in TIME_WAIT and FIN_WAIT2.
 */
static inline unsigned int tcpw_time_wait_count(const struct net *net)
{
	return refcount_read(&net->ipv4.tcp_death_row.tw_refcount) - 1;
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
	return __inet_lookup_established(net, tcpw_hashinfo(net), saddr, sport,
					 daddr, hnum, dif, sdif);
}

#if IS_ENABLED(CONFIG_IPV6)
/** tcpw_lookup6() - as tcpw_lookup4(), for IPv6 */
static inline struct sock *tcpw_lookup6(struct net *net, const struct in6_addr *saddr,
					__be16 sport, const struct in6_addr *daddr,
					u16 hnum, int dif, int sdif)
{
	return __inet6_lookup_established(net, tcpw_hashinfo(net), saddr, sport,
					  daddr, hnum, dif, sdif);
}
#endif

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
