// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "axis.h"
#include "report/chart.h"
#include "report/html.h"

enum {
	TICKS = 5,	/* as many find room on a phone */
	TICKS_WITH_SECONDS = 4,
	TICKS_WITH_DATE = 3,
	SECONDS_S = 5 * 60,	/* a span for which seconds matter */
	DAY_S = 24 * 60 * 60,
	CLOCK_SIZE = 32,
};

static const int64_t ns_per_s = 1000 * 1000 * 1000;

static struct axis times(const struct chart *chart)
{
	struct axis axis = { .high = chart->span_ns, .length = CHART_WIDTH };
	const int64_t span_s = chart->span_ns / ns_per_s;
	size_t ticks = TICKS;

	if (span_s > DAY_S)
		ticks = TICKS_WITH_DATE;
	else if (span_s <= SECONDS_S)
		ticks = TICKS_WITH_SECONDS;
	axis_init(&axis, AXIS_TIME, 0, ticks);
	return axis;
}

static struct axis counts(const struct chart *chart)
{
	struct axis axis = { .high = (int64_t)chart->most, .length = CHART_HEIGHT };

	axis_init(&axis, AXIS_COUNT, 0, TICKS);
	return axis;
}

/**
 * chart_x() - where is a time?
 * @chart: the chart
 * @ago_ns: how long ago
 *
 * Return: points from its left edge.
 */
int chart_x(const struct chart *chart, int64_t ago_ns)
{
	const double part = (double)ago_ns / (double)chart->span_ns;

	return CHART_WIDTH - (int)lround(fmin(fmax(part, 0), 1) * CHART_WIDTH);
}

/**
 * chart_y() - where is a value?
 * @chart: the chart
 * @value: the value
 *
 * Return: points from its upper edge.
 */
int chart_y(const struct chart *chart, uint64_t value)
{
	const double part = (double)value / (double)chart->most;

	return CHART_HEIGHT - (int)lround(fmin(part, 1) * CHART_HEIGHT);
}

/* The upper edge is at a tick, and what is drawn below it. */
static void round_up(struct chart *chart)
{
	const struct axis axis = counts(chart);
	const uint64_t step = (uint64_t)axis.step;

	chart->most = (chart->most + step - 1) / step * step;
}

static void write_numbers(const struct report *report, const struct chart *chart)
{
	const struct axis axis = counts(chart);
	char text[TICK_SIZE];
	int at;

	fprintf(report->file, "<div class=\"ys\" style=\"width:%dch\">",
		snprintf(NULL, 0, "%" PRIu64, chart->most) + 1);
	for (int64_t n = 0; (at = axis_tick(&axis, n, text)) >= 0; n++)
		fprintf(report->file, "<span style=\"bottom:%.1f%%\">%s</span>",
			100.0 * at / CHART_HEIGHT, text);
	fputs("</div>\n", report->file);
}

static void write_grid(const struct report *report, const struct chart *chart)
{
	const struct axis x = times(chart);
	const struct axis y = counts(chart);
	char text[TICK_SIZE];
	int at;

	fputs("<path class=\"grid\" d=\"", report->file);
	for (int64_t n = 0; (at = axis_tick(&y, n, text)) >= 0; n++)
		fprintf(report->file, "M0 %dH%d", CHART_HEIGHT - at, CHART_WIDTH);
	for (int64_t n = 0; (at = axis_tick(&x, n, text)) >= 0; n++)
		fprintf(report->file, "M%d 0V%d", CHART_WIDTH - at, CHART_HEIGHT);
	fputs("\"/>\n", report->file);
}

/**
 * chart_begin() - begin a chart: what is in it may follow
 * @report: where to
 * @chart: the chart; its @most may become more, so that it is a round number
 */
void chart_begin(const struct report *report, struct chart *chart)
{
	round_up(chart);
	fputs("<div class=\"chart\" aria-hidden=\"true\">\n", report->file);
	write_numbers(report, chart);
	fprintf(report->file,
		"<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">\n",
		CHART_WIDTH, CHART_HEIGHT);
	write_grid(report, chart);
}

/* What the clocks showed then, as exactly as it matters. */
static const char *clock_text(char text[CLOCK_SIZE], const struct report *report,
			      const struct chart *chart, int64_t ago_ns)
{
	const int64_t span_s = chart->span_ns / ns_per_s;
	const time_t wall = (time_t)((chart->now_ns - ago_ns + report->moments.offset_ns) /
				     ns_per_s);
	struct tm tm;

	*text = '\0';
	if (report->moments.foreign || !localtime_r(&wall, &tm))
		return text;
	if (span_s > DAY_S)
		strftime(text, CLOCK_SIZE, "%b %e, %H:%M", &tm);
	else if (span_s > SECONDS_S)
		strftime(text, CLOCK_SIZE, "%H:%M", &tm);
	else
		strftime(text, CLOCK_SIZE, "%T", &tm);
	return text;
}

/**
 * chart_end() - end a chart
 * @report: where to
 * @chart: the chart
 */
void chart_end(const struct report *report, const struct chart *chart)
{
	const struct axis axis = times(chart);
	char clock[CLOCK_SIZE];
	char text[TICK_SIZE];
	int at;

	fputs("</svg>\n<div class=\"xs\">", report->file);
	for (int64_t n = 0; (at = axis_tick(&axis, n, text)) >= 0; n++) {
		const double ago = (double)n * axis.step * axis.factor;

		fprintf(report->file, "<span style=\"right:%.1f%%\">", 100.0 * at / CHART_WIDTH);
		if (n)
			fprintf(report->file, "\u2212%s %s", text, axis.unit);
		else
			fputs(report->saved ? "saved" : "now", report->file);
		fprintf(report->file, "<br>%s</span>",
			clock_text(clock, report, chart, (int64_t)ago));
	}
	fputs("</div>\n</div>\n", report->file);
	html_element(report->file, "p class=\"only-read\"", "%s", chart->label);
	fputc('\n', report->file);
}
