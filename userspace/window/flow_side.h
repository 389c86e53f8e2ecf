/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data that goes one way, and the window that it goes through (RFC 9293, 3.8).
 */
#ifndef TCPWATCH_WINDOW_FLOW_SIDE_H
#define TCPWATCH_WINDOW_FLOW_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "number.h"
#include "window/flow_segment.h"

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

void flow_side_syn(struct flow_side *side, const struct flow_segment *s,
		   const struct event *event);
void flow_side_ack(struct flow_side *side, struct flow_segment *s, uint64_t sent);
void flow_side_mark(struct flow_side *side, struct flow_segment *s, enum flow_mark mark);
void flow_side_judge(struct flow_side *side, struct flow_segment *s);

uint64_t flow_in_flight(const struct flow_side *side);
uint64_t flow_usable(const struct flow_side *side);
uint64_t flow_closed_ns(const struct flow_side *side, uint64_t now_ns);

#endif
