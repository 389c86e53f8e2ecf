// SPDX-License-Identifier: GPL-2.0
/*
 * How long sockets have been in CLOSE_WAIT: how many for how long, and since when there have
 * been so many.
 */
#include <inttypes.h>

#include "array.h"
#include "holder_text.h"
#include "moment.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/sections.h"
#include "stairs.h"
#include "text.h"

enum {
	LINES = 3,			/* processes that have a line of their own */
	ZOOM = 4,			/* a second chart shows no more than a part of the first */
};

#define S 1000
#define MIN (60 * S)
#define HOUR (60 * MIN)
#define DAY (24 * (uint64_t)HOUR)

/* The last has no end. */
static const struct {
	const char *name;
	uint64_t below_ms;
} bins[] = {
	{ "below 1 s", S },
	{ "1 to 10 s", 10 * S },
	{ "10 s to 1 min", MIN },
	{ "1 to 5 min", 5 * MIN },
	{ "5 to 15 min", 15 * MIN },
	{ "15 min to 1 h", HOUR },
	{ "1 to 4 h", 4 * HOUR },
	{ "4 to 12 h", 12 * HOUR },
	{ "12 h to 1 d", DAY },
	{ "1 to 3 d", 3 * DAY },
	{ "3 to 7 d", 7 * DAY },
	{ "above 7 d", UINT64_MAX },
};

static const uint64_t zooms_ms[] = { HOUR, 10 * MIN, MIN };

/**
 * struct histogram - how many sockets are how old
 * @stuck: of each bin
 * @others: likewise
 * @most: in one bin
 * @first: the first bin that has one
 * @last: the last
 * @least: how many may be older than that
 */
struct histogram {
	uint64_t stuck[ARRAY_SIZE(bins)];
	uint64_t others[ARRAY_SIZE(bins)];
	uint64_t most;
	size_t first;
	size_t last;
	size_t least;
};

static struct histogram count(const struct record *record)
{
	const struct closewait *closewait = &record->look.closewait;
	struct histogram histogram = { .first = ARRAY_SIZE(bins) };

	for (size_t i = 0; i < closewait->n; i++) {
		const struct waiting *waiting = &closewait->rows[i];
		size_t bin = 0;

		while (waiting->wait_ms >= bins[bin].below_ms && bin + 1 < ARRAY_SIZE(bins))
			bin++;
		if (waiting_is_stuck(waiting, record->ns->stuck_ms))
			histogram.stuck[bin]++;
		else
			histogram.others[bin]++;
		histogram.least += *waiting->exact == 'm';
		if (bin < histogram.first)
			histogram.first = bin;
		if (bin > histogram.last)
			histogram.last = bin;
		if (histogram.stuck[bin] + histogram.others[bin] > histogram.most)
			histogram.most = histogram.stuck[bin] + histogram.others[bin];
	}
	return histogram;
}

static void write_bin(FILE *file, const struct histogram *histogram, size_t bin)
{
	const struct part parts[] = {
		{ "stuck", histogram->stuck[bin] },
		{ "other", histogram->others[bin] },
	};

	fprintf(file, "<tr><th scope=\"row\">%s</th><td class=\"n\">%" PRIu64
		"</td><td class=\"n\">%" PRIu64 "</td><td class=\"bars\">", bins[bin].name,
		histogram->stuck[bin], histogram->others[bin]);
	html_bar(file, parts, ARRAY_SIZE(parts), histogram->most);
	fputs("</td></tr>\n", file);
}

/**
 * section_ages() - how long have they been there?
 * @report: where to
 * @record: the namespace
 */
void section_ages(struct report *report, const struct record *record)
{
	const struct histogram histogram = count(record);
	FILE *file = report->file;

	if (!record->look.closewait.n)
		return;
	html_section(file, report->ns, "ages", "Ages");
	fputs("<table class=\"histogram\">\n"
	      "<caption>How long the sockets have been in CLOSE_WAIT</caption>\n"
	      "<thead><tr><th scope=\"col\">for</th><th scope=\"col\" class=\"n\">", file);
	html_key(file, "stuck");
	fputs("stuck</th><th scope=\"col\" class=\"n\">", file);
	html_key(file, "other");
	fputs("not</th><td></td></tr></thead>\n<tbody>\n", file);
	for (size_t bin = histogram.first; bin <= histogram.last; bin++)
		write_bin(file, &histogram, bin);
	fputs("</tbody>\n</table>\n", file);
	if (histogram.least)
		fprintf(file,
			"<p class=\"dim\">%zu of them may be older: they were there before the module.</p>\n",
			histogram.least);
	fputs("</section>\n", file);
}

/* ---- since when */

/* All, or one holder's, the oldest first. */
struct line {
	const char *class;
	const struct arrival *arrivals;
	size_t n;
};

/* How many there were already at the left edge, and then each as it came. */
static void write_line(const struct report *report, const struct chart *chart,
		       const struct line *line)
{
	struct stairs stairs;
	size_t i = 0;

	fprintf(report->file, "<path class=\"line %s\" d=\"", line->class);
	stairs_begin(&stairs, report->file);
	while (i < line->n && moment_span_ns(line->arrivals[i].ago_ms) > chart->span_ns)
		i++;
	stairs_to(&stairs, 0, chart_y(chart, i));
	for (; i < line->n; i++)
		stairs_to(&stairs, chart_x(chart, moment_span_ns(line->arrivals[i].ago_ms)),
			  chart_y(chart, i + 1));
	stairs_end(&stairs, CHART_WIDTH);
	fputs("\"/>\n", report->file);
}

