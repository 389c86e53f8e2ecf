/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sliding windows of a connection, on a screen: both as they are now, in words what
 * holds the sender, and what happened. Whoever shows it says where.
 */
#ifndef TCPWATCH_WINDOW_LIVE_H
#define TCPWATCH_WINDOW_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "history.h"
#include "pen.h"
#include "window/aim.h"
#include "window/notes.h"
#include "window/session.h"
#include "window/strip.h"

enum { LIVE_ROWS_LEAST = 16, LIVE_COLUMNS_LEAST = 60 };

/**
 * struct live - what is shown of a session
 * @session: the connection that is followed
 * @ring: as a ring; else as a line
 * @queues: what the socket had when it was looked at last
 * @queues_ns: CLOCK_BOOTTIME, when that was
 * @next_ns: when it is looked at again
 * @scroll: the part of each stream that is shown
 * @ring_size: of the ring, a power of two that all fits in
 * @flight: bytes in flight, a sample each LIVE_SAMPLE_NS
 * @window: the peer's window, likewise
 * @sample_ns: when the last was
 * @notes: what happened
 */
struct live {
	struct session session;
	bool ring;
	struct queues queues;
	int64_t queues_ns;
	int64_t next_ns;
	struct scroll scroll[FLOW_WAYS];
	uint64_t ring_size;
	struct history flight;
	struct history window;
	int64_t sample_ns;
	struct notes notes;
};

enum status live_pump(struct live *live, struct fault *fault);
enum status live_next(struct live *live, struct fault *fault);
void live_draw(struct live *live, const struct display *display, int row, int rows);

#endif
