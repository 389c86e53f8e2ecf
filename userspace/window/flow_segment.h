/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A segment, as the event has it, with the marks that its connection gives it.
 */
#ifndef TCPWATCH_WINDOW_FLOW_SEGMENT_H
#define TCPWATCH_WINDOW_FLOW_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

enum { FLOW_SACKS = 2 };

/**
 * enum flow_way - which way data goes
 * @FLOW_OUT: from us to the peer: the peer's window rules
 * @FLOW_IN: from the peer to us: our own window rules
 * @FLOW_WAYS: how many
 */
enum flow_way { FLOW_OUT, FLOW_IN, FLOW_WAYS };

/**
 * enum flow_mark - what a segment is to the stream of data that it is of
 * @FLOW_PLAIN: in order, or without data
 * @FLOW_AGAIN: sent again, or behind what came later, and the other end did not have it
 *	as far as is known: the data was lost
 * @FLOW_NEEDLESS: sent again, and the other end had it: the ACK was lost, or late
 * @FLOW_UNCLEAR: sent again, the data or the ACK was lost: of a later copy the peer said
 *	that it was needless, of this one it did not, or that was lost, too
 * @FLOW_PROBE: asks whether a closed window is still closed
 * @FLOW_KEEPALIVE: asks whether the other end is still there
 */
enum flow_mark {
	FLOW_PLAIN,
	FLOW_AGAIN,
	FLOW_NEEDLESS,
	FLOW_UNCLEAR,
	FLOW_PROBE,
	FLOW_KEEPALIVE
};

/**
 * enum flow_turn - what a segment did to the window that it advertises
 * @FLOW_OVERTAKEN: nothing: it has none, or a later one came before it
 * @FLOW_MOVED: moved the right edge on, or left it where it was
 * @FLOW_CLOSED: closed the window
 * @FLOW_OPENED: opened a closed one
 * @FLOW_SHRUNK: moved the right edge back
 */
enum flow_turn { FLOW_OVERTAKEN, FLOW_MOVED, FLOW_CLOSED, FLOW_OPENED, FLOW_SHRUNK };

/* As in the header of TCP. */
enum {
	FLOW_FIN = 1 << 0,
	FLOW_SYN = 1 << 1,
	FLOW_RST = 1 << 2,
	FLOW_PSH = 1 << 3,
	FLOW_ACK = 1 << 4,
};

/**
 * struct flow_segment - a segment
 * @time_ns: when, by CLOCK_BOOTTIME
 * @seq: its first sequence number. All are counted from the initial one of their
 *	direction, which is the SYN's, and go on above 4 GiB
 * @ack: the other direction's that it asks for next, 0 without FLOW_ACK
 * @len: bytes of data. The kernel hands over several segments as one, so that it may be
 *	longer than any packet
 * @wnd: the window in bytes
 * @needless: of what a FLOW_AGAIN or FLOW_NEEDLESS brought, so many bytes were there
 *	already
 * @sack: what else has come, first and one behind the last, below or above @ack
 * @n_sack: how many of these
 * @dsack: the first of these tells of data that came twice (RFC 2883)
 * @missing: of FLOW_OUT: since it had been sent before, the peer selected what is behind
 *	it, and so does not have it
 * @way: which way it went
 * @flags: FLOW_FIN and so on
 * @mark: what it is
 * @turn: what it did to the window for the data of the other way
 * @shrunk: it moved that window's right edge back, and may have closed it so
 */
struct flow_segment {
	uint64_t time_ns;
	uint64_t seq;
	uint64_t ack;
	uint32_t len;
	uint32_t wnd;
	uint32_t needless;
	uint64_t sack[FLOW_SACKS][2];
	uint8_t n_sack;
	bool dsack;
	bool missing;
	uint8_t way;
	uint8_t flags;
	uint8_t mark;
	uint8_t turn;
	bool shrunk;
};

/**
 * flow_low() - what an event has of a sequence number or a window
 * @event: the event
 * @key: which
 *
 * Return: its low 32 bits.
 */
static inline uint32_t flow_low(const struct event *event, const char *key)
{
	return (uint32_t)event_number(event, key).value;
}

struct flow_segment flow_segment_parse(const struct event *event, uint64_t nxt_out,
				       uint64_t nxt_in);
uint64_t flow_segment_end(const struct flow_segment *s);

#endif
