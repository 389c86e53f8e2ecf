/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The latest of what is notable among the segments of a connection, a line each.
 */
#ifndef TCPWATCH_WINDOW_NOTES_H
#define TCPWATCH_WINDOW_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "pen.h"
#include "window/flow.h"

enum {
	NOTES_MAX = 64,
	NOTE_SIZE = 120,
};

/**
 * struct note - something that happened
 * @time_ns: when, by CLOCK_BOOTTIME
 * @tint: how bad it is
 * @text: what
 */
struct note {
	uint64_t time_ns;
	enum tint tint;
	char text[NOTE_SIZE];
};

/**
 * struct notes - what happened
 * @ring: the latest, the newest at (@n - 1) % NOTES_MAX
 * @n: how many there have been
 * @seen: segments of the flow that were looked at
 * @closed_ns: when the window of each way closed
 * @probes: since then, window probes
 */
struct notes {
	struct note ring[NOTES_MAX];
	size_t n;
	uint64_t seen;
	uint64_t closed_ns[FLOW_WAYS];
	uint64_t probes[FLOW_WAYS];
};

void notes_take(struct notes *notes, const struct flow *flow);
void notes_draw(const struct display *display, int row, int column, int rows, int width,
		const struct notes *notes, uint64_t first_ns);

#endif
