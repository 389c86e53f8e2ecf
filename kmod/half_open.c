// SPDX-License-Identifier: GPL-2.0
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>

#include "conn.h"
#include "half_open.h"
#include "net.h"

enum { LOOKED_AT = 256 };	/* listeners under one hold of a lock that listen(), close() need */

#define conn_of(node) rb_entry_safe(node, struct tcpw_conn, order)

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
	tn->closed_listeners = RB_ROOT;
}

/* The first of those kept whose socket has this address, or a higher one. */
static struct tcpw_conn *closed_from(const struct tcpw_net *tn, unsigned long sk)
{
	struct rb_node *node = tn->closed_listeners.rb_node;
	struct tcpw_conn *found = NULL;

	lockdep_assert_held(&tn->closed_lock);
	while (node) {
		if ((unsigned long)conn_of(node)->sk >= sk) {
			found = conn_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/* Returns false if its socket has a record there: it closed, and listened again. */
static bool put_closed(struct tcpw_net *tn, struct tcpw_conn *c)
{
	struct rb_node **link = &tn->closed_listeners.rb_node, *parent = NULL;

	lockdep_assert_held(&tn->closed_lock);
	while (*link) {
		const struct sock *sk = conn_of(*link)->sk;

		if (sk == c->sk)
			return false;
		parent = *link;
		link = c->sk < sk ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&c->order, parent, link);
	rb_insert_color(&c->order, &tn->closed_listeners);
	return true;
}

/* Go over some of them, from a place on, which then is the next. Returns whether there are more. */
static bool sweep_some(struct tcpw_net *tn, unsigned long *at,
		       bool (*goes)(const struct sock *sk), struct hlist_head *out)
{
	unsigned int left = LOOKED_AT;
	struct tcpw_conn *c, *next;

	spin_lock_bh(&tn->closed_lock);
	for (c = closed_from(tn, *at); c && left; c = next, left--) {
		next = conn_of(rb_next(&c->order));
		if (!goes(c->sk))
			continue;
		rb_erase(&c->order, &tn->closed_listeners);
		hlist_add_head(&c->node, out);
	}
	if (c)
		*at = (unsigned long)c->sk;
	spin_unlock_bh(&tn->closed_lock);
	return c;
}

/* Give up those that @goes says; returns whether any is left. */
static bool sweep(struct tcpw_net *tn, bool (*goes)(const struct sock *sk))
{
	struct hlist_node *next;
	struct tcpw_conn *c;
	unsigned long at = 0;
	HLIST_HEAD(out);
	bool left;

	while (sweep_some(tn, &at, goes, &out))
		cond_resched();
	/* A look without the lock could miss one whose tcpw_net_arm_tick() saw the tick armed. */
	spin_lock_bh(&tn->closed_lock);
	left = !RB_EMPTY_ROOT(&tn->closed_listeners);
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
	bool kept;

	if (!inet_csk_reqsk_queue_len(c->sk))
		return false;
	spin_lock_bh(&tn->closed_lock);
	kept = put_closed(tn, c);
	if (kept) {
		sock_hold(c->sk);
		this_cpu_inc(tn->cpu->records);
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

/* The same with those that have closed. */
static bool count_some_closed(struct tcpw_net *tn, unsigned long *at, unsigned long *n)
{
	unsigned int left = LOOKED_AT;
	const struct tcpw_conn *c;

	spin_lock_bh(&tn->closed_lock);
	for (c = closed_from(tn, *at); c && left; c = conn_of(rb_next(&c->order)), left--)
		*n += requests_left(c->sk);
	if (c)
		*at = (unsigned long)c->sk;
	spin_unlock_bh(&tn->closed_lock);
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
	unsigned long closed_at = 0, n = 0;

	while (count_some(&tn->listeners, &at, &n))
		cond_resched();
	while (count_some_closed(tn, &closed_at, &n))
		cond_resched();
	return n;
}
