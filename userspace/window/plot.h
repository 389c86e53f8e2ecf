/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The picture of a followed connection: the time-sequence plot that tcptrace and Wireshark
 * draw, of the data that goes one way, as one SVG file that needs nothing else.
 */
#ifndef TCPWATCH_WINDOW_PLOT_H
#define TCPWATCH_WINDOW_PLOT_H

#include <stdint.h>
#include <stdio.h>

#include "window/flow.h"
#include "window/sayings.h"

/**
 * struct plot - what is to be drawn
 * @flow: the connection
 * @way: which way the data goes that is drawn
 * @now_ns: CLOCK_BOOTTIME: until then it was watched, so that a window that is closed
 *	still is drawn so until then
 * @sayings: the caption; NULL for none
 * @when: the date and the time of the first segment, in words; NULL if that is not known
 */
struct plot {
	const struct flow *flow;
	enum flow_way way;
	uint64_t now_ns;
	const struct sayings *sayings;
	const char *when;
};

void plot_write(FILE *file, const struct plot *plot);

#endif
