// SPDX-License-Identifier: GPL-2.0
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "compat.h"
#include "conn.h"
#include "order.h"

enum { CHUNK = 1024 };	/* records passed under one hold of the lock */

#define conn_of(node) rb_entry_safe(node, struct tcpw_conn, order)

/**
 * tcpw_order_init() - make an empty order
 * @order: the order
 */
void tcpw_order_init(struct tcpw_order *order)
{
	mutex_init(&order->counting);
	spin_lock_init(&order->lock);
	order->tree = RB_ROOT_CACHED;
	order->bound_ns = 0;
	order->before = 0;
	order->count = 0;
}

/**
 * tcpw_order_key() - where a record stands
 * @c: a record
 *
 * Return: its place; unique among records that exist at the same time.
 */
struct tcpw_order_key tcpw_order_key(const struct tcpw_conn *c)
{
	return (struct tcpw_order_key){ c->order_ns, (unsigned long)c };
}

/**
 * tcpw_order_cmp() - compare two places
 * @a: the one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0, as @a is before, at or after @b.
 */
int tcpw_order_cmp(const struct tcpw_order_key *a, const struct tcpw_order_key *b)
{
	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	if (a->conn != b->conn)
		return a->conn < b->conn ? -1 : 1;
	return 0;
}

static bool goes_before(struct rb_node *a, const struct rb_node *b)
{
	struct tcpw_order_key ka = tcpw_order_key(rb_entry(a, struct tcpw_conn, order));
	struct tcpw_order_key kb = tcpw_order_key(rb_entry(b, struct tcpw_conn, order));

	return tcpw_order_cmp(&ka, &kb) < 0;
}

static void put_in(struct tcpw_order *order, struct tcpw_conn *c)
{
	tcpw_rb_add(&c->order, &order->tree, goes_before);
	if (c->order_ns <= order->bound_ns)
		order->before++;
}

static void take_out(struct tcpw_order *order, struct tcpw_conn *c)
{
	rb_erase_cached(&c->order, &order->tree);
	if (c->order_ns <= order->bound_ns)
		order->before--;
}

/**
 * tcpw_order_insert() - put a record in its place
 * @order: the order
 * @c: the record; its order_ns must not change while it is in
 *
 * Context: @order->lock held.
 */
void tcpw_order_insert(struct tcpw_order *order, struct tcpw_conn *c)
{
	lockdep_assert_held(&order->lock);
	put_in(order, c);
	WRITE_ONCE(order->count, order->count + 1);
}

/**
 * tcpw_order_erase() - take a record out
 * @order: the order it is in
 * @c: the record
 *
 * Context: @order->lock held.
 */
void tcpw_order_erase(struct tcpw_order *order, struct tcpw_conn *c)
{
	lockdep_assert_held(&order->lock);
	take_out(order, c);
	WRITE_ONCE(order->count, order->count - 1);
}

/**
 * tcpw_order_move() - put a record into another place
 * @order: the order it is in
 * @c: the record
 * @ns: its order_ns from now on
 *
 * Who reads @order->count meanwhile finds it counted.
 *
 * Context: @order->lock held.
 */
void tcpw_order_move(struct tcpw_order *order, struct tcpw_conn *c, u64 ns)
{
	lockdep_assert_held(&order->lock);
	take_out(order, c);
	c->order_ns = ns;
	put_in(order, c);
}

/**
 * tcpw_order_first() - the record with the lowest time
 * @order: the order
 *
 * Context: @order->lock held.
 * Return: the record, NULL if there is none.
 */
struct tcpw_conn *tcpw_order_first(const struct tcpw_order *order)
{
	lockdep_assert_held(&order->lock);
	return conn_of(rb_first_cached(&order->tree));
}

/**
 * tcpw_order_next() - the record after another
 * @c: the other
 *
 * Context: the lock of the order that @c is in held.
 * Return: the record, NULL if @c is the last.
 */
struct tcpw_conn *tcpw_order_next(const struct tcpw_conn *c)
{
	return conn_of(rb_next(&c->order));
}

/**
 * tcpw_order_at() - the record at a place, or the next after it
 * @order: the order
 * @key: the place
 *
 * Context: @order->lock held.
 * Return: the record, NULL if there is none from there on.
 */
