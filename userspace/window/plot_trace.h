/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inside of the picture of a connection: what is between the axes.
 */
#ifndef TCPWATCH_WINDOW_PLOT_TRACE_H
#define TCPWATCH_WINDOW_PLOT_TRACE_H

#include <stdint.h>
#include <stdio.h>

#include "axis.h"
#include "text.h"
#include "window/plot.h"

/* Points, ten of which are a unit of the picture. */
enum { TRACE_WIDTH = 8800 };

/**
 * enum trace_kind - what is drawn
 * @TRACE_NEW: data sent for the first time; the next five are as in enum flow_mark
 * @TRACE_AGAIN: data sent again as it was lost
 * @TRACE_NEEDLESS: data sent again that was there
 * @TRACE_UNCLEAR: data sent again, and nobody knows whether it was there
 * @TRACE_PROBE: questions whether the window is still closed
 * @TRACE_KEEPALIVE: questions whether the other end is still there
 * @TRACE_LEFT: the left edge: all before is acknowledged
 * @TRACE_RIGHT: the right edge
 * @TRACE_SACK: pieces selected by ACKs
 * @TRACE_DSACK: pieces that ACKs say came twice
 * @TRACE_CLOSED: times at which the window was closed
 * @TRACE_SHRUNK: the right edge moved back
 * @TRACE_SYN: SYNs of this way
 * @TRACE_FIN: likewise
 * @TRACE_RST: resets of either way
 * @TRACE_KINDS: how many there are
 */
enum trace_kind {
	TRACE_NEW,
	TRACE_AGAIN,
	TRACE_NEEDLESS,
	TRACE_UNCLEAR,
	TRACE_PROBE,
	TRACE_KEEPALIVE,
	TRACE_LEFT,
	TRACE_RIGHT,
	TRACE_SACK,
	TRACE_DSACK,
	TRACE_CLOSED,
	TRACE_SHRUNK,
	TRACE_SYN,
	TRACE_FIN,
	TRACE_RST,
	TRACE_KINDS
};

/**
 * struct trace - what there is to draw
 * @flow: the connection; with one segment at least
 * @way: which way the data goes
 * @time: the horizontal axis
 * @bytes: the vertical one
 * @end_ns: until when it is drawn
 * @count: how many there are of each
 * @closed_ns: for how long the window was closed
 * @edge_above: the right edge, at its highest; it may be above the picture
 */
struct trace {
	const struct flow *flow;
	enum flow_way way;
	struct axis time;
	struct axis bytes;
	uint64_t end_ns;
	uint64_t count[TRACE_KINDS];
	uint64_t closed_ns;
	uint64_t edge_above;
};

void trace_survey(struct trace *trace, const struct plot *plot);
void trace_write_window(FILE *file, const struct trace *trace);
void trace_write_segments(FILE *file, const struct trace *trace);
void trace_write_marks(FILE *file, const struct trace *trace);

int trace_x(const struct trace *trace, uint64_t time_ns);
int trace_y(const struct trace *trace, uint64_t seq);
bool trace_is_ack(const struct trace *trace, const struct flow_segment *s);
const char *trace_since(char text[AGE_SIZE], const struct trace *trace, uint64_t time_ns);

#endif
