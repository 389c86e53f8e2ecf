// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <net/inet_connection_sock.h>
#include <net/tcp.h>

#include "conn.h"
#include "ending.h"
#include "event.h"
#include "half_open.h"
#include "life.h"
#include "mini.h"
#include "net.h"
#include "state.h"
#include "window.h"

/*
 * Until the sockets older than the module have all been found, one without a record
 * is just not found yet. After that it is one that could not be tracked.
 */
static bool seeded __read_mostly;
static u64 seeded_ns;
static bool short_of_memory;	/* a birth got no record before that */

/**
 * tcpw_life_seeded() - tell that all sockets older than the module have been found
 *
 * Context: process.
 */
void tcpw_life_seeded(void)
{
	seeded_ns = ktime_get_boottime_ns();
	WRITE_ONCE(seeded, true);
}

/**
 * tcpw_life_seeded_ns() - since when all sockets are known
 *
 * Context: process, after tcpw_life_seeded().
 * Return: CLOCK_BOOTTIME in ns.
 */
u64 tcpw_life_seeded_ns(void)
{
	return seeded_ns;
}

/**
 * tcpw_life_short_of_memory() - was a socket missed before tcpw_life_seeded()?
 *
 * Context: any.
 * Return: whether memory was out at the birth of one.
 */
bool tcpw_life_short_of_memory(void)
{
	return READ_ONCE(short_of_memory);
}

static bool is_birth(unsigned int from, unsigned int to)
{
	return from == TCP_CLOSE || (from == TCP_LISTEN && to == TCP_SYN_RECV);
}

static bool in_handshake(unsigned int state)
{
	return state == TCP_SYN_SENT || state == TCP_SYN_RECV;
}

static enum tcpw_kind kind_of(unsigned int state)
{
	return state == TCP_LISTEN ? TCPW_LISTENER : TCPW_CONNECTION;
}

/* Who sent the first FIN, if a socket comes to this state. */
static enum tcpw_closed closed_by(unsigned int state, enum tcpw_closed before)
{
	switch (state) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		return TCPW_CLOSED_LOCAL;
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
		return TCPW_CLOSED_REMOTE;
	case TCP_CLOSING:
		return TCPW_CLOSED_BOTH;
	default:
		return before;
	}
}

static void forget(struct sock *sk)
{
	struct tcpw_conn *c = tcpw_conn_lock(sk);

	if (c)
		tcpw_conn_remove(c);
	tcpw_conn_unlock(sk);
	if (c)
		tcpw_conn_free(c);
}

/* What a new record, not in the table yet, has of a socket in this state. */
static void begin(struct tcpw_conn *c, unsigned int state, u64 now_ns)
{
	c->state = state;
	c->opened_ns = now_ns;
	c->order_ns = now_ns;
	c->closed = closed_by(state, TCPW_CLOSED_NOT);
	if (state == TCP_SYN_SENT)
		c->opened = TCPW_OPENED_BY_CONNECT;
}

static struct tcpw_conn *new_record(struct tcpw_net *tn, struct sock *sk,
				    unsigned int state, u64 now_ns, gfp_t gfp)
{
	struct tcpw_conn *c = tcpw_conn_alloc(tn, sk, kind_of(state), gfp);

	if (c)
		begin(c, state, now_ns);
	return c;
}

/* No record could be made for a socket. */
static void miss(struct tcpw_net *tn)
{
	if (READ_ONCE(seeded))
		tcpw_count(tn, TCPW_UNTRACKED);
	else
		WRITE_ONCE(short_of_memory, true);
}

/**
 * tcpw_life_tell_birth() - tell of a connection's birth, if that is still to be done
 * @c: its record; the socket has its addresses by now
 *
 * Context: as tcpw_event_state(), the bucket lock held, or @c not in the table.
 */
