// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets older than the module: found in the kernel's own tables, and given their
 * records under their own locks (tcpw_life_adopt()). Without them a socket could close
 * between being seen and being recorded, and leave a record for a dead one.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "conn.h"
#include "life.h"
#include "mini.h"
#include "net.h"
#include "seed.h"

enum {
	BATCH = 64,
	PATIENCE_S = 2,		/* more than a task that works needs a socket for */
	TRIES_A_SECOND = 50,
	TRIES_LEAST = 10,	/* however long it takes to look at all sockets */
};

/**
 * struct batch - sockets of one bucket of the kernel's, each with a reference
 * @sk: full sockets and mini-sockets
 * @n: how many
 * @owned: a task owned one of them, or of those of other buckets in this walk
 * @only_count: take none, count those that would be taken as untracked
 */
struct batch {
	struct sock *sk[BATCH];
	unsigned int n;
	bool owned;
	bool only_count;
};

/* Both kinds of socket have the fields that are asked here in the same places. */
static bool should_have_record(const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_NEW_SYN_RECV:
		return false;
	case TCP_TIME_WAIT:
		return READ_ONCE(inet_twsk(sk)->tw_substate) == TCP_FIN_WAIT2;
	default:
		return sk->sk_protocol == IPPROTO_TCP;
	}
}

static bool has_record(const struct sock *sk)
{
	bool known = tcpw_conn_lock(sk);

	tcpw_conn_unlock(sk);
	return known;
}

/*
 * A mini-socket is no task's, and has its record or gets it now. The look and the count are one
 * to who inserts a record, and takes back what was counted. Called under RCU.
 */
static void count_untracked(const struct sock *sk)
{
	struct tcpw_net *tn = tcpw_net_of_sock(sk);

	if (!tn || READ_ONCE(sk->sk_state) == TCP_TIME_WAIT)
		return;
	if (!tcpw_conn_lock(sk))
		tcpw_count(tn, TCPW_UNTRACKED);
	tcpw_conn_unlock(sk);
}

/*
 * Take a socket, and its namespace, which mini-sockets and the kernel's own sockets
 * don't hold; but those that are hashed end before it does. Called under the kernel's
 * lock of the bucket. Returns false when there is no room.
 */
static bool take(void *context, struct sock *sk)
{
	struct batch *batch = context;

	if (!should_have_record(sk))
		return true;
	if (batch->only_count) {
		count_untracked(sk);
		return true;
	}
	if (has_record(sk))
		return true;
	if (batch->n == BATCH)
		return false;
	if (!maybe_get_net(sock_net(sk)))
		return true;
	if (refcount_inc_not_zero(&sk->sk_refcnt))
		batch->sk[batch->n++] = sk;
	else
		put_net(sock_net(sk));
	return true;
}

/* Gives the references back, all of them whatever happens; leaves in @n how many were adopted. */
static int adopt(struct batch *batch)
{
	unsigned int i, owned = 0;
	int err = 0;

	for (i = 0; i < batch->n; i++) {
		struct sock *sk = batch->sk[i];
		struct net *net = sock_net(sk);

		if (err) {
			sock_gen_put(sk);
		} else if (READ_ONCE(sk->sk_state) == TCP_TIME_WAIT) {
			err = tcpw_mini_insert(tcpw_net_of(net), NULL, inet_twsk(sk),
					       ktime_get_boottime_ns(), GFP_KERNEL);
		} else {
			err = tcpw_life_adopt(sk);
			if (err == -EBUSY) {
				owned++;
				err = 0;
			}
			sock_put(sk);
		}
		put_net(net);
	}
	batch->n -= owned;
	batch->owned |= owned;
	return err;
}

static bool take_listeners(struct batch *batch, struct inet_hashinfo *hashinfo, unsigned int slot)
{
	spinlock_t *lock = &hashinfo->lhash2[slot].lock;
	bool all;

	spin_lock_bh(lock);
	rcu_read_lock();
	all = tcpw_take_listeners(hashinfo, slot, take, batch);
	rcu_read_unlock();
	spin_unlock_bh(lock);
	return all;
}

static bool take_established(struct batch *batch, struct inet_hashinfo *hashinfo,
			     unsigned int slot)
{
	struct hlist_nulls_head *head = &hashinfo->ehash[slot].chain;
	spinlock_t *lock = inet_ehash_lockp(hashinfo, slot);
	const struct hlist_nulls_node *node;
	bool all = true;
	struct sock *sk;

	/* Most are. What goes in from now on has a record from its birth. */
	if (hlist_nulls_empty(head))
		return true;
	spin_lock_bh(lock);
	rcu_read_lock();
	sk_nulls_for_each(sk, node, head) {
		all = take(batch, sk);
		if (!all)
			break;
	}
	rcu_read_unlock();
	spin_unlock_bh(lock);
	return all;
}

