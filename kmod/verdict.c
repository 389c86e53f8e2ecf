// SPDX-License-Identifier: GPL-2.0
#include "verdict.h"

static const char *const verdict_names[TCPW_VERDICTS] = {
	[TCPW_UNACCEPTED]	= "unaccepted",
	[TCPW_PEER_STALLED]	= "peer_stalled",
	[TCPW_PEER_SILENT]	= "peer_silent",
	[TCPW_DRAINING]		= "draining",
	[TCPW_UNREAD]		= "unread",
	[TCPW_EOF_UNREAD]	= "eof_unread",
	[TCPW_FRESH]		= "fresh",
	[TCPW_LEAKED]		= "leaked",
};

static const char *const limited_names[TCPW_LIMITS] = {
	[TCPW_LIMITED_PEER]	= "peer",
	[TCPW_LIMITED_NETWORK]	= "network",
	[TCPW_LIMITED_SNDBUF]	= "sndbuf",
	[TCPW_LIMITED_APP]	= "app",
};

/**
 * tcpw_verdict() - why a socket is still in CLOSE_WAIT
 * @s: the socket
 * @wait_ms: for how long it has been in CLOSE_WAIT
 * @stuck_ms: for longer than this, a socket with nothing left to do is leaked
 *
 * What hangs on somebody else is asked first (nobody accepted it, the peer does
 * not read, does not answer), then what the program has not read, and only a
 * socket with nothing left but close() is judged by its age.
 *
 * Context: any, no locks.
 * Return: the first verdict, in the order of enum tcpw_verdict, that holds.
 */
enum tcpw_verdict tcpw_verdict(const struct tcpw_snapshot *s, __u64 wait_ms, __u32 stuck_ms)
{
	if (s->unaccepted)
		return TCPW_UNACCEPTED;
	if (s->snd_unsent && !s->snd_wnd)
		return TCPW_PEER_STALLED;
	if (s->snd_unacked && s->retransmitting)
		return TCPW_PEER_SILENT;
	if (s->snd_unsent || s->snd_unacked)
		return TCPW_DRAINING;
	if (s->rcv_unread)
		return TCPW_UNREAD;
	if (s->fin_unread)
		return TCPW_EOF_UNREAD;
	return wait_ms > stuck_ms ? TCPW_LEAKED : TCPW_FRESH;
}

/**
 * tcpw_verdict_name() - a verdict as the contract spells it
 * @verdict: one of enum tcpw_verdict
 *
 * Context: any, no locks.
 * Return: a constant string.
 */
const char *tcpw_verdict_name(enum tcpw_verdict verdict)
{
	return verdict_names[verdict];
}

/**
 * tcpw_limited() - what holds the sender now
 * @s: the socket
 *
 * With something left to send, either the peer's window has no room for the
 * next segment, or the network holds it back (congestion window, pacing, Nagle
 * waiting for an ACK). With nothing left to send, the program is the limit; save
 * where it sleeps for room in a send buffer that is filled by what is in flight.
 *
 * Source: RFC 9293 3.8.6 (the usable window), tcp_write_xmit(), tcp_chrono.
 *
 * Context: any, no locks.
 * Return: one of enum tcpw_limited.
 */
enum tcpw_limited tcpw_limited(const struct tcpw_snapshot *s)
{
	__u32 next = s->snd_unsent;

	if (!s->snd_unsent)
		return s->sndbuf_full && s->snd_unacked ? TCPW_LIMITED_SNDBUF : TCPW_LIMITED_APP;
	if (s->mss && next > s->mss)
		next = s->mss;
	return s->snd_usable < next ? TCPW_LIMITED_PEER : TCPW_LIMITED_NETWORK;
}

/**
 * tcpw_limited_name() - a limit as the contract spells it
 * @limited: one of enum tcpw_limited
 *
 * Context: any, no locks.
 * Return: a constant string.
 */
const char *tcpw_limited_name(enum tcpw_limited limited)
{
	return limited_names[limited];
}
