// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "conn.h"
#include "event.h"
#include "follow.h"
#include "net.h"
#include "ring.h"
#include "segment.h"
#include "snapshot.h"

DEFINE_STATIC_KEY_DEFERRED_FALSE(tcpw_follow_key, HZ);

/**
 * tcpw_follow_exit() - wait for the key to be turned off
 *
 * Context: process, after the exits of all namespaces.
 */
void tcpw_follow_exit(void)
{
	static_key_deferred_flush(&tcpw_follow_key);
}

/* ---- the filters */

/**
 * tcpw_follow_net_init() - make a namespace ready for filters
 * @tn: the namespace
 */
void tcpw_follow_net_init(struct tcpw_net *tn)
{
	mutex_init(&tn->follow_lock);
}

/* Let @new, NULL for no filter, take the place of what is there. */
static void replace(struct tcpw_net *tn, struct tcpw_follow *new)
{
	struct tcpw_follow *old;

	old = rcu_replace_pointer(tn->follow, new, lockdep_is_held(&tn->follow_lock));
	if (old)
		kfree_rcu(old, rcu);
}

static void settle(struct tcpw_net *tn)
{
	bool followed = rcu_access_pointer(tn->follow) && rcu_access_pointer(tn->ring);

	lockdep_assert_held(&tn->follow_lock);
	if (followed == tn->followed)
		return;
	WRITE_ONCE(tn->followed, followed);
	if (followed)
		static_branch_deferred_inc(&tcpw_follow_key);
	else
		static_branch_slow_dec_deferred(&tcpw_follow_key);
}

/**
 * tcpw_follow_settle() - a reader of events has come, or gone
 * @tn: the namespace, kept by the caller
 *
 * Each change of the filters or the readers is followed by this, so the last of them finds
 * both as they stay.
 *
 * Context: process.
 */
void tcpw_follow_settle(struct tcpw_net *tn)
{
	mutex_lock(&tn->follow_lock);
	settle(tn);
	mutex_unlock(&tn->follow_lock);
}

/**
 * tcpw_follow_net_exit() - follow nobody any more
 * @tn: the namespace; its hooks are gone
 *
 * Context: process.
 */
void tcpw_follow_net_exit(struct tcpw_net *tn)
{
	mutex_lock(&tn->follow_lock);
	replace(tn, NULL);
	settle(tn);
	mutex_unlock(&tn->follow_lock);
}

/**
 * tcpw_follow_get() - copy the filters of a namespace
 * @tn: the namespace, kept by the caller
 * @follow: where to
 *
 * Context: process.
 */
void tcpw_follow_get(struct tcpw_net *tn, struct tcpw_follow *follow)
{
	const struct tcpw_follow *now;

	rcu_read_lock();
	now = rcu_dereference(tn->follow);
	follow->n = now ? now->n : 0;
	if (now)
		memcpy(follow->filter, now->filter, now->n * sizeof(*now->filter));
	rcu_read_unlock();
}

/**
 * tcpw_follow_change() - change the filters of a namespace
 * @tn: the namespace, kept by the caller
 * @change: changes a copy of them; if it returns an error, nothing has happened
 * @data: for @change
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int tcpw_follow_change(struct tcpw_net *tn,
		       int (*change)(struct tcpw_follow *follow, void *data), void *data)
{
	struct tcpw_follow *new = kmalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	int err;

	if (!new)
		return -ENOMEM;
	mutex_lock(&tn->follow_lock);
	tcpw_follow_get(tn, new);
	err = change(new, data);
	if (!err && new->n) {
		replace(tn, new);
		new = NULL;
	} else if (!err) {
		replace(tn, NULL);
	}
	settle(tn);
	mutex_unlock(&tn->follow_lock);
	kfree(new);
	return err;
}

static bool end_fits(const struct tcpw_filter_end *end, u8 family,
		     const struct in6_addr *address, __be16 port)
{
	if (end->port && end->port != port)
		return false;
	if (end->family == AF_UNSPEC)
		return true;
	return end->family == family &&
	       ipv6_prefix_equal(address, &end->address, end->prefix);
}

static bool wanted(const struct tcpw_net *tn, const struct tcpw_ends *ends)
{
	const struct tcpw_follow *follow = rcu_dereference(tn->follow);
	unsigned int i;

	for (i = 0; follow && i < follow->n; i++) {
		const struct tcpw_filter *filter = &follow->filter[i];

		if (end_fits(&filter->local, ends->family, &ends->local, ends->local_port) &&
		    end_fits(&filter->remote, ends->family, &ends->remote, ends->remote_port))
			return true;
	}
	return false;
}

/* ---- the segments */

