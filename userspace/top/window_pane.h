/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sliding window of the connection that is open, as tcpwatch window shows it.
 */
#ifndef TCPWATCH_TOP_WINDOW_PANE_H
#define TCPWATCH_TOP_WINDOW_PANE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "options.h"
#include "pen.h"
#include "window/live.h"

/**
 * struct window_pane - the window
 * @live: it is followed; NULL while it is not shown, or cannot be
 * @shown: it is to be seen
 * @fault: why it cannot; its status is 0 if it can
 */
struct window_pane {
	struct live *live;
	bool shown;
	struct fault fault;
};

void window_pane_open(struct window_pane *pane, struct options *options, uint64_t id);
void window_pane_close(struct window_pane *pane);
void window_pane_pump(struct window_pane *pane);
void window_pane_ring(struct window_pane *pane);
bool window_pane_is_ring(const struct window_pane *pane);
void window_pane_draw(struct window_pane *pane, const struct display *display, int row,
		      int rows);

#endif
