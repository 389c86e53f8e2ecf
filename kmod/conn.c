// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sock_diag.h>
#include <linux/spinlock.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "conn.h"
#include "mini.h"
#include "net.h"
#include "window.h"

/**
 * struct bucket - records whose sockets' addresses hash to the same number
 * @lock: protects @head and the records; beside it, so that both cost one cache line
 * @head: the records
 */
struct bucket {
	spinlock_t lock;	/* head, and the records in it */
	struct hlist_head head;
};

static struct bucket *buckets __read_mostly;
static unsigned int bucket_bits __read_mostly;
static struct kmem_cache *cache __read_mostly;

/*
 * Counting all records in one place would have all CPUs write one line, so it is
 * done only where somebody asked for a limit. Listeners and mini-sockets are not
 * counted: without the first nobody knows whose the connections are, and the
 * kernel bounds the second.
 */
static unsigned int max_records __read_mostly;
static bool limit_holds __read_mostly;
static atomic_t limited_records;

static struct bucket *bucket_of(const void *sk)
{
	return &buckets[tcpw_conn_hash(sk, bucket_bits)];
}

static bool limit_reached(void)
{
	return READ_ONCE(limit_holds) && atomic_read(&limited_records) >= max_records;
}

static void limit_count(const struct tcpw_conn *c, int n)
{
	if (max_records && c->kind == TCPW_CONNECTION)
		atomic_add(n, &limited_records);
}

static bool has_order(const struct tcpw_conn *c)
{
	return c->kind != TCPW_CONNECTION || c->state == TCP_CLOSE_WAIT;
}

/* The order that a record belongs to, as it is now. */
static struct tcpw_order *order_of(const struct tcpw_conn *c)
{
	switch (c->kind) {
	case TCPW_LISTENER:
		return &c->tn->listeners;
	case TCPW_MINI:
		return &per_cpu_ptr(c->tn->cpu, c->cpu)->minis;
	default:
		return &per_cpu_ptr(c->tn->cpu, c->cpu)->close_wait;
	}
}

/* Count a record under what it is now, and put it where that belongs. */
static void enter(struct tcpw_conn *c)
{
	struct tcpw_order *order;

	if (c->kind != TCPW_MINI)
		this_cpu_inc(c->tn->cpu->state[c->state]);
	if (!has_order(c))
		return;
	c->cpu = smp_processor_id();
	order = order_of(c);
	spin_lock(&order->lock);
	tcpw_order_insert(order, c);
	spin_unlock(&order->lock);
	if (c->kind != TCPW_LISTENER)
		tcpw_net_arm_tick(c->tn);
}

/* The mirror of enter(). */
static void leave(struct tcpw_conn *c)
{
	if (has_order(c)) {
		struct tcpw_order *order = order_of(c);

		spin_lock(&order->lock);
		tcpw_order_erase(order, c);
		spin_unlock(&order->lock);
	}
	if (c->kind != TCPW_MINI)
		this_cpu_dec(c->tn->cpu->state[c->state]);
}

/**
 * tcpw_conn_alloc() - make a record
 * @tn: the namespace it counts for
 * @sk: its socket
 * @kind: what it stands for
 * @gfp: how to allocate
 *
 * Context: as @gfp says.
 * Return: the record, all else in it 0, not in the table yet; NULL if there is no
 * memory or the limit is reached.
 */
struct tcpw_conn *tcpw_conn_alloc(struct tcpw_net *tn, struct sock *sk,
				  enum tcpw_kind kind, gfp_t gfp)
{
	struct tcpw_conn *c;

	if (kind == TCPW_CONNECTION && limit_reached())
		return NULL;
	c = kmem_cache_zalloc(cache, gfp | __GFP_NOWARN);
	if (!c)
		return NULL;
	c->tn = tn;
	c->sk = sk;
	c->kind = kind;
	return c;
}

/**
 * tcpw_conn_free() - free a record that is not in the table
 * @c: the record
 *
 * Context: any, no bucket lock: a mini-socket may go with it.
 */
void tcpw_conn_free(struct tcpw_conn *c)
{
	if (c->kind == TCPW_MINI)
		inet_twsk_put(inet_twsk(c->sk));
	kmem_cache_free(cache, c);
}

static struct tcpw_conn *find(struct bucket *b, const void *sk)
{
	struct tcpw_conn *c;

	hlist_for_each_entry(c, &b->head, node)
		if (c->sk == sk)
			return c;
	return NULL;
}

/**
 * tcpw_conn_insert() - put a record into the table
 * @c: the record; the table's from now on
 *
 * Context: any, no bucket lock; under rcu_read_lock(), or the namespace is kept.
 * Return: false if the socket has a record already: @c is still the caller's.
 */
bool tcpw_conn_insert(struct tcpw_conn *c)
{
	struct bucket *b = bucket_of(c->sk);
	bool inserted = false;

	spin_lock_bh(&b->lock);
	if (!find(b, c->sk)) {
		hlist_add_head(&c->node, &b->head);
		this_cpu_inc(c->tn->cpu->records);
		limit_count(c, 1);
		enter(c);
		inserted = true;
	}
	spin_unlock_bh(&b->lock);
	return inserted;
}