void tcpw_life_tell_birth(struct tcpw_conn *c)
{
	if (!c->untold)
		return;
	c->untold = 0;
	if (!tcpw_event_wanted(c->tn))
		return;
	if (c->opened == TCPW_OPENED_BY_LISTENER)
		tcpw_event_state(c->tn, c->sk, TCP_LISTEN, TCP_SYN_RECV, TCPW_UNKNOWN_NS);
	else
		tcpw_event_state(c->tn, c->sk, TCP_CLOSE, TCP_SYN_SENT, TCPW_UNKNOWN_NS);
}

/*
 * The module's state in a socket's namespace; NULL if that is not alive. The record has it at
 * hand, and is gone before it.
 */
static struct tcpw_net *net_of(const struct sock *sk, const struct tcpw_conn *c, bool alive)
{
	if (!alive)
		return NULL;
	return c ? c->tn : tcpw_net_of(sock_net(sk));
}

/*
 * A socket that listens has its address, but one that connects has no port yet, and a
 * listener's child neither addresses nor a cookie that lasts: they are told of when the
 * SYN is sent, or with the next change.
 */
static void birth(struct sock *sk, unsigned int to, u64 now_ns)
{
	struct tcpw_net *tn = tcpw_net_of_sock(sk);
	bool wanted = tcpw_event_wanted(tn);
	struct tcpw_conn *c;

	if (!tn)
		return;
	c = new_record(tn, sk, to, now_ns, GFP_ATOMIC);
	if (wanted && to == TCP_LISTEN)
		tcpw_event_state(tn, sk, TCP_CLOSE, to, TCPW_UNKNOWN_NS);
	if (!c) {
		miss(tn);
		return;
	}
	c->untold = wanted && to != TCP_LISTEN;
	if (to == TCP_SYN_RECV)
		c->opened = TCPW_OPENED_BY_LISTENER;
	if (tcpw_conn_insert(c))
		return;
	/* The end of another socket at this address was missed: it is surely over. */
	forget(sk);
	if (!tcpw_conn_insert(c))
		tcpw_conn_free(c);
}

/*
 * Who opened a connection older than the module. What was acknowledged counts the SYN of
 * a connect(), but not that of a listener's child, which is acknowledged before there is a
 * socket; what was sent counts payload alone. So the initial sequence number that follows
 * from the one is that which follows from the other, or one more.
 * Sources: tcp_rcv_synsent_state_process(), tcp_create_openreq_child(),
 * tcp_snd_una_update(), __tcp_transmit_skb().
 */
static enum tcpw_opened opened_by(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 by_acks = tp->snd_una - (u32)tp->bytes_acked;
	u32 by_bytes = tp->snd_nxt - (u32)(tp->bytes_sent - tp->bytes_retrans) - 1;

	/* Ours is the last to be sent. */
	if ((1 << sk->sk_state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | TCPF_CLOSING |
				   TCPF_LAST_ACK) && tp->snd_nxt == tp->write_seq)
		by_bytes--;
	if (by_acks == by_bytes)
		return TCPW_OPENED_BY_CONNECT;
	if (by_acks == by_bytes + 1)
		return TCPW_OPENED_BY_LISTENER;
	return TCPW_OPENED_UNKNOWN;
}

/*
 * Where the sequence numbers of a connection began. The kernel forgets both, but counts
 * what was acknowledged and received since: to what connect() sent, it also counts our SYN;
 * never the peer's. Under TCP_REPAIR connect() sent none. Only while the socket is locked
 * these fit together.
 * Sources: tcp_snd_una_update(), tcp_rcv_nxt_update(), tcp_finish_connect().
 */
static void number(struct tcpw_conn *c, const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (c->opened == TCPW_OPENED_UNKNOWN)
		c->opened = opened_by(sk);
	if (c->opened == TCPW_OPENED_UNKNOWN)
		return;
	c->iss = tp->snd_una - (u32)tp->bytes_acked -
		 (c->opened == TCPW_OPENED_BY_LISTENER || tp->repair);
	c->irs = tp->rcv_nxt - (u32)tp->bytes_received - 1;
	c->numbered = 1;
}

