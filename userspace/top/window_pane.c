// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "top/window_pane.h"

static void stop(struct window_pane *pane)
{
	if (pane->live)
		session_close(&pane->live->session);
	free(pane->live);
	pane->live = NULL;
}

static enum status start(struct window_pane *pane, struct options *options, uint64_t id)
{
	struct tail *tail;
	char text[sizeof("18446744073709551615")];

	pane->live = calloc(1, sizeof(*pane->live));
	if (!pane->live)
		return fault_memory(&pane->fault);
	tail = &pane->live->session.tail;
	tail->options = options;
	snprintf(text, sizeof(text), "%" PRIu64, id);
	if (filter_add(&tail->filter, FILTER_ID, text, &pane->fault))
		return pane->fault.status;
	return session_open(&pane->live->session, &pane->fault);
}

/**
 * window_pane_open() - show the window of a connection
 * @pane: not shown so far
 * @options: say which namespace
 * @id: the socket's cookie
 *
 * From now on it is followed: see follow.h. If that cannot be, it is said instead.
 */
void window_pane_open(struct window_pane *pane, struct options *options, uint64_t id)
{
	pane->shown = true;
	pane->fault.status = STATUS_OK;
	if (start(pane, options, id))
		stop(pane);
}

/**
 * window_pane_close() - show it no more
 * @pane: shown or not
 */
void window_pane_close(struct window_pane *pane)
{
	stop(pane);
	pane->shown = false;
}

/**
 * window_pane_pump() - take what has happened
 * @pane: shown or not
 */
void window_pane_pump(struct window_pane *pane)
{
	if (pane->live && live_pump(pane->live, &pane->fault))
		stop(pane);
}

/**
 * window_pane_ring() - show it as a ring, or as a line again
 * @pane: shown or not
 */
void window_pane_ring(struct window_pane *pane)
{
	if (pane->live)
		pane->live->ring = !pane->live->ring;
}

/**
 * window_pane_is_ring() - is it shown as a ring?
 * @pane: shown or not
 *
 * Return: whether it is.
 */
bool window_pane_is_ring(const struct window_pane *pane)
{
	return pane->live && pane->live->ring;
}

/**
 * window_pane_draw() - draw it
 * @pane: shown
 * @display: the terminal
 * @row: from this line on
 * @rows: no more lines than this
 */
void window_pane_draw(struct window_pane *pane, const struct display *display, int row,
		      int rows)
{
	if (pane->live)
		live_draw(pane->live, display, row, rows);
	else
		pen_wrap(display, row, 0, display->columns, rows, TINT_BAD, pane->fault.text);
}