/**
 * tcpw_conn_remove() - take a record out of the table
 * @c: the record; the caller's from now on, to be freed when the lock is released
 *
 * Context: the bucket lock held, by tcpw_conn_lock().
 */
void tcpw_conn_remove(struct tcpw_conn *c)
{
	lockdep_assert_held(&bucket_of(c->sk)->lock);
	tcpw_window_forget(c);
	leave(c);
	limit_count(c, -1);
	this_cpu_dec(c->tn->cpu->records);
	hlist_del(&c->node);
}

/**
 * tcpw_conn_move() - a record's socket has another state
 * @c: the record
 * @state: enum tcp_state
 * @now_ns: since when
 *
 * Context: the bucket lock held.
 */
void tcpw_conn_move(struct tcpw_conn *c, unsigned int state, u64 now_ns)
{
	lockdep_assert_held(&bucket_of(c->sk)->lock);
	leave(c);
	c->state = state;
	c->order_ns = now_ns;
	c->exact = TCPW_EXACT;
	enter(c);
}

/**
 * tcpw_conn_postpone() - a mini-socket is due at another time
 * @c: its record
 * @due_ns: when
 *
 * It stays in the order of its CPU: who adds up those of all would miss it, or count it twice.
 *
 * Context: the bucket lock held.
 */
void tcpw_conn_postpone(struct tcpw_conn *c, u64 due_ns)
{
	struct tcpw_order *order = order_of(c);

	lockdep_assert_held(&bucket_of(c->sk)->lock);
	spin_lock(&order->lock);
	tcpw_order_move(order, c, due_ns);
	spin_unlock(&order->lock);
}

/**
 * tcpw_opened_name() - who opened a connection, in a word
 * @opened: that
 *
 * Return: a constant string.
 */
const char *tcpw_opened_name(enum tcpw_opened opened)
{
	static const char *const names[] = {
		[TCPW_OPENED_UNKNOWN]		= "-",
		[TCPW_OPENED_BY_CONNECT]	= "active",
		[TCPW_OPENED_BY_LISTENER]	= "passive",
	};

	return names[opened];
}

/**
 * tcpw_closed_name() - who sent the first FIN, in a word
 * @closed: that
 *
 * Return: a constant string.
 */
const char *tcpw_closed_name(enum tcpw_closed closed)
{
	static const char *const names[] = {
		[TCPW_CLOSED_NOT]	= "-",
		[TCPW_CLOSED_LOCAL]	= "local",
		[TCPW_CLOSED_REMOTE]	= "remote",
		[TCPW_CLOSED_BOTH]	= "both",
	};

	return names[closed];
}

/**
 * tcpw_conn_id() - a connection's id: the socket's cookie
 * @sk: a full socket or a request
 *
 * Context: any.
 * Return: the number that `ss -e` shows, too; made now if it had none.
 */
u64 tcpw_conn_id(struct sock *sk)
{
	u32 cookie[2];

	sock_diag_save_cookie(sk, cookie);
	return (u64)cookie[1] << 32 | cookie[0];
}

/**
 * tcpw_conn_may_be() - may a socket have a record?
 * @sk: the socket's address; never followed
 *
 * Context: any. Who asks knows that none is being made now.
 * Return: false if it surely has none.
 */
bool tcpw_conn_may_be(const void *sk)
{
	return !hlist_empty(&bucket_of(sk)->head);
}

/**
 * tcpw_conn_lock() - lock a socket's bucket, and find its record
 * @sk: the socket's address; never followed
 *
 * Context: any, no bucket lock. Returns with bottom halves off and the bucket lock
 * held, to be released by tcpw_conn_unlock().
 * Return: the record, NULL if there is none.
 */
struct tcpw_conn *tcpw_conn_lock(const void *sk)
	__acquires(bucket)
{
	struct bucket *b = bucket_of(sk);

	spin_lock_bh(&b->lock);
	return find(b, sk);
}

/**
 * tcpw_conn_unlock() - release what tcpw_conn_lock() locked
 * @sk: the socket's address
 */
void tcpw_conn_unlock(const void *sk)
	__releases(bucket)
{
	spin_unlock_bh(&bucket_of(sk)->lock);
}

/* The lowest address from @lowest on: the order in which a bucket is walked. */
static struct tcpw_conn *next_in(struct bucket *b, const struct tcpw_net *tn,
				 unsigned long lowest)
{
	struct tcpw_conn *c, *next = NULL;

	hlist_for_each_entry(c, &b->head, node)
		if (c->tn == tn && c->kind == TCPW_CONNECTION &&
		    (unsigned long)c->sk >= lowest && (!next || c->sk < next->sk))
			next = c;
	return next;
}

/**
 * tcpw_conn_next() - go on with a walk over a namespace's connections
 * @tn: the namespace
 * @cursor: how far the walk has come; all zero to begin. The first record from there on
 *	that is taken is wanted, and its place put there
 * @take: called with a record under its bucket's lock; returns whether it takes it
 * @data: for @take
 *
 * Context: process, no bucket lock.
 * Return: whether one was taken; false at the end.
 */
