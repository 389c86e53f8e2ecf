// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <net/inet_hashtables.h>
#include <net/sock.h>

#include "compat.h"
#include "proc/ehash.h"

/**
 * tcpw_ehash_size() - what an open file needs of its own
 *
 * Return: bytes.
 */
unsigned int tcpw_ehash_size(void)
{
	return sizeof(struct tcpw_ehash_walk);
}

/* The socket with the lowest address that is wanted, with a reference, or NULL. */
static struct sock *first_in(struct inet_hashinfo *hashinfo, const struct net *net,
			     const struct tcpw_ehash_walk *walk, unsigned int state)
{
	struct hlist_nulls_head *head = &hashinfo->ehash[walk->slot].chain;
	spinlock_t *lock = inet_ehash_lockp(hashinfo, walk->slot);
	const struct hlist_nulls_node *node;
	struct sock *sk, *first = NULL;

	if (hlist_nulls_empty(head))
		return NULL;
	spin_lock_bh(lock);
	sk_nulls_for_each(sk, node, head)
		if (READ_ONCE(sk->sk_state) == state && net_eq(sock_net(sk), net) &&
		    (unsigned long)sk >= walk->lowest && (!first || sk < first) &&
		    refcount_read(&sk->sk_refcnt))
			first = sk;
	/*
	 * What is new in the table has no references for a moment. Once it has, one is
	 * the table's, and taken back only after the lock was held to unhash it.
	 */
	if (first)
		refcount_inc(&first->sk_refcnt);
	spin_unlock_bh(lock);
	return first;
}

static struct sock *sk_at(struct seq_file *m, unsigned int state)
{
	const struct net *net = seq_file_net(m);
	struct inet_hashinfo *hashinfo = tcpw_hashinfo(net);
	struct tcpw_ehash_walk *walk = m->private;

	for (; walk->slot <= hashinfo->ehash_mask; walk->slot++, walk->lowest = 0) {
		walk->sk = first_in(hashinfo, net, walk, state);
		/* After each row, too: a namespace's table may be of one slot. */
		cond_resched();
		if (walk->sk) {
			walk->lowest = (unsigned long)walk->sk;
			return walk->sk;
		}
	}
	return NULL;
}

/**
 * tcpw_ehash_start() - for the start of struct seq_operations
 * @m: the file
 * @pos: its position: 0 is the line of column names
 * @state: which sockets: TCP_TIME_WAIT or TCP_NEW_SYN_RECV
 *
 * Context: process.
 * Return: SEQ_START_TOKEN, a struct sock, NULL at the end.
 */
void *tcpw_ehash_start(struct seq_file *m, loff_t pos, unsigned int state)
{
	struct tcpw_ehash_walk *walk = m->private;

	if (pos)
		return sk_at(m, state);
	walk->slot = 0;
	walk->lowest = 0;
	return SEQ_START_TOKEN;
}

/**
 * tcpw_ehash_next() - for the next of struct seq_operations
 * @m: the file
 * @v: what the last call returned
 * @pos: the file's position
 * @state: which sockets
 *
 * Context: process.
 * Return: a struct sock, NULL at the end.
 */
void *tcpw_ehash_next(struct seq_file *m, void *v, loff_t *pos, unsigned int state)
{
	struct tcpw_ehash_walk *walk = m->private;

	++*pos;
	if (v != SEQ_START_TOKEN) {
		tcpw_ehash_stop(m, v);
		walk->lowest++;
	}
	return sk_at(m, state);
}

/**
 * tcpw_ehash_stop() - for the stop of struct seq_operations
 * @m: the file
 * @v: what the last call returned
 */
void tcpw_ehash_stop(struct seq_file *m, void *v)
{
	struct tcpw_ehash_walk *walk = m->private;

	if (walk->sk)
		sock_gen_put(walk->sk);
	walk->sk = NULL;
}
