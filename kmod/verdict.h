/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a connection's numbers mean, in one word. Pure functions of a snapshot:
 * they need no kernel, and are tested without one.
 */
#ifndef TCPW_VERDICT_H
#define TCPW_VERDICT_H

#include <linux/types.h>

/**
 * struct tcpw_snapshot - a socket's queues and windows at one moment
 * @rcv_unread: bytes received in order and not yet read, the FIN not counted
 * @rcv_wnd: bytes the peer may still send, RCV.WND
 * @snd_unacked: SND.NXT - SND.UNA, sequence numbers sent and not yet acknowledged
 * @snd_unsent: bytes written by the program and not yet sent
 * @snd_wnd: what the peer advertised last, in bytes, SND.WND
 * @snd_usable: SND.UNA + SND.WND - SND.NXT, 0 where that is negative
 * @cwnd_bytes: congestion window, in bytes
 * @mss: bytes of data in a full segment
 * @rtt_us: smoothed round-trip time
 * @retrans: segments sent again, in the connection's whole life
 * @idle_in_ms: since data came last
 * @idle_out_ms: since data was sent last
 * @bytes_in: bytes received in order, in the connection's whole life
 * @bytes_out: bytes sent, each counted once
 * @rcv_wscale: shift of the windows that we advertise
 * @snd_wscale: shift of the windows that the peer advertises
 * @mem_bytes: kernel memory that it takes: itself, its queues, and what it has in reserve
 * @probes: window probes now unanswered
 * @fin_unread: the peer's FIN is here and the program has not seen it
 * @unaccepted: it sits in a listener's accept queue
 * @retransmitting: what is out has been sent again and not been acknowledged since
 * @sndbuf_full: the program waits for room in the send buffer
 */
struct tcpw_snapshot {
	__u32 rcv_unread;
	__u32 rcv_wnd;
	__u32 snd_unacked;
	__u32 snd_unsent;
	__u32 snd_wnd;
	__u32 snd_usable;
	__u32 mss;
	__u32 rtt_us;
	__u32 retrans;
	__u64 idle_in_ms;
	__u64 idle_out_ms;
	__u64 cwnd_bytes;
	__u64 mem_bytes;
	__u64 bytes_in;
	__u64 bytes_out;
	__u8 rcv_wscale;
	__u8 snd_wscale;
	__u8 probes;
	__u8 fin_unread : 1;
	__u8 unaccepted : 1;
	__u8 retransmitting : 1;
	__u8 sndbuf_full : 1;
};

/**
 * enum tcpw_verdict - why a socket is still in CLOSE_WAIT
 * @TCPW_UNACCEPTED: no accept() took it
 * @TCPW_PEER_STALLED: data waits, and the peer's window is closed
 * @TCPW_PEER_SILENT: data is out, sent again, and no ACK comes
 * @TCPW_DRAINING: data waits or is out, and ACKs keep coming
 * @TCPW_UNREAD: bytes that came before the FIN are not read
 * @TCPW_EOF_UNREAD: all bytes are read, the end of file is not
 * @TCPW_FRESH: nothing is left to do but close(), since a short time
 * @TCPW_LEAKED: nothing is left to do but close(), since longer than the threshold
 * @TCPW_VERDICTS: how many there are
 *
 * In the order in which they are tried: the first that holds is the verdict.
 */
enum tcpw_verdict {
	TCPW_UNACCEPTED,
	TCPW_PEER_STALLED,
	TCPW_PEER_SILENT,
	TCPW_DRAINING,
	TCPW_UNREAD,
	TCPW_EOF_UNREAD,
	TCPW_FRESH,
	TCPW_LEAKED,
	TCPW_VERDICTS
};

/**
 * enum tcpw_limited - what holds the sender now
 * @TCPW_LIMITED_PEER: the peer's window
 * @TCPW_LIMITED_NETWORK: the congestion window, or what is left of the path's pace
 * @TCPW_LIMITED_SNDBUF: the send buffer: the program has more and there is no room
 * @TCPW_LIMITED_APP: nothing: the program gives it nothing to send
 * @TCPW_LIMITS: how many there are
 */
enum tcpw_limited {
	TCPW_LIMITED_PEER,
	TCPW_LIMITED_NETWORK,
	TCPW_LIMITED_SNDBUF,
	TCPW_LIMITED_APP,
	TCPW_LIMITS
};

enum tcpw_verdict tcpw_verdict(const struct tcpw_snapshot *s, __u64 wait_ms, __u32 stuck_ms);
const char *tcpw_verdict_name(enum tcpw_verdict verdict);
enum tcpw_limited tcpw_limited(const struct tcpw_snapshot *s);
const char *tcpw_limited_name(enum tcpw_limited limited);

#endif
