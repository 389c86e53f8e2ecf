// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <net/inet_timewait_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "compat.h"
#include "conn.h"
#include "mini.h"
#include "net.h"

/*
 * A segment is seen before the kernel acts on it, and the kernel may find that it
 * is of no matter. For so long it is worth to look whether it did.
 */
#define KICK_LASTS_NS NSEC_PER_SEC

/*
 * Some end without a segment: connect() takes over the port of one, `ss -K` ends one.
 * Not to be wrong about these for more than so many ticks, all are looked at.
 */
enum { PATROL_TICKS = 8 };

static bool is_in(const struct inet_timewait_sock *tw, unsigned int substate)
{
	/* inet_twsk_kill() unhashes it first; the record's reference keeps the memory. */
	return READ_ONCE(tw->tw_substate) == substate && READ_ONCE(tw->tw_node.pprev);
}

/* When the kernel's timer is to run out; it may run late, never early. */
static u64 expires_ns(const struct inet_timewait_sock *tw, u64 now_ns)
{
	long left = READ_ONCE(tw->tw_timer.expires) - jiffies;

	return now_ns + (left > 0 ? jiffies64_to_nsecs(left) : 0);
}

static struct sock *lookup(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	u16 port = ntohs(inet->inet_sport);	/* inet_num may be gone by now */

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return tcpw_lookup6(sock_net(sk), &sk->sk_v6_daddr, inet->inet_dport,
				    &sk->sk_v6_rcv_saddr, port, sk->sk_bound_dev_if, 0);
#endif
	return tcpw_lookup4(sock_net(sk), inet->inet_daddr, inet->inet_dport,
			    inet->inet_rcv_saddr, port, sk->sk_bound_dev_if, 0);
}

/**
 * tcpw_mini_find() - the mini-socket that took a socket's place
 * @sk: a socket on its way to CLOSE
 * @substate: TCP_FIN_WAIT2 or TCP_TIME_WAIT: which kind
 *
 * tcp_time_wait() puts the mini-socket into the kernel's table, where the full one
 * was, before it closes that.
 *
 * Context: any, under rcu_read_lock(), the socket's lock held.
 * Return: the mini-socket, with a reference for the caller; NULL if there is none.
 */
struct inet_timewait_sock *tcpw_mini_find(const struct sock *sk, unsigned int substate)
{
	struct sock *found = lookup(sk);

	if (!found)
		return NULL;
	if (READ_ONCE(found->sk_state) == TCP_TIME_WAIT && is_in(inet_twsk(found), substate) &&
	    inet_twsk(found)->tw_bound_dev_if == sk->sk_bound_dev_if)
		return inet_twsk(found);
	sock_gen_put(found);
	return NULL;
}

/**
 * tcpw_mini_insert() - let a record stand for a mini-socket
 * @tn: the namespace
 * @c: the record of the full socket, out of the table, taken over; NULL to make one
 * @tw: the mini-socket; its reference is taken over
 * @now_ns: CLOCK_BOOTTIME
 * @gfp: how to make a record
 *
 * Context: as @gfp says, no bucket lock; the namespace is kept, or was seen alive in
 * this section of RCU.
 * Return: 0, also if it has a record already; -ENOMEM.
 */
int tcpw_mini_insert(struct tcpw_net *tn, struct tcpw_conn *c,
		     struct inet_timewait_sock *tw, u64 now_ns, gfp_t gfp)
{
	if (!c)
		c = tcpw_conn_alloc(tn, (struct sock *)tw, TCPW_MINI, gfp);
	if (!c) {
		inet_twsk_put(tw);
		return -ENOMEM;
	}
	c->kind = TCPW_MINI;
	c->sk = (struct sock *)tw;
	c->state = TCP_FIN_WAIT2;
	c->order_ns = expires_ns(tw, now_ns);
	c->kicked_ns = 0;
	/* The seed may have been here first. */
	if (!tcpw_conn_insert(c))
		tcpw_conn_free(c);
	return 0;
}

/**
 * tcpw_mini_kick() - a segment came, or left, that may end a mini-socket
 * @tw: the mini-socket, in whatever state
 *
 * Context: any, no bucket lock.
 */
void tcpw_mini_kick(const struct inet_timewait_sock *tw)
{
	struct tcpw_conn *c = tcpw_conn_lock(tw);

	if (c && c->kind == TCPW_MINI) {
		c->kicked_ns = ktime_get_boottime_ns();
		tcpw_conn_postpone(c, c->kicked_ns);
	}
	tcpw_conn_unlock(tw);
}

/* Take out a record if its mini-socket has left FIN_WAIT2, else say when to look again. */
static void look_at(const void *tw, u64 now_ns)
{
	struct tcpw_conn *c = tcpw_conn_lock(tw);
	bool ended = false;

	/* No reference was held on the way here: it may be another's address by now. */
	if (c && c->kind == TCPW_MINI) {
		u64 expires = expires_ns(tw, now_ns);

		ended = !is_in(tw, TCP_FIN_WAIT2);
		if (ended)
			tcpw_conn_remove(c);
		else if (expires > now_ns && c->order_ns <= now_ns &&
			 c->kicked_ns + KICK_LASTS_NS < now_ns)
			tcpw_conn_postpone(c, expires);
	}
	tcpw_conn_unlock(tw);
	if (ended)
		tcpw_conn_free(c);
}

/*
 * Look at mini-sockets from a place on, as long as they are due by @until_ns, @most at
 * most, and leave the place of the next. Returns whether there may be more.
 */
static bool look_from(struct tcpw_order *minis, struct tcpw_order_key *at, u64 until_ns,
		      unsigned long most)
{
	u64 now_ns = ktime_get_boottime_ns();

	while (most--) {
		const struct tcpw_conn *c;
		const void *tw = NULL;

		spin_lock_bh(&minis->lock);
		c = tcpw_order_at(minis, at);
		if (c && c->order_ns <= until_ns) {
			*at = tcpw_order_key(c);
			at->conn++;
			tw = c->sk;
		}
		spin_unlock_bh(&minis->lock);
		if (!tw)
			return false;
		look_at(tw, now_ns);
		cond_resched();
	}
	return true;
}

/**
 * tcpw_mini_settle() - look at the mini-sockets that are due
 * @minis: one CPU's mini-sockets
 *
 * Context: process.
 */
void tcpw_mini_settle(struct tcpw_order *minis)
{
	struct tcpw_order_key at = { 0, 0 };

	look_from(minis, &at, ktime_get_boottime_ns(), ULONG_MAX);
}

/**
 * tcpw_mini_patrol() - look at some of the mini-sockets, and at all in time
 * @minis: one CPU's mini-sockets
 * @at: how far the patrol has come
 *
 * Context: process; one caller at a time for the same @at.
 */
void tcpw_mini_patrol(struct tcpw_order *minis, struct tcpw_order_key *at)
{
	unsigned long some = READ_ONCE(minis->count) / PATROL_TICKS + 1;

	if (!look_from(minis, at, U64_MAX, some))
		*at = (struct tcpw_order_key){ 0, 0 };
}
