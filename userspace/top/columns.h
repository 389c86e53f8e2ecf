/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The columns of the lists of connections: which there is room for, what stands in them,
 * and what they are sorted by.
 */
#ifndef TCPWATCH_TOP_COLUMNS_H
#define TCPWATCH_TOP_COLUMNS_H

#include <stdbool.h>

#include "column.h"
#include "look.h"
#include "pen.h"

/* From left to right; TOP_BUSY, both ways together, is only there to sort by. */
enum top_column {
	TOP_BUSY,
	TOP_LOCAL,
	TOP_REMOTE,
	TOP_STATE,
	TOP_STILL,
	TOP_WHY,
	TOP_IN,
	TOP_OUT,
	TOP_UNACKED,
	TOP_UNSENT,
	TOP_UNREAD,
	TOP_WINDOW,
	TOP_RTT,
	TOP_AGAIN,
	TOP_LIMITED,
	TOP_STATE_FOR,
	TOP_AGE,
	TOP_VERDICT,
	TOP_PID,
	TOP_PROCESS,
	TOP_COLUMNS
};

/**
 * enum top_list - a list of connections
 * @TOP_STALLED: those on which nothing moves
 * @TOP_CONNECTIONS: all of them
 * @TOP_LISTS: how many there are
 */
enum top_list { TOP_STALLED, TOP_CONNECTIONS, TOP_LISTS };

/**
 * struct top_layout - the columns that there is room for
 * @width: how wide each is, 0 if it is not there
 */
struct top_layout {
	int width[TOP_COLUMNS];
};

void top_layout(struct top_layout *layout, enum top_list list, int columns, int address);
const char *top_head(enum top_column column);
bool top_needs_row(enum top_column column);
bool top_descends(enum top_column column);
void top_cell(const struct look *look, const struct conn *conn, enum top_column column,
	      struct cell *cell);
void top_draw_heads(const struct display *display, const struct top_layout *layout, int row,
		    const char *title, bool here, enum top_column sort, bool descending);
void top_draw_conn(const struct display *display, const struct top_layout *layout, int row,
		   const struct look *look, const struct conn *conn, bool chosen);

#endif
