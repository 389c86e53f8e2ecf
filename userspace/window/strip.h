/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stretch of a stream of data with three indices that move along it: RFC 9293's figures
 * 3 and 4, live. As a line that scrolls, or as the ring that a buffer is modelled as.
 */
#ifndef TCPWATCH_WINDOW_STRIP_H
#define TCPWATCH_WINDOW_STRIP_H

#include <stdbool.h>
#include <stdint.h>

#include "pen.h"
#include "window/flow.h"

enum {
	STRIP_INDICES = 3,
	STRIP_ROWS = 4,		/* names, arrows, cells, numbers */
	RING_ROWS_LEAST = 7,
};

/**
 * struct strip - the stream now
 * @name: how the indices are called, NULL if there is no such index
 * @at: where they are, none before the one to its left: sequence numbers
 * @tint: what is before the first, between them, behind the last
 * @more: up to where there is data that is not sent; 0 if there is none behind @at[1]
 * @behind: data that came behind a hole; NULL if there is none
 */
struct strip {
	const char *name[STRIP_INDICES];
	uint64_t at[STRIP_INDICES];
	enum tint tint[STRIP_INDICES + 1];
	uint64_t more;
	const struct flow_ranges *behind;
};

/**
 * struct scroll - which part of a stream is shown
 * @origin: the first
 * @step: sequence numbers a column; 0 at first
 */
struct scroll {
	uint64_t origin;
	uint64_t step;
};

void strip_draw(const struct display *display, int row, int column, int width,
		const struct strip *strip, struct scroll *scroll);
void ring_draw(const struct display *display, int row, int column, int rows, int width,
	       const struct strip *strip, uint64_t size);
void strip_key(const struct display *display, int row, int column, int width);

#endif
