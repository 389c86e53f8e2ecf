/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the segments of one connection say of its two sliding windows (RFC 9293, 3.8), one
 * for the data of each direction: where their edges are, how they moved, what was sent
 * again and whether that was needed. This only counts; words and pictures are others'.
 */
#ifndef TCPWATCH_WINDOW_FLOW_H
#define TCPWATCH_WINDOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "event.h"
#include "fault.h"
#include "number.h"

enum {
	FLOW_SACKS = 2,
	FLOW_RANGES = 32,		/* data behind holes; see struct flow_ranges */
	FLOW_SEGMENTS_MAX = 1 << 19,	/* kept; 40 MB */
	FLOW_ENDS_SIZE = 128,
	FLOW_WORD_SIZE = 16,
};

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
 * struct flow_ranges - data that came behind a hole, in no order
 * @n: how many pieces
 * @range: the first sequence number of each, and one behind the last
 *
 * With more holes than there is room for the oldest piece is forgotten.
 */
struct flow_ranges {
	size_t n;
	uint64_t range[FLOW_RANGES][2];
};

/**
 * struct flow_side - the data that goes one way, and the window that it goes through
 * @una: SND.UNA of its sender: the left edge, before which all is acknowledged
 * @nxt_sure: of FLOW_OUT, SND.NXT is from a socket that was locked, or from what it sent
 * @told: of FLOW_OUT, SND.UNA as the socket said when it sent last
 * @nxt: SND.NXT: one behind the last that was sent
 * @edge: the right edge, SND.UNA + SND.WND: the first that may not be sent
 * @end: of FLOW_OUT, one behind the last that the program has written; of FLOW_IN, the
 *	first that the program has not read
 * @wnd: the window that was advertised last
 * @sacked: of FLOW_OUT, one behind the last that the peer has selected
 * @sacked_ns: when it did so last
 * @base_known: there was a segment, so that the above mean something
 * @edge_known: there was an ACK with a window
 * @wl1: sequence number of the segment that @edge is of, RFC 9293's SND.WL1
 * @grain: all windows seen, or'ed: its lowest bit is what windows are rounded to
 * @fin: its FIN was sent
 * @sent: bytes of data, each counted once
 * @segments: segments with data
 * @closed: the window is 0 now
 * @closed_ns: since when
 * @closures: how often it closed
 * @closed_total_ns: for how long it was, without the time since @closed_ns
 * @closed_longest_ns: for how long at most, likewise
 * @shrunk: how often the right edge moved back
 * @shrunk_most: by how many bytes at most
 * @moved_back: how often the left edge did, which it may not
 * @again: segments that are FLOW_AGAIN
 * @again_bytes: bytes of those
 * @needless: segments that are FLOW_NEEDLESS
 * @needless_bytes: bytes of those
 * @unclear: segments that are FLOW_UNCLEAR
 * @unclear_bytes: bytes of those
 * @doubled: data came twice that was not seen sent twice: the path doubled it
 * @probes: segments that are FLOW_PROBE
 * @keepalives: segments that are FLOW_KEEPALIVE
 * @most_flight: bytes in flight at most
 * @syn: the SYN was seen, so that the next four are what its sender offered
 * @first_wnd: the window in the SYN, for the data of the other way
 * @mss: the largest segment that its sender takes, 0 without that option
 * @wscale: the shift of its later windows, unknown without that option
 * @sack_permitted: its sender understands SACK
 */
struct flow_side {
	uint64_t una;
	uint64_t told;
	uint64_t nxt;
	uint64_t edge;
	uint64_t end;
	uint64_t sacked;
	uint64_t sacked_ns;
	uint32_t wnd;
	bool base_known;
	bool nxt_sure;
	bool edge_known;
	uint64_t wl1;
	uint32_t grain;
	bool fin;
	uint64_t sent;
	uint64_t segments;
	bool closed;
	uint64_t closed_ns;
	uint64_t closures;
	uint64_t closed_total_ns;
	uint64_t closed_longest_ns;
	uint64_t shrunk;
	uint64_t shrunk_most;
	uint64_t moved_back;
	uint64_t again;
	uint64_t again_bytes;
	uint64_t needless;
	uint64_t needless_bytes;
	uint64_t unclear;
	uint64_t unclear_bytes;
	uint64_t doubled;
	uint64_t probes;
	uint64_t keepalives;
	uint64_t most_flight;
	bool syn;
	uint32_t first_wnd;
	uint32_t mss;
	struct number wscale;
	bool sack_permitted;
};

/**
 * struct flow - a connection that is followed
 * @id: the socket's cookie, unknown as long as only the peer's SYN was seen
 * @local: our end
 * @remote: the peer's
 * @local_text: the same in words
 * @remote_text: likewise
 * @begun: there was a segment or an event
 * @first_ns: the first, by CLOCK_BOOTTIME
 * @last_ns: the last
 * @side: the data of each enum flow_way
 * @behind: FLOW_IN's data behind holes
 * @cwnd: the congestion window in bytes, 0 if it is not known yet
 * @state: the state of the connection, "-" if it did not change since
 * @over: the connection ended; that its place is a mini-socket's now is told before that
 * @by: what ended it, as the event `closed` has it; "-" if that is not known
 * @lost: events lost before they could be read: the counts here may be short
 * @segments: what was seen, oldest first
 * @n: how many
 * @room: for how many there is room
 * @dropped: older ones that are not kept any more
 */
struct flow {
	struct number id;
	struct addr local;
	struct addr remote;
	char local_text[FLOW_ENDS_SIZE];
	char remote_text[FLOW_ENDS_SIZE];
	bool begun;
	uint64_t first_ns;
	uint64_t last_ns;
	struct flow_side side[FLOW_WAYS];
	struct flow_ranges behind;
	uint64_t cwnd;
	char state[FLOW_WORD_SIZE];
	bool over;
	char by[FLOW_WORD_SIZE];
	uint64_t lost;
	struct flow_segment *segments;
	size_t n;
	size_t room;
	uint64_t dropped;
};

void flow_begin(struct flow *flow, struct number id, const struct cell *local,
		const struct cell *remote);
bool flow_is(const struct flow *flow, const struct event *event);
enum status flow_take(struct flow *flow, const struct event *event, struct fault *fault);
void flow_free(struct flow *flow);

uint64_t flow_in_flight(const struct flow_side *side);
uint64_t flow_usable(const struct flow_side *side);
uint64_t flow_closed_ns(const struct flow_side *side, uint64_t now_ns);
enum flow_way flow_main_way(const struct flow *flow);

#endif
