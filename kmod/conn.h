/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One record for each socket, and the table that finds it.
 *
 * A record is reached by the address of its socket, under the lock of the bucket
 * that the address hashes to. That lock protects the record and its being in the
 * table; so a record is freed at once, by whoever takes it out.
 *
 * Locks, outer to inner: the socket's own (lock_sock() or bh_lock_sock(), held by
 * whoever changes its state), the bucket's, the order's (see order.h).
 */
#ifndef TCPW_CONN_H
#define TCPW_CONN_H

#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct sock;
struct tcpw_net;

/** enum tcpw_opened - who opened a connection */
enum tcpw_opened {
	TCPW_OPENED_UNKNOWN,
	TCPW_OPENED_BY_CONNECT,
	TCPW_OPENED_BY_LISTENER,
};

/** enum tcpw_closed - who sent the first FIN */
enum tcpw_closed {
	TCPW_CLOSED_NOT,
	TCPW_CLOSED_LOCAL,
	TCPW_CLOSED_REMOTE,
	TCPW_CLOSED_BOTH,
};

/** enum tcpw_exact - how well the begin of a state is known */
enum tcpw_exact {
	TCPW_EXACT,		/* the change was seen */
	TCPW_EXACT_MIN,		/* it was at least as early */
	TCPW_EXACT_EST,		/* worked out from the socket's own timestamps */
};

/** enum tcpw_kind - what a record stands for */
enum tcpw_kind {
	TCPW_CONNECTION,
	TCPW_LISTENER,
	TCPW_MINI,		/* a mini-socket in FIN_WAIT2 */
};

/**
 * struct tcpw_conn - what the module remembers of a socket
 * @node: in a bucket of the table
 * @sk: the socket, a struct inet_timewait_sock for a TCPW_MINI. The record holds no
 *	reference, save for a mini-socket: it is taken out before the socket dies
 * @tn: the namespace it counts for; outlives the record
 * @opened_ns: when the connection began
 * @order_ns: its place in an order: for a mini-socket when it is due to end, for
 *	all others when the present state began
 * @order: in the order of its kind: CLOSE_WAITs, listeners, mini-sockets; or among the
 *	listeners that have closed
 * @zero_in_since_ns: when the peer's window was closed or opened last; 0: never
 * @kicked_ns: of a mini-socket: when a segment came that may end it
 * @zero_in_ns: for how long it was closed before
 * @zero_out_since_ns: as @zero_in_since_ns, of our window
 * @zero_in: how many times the peer closed its window
 * @zero_out: how many times we closed ours
 * @syn_blocked: how many SYNs this CLOSE_WAIT has swallowed
 * @iss: our initial sequence number, RFC 9293's ISS
 * @irs: the peer's, IRS
 * @cpu: whose order it is in
 * @zero_in_slot: where the filter of closed windows counts it (see window.c)
 * @state: enum tcp_state
 * @kind: enum tcpw_kind
 * @opened: enum tcpw_opened
 * @closed: enum tcpw_closed
 * @exact: enum tcpw_exact, of the present state
 * @older: the socket is older than the module: @opened_ns is a lower bound
 * @zero_in_now: the peer's window is closed
 * @zero_out_now: ours is closed
 * @syn_sent: its SYN has been sent: the next is a retransmission
 * @untold: its birth is still to be told as an event: it had no address then
 * @numbered: @iss and @irs are known
 *
 * All times are CLOCK_BOOTTIME. Everything is protected by the bucket's lock;
 * @order by that of the order, too. A listener that has closed is in no bucket (half_open.h).
 */
struct tcpw_conn {
	struct hlist_node node;
	struct sock *sk;
	struct tcpw_net *tn;
	u64 opened_ns;
	u64 order_ns;
	struct rb_node order;
	union {
		u64 zero_in_since_ns;
		u64 kicked_ns;
	};
	u64 zero_in_ns;
	u64 zero_out_since_ns;
	u32 zero_in;
	u32 zero_out;
	u32 syn_blocked;
	u32 iss;
	u32 irs;
	u16 cpu;
	u16 zero_in_slot;
	u8 state;
	u8 kind : 2;
	u8 opened : 2;
	u8 closed : 2;
	u8 exact : 2;
	u8 older : 1;
	u8 zero_in_now : 1;
	u8 zero_out_now : 1;
	u8 syn_sent : 1;
	u8 untold : 1;
	u8 numbered : 1;
};

/**
 * struct tcpw_conn_cursor - how far a walk over the table has come
 * @bucket: the bucket
 * @sk: the last socket seen there; compared, never followed
 *
 * The table never moves a record, so a walk that goes on from here sees each
 * record that stays exactly once.
 */
struct tcpw_conn_cursor {
	unsigned int bucket;
	unsigned long sk;
};

/**
 * tcpw_conn_hash() - a number for a socket, by its address
 * @sk: the socket's address; never followed
 * @bits: how many bits it may have
 *
 * Sockets begin with a cache line (proto_register()). Multiplied without the zeros that this
 * gives them, the addresses of a slab spread evenly; with them, as hash_ptr() does it, worse
 * than at random.
 */
static inline u32 tcpw_conn_hash(const void *sk, unsigned int bits)
{
	return hash_long((unsigned long)sk / L1_CACHE_BYTES, bits);
}

int tcpw_conn_init(unsigned int max_connections);
void tcpw_conn_exit(void);
void tcpw_conn_limit(void);
bool tcpw_conn_any(const struct tcpw_net *tn);
void tcpw_conn_purge(void);
unsigned int tcpw_conn_size(void);

struct tcpw_conn *tcpw_conn_alloc(struct tcpw_net *tn, struct sock *sk,
				  enum tcpw_kind kind, gfp_t gfp);
void tcpw_conn_free(struct tcpw_conn *c);
bool tcpw_conn_insert(struct tcpw_conn *c);
void tcpw_conn_remove(struct tcpw_conn *c);
void tcpw_conn_move(struct tcpw_conn *c, unsigned int state, u64 now_ns);
void tcpw_conn_postpone(struct tcpw_conn *c, u64 due_ns);

const char *tcpw_opened_name(enum tcpw_opened opened);
const char *tcpw_closed_name(enum tcpw_closed closed);
u64 tcpw_conn_id(struct sock *sk);
bool tcpw_conn_may_be(const void *sk);
struct tcpw_conn *tcpw_conn_lock(const void *sk);
void tcpw_conn_unlock(const void *sk);
bool tcpw_conn_next(const struct tcpw_net *tn, struct tcpw_conn_cursor *cursor,
		    bool (*take)(const struct tcpw_conn *c, void *data), void *data);

#endif