/*
 * Whether a socket that has no record has been counted. One that the seed could not see, its task
 * being held up in connect() or listen(), has not.
 */
static bool any_missed(const struct tcpw_net *tn)
{
	unsigned long n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu_ptr(tn->cpu, cpu)->counter[TCPW_UNTRACKED]);
	return (long)n > 0;
}

/*
 * A change of a socket without a record. While older sockets are being found, it is
 * one of them, and may be on its way into the kernel's tables, past which the seed has
 * been. Later, it was over the limit or memory was out; there may be room now.
 */
static void stranger(struct tcpw_net *tn, struct sock *sk, unsigned int to, u64 now_ns)
{
	bool was_missed = READ_ONCE(seeded);
	struct tcpw_conn *c;

	if (to != TCP_CLOSE) {
		c = new_record(tn, sk, to, now_ns, GFP_ATOMIC);
		if (!c) {
			if (!was_missed)
				miss(tn);
			return;
		}
		c->older = 1;
		if (!in_handshake(to) && to != TCP_LISTEN)
			number(c, sk);
		if (!tcpw_conn_insert(c)) {
			tcpw_conn_free(c);
			return;
		}
	}
	if (was_missed && any_missed(tn))
		this_cpu_dec(tn->cpu->counter[TCPW_UNTRACKED]);
}

/*
 * A handshake ends, one way or the other; under TCP_REPAIR there was none. A socket in
 * SYN_RECV may have called connect(), too, if both ends did.
 */
static void count_handshake(struct tcpw_net *tn, const struct sock *sk,
			    const struct tcpw_conn *c, unsigned int from, unsigned int to)
{
	bool active = from == TCP_SYN_SENT || (c && c->opened == TCPW_OPENED_BY_CONNECT);

	if (!tn || !in_handshake(from) || in_handshake(to) || tcp_sk(sk)->repair)
		return;
	if (to != TCP_CLOSE)
		tcpw_count(tn, active ? TCPW_OPENED_ACTIVE : TCPW_OPENED_PASSIVE);
	else if (active)
		tcpw_count(tn, tcpw_ending_failure(sk));
}

/* How long a socket was in its state; of an older one only the least may be known. */
static u64 lasted_ns(const struct tcpw_conn *c, u64 now_ns)
{
	return c && c->exact != TCPW_EXACT_MIN ? now_ns - c->order_ns : TCPW_UNKNOWN_NS;
}

/* Whether a mini-socket in TIME_WAIT has taken the place of a socket that closes. */
static bool goes_to_time_wait(const struct sock *sk, unsigned int from, enum tcpw_by by)
{
	struct inet_timewait_sock *tw = NULL;

	if (by == TCPW_BY_FIN && (from == TCP_FIN_WAIT2 || from == TCP_CLOSING))
		tw = tcpw_mini_find(sk, TCP_TIME_WAIT);
	if (tw)
		inet_twsk_put(tw);
	return tw;
}

/*
 * Tell of a socket that has closed. One that a mini-socket in FIN_WAIT2 stands for has
 * not changed its state.
 */
static void tell_end(struct tcpw_net *tn, struct sock *sk, struct tcpw_conn *c,
		     unsigned int from, enum tcpw_by by, bool mini, u64 now_ns)
{
	if (c)
		tcpw_life_tell_birth(c);
	if (!mini)
		tcpw_event_state(tn, sk, from,
				 goes_to_time_wait(sk, from, by) ? TCP_TIME_WAIT : TCP_CLOSE,
				 lasted_ns(c, now_ns));
	if (from != TCP_LISTEN)
		tcpw_event_closed(tn, sk, c, by);
}

/*
 * A socket closes; a mini-socket may stay in its place, and needs a record even if the
 * socket had none. In a namespace that is dying none is made: its records are being
 * freed.
 */
