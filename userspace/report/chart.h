/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A chart over time. Its lines are stretched to the width that there is; what is written beside
 * them is text of the page, and as large as that.
 */
#ifndef TCPWATCH_REPORT_CHART_H
#define TCPWATCH_REPORT_CHART_H

#include <stdint.h>

#include "report/sections.h"

enum {
	CHART_WIDTH = 1000,	/* points */
	CHART_HEIGHT = 300,
};

/**
 * struct chart - a chart
 * @label: what it shows, for who cannot see it
 * @now_ns: CLOCK_BOOTTIME at its right edge
 * @span_ns: how far it goes back, above 0
 * @most: what is at its upper edge, above 0
 */
struct chart {
	const char *label;
	int64_t now_ns;
	int64_t span_ns;
	uint64_t most;
};

void chart_begin(const struct report *report, struct chart *chart);
int chart_x(const struct chart *chart, int64_t ago_ns);
int chart_y(const struct chart *chart, uint64_t value);
void chart_end(const struct report *report, const struct chart *chart);

#endif