/**
 * struct origin - where the sequence numbers of a connection begin
 * @iss: ours, RFC 9293's ISS
 * @irs: the peer's, IRS
 */
struct origin {
	u32 iss;
	u32 irs;
};

/*
 * The record knows both once the handshake is over. Until then no ACK has moved anything;
 * a socket without a record may be at work on another CPU, and then this may be wrong.
 */
static struct origin origin_of(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct tcpw_conn *c = tcpw_conn_lock(sk);
	struct origin origin;

	if (c && c->numbered) {
		origin.iss = c->iss;
		origin.irs = c->irs;
	} else {
		origin.iss = READ_ONCE(tp->snd_una) - (u32)READ_ONCE(tp->bytes_acked) -
			     (c && c->opened == TCPW_OPENED_BY_LISTENER);
		origin.irs = READ_ONCE(tp->rcv_nxt) - (u32)READ_ONCE(tp->bytes_received) - 1;
	}
	tcpw_conn_unlock(sk);
	return origin;
}

/* What the options say: of a SYN what it offers, of any other what it selects. */
static void put_options(struct tcpw_event *event, const struct tcpw_segment *s, u32 base)
{
	u8 buffer[MAX_TCP_OPTION_SPACE];
	int left = s->th->doff * 4 - (int)sizeof(*s->th);
	const u8 *option;

	event->header.n_sack = 0;
	event->header.wscale = TCPW_NO_WSCALE;
	event->header.mss = 0;
	event->header.sack_permitted = 0;
	if (left <= 0)
		return;
	option = skb_header_pointer(s->skb, s->offset + sizeof(*s->th), left, buffer);
	while (option && left > 0) {
		unsigned int i, size;

		if (*option == TCPOPT_EOL)
			return;
		if (*option == TCPOPT_NOP) {
			option++;
			left--;
			continue;
		}
		if (left < 2 || option[1] < 2 || option[1] > left)
			return;
		size = option[1];
		if (*option == TCPOPT_MSS && size == TCPOLEN_MSS && s->th->syn)
			event->header.mss = get_unaligned_be16(option + 2);
		else if (*option == TCPOPT_WINDOW && size == TCPOLEN_WINDOW && s->th->syn)
			event->header.wscale = option[2];
		else if (*option == TCPOPT_SACK_PERM && size == TCPOLEN_SACK_PERM && s->th->syn)
			event->header.sack_permitted = 1;
		else if (*option == TCPOPT_SACK)
			for (i = 2; i + TCPOLEN_SACK_PERBLOCK <= size &&
			     event->header.n_sack < TCPW_SACK_BLOCKS; i += TCPOLEN_SACK_PERBLOCK) {
				u32 *block = event->segment.sack[event->header.n_sack++];

				block[0] = get_unaligned_be32(option + i) - base;
				block[1] = get_unaligned_be32(option + i + 4) - base;
			}
		option += size;
		left -= size;
	}
}

/* What the segment itself says, its sequence numbers as seen from where they begin. */
static void put_header(struct tcpw_event *event, const struct tcpw_segment *s,
		       const struct origin *origin, unsigned int wscale)
{
	const struct tcphdr *th = s->th;
	u32 seq_base = s->out ? origin->iss : origin->irs;
	u32 ack_base = s->out ? origin->irs : origin->iss;

	event->header.out = s->out;
	event->header.flags = tcp_flag_byte(th);
	event->segment.seq = ntohl(th->seq) - seq_base;
	event->segment.ack = th->ack ? ntohl(th->ack_seq) - ack_base : 0;
	event->segment.len = s->skb->len - s->offset - th->doff * 4;
	event->segment.wnd = (u32)ntohs(th->window) << (th->syn ? 0 : wscale);
	put_options(event, s, ack_base);
}

/*
 * What comes in finds its socket unlocked: of two numbers that move on, the one that goes ahead is
 * read last. A weakly ordered machine may see them the other way round.
 */
static void put_socket(struct tcpw_event *event, const struct tcpw_segment *s,
		       struct sock *sk, struct origin origin)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	bool peer_known = READ_ONCE(sk->sk_state) != TCP_SYN_SENT;
	u32 copied = READ_ONCE(tp->copied_seq);
	u32 rcv_nxt = READ_ONCE(tp->rcv_nxt);

	if (!peer_known)
		origin.irs = s->out ? 0 : ntohl(s->th->seq);
	put_header(event, s, &origin,
		   s->out ? tcpw_snapshot_rcv_wscale(sk) : tcpw_snapshot_snd_wscale(sk));
	event->segment.una = READ_ONCE(tp->snd_una) - origin.iss;
	event->segment.nxt = READ_ONCE(tp->snd_nxt) - origin.iss;
	event->segment.snd_wnd = READ_ONCE(tp->snd_wnd);
	event->segment.write_seq = READ_ONCE(tp->write_seq) - origin.iss;
	event->segment.rcv_nxt = peer_known ? rcv_nxt - origin.irs : 0;
	event->segment.copied = peer_known ? copied - origin.irs : 0;
	event->segment.rcv_wnd = max_t(s32, READ_ONCE(tp->rcv_wup) + READ_ONCE(tp->rcv_wnd) -
				       rcv_nxt, 0);
	event->segment.cwnd = READ_ONCE(tp->snd_cwnd) * READ_ONCE(tp->mss_cache);
}

