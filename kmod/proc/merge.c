// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <net/sock.h>

#include "conn.h"
#include "net.h"
#include "proc/merge.h"

#define END ((struct tcpw_order_key){ U64_MAX, ULONG_MAX })

/**
 * tcpw_merge_size() - what an open file needs of its own
 * @source: what is merged
 *
 * Return: bytes.
 */
unsigned int tcpw_merge_size(const struct tcpw_merge_source *source)
{
	return sizeof(struct tcpw_merge) + source->count() * sizeof(struct tcpw_order_key);
}

static struct tcpw_order_key first_at(struct tcpw_order *order,
				      const struct tcpw_order_key *at)
{
	struct tcpw_order_key key = END;
	const struct tcpw_conn *c;

	spin_lock_bh(&order->lock);
	c = tcpw_order_at(order, at);
	if (c)
		key = tcpw_order_key(c);
	spin_unlock_bh(&order->lock);
	return key;
}

/* The order whose head is first, and where that is; NULL if all have come to their end. */
static struct tcpw_order *first_head(struct tcpw_merge *merge, struct tcpw_net *tn,
				     const struct tcpw_merge_source *source,
				     struct tcpw_order_key *first)
{
	struct tcpw_order *found = NULL;
	unsigned int i;

	*first = END;
	for (i = 0; i < source->count(); i++) {
		struct tcpw_order_key *head = &merge->head[i];
		struct tcpw_order *order = source->order(tn, i);

		if (!order)
			continue;
		if (tcpw_order_cmp(head, &merge->at) < 0)
			*head = first_at(order, &merge->at);
		if (tcpw_order_cmp(head, first) < 0) {
			*first = *head;
			found = order;
		}
	}
	return found;
}

/* Hold the record at a place, if it is still there. */
static bool hold(struct tcpw_row *row, struct tcpw_order *order,
		 const struct tcpw_order_key *place)
{
	struct tcpw_order_key key = *place;
	const struct tcpw_conn *c;
	bool held = false;
	struct sock *sk;

	sk = tcpw_order_hold(order, &key);
	if (!sk)
		return false;
	c = tcpw_conn_lock(sk);
	if (c) {
		key = tcpw_order_key(c);
		held = !tcpw_order_cmp(&key, place) && tcpw_row_hold(row, c);
	}
	tcpw_conn_unlock(sk);
	sock_put(sk);
	return held;
}

static struct tcpw_row *row_at(struct seq_file *m, const struct tcpw_merge_source *source)
{
	struct tcpw_net *tn = tcpw_net_of(seq_file_net(m));
	struct tcpw_merge *merge = m->private;
	struct tcpw_order_key first;
	struct tcpw_order *order;

	while ((order = first_head(merge, tn, source, &first))) {
		merge->at = first;
		if (hold(&merge->row, order, &first))
			return &merge->row;
		merge->at.conn++;
		cond_resched();
	}
	return NULL;
}

/**
 * tcpw_merge_start() - for the start of struct seq_operations
 * @m: the file
 * @pos: its position: 0 is the line of column names
 * @source: what to merge
 *
 * Context: process.
 * Return: SEQ_START_TOKEN, a struct tcpw_row, NULL at the end.
 */
void *tcpw_merge_start(struct seq_file *m, loff_t pos,
		       const struct tcpw_merge_source *source)
{
	struct tcpw_merge *merge = m->private;

	if (pos)
		return row_at(m, source);
	/* No record is at {0, 0}: all heads are out of date. */
	merge->at = (struct tcpw_order_key){ 0, 1 };
	memset(merge->head, 0, source->count() * sizeof(merge->head[0]));
	return SEQ_START_TOKEN;
}

/**
 * tcpw_merge_next() - for the next of struct seq_operations
 * @m: the file
 * @v: what the last call returned
 * @pos: the file's position
 * @source: what to merge
 *
 * Context: process.
 * Return: a struct tcpw_row, NULL at the end.
 */
void *tcpw_merge_next(struct seq_file *m, void *v, loff_t *pos,
		      const struct tcpw_merge_source *source)
{
	struct tcpw_merge *merge = m->private;

	++*pos;
	if (v != SEQ_START_TOKEN) {
		tcpw_row_release(&merge->row);
		merge->at.conn++;
	}
	return row_at(m, source);
}

/**
 * tcpw_merge_stop() - for the stop of struct seq_operations
 * @m: the file
 * @v: what the last call returned
 */
void tcpw_merge_stop(struct seq_file *m, void *v)
{
	struct tcpw_merge *merge = m->private;

	tcpw_row_release(&merge->row);
}
