/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events: what happens to connections, told to whoever reads /proc/tcpwatch/events.
 *
 * Where nobody reads in a namespace, an event costs a look at one pointer. Else it goes
 * into the ring of the CPU that it happens on (see ring.h). Some are tracepoints, too (see
 * trace.h); their functions here may be called for either.
 */
#ifndef TCPW_EVENT_H
#define TCPW_EVENT_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "ends.h"
#include "net.h"

struct sock;
struct tcpw_conn;
struct tcpw_ring;

/** enum tcpw_event_kind - what happened */
enum tcpw_event_kind {
	TCPW_EVENT_STATE,
	TCPW_EVENT_CLOSED,
	TCPW_EVENT_ZERO_WINDOW,
	TCPW_EVENT_WINDOW_OPEN,
	TCPW_EVENT_SYN_BLOCKED,
	TCPW_EVENT_STUCK,
	TCPW_EVENT_SEGMENT,
};

/** enum tcpw_by - what ended a connection */
enum tcpw_by {
	TCPW_BY_FIN,
	TCPW_BY_RESET_IN,
	TCPW_BY_RESET_OUT,
	TCPW_BY_TIMEOUT,
	TCPW_BY_REFUSED,
	TCPW_BY_OTHER,		/* given up by the program or the network; taken elsewhere */
};

enum {
	TCPW_SACK_BLOCKS = 2,	/* the first says what came, the second whether it had to */
	TCPW_NO_WSCALE = 255,
};

/** TCPW_UNKNOWN_NS - a time that nobody knows */
#define TCPW_UNKNOWN_NS U64_MAX

/**
 * struct tcpw_event - an event
 * @time_ns: when, by CLOCK_BOOTTIME
 * @id: the socket's cookie
 * @ends: its addresses
 * @kind: enum tcpw_event_kind, which says what of the rest is in use
 * @state: from which state to which, and how long it was in the first
 * @closed: of the connection that ended: its age, payload bytes each way, segments sent
 *	again; enum tcpw_opened, tcpw_closed, tcpw_by
 * @window: whether it is our own window, and for how long it was open, or closed, before
 * @stuck: how long it has been in CLOSE_WAIT
 * @header: of a segment, what its header says beside numbers: its flags, which way it went;
 *	the largest segment, the shift of windows and the selective ACKs that a SYN offers,
 *	or how many blocks any other selects. Apart from the rest of it, as there is room
 * @segment: a segment, sequence numbers counted from the initial ones: its window in
 *	bytes, the blocks that it selects, and what the socket had then, RFC 9293's SND.UNA,
 *	SND.NXT, SND.WND, RCV.NXT and RCV.WND, the end of the send queue, up to where the
 *	program has read, and the congestion window in bytes
 *
 * As many as a power of two fit a power of two of bytes: a ring wastes nothing.
 */
struct tcpw_event {
	u64 time_ns;
	u64 id;
	struct tcpw_ends ends;
	u8 kind;
	struct {
		u8 flags;
		u8 wscale;
		u8 n_sack : 6;
		u8 sack_permitted : 1;
		u8 out : 1;
		u16 mss;
	} header;
	union {
		struct {
			u64 after_ns;
			u8 from;
			u8 to;
		} state;
		struct {
			u64 age_ns;
			u64 bytes_in;
			u64 bytes_out;
			u32 retrans;
			u8 opened;
			u8 closed;
			u8 by;
		} closed;
		struct {
			u64 after_ns;
			bool out;
		} window;
		struct {
			u64 wait_ns;
		} stuck;
		struct {
			u32 seq;
			u32 ack;
			u32 len;
			u32 wnd;
			u32 una;
			u32 nxt;
			u32 snd_wnd;
			u32 write_seq;
			u32 rcv_nxt;
			u32 copied;
			u32 rcv_wnd;
			u32 cwnd;
			u32 sack[TCPW_SACK_BLOCKS][2];
		} segment;
	};
};

/**
 * tcpw_event_wanted() - does anybody read the events of a namespace?
 * @tn: the namespace, NULL for one that is dying
 *
 * Context: any, under rcu_read_lock().
 * Return: whether an event that happens now would be read.
 */
static inline bool tcpw_event_wanted(const struct tcpw_net *tn)
{
	return tn && unlikely(rcu_access_pointer(tn->ring));
}

void tcpw_event_state(struct tcpw_net *tn, struct sock *sk, unsigned int from,
		      unsigned int to, u64 after_ns);
void tcpw_event_closed(struct tcpw_net *tn, struct sock *sk, const struct tcpw_conn *c,
		       enum tcpw_by by);
void tcpw_event_window(struct tcpw_net *tn, struct sock *sk, bool out, bool closes,
		       u64 after_ns);
void tcpw_event_syn_blocked(struct tcpw_net *tn, struct sock *sk);
void tcpw_event_stuck(struct tcpw_net *tn, struct sock *sk, u64 wait_ns);

#endif