static void put_request(struct tcpw_event *event, const struct tcpw_segment *s,
			const struct request_sock *req)
{
	struct origin origin = {
		.iss = tcp_rsk(req)->snt_isn,
		.irs = tcp_rsk(req)->rcv_isn,
	};

	/* In one word with a flag that an ACK sets. */
	put_header(event, s, &origin, data_race(s->out ? inet_rsk(req)->rcv_wscale :
							 inet_rsk(req)->snd_wscale));
	event->segment.una = 0;
	event->segment.nxt = 1;
	event->segment.snd_wnd = 0;
	event->segment.write_seq = 1;
	event->segment.rcv_nxt = 1;
	event->segment.copied = 1;
	event->segment.rcv_wnd = req->rsk_rcv_wnd;
	event->segment.cwnd = 0;
}

/*
 * A SYN that comes for a listener, or the SYN-ACK that answers it with a cookie: there is
 * no socket whose it could be.
 */
static void put_stranger(struct tcpw_event *event, const struct tcpw_segment *s)
{
	u32 seq = ntohl(s->th->seq), before_ack = ntohl(s->th->ack_seq) - 1;
	struct origin origin = {
		.iss = s->out ? seq : before_ack,
		.irs = s->out ? before_ack : seq,
	};

	put_header(event, s, &origin, 0);
	event->segment.una = 0;
	event->segment.nxt = 0;
	event->segment.snd_wnd = 0;
	event->segment.write_seq = 0;
	event->segment.rcv_nxt = 0;
	event->segment.copied = 0;
	event->segment.rcv_wnd = 0;
	event->segment.cwnd = 0;
}

static void tell(const struct tcpw_segment *s, const struct tcpw_ends *ends, struct sock *sk)
{
	struct tcpw_ring *ring = rcu_dereference(s->tn->ring);
	bool full = sk && tcpw_snapshot_is_full(sk);
	struct tcpw_event *event;
	struct origin origin;

	if (!ring)
		return;
	if (full)
		origin = origin_of(sk);
	event = tcpw_ring_begin(ring);
	if (!event)
		return;
	event->kind = TCPW_EVENT_SEGMENT;
	event->id = sk ? tcpw_conn_id(sk) : 0;
	event->ends = *ends;
	/* As the socket's own address is written, which may be v4-mapped. */
	if (sk)
		event->ends.family = READ_ONCE(sk->sk_family);
	if (full)
		put_socket(event, s, sk, origin);
	else if (sk)
		put_request(event, s, inet_reqsk(sk));
	else
		put_stranger(event, s);
	tcpw_ring_end(ring);
}

/* Whether that is what sends; resets, and ACKs for mini-sockets, the kernel's own may. */
static bool is_connection(const struct sock *sk)
{
	unsigned int state = READ_ONCE(sk->sk_state);

	return state == TCP_NEW_SYN_RECV ||
	       (tcpw_snapshot_is_full(sk) && sk->sk_type == SOCK_STREAM &&
		sk->sk_protocol == IPPROTO_TCP && state != TCP_LISTEN);
}

/**
 * tcpw_follow_segment() - tell of a segment, if its connection is followed
 * @s: the segment
 *
 * What a mini-socket or no socket at all has to do with is left out, except a SYN.
 *
 * Context: in a hook, under rcu_read_lock(), no bucket lock; tcpw_follow_here().
 */
void tcpw_follow_segment(const struct tcpw_segment *s)
{
	struct sock *sk = s->skb->sk, *found = NULL;
	struct tcpw_ends ends;

	tcpw_segment_ends(s, &ends);
	if (!wanted(s->tn, &ends))
		return;
	if (!s->out || !sk || !is_connection(sk)) {
		found = tcpw_segment_lookup(s->skb, s->th, s->state);
		sk = found;
	}
	if (sk && READ_ONCE(sk->sk_state) == TCP_TIME_WAIT)
		sk = NULL;
	if (sk || s->th->syn)
		tell(s, &ends, sk);
	if (found)
		sock_gen_put(found);
}
