/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records in the order of a time: CLOSE_WAITs by when they began, mini-sockets by
 * when they are due to end, listeners by when they began to listen. One tree for
 * each CPU where the hot paths insert, so that no two CPUs write the same line; a
 * reader merges them.
 */
#ifndef TCPW_ORDER_H
#define TCPW_ORDER_H

#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct sock;
struct tcpw_conn;

/**
 * struct tcpw_order - records in the order of a time
 * @counting: one at a time moves the bound, as two could undo each other's steps for ever; outside
 *	of @lock
 * @lock: protects all the rest; taken inside a lock of the connection table, with
 *	bottom halves off
 * @tree: the records, by (order_ns, address): two may have the same time
 * @bound_ns: @before counts the records up to this time
 * @before: how many records have order_ns <= @bound_ns
 * @count: how many records there are
 */
struct tcpw_order {
	struct mutex counting;	/* the way of bound_ns */
	spinlock_t lock;	/* all below */
	struct rb_root_cached tree;
	u64 bound_ns;
	unsigned long before;
	unsigned long count;
};

/**
 * struct tcpw_order_key - a place in an order
 * @ns: the time
 * @conn: tells records of the same time apart; compared, never followed
 */
struct tcpw_order_key {
	u64 ns;
	unsigned long conn;
};

void tcpw_order_init(struct tcpw_order *order);
void tcpw_order_insert(struct tcpw_order *order, struct tcpw_conn *c);
void tcpw_order_erase(struct tcpw_order *order, struct tcpw_conn *c);
void tcpw_order_move(struct tcpw_order *order, struct tcpw_conn *c, u64 ns);
unsigned long tcpw_order_count_until(struct tcpw_order *order, u64 bound_ns);
void tcpw_order_move_bound(struct tcpw_order *order, u64 bound_ns);
struct tcpw_conn *tcpw_order_first(const struct tcpw_order *order);
struct tcpw_conn *tcpw_order_next(const struct tcpw_conn *c);
struct tcpw_conn *tcpw_order_at(const struct tcpw_order *order,
				const struct tcpw_order_key *key);
struct sock *tcpw_order_hold(struct tcpw_order *order, struct tcpw_order_key *key);
struct tcpw_order_key tcpw_order_key(const struct tcpw_conn *c);
int tcpw_order_cmp(const struct tcpw_order_key *a, const struct tcpw_order_key *b);

#endif
