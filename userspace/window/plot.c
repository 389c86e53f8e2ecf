// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "markup.h"
#include "text.h"
#include "window/plot.h"
#include "window/plot_legend.h"
#include "window/plot_path.h"
#include "window/plot_style.h"
#include "window/plot_text.h"
#include "window/plot_trace.h"

/* In units of the picture; ten points are one. */
enum {
	WIDTH = 1000,
	MARGIN = 28,
	TOP = 40,		/* the title's base line */
	LEFT = 92,		/* of the plot: room for the ticks' numbers */
	HIGH = PATH_HEIGHT / 10,
	WIDE = TRACE_WIDTH / 10,
	BELOW = 76,		/* from the plot to the caption */
	TITLE_SIZE = 20,
	TEXT_SIZE = 15,
	LINE = 21,
	HANG = 18,		/* of a sentence, beside its bullet */
	ENDS_SIZE = 2 * FLOW_ENDS_SIZE + 8,
	FACTS_SIZE = 320,
};

struct page_size {
	int facts;	/* the base line of the first line of facts */
	int legend;	/* that of its first row */
	int plot;
	int caption;	/* as of facts */
	int height;
};

/* ---- words */

/* Data goes as the arrow does. */
static const char *ends(char text[ENDS_SIZE], const struct plot *plot)
{
	const struct flow *flow = plot->flow;
	const bool out = plot->way == FLOW_OUT;

	snprintf(text, ENDS_SIZE, "%s \u2192 %s", out ? flow->local_text : flow->remote_text,
		 out ? flow->remote_text : flow->local_text);
	return text;
}

static size_t add_rate(char *text, size_t room, uint64_t bytes, uint64_t ns)
{
	static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s", "Gbit/s" };
	const double per_s = (double)bytes * 1e9 / (double)ns;
	double bits = per_s * 8;
	char rate[AGE_SIZE];
	size_t unit = 0;

	for (; bits >= 1000 && unit + 1 < ARRAY_SIZE(units); unit++)
		bits /= 1000;
	return (size_t)snprintf(text, room, ", %s/s (%.*f %s)",
				text_bytes(rate, (uint64_t)per_s), unit && bits < 100, bits,
				units[unit]);
}

static const char *facts(char text[FACTS_SIZE], const struct plot *plot)
{
	const struct flow *flow = plot->flow;
	const struct flow_side *side = &flow->side[plot->way];
	const uint64_t ns = flow->last_ns - flow->first_ns;
	char bytes[AGE_SIZE], time[AGE_SIZE];
	size_t used;

	used = (size_t)snprintf(text, FACTS_SIZE, "%s: %s in %s",
				plot->way == FLOW_OUT ? "Sent by this host" :
				"Received by this host", text_bytes(bytes, side->sent),
				text_time_us(time, ns / 1000));
	if (side->sent && ns)
		used += add_rate(text + used, FACTS_SIZE - used, side->sent, ns);
	if (plot->when)
		used += (size_t)snprintf(text + used, FACTS_SIZE - used, "; %s", plot->when);
	if (flow->dropped)
		snprintf(text + used, FACTS_SIZE - used,
			 "; the first %" PRIu64 " segments are not drawn", flow->dropped);
	return text;
}

/* ---- lines of text */

/* Returns how many lines it takes; with a @file it writes them, too. */
static int paragraph(FILE *file, const char *class, int x, int y, const char *text)
{
	int n = 0;

	while (*text) {
		size_t fit = plot_text_fit(text, TEXT_SIZE, WIDTH - MARGIN - x);

		if (file)
			plot_text(file, class, x, y + n * LINE, "%.*s", (int)fit, text);
		text += fit + (text[fit] == ' ');
		n++;
	}
	return n;
}

static int caption(FILE *file, const struct plot *plot, int y)
{
	static const char *const bullets[] = {
		[PAINT_NONE] = "plain", [PAINT_HEAD] = "plain", [PAINT_GOOD] = "good",
		[PAINT_WARN] = "warn", [PAINT_BAD] = "bad",
	};
	int n = 0;

	for (size_t i = 0; plot->sayings && i < plot->sayings->n; i++) {
		if (file)
			fprintf(file, "<use href=\"#%s\" x=\"%d\" y=\"%d\"/>\n",
				bullets[plot->sayings->paint[i]], MARGIN + 5, y + n * LINE - 5);
		n += paragraph(file, "text", MARGIN + HANG, y + n * LINE, plot->sayings->text[i]);
	}
	return n;
}

/* The two ends may be two long IPv6 addresses. */
static int title_size(const char *text)
{
	int size = TITLE_SIZE;

	/* It is bold, which is wider. */
	while (size > 8 && 1.15 * plot_text_width(text, size) > WIDTH - 2 * MARGIN)
		size--;
	return size;
}

/* ---- axes */

static void write_times(FILE *file, const struct axis *axis)
{
	char text[TICK_SIZE];
	int64_t n = axis_first_tick(axis);
	int at;

	while ((at = axis_tick(axis, n++, text)) >= 0)
		plot_text(file, "tick middle", LEFT + at / 10.0, HIGH + 19, "%s", text);
	plot_text(file, "name middle", LEFT + WIDE / 2.0, HIGH + 42,
		  "Time since the first segment (%s)", axis->unit);
}

