// SPDX-License-Identifier: GPL-2.0
/*
 * How the counters moved while they were watched.
 */
#include <inttypes.h>

#include "array.h"
#include "report/html.h"
#include "report/sections.h"
#include "text.h"

enum {
	WIDTH = 600,	/* points of a picture, as is HEIGHT */
	HEIGHT = 100,
	NAME_SIZE = 32,
};

static const double ns_per_s = 1e9;

/**
 * struct series - how one of them moved
 * @line: which
 * @n: how many samples
 * @first: the first of record's times that has one
 * @values: they, the oldest first: a number, or how many a second
 * @least: of these
 * @most: likewise
 */
struct series {
	enum pulse_line line;
	size_t n;
	size_t first;
	double values[RECORD_SAMPLES];
	double least;
	double most;
};

static struct series read_series(const struct record *record, enum pulse_line line)
{
	const struct history *history = &record->pulse.lines[line];
	struct series series = { .line = line, .n = history_length(history) };

	series.first = record->n - series.n;
	for (size_t i = 0; i < series.n; i++) {
		const size_t at = series.first + i;
		double value = (double)history_back(history, series.n - 1 - i);

		if (pulse_is_rate(line))
			value *= ns_per_s / (double)(record->at_ns[at] - record->at_ns[at - 1]);
		series.values[i] = value;
		if (!i || value < series.least)
			series.least = value;
		if (!i || value > series.most)
			series.most = value;
	}
	return series;
}

static void write_value(FILE *file, const struct series *series, double value)
{
	fprintf(file, "%.*f", pulse_is_rate(series->line) && value > 0 && value < 10, value);
}

/* A rate is that since the sample before; a number stays until the next. */
static void write_line(FILE *file, const struct record *record, const struct series *series)
{
	const double span = (double)(record->at_ns[record->n - 1] - record->at_ns[0]);
	const double most = series->most > 0 ? series->most : 1;
	double x = 0;

	fprintf(file,
		"<svg viewBox=\"0 -4 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		WIDTH, HEIGHT + 8);
	fprintf(file, "<path class=\"grid\" d=\"M0 %dH%d\"/><path class=\"line all\" d=\"",
		HEIGHT, WIDTH);
	for (size_t i = 0; i < series->n; i++) {
		const double y = HEIGHT - series->values[i] / most * HEIGHT;

		if (pulse_is_rate(series->line))
			fprintf(file, "%s%.1f %.1f", i ? "L" : "M", x, y);
		x = (double)(record->at_ns[series->first + i] - record->at_ns[0]) / span * WIDTH;
		fprintf(file, "%s%.1f %.1f", i || pulse_is_rate(series->line) ? "L" : "M", x, y);
		if (!pulse_is_rate(series->line) && i + 1 < series->n)
			fprintf(file, "H%.1f",
				(double)(record->at_ns[series->first + i + 1] -
					 record->at_ns[0]) / span * WIDTH);
	}
	fputs("\"/></svg>\n", file);
}

static void write_series(FILE *file, const struct record *record, enum pulse_line line)
{
	const struct series series = read_series(record, line);

	if (!series.n)
		return;
	html_element(file, "h3", "%s", pulse_label(line));
	fputs("<p class=\"big\">", file);
	write_value(file, &series, series.values[series.n - 1]);
	fputs("</p>\n", file);
	write_line(file, record, &series);
	fputs("<p class=\"dim\">", file);
	if (series.least == series.most) {
		fputs("all the time</p>\n", file);
		return;
	}
	fputs("between ", file);
	write_value(file, &series, series.least);
	fputs(" and ", file);
	write_value(file, &series, series.most);
	fputs("; at first ", file);
	write_value(file, &series, series.values[0]);
	fputs("</p>\n", file);
}

/**
 * section_past() - how have they moved?
 * @report: where to
 * @record: the namespace
 */
void section_past(struct report *report, const struct record *record)
{
	static const enum pulse_line shown[] = {
		PULSE_CLOSE_WAIT, PULSE_ESTABLISHED, PULSE_TIME_WAIT, PULSE_SYN_RECV,
		PULSE_OPENED, PULSE_ENDED, PULSE_RESET, PULSE_FAILED,
	};
	const size_t last = record->n ? record->n - 1 : 0;
	char age[AGE_SIZE];

	if (last < 1)
		return;
	text_age(age, (uint64_t)(record->at_ns[last] - record->at_ns[0]) / 1000 / 1000);
	html_section(report->file, report->ns, "past", "While it was watched");
	html_element(report->file, "p", "The last %s; on the right is the end.", age);
	fputs("\n<ul class=\"cards small\">\n", report->file);
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		fputs("<li>\n", report->file);
		write_series(report->file, record, shown[i]);
		fputs("</li>\n", report->file);
	}
	fputs("</ul>\n</section>\n", report->file);
}
