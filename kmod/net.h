/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each network namespace has of its own: counters, orders, settings.
 */
#ifndef TCPW_NET_H
#define TCPW_NET_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/tcp_states.h>

#include "counters.h"
#include "order.h"

struct ctl_table_header;
struct net;
struct sock;
struct tcpw_follow;
struct tcpw_ring;

/**
 * struct tcpw_net_cpu - what the hot paths write, one for each CPU
 * @counter: enum tcpw_counter. Only sums over all CPUs mean anything: what one CPU
 *	added another may take away, and each may wrap
 * @state: full sockets with a record, by enum tcp_state; sums, as @counter
 * @records: records, mini-sockets and listeners included; sums, as @counter
 * @windows_closed: windows that are closed; sums, as @counter
 * @close_wait: the connections that came into CLOSE_WAIT on this CPU
 * @minis: the mini-sockets in FIN_WAIT2 made on this CPU, by when they are due to end
 * @patrol: how far a patrol over @minis has come; the tick's own
 * @stuck: up to where the stuck ones in @close_wait have been told; the tick's own
 */
struct tcpw_net_cpu {
	unsigned long counter[TCPW_COUNTERS];
	unsigned long state[TCP_MAX_STATES];
	unsigned long records;
	unsigned long windows_closed;
	struct tcpw_order close_wait;
	struct tcpw_order minis;
	struct tcpw_order_key patrol;
	struct tcpw_order_key stuck;
};

/**
 * struct tcpw_net - the module's state in one namespace
 * @net: the namespace; holds no reference: this ends with it
 * @cpu: one part for each CPU
 * @ring: the events, while somebody reads them; by RCU
 * @follow: which connections are followed, NULL for none; by RCU
 * @close_wait_stuck_ms: sysctl net.tcpwatch.close_wait_stuck_ms
 * @tick_armed: the tick is due, or running
 * @windows: enum tcpw_windows
 * @dying: the namespace is going, the tick must not be armed any more
 * @followed: there are filters, and somebody reads events: the hooks look at all segments
 * @list: in the list of all; protected by its mutex in net.c
 * @listeners: the sockets in LISTEN, by when they began
 * @closed_lock: protects @closed_listeners
 * @closed_listeners: records of listeners that closed and have requests (see half_open.h),
 *	by the addresses of their sockets
 * @tick: settles what has no event of its own
 * @ring_lock: protects @ring's coming and going, and how many read it
 * @ring_wait: those who wait for events; given up to them if they can't be let go
 * @ring_over: the files are going: there are no more events
 * @ring_until: until when those who wait for events have time to go, in jiffies
 * @shown: in the list of those that have files; protected by its mutex in proc/proc.c
 * @queue_walk: one at a time walks through the accept queues
 * @follow_lock: of those who change @follow or @followed
 * @hooks: the netfilter hooks, with this as their private data
 * @sysctl: the settings
 *
 * What the hot paths read is in lines of its own, which are written by the tick, once a second,
 * and by what makes it come: before @list.
 */
struct tcpw_net {
	struct net *net;
	struct tcpw_net_cpu __percpu *cpu;
	struct tcpw_ring __rcu *ring;
	struct tcpw_follow __rcu *follow;
	unsigned int close_wait_stuck_ms;
	int tick_armed;
	int windows;
	bool dying;
	bool followed;

	struct list_head list ____cacheline_aligned_in_smp;
	struct tcpw_order listeners;
	spinlock_t closed_lock;		/* closed_listeners */
	struct rb_root closed_listeners;
	struct delayed_work tick;
	struct mutex ring_lock;		/* ring, and its readers */
	struct wait_queue_head *ring_wait;
	bool ring_over;
	unsigned long ring_until;
	struct list_head shown;
	struct mutex queue_walk;	/* whose turn it is */
	struct mutex follow_lock;	/* changes of follow and followed */
	struct nf_hook_ops hooks[4];
	struct ctl_table_header *sysctl;
};

/**
 * tcpw_count() - count one of something
 * @tn: the namespace
 * @counter: what
 *
 * Context: any, no locks.
 */
static inline void tcpw_count(struct tcpw_net *tn, enum tcpw_counter counter)
{
	this_cpu_inc(tn->cpu->counter[counter]);
}

int tcpw_net_init(void);
void tcpw_net_exit(void);

struct tcpw_net *tcpw_net_of(const struct net *net);
struct tcpw_net *tcpw_net_of_sock(const struct sock *sk);
void tcpw_net_arm_tick(struct tcpw_net *tn);
void tcpw_net_rest(void);
u64 tcpw_net_stuck_bound_ns(const struct tcpw_net *tn);

#endif