static void end(struct sock *sk, unsigned int from, u64 now_ns)
{
	bool alive = check_net(sock_net(sk));
	struct inet_timewait_sock *tw = NULL;
	struct tcpw_net *tn;
	struct tcpw_conn *c;
	enum tcpw_by by;

	if (alive && from == TCP_FIN_WAIT2 && !sock_flag(sk, SOCK_DONE))
		tw = tcpw_mini_find(sk, TCP_FIN_WAIT2);
	by = tcpw_ending_by(sk, from, tw);
	c = tcpw_conn_lock(sk);
	tn = net_of(sk, c, alive);
	count_handshake(tn, sk, c, from, TCP_CLOSE);
	if (c) {
		if (c->kind == TCPW_CONNECTION && !in_handshake(from) && by != TCPW_BY_OTHER)
			tcpw_count(c->tn, tcpw_ending_counter(c->closed, by));
		tcpw_conn_remove(c);
	}
	tcpw_conn_unlock(sk);
	if (tcpw_event_wanted(tn))
		tell_end(tn, sk, c, from, by, tw, now_ns);
	if (tw)
		tcpw_mini_insert(tn, c, tw, now_ns, GFP_ATOMIC);
	else if (c && !(tn && from == TCP_LISTEN && tcpw_half_open_keep(tn, c)))
		tcpw_conn_free(c);
	if (!c && tn)
		stranger(tn, sk, TCP_CLOSE, now_ns);
}

/* The record's socket goes on to another state. */
static void go_on(struct sock *sk, unsigned int from, unsigned int to, u64 now_ns)
{
	struct tcpw_conn *c = tcpw_conn_lock(sk);
	struct tcpw_net *tn = net_of(sk, c, check_net(sock_net(sk)));

	count_handshake(tn, sk, c, from, to);
	if (c)
		tcpw_life_tell_birth(c);
	if (tcpw_event_wanted(tn))
		tcpw_event_state(tn, sk, from, to, lasted_ns(c, now_ns));
	if (c) {
		c->closed = closed_by(to, c->closed);
		if (!in_handshake(to) && !c->numbered)
			number(c, sk);
		tcpw_conn_move(c, to, now_ns);
	}
	tcpw_conn_unlock(sk);
	if (!c && tn)
		stranger(tn, sk, to, now_ns);
}

static void count_illegal(const struct sock *sk)
{
	struct tcpw_net *tn = tcpw_net_of_sock(sk);

	if (tn)
		tcpw_count(tn, TCPW_ILLEGAL_TRANSITIONS);
}

/**
 * tcpw_life_change() - a socket changes its state
 * @sk: the socket
 * @from: enum tcp_state, what it still says of itself
 * @to: enum tcp_state, what it is about to say
 *
 * Context: softirq or process; the socket's lock held, so that no other change of
 * this socket runs; no bucket lock.
 */
void tcpw_life_change(struct sock *sk, unsigned int from, unsigned int to)
{
	u64 now_ns = ktime_get_boottime_ns();

	rcu_read_lock();
	if (unlikely(!tcpw_state_cause(from, to)))
		count_illegal(sk);
	if (is_birth(from, to))
		birth(sk, to, now_ns);
	else if (to == TCP_CLOSE)
		end(sk, from, now_ns);
	else
		go_on(sk, from, to, now_ns);
	rcu_read_unlock();
}

/**
 * tcpw_life_destroyed() - a socket's memory is about to be given back
 * @sk: the socket, closed long ago; else its record must go now
 *
 * Most have none any more, and their bucket nobody else's. A record is made under the
 * socket's lock, before it has closed: that is over.
 *
 * Context: softirq or process, no bucket lock.
 */
void tcpw_life_destroyed(struct sock *sk)
{
	if (!tcpw_conn_may_be(sk))
		return;
	rcu_read_lock();
	forget(sk);
	rcu_read_unlock();
}

/*
 * When a socket's timestamp was taken; now, if it never was. None is of the future, as the
 * socket is locked. After 2^32 jiffies, 198 days where HZ is 250, they begin anew.
 */
