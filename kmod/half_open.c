// SPDX-License-Identifier: GPL-2.0
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>

#include "conn.h"
#include "half_open.h"
#include "net.h"

enum { LOOKED_AT = 256 };	/* listeners under one hold of the lock that listen() needs, too */

/* A listener that closed may listen again: then what it has is counted there. */
static unsigned int requests_left(const struct sock *sk)
{
	return inet_sk_state_load(sk) == TCP_LISTEN ? 0 : inet_csk_reqsk_queue_len(sk);
}

/**
 * tcpw_half_open_net_init() - begin in a namespace
 * @tn: the namespace
 */
void tcpw_half_open_net_init(struct tcpw_net *tn)
{
	spin_lock_init(&tn->closed_lock);
	INIT_HLIST_HEAD(&tn->closed_listeners);
}

/* Give up those that @goes says; returns whether any is left. */
static bool sweep(struct tcpw_net *tn, bool (*goes)(const struct sock *sk))
{
	struct hlist_node *next;
	struct tcpw_conn *c;
	HLIST_HEAD(out);
	bool left;

	/* A look without the lock could miss one whose tcpw_net_arm_tick() saw the tick armed. */
	spin_lock_bh(&tn->closed_lock);
	hlist_for_each_entry_safe(c, next, &tn->closed_listeners, node) {
		if (!goes(c->sk))
			continue;
		hlist_del(&c->node);
		hlist_add_head(&c->node, &out);
	}
	left = !hlist_empty(&tn->closed_listeners);
	spin_unlock_bh(&tn->closed_lock);
	hlist_for_each_entry_safe(c, next, &out, node) {
		this_cpu_dec(tn->cpu->records);
		sock_put(c->sk);
		tcpw_conn_free(c);
	}
	return left;
}

static bool any(const struct sock *sk)
{
	return true;
}

static bool has_none(const struct sock *sk)
{
	return !requests_left(sk);
}

/**
 * tcpw_half_open_net_exit() - end in a namespace
 * @tn: the namespace; its tick comes no more, and no listener of it is closing
 *
 * Context: process.
 */
void tcpw_half_open_net_exit(struct tcpw_net *tn)
{
	sweep(tn, any);
}

/**
 * tcpw_half_open_keep() - a listener closes: remember its requests
 * @tn: the namespace
 * @c: the listener's record, out of the table; taken over if there is a request
 *
 * Context: any, no bucket lock; under rcu_read_lock(), the namespace was seen alive in
 * this section of RCU, the socket's lock held.
 * Return: whether it was taken over.
 */
bool tcpw_half_open_keep(struct tcpw_net *tn, struct tcpw_conn *c)
{
	const struct tcpw_conn *other;
	bool kept = false;

	if (!inet_csk_reqsk_queue_len(c->sk))
		return false;
	spin_lock_bh(&tn->closed_lock);
	hlist_for_each_entry(other, &tn->closed_listeners, node)
		if (other->sk == c->sk)
			break;
	if (!other) {
		sock_hold(c->sk);
		this_cpu_inc(tn->cpu->records);
		hlist_add_head(&c->node, &tn->closed_listeners);
		kept = true;
	}
	spin_unlock_bh(&tn->closed_lock);
	tcpw_net_arm_tick(tn);
	return kept;
}

/**
 * tcpw_half_open_settle() - let go of listeners that have no request any more
 * @tn: the namespace
 *
 * Context: process.
 * Return: whether there are others.
 */
bool tcpw_half_open_settle(struct tcpw_net *tn)
{
	return sweep(tn, has_none);
}

/*
 * Add up the requests of some listeners, from a place on, which then is the next. Returns whether
 * there are more.
 */
static bool count_some(struct tcpw_order *listeners, struct tcpw_order_key *at, unsigned long *n)
{
	unsigned int left = LOOKED_AT;
	const struct tcpw_conn *c;

	spin_lock_bh(&listeners->lock);
	for (c = tcpw_order_at(listeners, at); c && left; c = tcpw_order_next(c), left--)
		*n += inet_csk_reqsk_queue_len(c->sk);
	if (c)
		*at = tcpw_order_key(c);
	spin_unlock_bh(&listeners->lock);
	return c;
}

/**
 * tcpw_half_open_count() - how many requests a namespace has
 * @tn: the namespace
 *
 * Context: process.
 * Return: as many.
 */
unsigned long tcpw_half_open_count(struct tcpw_net *tn)
{
	struct tcpw_order_key at = { 0, 0 };
	const struct tcpw_conn *c;
	unsigned long n = 0;

	while (count_some(&tn->listeners, &at, &n))
		cond_resched();

	spin_lock_bh(&tn->closed_lock);
	hlist_for_each_entry(c, &tn->closed_listeners, node)
		n += requests_left(c->sk);
	spin_unlock_bh(&tn->closed_lock);
	return n;
}