/*
 * A slot with more than a batch is walked again: those adopted are not wanted any
 * more. One pass without a new socket ends it, whatever else there is.
 */
static int seed_slot(bool (*take_all)(struct batch *, struct inet_hashinfo *, unsigned int),
		     struct batch *batch, struct inet_hashinfo *hashinfo, unsigned int slot)
{
	bool all;
	int err;

	do {
		batch->n = 0;
		all = take_all(batch, hashinfo, slot);
		err = adopt(batch);
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	} while (!err && !all && batch->n);
	return err;
}

static int seed_listeners(struct inet_hashinfo *hashinfo, struct batch *batch)
{
	unsigned int slot;
	int err = 0;

	for (slot = 0; slot <= hashinfo->lhash2_mask && !err; slot++)
		err = seed_slot(take_listeners, batch, hashinfo, slot);
	return err;
}

static int seed_established(struct inet_hashinfo *hashinfo, struct batch *batch)
{
	unsigned int slot;
	int err = 0;

	for (slot = 0; slot <= hashinfo->ehash_mask && !err; slot++)
		err = seed_slot(take_established, batch, hashinfo, slot);
	return err;
}

/*
 * The namespace after @net, whose reference is given back, and the first after NULL; with a
 * reference, which keeps its place in the list. A namespace is in there once all of it is made:
 * one whose making fails is freed whoever has a reference.
 */
static struct net *next_net(struct net *net)
{
	struct net *next;

	down_read(&net_rwsem);
	next = list_prepare_entry(net, &net_namespace_list, list);
	list_for_each_entry_continue(next, &net_namespace_list, list)
		if (maybe_get_net(next))
			break;
	if (list_entry_is_head(next, &net_namespace_list, list))
		next = NULL;
	up_read(&net_rwsem);
	if (net)
		put_net(net);
	return next;
}

/*
 * From 6.1 on a namespace may have its own table of established connections
 * (net.ipv4.tcp_child_ehash_entries). That of listeners is one for all.
 */
static int seed_own_tables(struct batch *batch)
{
	struct net *net = NULL;
	int err = 0;

	while (!err && (net = next_net(net)))
		if (tcpw_hashinfo(net) != tcpw_hashinfo(&init_net))
			err = seed_established(tcpw_hashinfo(net), batch);
	if (net)
		put_net(net);
	return err;
}

static int seed_all(struct batch *batch)
{
	struct inet_hashinfo *hashinfo = tcpw_hashinfo(&init_net);
	int err = seed_listeners(hashinfo, batch);

	if (!err)
		err = seed_established(hashinfo, batch);
	if (!err)
		err = seed_own_tables(batch);
	return err;
}

/*
 * Again, until no task owned a socket as it was looked at, or it is clear that some mean to stay:
 * a task may sleep in sendmsg() for as long as its buffer's file system, or whoever serves that,
 * does not answer.
 */
static int seed_patiently(struct batch *batch)
{
	int err = seed_all(batch);
	unsigned long until = jiffies + PATIENCE_S * HZ;
	unsigned int tries;

	for (tries = 0; !err && batch->owned; tries++) {
		if (tries >= TRIES_LEAST && time_after(jiffies, until))
			break;
		schedule_timeout_killable(HZ / TRIES_A_SECOND);
		batch->owned = false;
		err = seed_all(batch);
	}
	return err;
}

/**
 * tcpw_seed() - make records for all sockets older than the module
 *
 * The probes are attached, so each socket born from now on has its record, and those
 * found here may change and end meanwhile. One that had its last change just before,
 * and is not in the kernel's tables yet, is waited for if it is in softirq. A task that
 * is held up in the middle of connect() or listen() is not, and one that owns its socket
 * not for long: that is untracked. The probes make a record when such a socket changes next.
 *
 * Context: process.
 * Return: 0; -ENOMEM if a socket would be missing without being counted; -EINTR if the task is
 * to end.
 */
int tcpw_seed(void)
{
	struct batch *batch = kzalloc(sizeof(*batch), GFP_KERNEL);
	int err;

	if (!batch)
		return -ENOMEM;
	synchronize_rcu();
	err = seed_patiently(batch);
	if (err)
		goto out;

	tcpw_life_seeded();
	synchronize_rcu();	/* for births that began before that */
	if (tcpw_life_short_of_memory()) {
		err = -ENOMEM;
		goto out;
	}
	/* Not before: what got its record by a change was not untracked up to then. */
	batch->only_count = true;
	if (batch->owned)
		err = seed_all(batch);
	if (err)
		goto out;
	tcpw_conn_limit();
out:
	kfree(batch);
	return err;
}