bool tcpw_conn_next(const struct tcpw_net *tn, struct tcpw_conn_cursor *cursor,
		    bool (*take)(const struct tcpw_conn *c, void *data), void *data)
{
	for (; cursor->bucket < 1u << bucket_bits; cursor->bucket++, cursor->sk = 0) {
		struct bucket *b = &buckets[cursor->bucket];
		struct tcpw_conn *c = NULL;

		/* An empty bucket had nothing when this looked: no need to lock it. */
		if (!hlist_empty(&b->head)) {
			spin_lock_bh(&b->lock);
			while ((c = next_in(b, tn, cursor->sk))) {
				cursor->sk = (unsigned long)c->sk;
				if (take(c, data))
					break;
				cursor->sk++;
			}
			spin_unlock_bh(&b->lock);
		}
		if (c)
			return true;
		cond_resched();
	}
	return false;
}

/* Take out what @goes says, bucket by bucket, and free it; count it as untracked. */
static void sweep(bool (*goes)(const struct tcpw_conn *c), bool untracked)
{
	unsigned int i;

	for (i = 0; i < 1u << bucket_bits; i++) {
		struct bucket *b = &buckets[i];
		struct hlist_node *next;
		struct tcpw_conn *c;
		HLIST_HEAD(out);

		if (hlist_empty(&b->head))
			continue;
		spin_lock_bh(&b->lock);
		hlist_for_each_entry_safe(c, next, &b->head, node) {
			if (!goes(c))
				continue;
			tcpw_conn_remove(c);
			if (untracked)
				tcpw_count(c->tn, TCPW_UNTRACKED);
			hlist_add_head(&c->node, &out);
		}
		spin_unlock_bh(&b->lock);
		hlist_for_each_entry_safe(c, next, &out, node)
			tcpw_conn_free(c);
		cond_resched();
	}
}

/**
 * tcpw_conn_any() - has a namespace any records?
 * @tn: the namespace
 *
 * Context: any.
 * Return: whether it has, in the table or out of it.
 */
bool tcpw_conn_any(const struct tcpw_net *tn)
{
	unsigned long records = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		records += READ_ONCE(per_cpu_ptr(tn->cpu, cpu)->records);
	return records;
}

/* Its namespace stays for as long as it is in the table. */
static bool is_of_the_dying(const struct tcpw_conn *c)
{
	return READ_ONCE(c->tn->dying);
}

/**
 * tcpw_conn_purge() - free all records of the namespaces that end
 *
 * Once for all that end together: it goes through the whole table. When a namespace ends, its
 * sockets have ended, and a purge finds mini-sockets at most; when the module does, it finds all.
 * Namespaces that end make no new records any more.
 *
 * Context: process.
 */
void tcpw_conn_purge(void)
{
	sweep(is_of_the_dying, false);
}

static bool beyond_limit(const struct tcpw_conn *c)
{
	return c->kind == TCPW_CONNECTION && atomic_read(&limited_records) > max_records;
}

/**
 * tcpw_conn_limit() - from now on, keep to the limit
 *
 * It does not hold while sockets older than the module are still being found, when a
 * socket over the limit could not be told from one that is not found yet.
 *
 * Context: process.
 */
void tcpw_conn_limit(void)
{
	if (!max_records)
		return;
	WRITE_ONCE(limit_holds, true);
	sweep(beyond_limit, true);
}

/**
 * tcpw_conn_size() - what a record takes
 *
 * Return: bytes.
 */
unsigned int tcpw_conn_size(void)
{
	return kmem_cache_size(cache);
}

/**
 * tcpw_conn_init() - make the table
 * @max_connections: keep no more records of connections than this; 0: no limit
 *
 * It has as many buckets as the kernel's own table of established connections,
 * which is made for as many sockets as there is memory for, and never grows: an
 * insert can't fail, and a walk can stop and go on.
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int tcpw_conn_init(unsigned int max_connections)
{
	const struct inet_hashinfo *hashinfo = tcpw_hashinfo(&init_net);
	unsigned int i;

	bucket_bits = max(1, ilog2(hashinfo->ehash_mask + 1));
	buckets = kvmalloc_array(1u << bucket_bits, sizeof(*buckets), GFP_KERNEL);
	if (!buckets)
		return -ENOMEM;
	for (i = 0; i < 1u << bucket_bits; i++) {
		spin_lock_init(&buckets[i].lock);
		INIT_HLIST_HEAD(&buckets[i].head);
	}
	cache = kmem_cache_create("tcpwatch_conn", sizeof(struct tcpw_conn), 0, 0, NULL);
	if (!cache) {
		kvfree(buckets);
		return -ENOMEM;
	}
	max_records = max_connections;
	return 0;
}

/**
 * tcpw_conn_exit() - free the table
 *
 * Context: process. All namespaces have been purged.
 */
void tcpw_conn_exit(void)
{
	kmem_cache_destroy(cache);
	kvfree(buckets);
}
