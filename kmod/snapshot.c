// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/rcupdate.h>
#include <net/inet_connection_sock.h>
#include <net/tcp.h>

#include "snapshot.h"

/* Sequence numbers from @from to @to; 0 where a change in between made it negative. */
static u32 span(u32 from, u32 to)
{
	return before(from, to) ? to - from : 0;
}

/* Another CPU may have taken the stamp just now, and be ahead of this one's clock. */
static u64 idle_ms(u32 stamp)
{
	u32 ago = tcp_jiffies32 - stamp;

	return ago < U32_MAX - HZ ? jiffies64_to_msecs(ago) : 0;
}

static bool has_sent_fin(const struct sock *sk)
{
	return (1 << READ_ONCE(sk->sk_state)) & (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK);
}

/**
 * tcpw_snapshot_memory() - kernel memory that a socket takes now
 * @sk: a full socket, with a reference
 *
 * The object, what is queued either way, in the backlog too, options, and what it
 * has reserved from the protocol and not used; not the file and inode of the program
 * that holds it.
 *
 * Source: sk_get_meminfo(), which `ss -m` shows.
 *
 * Context: process, no locks.
 * Return: bytes.
 */
u64 tcpw_snapshot_memory(const struct sock *sk)
{
	int reserved = READ_ONCE(sk->sk_forward_alloc);

	return (u64)READ_ONCE(sk->sk_prot)->obj_size + atomic_read(&sk->sk_rmem_alloc) +
	       READ_ONCE(sk->sk_wmem_queued) + READ_ONCE(sk->sk_backlog.len) +
	       atomic_read(&sk->sk_omem_alloc) + (reserved > 0 ? reserved : 0);
}

/**
 * tcpw_snapshot_bytes_in() - bytes received in order, the FIN not counted
 * @sk: a full socket
 *
 * Context: any.
 * Return: as many.
 */
u64 tcpw_snapshot_bytes_in(const struct sock *sk)
{
	u64 received = READ_ONCE(tcp_sk(sk)->bytes_received);

	return received && sock_flag(sk, SOCK_DONE) ? received - 1 : received;
}

/**
 * tcpw_snapshot_bytes_out() - bytes sent, each counted once
 * @sk: a full socket
 *
 * Context: any.
 * Return: as many.
 */
u64 tcpw_snapshot_bytes_out(const struct sock *sk)
{
	u64 again = READ_ONCE(tcp_sk(sk)->bytes_retrans);
	u64 sent = READ_ONCE(tcp_sk(sk)->bytes_sent);

	return sent > again ? sent - again : 0;
}

/**
 * tcpw_snapshot_take() - look at a live socket
 * @s: where to put what is seen
 * @sk: a full socket that is no listener, with a reference
 *
 * As /proc/net/tcp and sock_diag do, this looks without the socket's lock: the
 * numbers are of moments close to each other.
 *
 * RCV.NXT counts the peer's FIN, and so does recv() when it passes it; SND.NXT and
 * the end of the send queue count ours. No byte count here has a FIN in it.
 *
 * Source: RFC 9293, 3.3.1; tcp_get_info().
 *
 * Context: process, no locks.
 */
void tcpw_snapshot_take(struct tcpw_snapshot *s, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);
	bool fin_received = sock_flag(sk, SOCK_DONE);
	u32 rcv_nxt = READ_ONCE(tp->rcv_nxt);
	u32 una = READ_ONCE(tp->snd_una), nxt = READ_ONCE(tp->snd_nxt);
	const struct socket *socket;

	memset(s, 0, sizeof(*s));
	s->rcv_unread = span(READ_ONCE(tp->copied_seq), rcv_nxt);
	if (fin_received && s->rcv_unread) {
		s->rcv_unread--;
		s->fin_unread = 1;
	}
	s->rcv_wnd = span(rcv_nxt, READ_ONCE(tp->rcv_wup) + READ_ONCE(tp->rcv_wnd));
	s->rcv_wscale = tcpw_snapshot_rcv_wscale(sk);

	s->snd_unacked = span(una, nxt);
	s->snd_unsent = span(nxt, READ_ONCE(tp->write_seq));
	if (s->snd_unsent && has_sent_fin(sk))
		s->snd_unsent--;
	s->snd_wnd = READ_ONCE(tp->snd_wnd);
	s->snd_usable = span(nxt, una + s->snd_wnd);
	s->snd_wscale = tcpw_snapshot_snd_wscale(sk);
	s->mss = READ_ONCE(tp->mss_cache);
	s->cwnd_bytes = (u64)READ_ONCE(tp->snd_cwnd) * s->mss;
	s->rtt_us = READ_ONCE(tp->srtt_us) >> 3;

	s->retrans = READ_ONCE(tp->total_retrans);
	s->retransmitting = READ_ONCE(icsk->icsk_retransmits) != 0;
	/* With nothing to send, the same counter is that of unanswered keepalives. */
	s->probes = s->snd_unsent ? READ_ONCE(icsk->icsk_probes_out) : 0;

	s->bytes_in = tcpw_snapshot_bytes_in(sk);
	s->bytes_out = tcpw_snapshot_bytes_out(sk);
	s->idle_in_ms = idle_ms(READ_ONCE(icsk->icsk_ack.lrcvtime));
	s->idle_out_ms = idle_ms(READ_ONCE(tp->lsndtime));

	s->mem_bytes = tcpw_snapshot_memory(sk);

	rcu_read_lock();	/* struct socket goes with its inode, by RCU */
	socket = READ_ONCE(sk->sk_socket);
	s->unaccepted = !socket && !sock_flag(sk, SOCK_DEAD);
	s->sndbuf_full = socket && test_bit(SOCK_NOSPACE, &socket->flags);
	rcu_read_unlock();
}
