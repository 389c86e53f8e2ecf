// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "compat.h"
#include "ending.h"

/*
 * Why a connect() did not complete. tcp_reset() and the ICMP handlers say so in
 * sk_err; a program that gives up waiting says nothing, but SYNs went unanswered. Not
 * icsk_retransmits, which a socket that is disconnected keeps from its last connect().
 */
static enum tcpw_by failed_by(const struct sock *sk)
{
	switch (READ_ONCE(sk->sk_err)) {
	case ECONNREFUSED:
		return TCPW_BY_REFUSED;
	case ETIMEDOUT:
		return TCPW_BY_TIMEOUT;
	case 0:
		return tcp_sk(sk)->total_retrans ? TCPW_BY_TIMEOUT : TCPW_BY_OTHER;
	default:
		return TCPW_BY_OTHER;
	}
}

/**
 * tcpw_ending_failure() - what to count a connect() as that did not complete
 * @sk: its socket, on its way to CLOSE
 *
 * Context: any, the socket's lock held.
 * Return: the counter.
 */
enum tcpw_counter tcpw_ending_failure(const struct sock *sk)
{
	switch (failed_by(sk)) {
	case TCPW_BY_REFUSED:
		return TCPW_CONNECT_REFUSED;
	case TCPW_BY_TIMEOUT:
		return TCPW_CONNECT_TIMEOUT;
	default:
		return TCPW_CONNECT_FAILED;
	}
}

/*
 * Whether a socket that closes without an error has been closed by FINs and ACKs
 * alone. If not, a reset was sent or came: by a close() with unread data, SO_LINGER,
 * disconnect(), `ss -K`, or data for a socket that nobody holds any more.
 * Sources: __tcp_close(), tcp_disconnect(), tcp_rcv_state_process(), tcp_time_wait().
 */
static bool ended_by_fin(const struct sock *sk, unsigned int from, bool mini)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	switch (from) {
	case TCP_LAST_ACK:
	case TCP_CLOSING:
		return tp->snd_una == tp->write_seq;
	case TCP_FIN_WAIT2:
		/* The third: a mini-socket should wait for the FIN, and there are too many. */
		return mini || sock_flag(sk, SOCK_DONE) ||
		       (sock_flag(sk, SOCK_DEAD) && tp->linger2 >= 0 &&
			tcpw_time_wait_full(sock_net(sk)));
	default:
		return false;
	}
}

/**
 * tcpw_ending_by() - what ended a connection, or the attempt to make one
 * @sk: its socket, on its way to CLOSE
 * @from: enum tcp_state, what it comes from
 * @mini: a mini-socket in FIN_WAIT2 took its place
 *
 * Context: any, the socket's lock held.
 * Return: TCPW_BY_OTHER for a connect() that was given up, and for a connection that has
 * been taken out of its socket (TCP_REPAIR), where nothing is sent.
 */
enum tcpw_by tcpw_ending_by(const struct sock *sk, unsigned int from, bool mini)
{
	int err = READ_ONCE(sk->sk_err);

	if (tcp_sk(sk)->repair)
		return TCPW_BY_OTHER;
	if (from == TCP_SYN_SENT || from == TCP_SYN_RECV)
		return failed_by(sk);
	switch (err) {
	case ECONNRESET:
	case EPIPE:
		return TCPW_BY_RESET_IN;
	case ECONNABORTED:
		return TCPW_BY_RESET_OUT;
	}
	if (ended_by_fin(sk, from, mini))
		return TCPW_BY_FIN;
	/* Who gives up says ETIMEDOUT, or what ICMP has said last: tcp_write_err(). */
	return err ? TCPW_BY_TIMEOUT : TCPW_BY_RESET_OUT;
}

/**
 * tcpw_ending_counter() - what to count an end as, the handshake having been completed
 * @closed: who sent the first FIN
 * @by: what ended it; not TCPW_BY_OTHER
 *
 * Context: any.
 * Return: the counter.
 */
enum tcpw_counter tcpw_ending_counter(enum tcpw_closed closed, enum tcpw_by by)
{
	switch (by) {
	case TCPW_BY_FIN:
		break;
	case TCPW_BY_TIMEOUT:
		return TCPW_CLOSED_TIMEOUT;
	default:
		return TCPW_CLOSED_RESET;
	}
	switch (closed) {
	case TCPW_CLOSED_BOTH:
		return TCPW_CLOSED_SIMULTANEOUS;
	case TCPW_CLOSED_REMOTE:
		return TCPW_CLOSED_REMOTE_FIRST;
	default:
		return TCPW_CLOSED_LOCAL_FIRST;
	}
}