static void write_bytes(FILE *file, const struct axis *axis)
{
	char text[TICK_SIZE];
	int64_t n = axis_first_tick(axis);
	int at;

	while ((at = axis_tick(axis, n++, text)) >= 0)
		plot_text(file, "tick end", LEFT - 8, HIGH - at / 10.0 + 5, "%s", text);
	fprintf(file, "<g transform=\"translate(%d %d) rotate(-90)\">", MARGIN, HIGH / 2);
	if (axis->base)
		plot_text(file, "name middle", 0, 0, "Sequence number, from %" PRId64 " on (%s)",
			  axis->base, axis->unit);
	else
		plot_text(file, "name middle", 0, 0, "Sequence number (%s)", axis->unit);
	fputs("</g>\n", file);
}

static void write_grid(FILE *file, const struct trace *trace)
{
	const struct axis *axis = &trace->time;
	char text[TICK_SIZE];
	int64_t n = axis_first_tick(axis);
	int at;

	fputs("<path class=\"grid\" d=\"", file);
	while ((at = axis_tick(axis, n++, text)) >= 0)
		fprintf(file, "M%d 0V%d", at, PATH_HEIGHT);
	axis = &trace->bytes;
	n = axis_first_tick(axis);
	while ((at = axis_tick(axis, n++, text)) >= 0)
		fprintf(file, "M0 %dH%d", PATH_HEIGHT - at, TRACE_WIDTH);
	fputs("\"/>\n", file);
}

static void write_trace(FILE *file, const struct trace *trace)
{
	/* Who wants to read the numbers back: these are the values at the plot's edges. */
	fprintf(file, "<g id=\"plot\" transform=\"translate(%d 0) scale(.1)\" ", LEFT);
	fprintf(file, "data-width=\"%d\" data-height=\"%d\" ", TRACE_WIDTH, PATH_HEIGHT);
	fprintf(file, "data-t0=\"%" PRId64 "\" data-t1=\"%" PRId64 "\" ", trace->time.low,
		trace->time.high);
	fprintf(file, "data-seq0=\"%" PRId64 "\" data-seq1=\"%" PRId64 "\">\n", trace->bytes.low,
		trace->bytes.high);
	write_grid(file, trace);
	fputs("<g clip-path=\"url(#frame)\">\n", file);
	trace_write_window(file, trace);
	trace_write_segments(file, trace);
	fputs("</g>\n", file);
	trace_write_marks(file, trace);
	fprintf(file, "<rect class=\"frame\" width=\"%d\" height=\"%d\"/>\n</g>\n", TRACE_WIDTH,
		PATH_HEIGHT);
}

/* ---- the page */

static void write_begin(FILE *file, const struct plot *plot, const struct page_size *size)
{
	char text[ENDS_SIZE];

	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" ", file);
	fputs("aria-labelledby=\"title desc\" ", file);
	fprintf(file, "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", WIDTH,
		size->height, WIDTH, size->height);
	fputs("<title id=\"title\">Time-sequence plot of ", file);
	markup_escape(file, ends(text, plot));
	fputs("</title>\n<desc id=\"desc\">", file);
	for (size_t i = 0; plot->sayings && i < plot->sayings->n; i++) {
		markup_escape(file, plot->sayings->text[i]);
		fputs("\n", file);
	}
	fputs("</desc>\n", file);
	plot_style_write(file);
	fprintf(file, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, size->height);
}

static void write_head(FILE *file, const struct plot *plot, const struct page_size *size)
{
	char text[ENDS_SIZE], fact[FACTS_SIZE];

	ends(text, plot);
	fprintf(file, "<text class=\"title\" font-size=\"%d\" x=\"%d\" y=\"%d\">", title_size(text),
		MARGIN, TOP);
	markup_escape(file, text);
	fputs("</text>\n", file);
	paragraph(file, "dim", MARGIN, size->facts, facts(fact, plot));
}

static struct page_size measure(const struct plot *plot, const struct legend *legend)
{
	struct page_size size = { .facts = TOP + 26 };
	char fact[FACTS_SIZE];

	size.legend = size.facts + LINE * paragraph(NULL, "", MARGIN, 0, facts(fact, plot)) + 9;
	size.plot = size.legend + LEGEND_ROW * (int)legend->rows - 2;
	size.caption = size.plot + HIGH + BELOW;
	size.height = size.caption + LINE * caption(NULL, plot, 0);
	return size;
}

static void write_middle(FILE *file, const struct plot *plot, const struct trace *trace)
{
	if (!plot->flow->n) {
		plot_text(file, "none middle", WIDTH / 2.0, HIGH / 2.0, "No segment was seen.");
		return;
	}
	write_times(file, &trace->time);
	write_bytes(file, &trace->bytes);
	write_trace(file, trace);
	if (!plot->flow->side[plot->way].segments)
		plot_text(file, "none middle", LEFT + WIDE / 2.0, HIGH / 2.0,
			  "No data went this way.");
}

/**
 * plot_write() - draw the data that went one way
 * @file: where to; look at ferror()
 * @plot: what is to be drawn
 *
 * The size of what is written does not grow with the connection beyond about 2 MB.
 */
void plot_write(FILE *file, const struct plot *plot)
{
	struct trace trace = { 0 };
	struct legend legend = { 0 };
	struct page_size size;

	if (plot->flow->n) {
		trace_survey(&trace, plot);
		legend_make(&legend, &trace, WIDTH - 2 * MARGIN);
	}
	size = measure(plot, &legend);
	write_begin(file, plot, &size);
	write_head(file, plot, &size);
	legend_write(file, &legend, MARGIN, size.legend);
	fprintf(file, "<g transform=\"translate(0 %d)\">\n", size.plot);
	write_middle(file, plot, &trace);
	fputs("</g>\n", file);
	caption(file, plot, size.caption);
	fputs("</svg>\n", file);
}