struct tcpw_conn *tcpw_order_at(const struct tcpw_order *order,
				const struct tcpw_order_key *key)
{
	struct rb_node *node = order->tree.rb_root.rb_node;
	struct tcpw_conn *found = NULL;

	lockdep_assert_held(&order->lock);
	while (node) {
		struct tcpw_conn *c = conn_of(node);
		struct tcpw_order_key here = tcpw_order_key(c);

		if (tcpw_order_cmp(&here, key) >= 0) {
			found = c;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * tcpw_order_hold() - hold the socket of the record at a place, or of the next after it
 * @order: an order of full sockets
 * @key: the place; then that of the record
 *
 * The order's lock keeps the record, and so the socket's memory, for as long as it takes
 * to get a reference; then the record can be asked for in the right order of locks, and
 * may be gone, or be another one.
 *
 * Context: any, without @order->lock.
 * Return: the socket with a reference; NULL if there is none from there on.
 */
struct sock *tcpw_order_hold(struct tcpw_order *order, struct tcpw_order_key *key)
{
	struct sock *sk = NULL;
	struct tcpw_conn *c;

	spin_lock_bh(&order->lock);
	for (c = tcpw_order_at(order, key); c && !sk; c = tcpw_order_next(c)) {
		*key = tcpw_order_key(c);
		if (refcount_inc_not_zero(&c->sk->sk_refcnt))
			sk = c->sk;
	}
	spin_unlock_bh(&order->lock);
	return sk;
}

/*
 * Move the bound towards @bound_ns, past about CHUNK records at most. Records of
 * the same time are passed together, so that @before stays true to the bound.
 */
static bool move_bound(struct tcpw_order *order, u64 bound_ns)
{
	struct tcpw_order_key beyond = { order->bound_ns + 1, 0 };
	struct tcpw_conn *c = tcpw_order_at(order, &beyond);
	unsigned int n = 0;
	u64 ns;

	if (bound_ns >= order->bound_ns) {
		while (c && c->order_ns <= bound_ns) {
			ns = c->order_ns;
			if (n >= CHUNK && ns != order->bound_ns)
				return false;
			order->bound_ns = ns;
			order->before++;
			n++;
			c = tcpw_order_next(c);
		}
	} else {
		c = conn_of(c ? rb_prev(&c->order) : rb_last(&order->tree.rb_root));
		while (c && c->order_ns > bound_ns) {
			ns = c->order_ns - 1;
			if (n >= CHUNK && ns != order->bound_ns)
				return false;
			order->bound_ns = ns;
			order->before--;
			n++;
			c = conn_of(rb_prev(&c->order));
		}
	}
	order->bound_ns = bound_ns;
	return true;
}

/* Called with @order->counting. */
static unsigned long count_until(struct tcpw_order *order, u64 bound_ns)
{
	unsigned long before;
	bool there;

	do {
		spin_lock_bh(&order->lock);
		there = move_bound(order, bound_ns);
		before = order->before;
		spin_unlock_bh(&order->lock);
		cond_resched();
	} while (!there);
	return before;
}

/**
 * tcpw_order_count_until() - how many records have a time up to a bound
 * @order: the order
 * @bound_ns: the bound
 *
 * The bound is remembered, and only what lies between the last one and this is
 * walked over: a bound that moves with the clock touches each record once in its
 * life.
 *
 * Context: process, without @order->counting, and @order->lock, which is taken for short times.
 * Return: the number of records with order_ns <= @bound_ns.
 */
unsigned long tcpw_order_count_until(struct tcpw_order *order, u64 bound_ns)
{
	unsigned long before;

	mutex_lock(&order->counting);
	before = count_until(order, bound_ns);
	mutex_unlock(&order->counting);
	return before;
}

/**
 * tcpw_order_move_bound() - save the next tcpw_order_count_until() some of its way
 * @order: the order
 * @bound_ns: a bound
 *
 * Does nothing while somebody counts, who may be a task that gets little time.
 *
 * Context: as tcpw_order_count_until(); waits for nobody.
 */
void tcpw_order_move_bound(struct tcpw_order *order, u64 bound_ns)
{
	if (!mutex_trylock(&order->counting))
		return;
	count_until(order, bound_ns);
	mutex_unlock(&order->counting);
}
