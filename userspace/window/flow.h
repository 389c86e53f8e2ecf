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
#include "window/flow_ranges.h"
#include "window/flow_segment.h"
#include "window/flow_side.h"

enum {
	FLOW_SEGMENTS_MAX = 1 << 19,	/* kept; 40 MB */
	FLOW_ENDS_SIZE = 128,
	FLOW_WORD_SIZE = 16,
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

enum flow_way flow_main_way(const struct flow *flow);

#endif