static void write_mark(const struct report *report, const struct chart *chart, const char *class,
		       uint64_t ms)
{
	if (moment_span_ns(ms) < chart->span_ns)
		fprintf(report->file, "<path class=\"mark %s\" d=\"M%d 0V%d\"/>\n", class,
			chart_x(chart, moment_span_ns(ms)), CHART_HEIGHT);
}

static void write_growth(const struct report *report, const struct record *record,
			 const struct line *lines, size_t n, uint64_t span_ms)
{
	const struct look *look = &record->look;
	char label[256];
	char age[AGE_SIZE];
	size_t before = 0;
	struct chart chart = {
		.label = label,
		.now_ns = look->time_ns,
		.span_ns = moment_span_ns(span_ms),
		.most = lines[0].n,
	};

	while (before < lines[0].n && lines[0].arrivals[before].ago_ms > span_ms)
		before++;
	text_age(age, span_ms);
	snprintf(label, sizeof(label),
		 "Of the %zu sockets in CLOSE_WAIT, %zu have been there for longer than %s; the others have come since.",
		 lines[0].n, before, age);
	html_element(report->file, "h3", "The last %s", age);
	fputc('\n', report->file);
	chart_begin(report, &chart);
	write_mark(report, &chart, "loaded", look->summary.loaded_ms);
	write_mark(report, &chart, "threshold", record->ns->stuck_ms);
	for (size_t i = n; i-- > 0;)
		write_line(report, &chart, &lines[i]);
	chart_end(report, &chart);
}

static void write_key(FILE *file, const char *class, const char *text)
{
	fprintf(file,
		"<li><svg class=\"sample\" viewBox=\"0 0 30 10\" aria-hidden=\"true\"><path class=\"line %s\" d=\"M0 5H30\"/></svg>",
		class);
	html_put(file, "%s", text);
	fputs("</li>\n", file);
}

static void write_holder_key(const struct report *report, const struct line *line,
			     const struct holder *holder)
{
	char name[HOLDER_TEXT], pid[HOLDER_TEXT], own[PEER_TEXT];
	char text[2 * HOLDER_TEXT + PEER_TEXT];

	holder_name_text(name, holder);
	if (holder->kind == HOLDER_LISTENER)
		snprintf(text, sizeof(text), "%s, not accepted from %s", name,
			 peer_own_text(own, &report->peers, holder->local_text));
	else if (holder->owner)
		snprintf(text, sizeof(text), "%s, pid %s", name, holder_pid_text(pid, holder));
	else
		snprintf(text, sizeof(text), "%s", name);
	write_key(report->file, line->class, text);
}

static void write_keys(const struct report *report, const struct record *record,
		       const struct line *lines, size_t n)
{
	const struct look *look = &record->look;
	char text[2 * AGE_SIZE];
	char age[AGE_SIZE];

	fputs("<ul class=\"keys\">\n", report->file);
	write_key(report->file, lines[0].class, "all");
	for (size_t i = 1; i < n; i++)
		write_holder_key(report, &lines[i], &look->holders.list[i - 1]);
	snprintf(text, sizeof(text), "left of it: for longer than %s",
		 text_age(age, record->ns->stuck_ms));
	if (record->ns->stuck_ms < lines[0].arrivals[0].ago_ms)
		write_key(report->file, "mark threshold", text);
	if (look->summary.loaded_ms < lines[0].arrivals[0].ago_ms)
		write_key(report->file, "mark loaded", "the module was loaded");
	fputs("</ul>\n", report->file);
}

/**
 * section_growth() - since when have there been so many?
 * @report: where to
 * @record: the namespace
 *
 * Each that is there knows when it came. Nobody had to watch.
 */
void section_growth(struct report *report, const struct record *record)
{
	static const char *const classes[LINES] = { "first", "second", "third" };
	const struct closewait *closewait = &record->look.closewait;
	const struct holders *holders = &record->look.holders;
	struct line lines[LINES + 1] = { { .class = "all" } };
	struct arrival *arrivals;
	uint64_t span_ms;
	size_t n = 1;

	if (closewait->n < 2)
		return;
	arrivals = calloc(closewait->n, sizeof(*arrivals));
	if (!arrivals)
		return;
	for (size_t i = 0; i < closewait->n; i++)
		arrivals[i].ago_ms = closewait->rows[i].wait_ms;
	lines[0].arrivals = arrivals;
	lines[0].n = closewait->n;
	for (size_t i = 0; i < holders->n && holders->n > 1 && i < LINES; i++, n++)
		lines[n] = (struct line){ classes[i], holders->list[i].arrivals,
					  holders->list[i].n };
	span_ms = arrivals[0].ago_ms + arrivals[0].ago_ms / 50 + 1;
	html_section(report->file, report->ns, "growth", "Since when");
	html_element(report->file, "p",
		     "When those that are in CLOSE_WAIT now came there, as the module remembers it. Those that have been closed since are not counted.");
	write_keys(report, record, lines, n);
	write_growth(report, record, lines, n, span_ms);
	for (size_t i = 0; i < ARRAY_SIZE(zooms_ms); i++) {
		if (span_ms / ZOOM < zooms_ms[i])
			continue;
		write_growth(report, record, lines, n, zooms_ms[i]);
		break;
	}
	fputs("</section>\n", report->file);
	free(arrivals);
}
