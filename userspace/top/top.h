/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the live screen shows, and what the keys have made of it.
 */
#ifndef TCPWATCH_TOP_TOP_H
#define TCPWATCH_TOP_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "look.h"
#include "moment.h"
#include "options.h"
#include "pulse.h"
#include "screen.h"
#include "top/choice.h"
#include "top/cursor.h"
#include "top/detail.h"
#include "top/prompt.h"

/* The panes, from top to bottom; the last two have the lists of enum top_list. */
enum pane { PANE_HOLDERS, PANE_STALLED, PANE_CONNECTIONS, PANES };

/**
 * struct top - the live screen
 * @options: as everywhere
 * @delay_ns: from one look to the next
 * @due_ns: CLOCK_BOOTTIME, when the next look is due
 * @display: the terminal
 * @list: the namespace, the only one; none while it cannot be opened
 * @look: the latest look that there was
 * @pulse: how many connections there have been
 * @moments: the time of day
 * @fault: why there is no later look; its status is 0 if there is
 * @frozen: there is to be none
 * @help: the keys are explained
 * @prompt: the filter
 * @sort: what the connections are sorted by
 * @descending: the greatest first
 * @choices: the lists of connections
 * @pane: where the keys go
 * @cursors: where one is in each pane
 * @rows: how many rows of each pane are seen
 * @detail: the connection that is opened
 */
struct top {
	struct options *options;
	int64_t delay_ns;
	int64_t due_ns;
	struct display display;
	struct netns_list list;
	struct look look;
	struct pulse pulse;
	struct moments moments;
	struct fault fault;
	bool frozen;
	bool help;
	struct prompt prompt;
	enum top_column sort;
	bool descending;
	struct choice choices[TOP_LISTS];
	enum pane pane;
	struct cursor cursors[PANES];
	int rows[PANES];
	struct detail detail;
};

enum { CLOCK_SIZE = 16 };

size_t top_pane_rows(const struct top *top, enum pane pane);
const char *top_clock(char text[CLOCK_SIZE], const struct top *top);

void view_measure(struct top *top);
void view_draw(struct top *top);
void view_title(const struct top *top, const char *title);
void help_draw(const struct top *top);

#endif