static u64 time_of(u64 now_ns, u32 stamp)
{
	u32 ago = stamp ? tcp_jiffies32 - stamp : 0;

	/* jiffies_to_nsecs() has room for an hour. */
	return now_ns - min(now_ns, jiffies64_to_nsecs(ago));
}

/*
 * What the timestamps of a socket older than the module tell. Whatever it sent or
 * received, it was open by then. In CLOSE_WAIT the last ACK came with the FIN or
 * after it; if SND.WL1, the sequence number of the segment that the window was last
 * taken from, is before the FIN's end, then no ACK came after it, and that one is the
 * FIN's. In FIN_WAIT2 the last ACK is the one for our FIN, or came after it.
 */
static void date(struct tcpw_conn *c, const struct sock *sk, u64 now_ns)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 acked_ns = time_of(now_ns, tp->rcv_tstamp);

	c->older = 1;
	c->exact = TCPW_EXACT_MIN;
	c->syn_sent = 1;
	/* A socket is in SYN_RECV if both ends called connect(), or by TCP Fast Open. */
	if (c->state == TCP_SYN_RECV)
		c->opened = rcu_access_pointer(tp->fastopen_rsk) ? TCPW_OPENED_BY_LISTENER :
								   TCPW_OPENED_BY_CONNECT;
	if (in_handshake(c->state) || c->state == TCP_LISTEN)
		return;
	number(c, sk);
	c->opened_ns = min3(acked_ns, time_of(now_ns, tp->lsndtime),
			    time_of(now_ns, inet_csk(sk)->icsk_ack.lrcvtime));
	switch (c->state) {
	case TCP_ESTABLISHED:
		c->order_ns = c->opened_ns;
		break;
	case TCP_CLOSE_WAIT:
		c->order_ns = acked_ns;
		if (tp->snd_wl1 != tp->rcv_nxt)
			c->exact = TCPW_EXACT_EST;
		break;
	case TCP_FIN_WAIT2:
		c->order_ns = acked_ns;
		break;
	}
}

/* Returns false if the record is still the caller's. */
static bool adopt(struct tcpw_conn *c, struct sock *sk)
{
	u64 now_ns = ktime_get_boottime_ns();
	unsigned int state = sk->sk_state;
	bool inserted;

	/* One that began to listen, or stopped, has had its record made by that. */
	if (state == TCP_CLOSE || kind_of(state) != c->kind)
		return false;
	begin(c, state, now_ns);
	date(c, sk, now_ns);
	tcpw_window_adopt(c, sk, now_ns);
	rcu_read_lock();
	inserted = tcpw_conn_insert(c);
	rcu_read_unlock();
	if (!inserted)
		tcpw_window_forget(c);
	return inserted;
}

/**
 * tcpw_life_adopt() - make a record for a socket older than the module
 * @sk: the socket, with a reference
 *
 * The inner lock of the socket keeps it in its state while no task owns it. The outer one would
 * not do: a listener that closes takes the children in its accept queue with the inner one alone,
 * and warns if one is owned; and a task that owns it may sleep for as long as it likes, in
 * sendmsg() on a page that does not come, say.
 * Sources: inet_csk_listen_stop(), tcp_sendmsg_locked().
 *
 * Context: process, no locks.
 * Return: 0, also if it has a record or needs none; -EBUSY if a task owns it; -ENOMEM.
 */
int tcpw_life_adopt(struct sock *sk)
{
	unsigned int state = READ_ONCE(sk->sk_state);
	bool owned, adopted = false;
	struct tcpw_conn *c;

	if (state == TCP_CLOSE)
		return 0;
	c = tcpw_conn_alloc(tcpw_net_of(sock_net(sk)), sk, kind_of(state), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	local_bh_disable();
	bh_lock_sock(sk);
	owned = sock_owned_by_user(sk);
	if (!owned)
		adopted = adopt(c, sk);
	bh_unlock_sock(sk);
	local_bh_enable();
	if (!adopted)
		tcpw_conn_free(c);
	return owned ? -EBUSY : 0;
}
