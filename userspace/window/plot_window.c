// SPDX-License-Identifier: GPL-2.0
/* The window in the picture: its edges, what is between them, and when it was closed. */
#include <inttypes.h>

#include "text.h"
#include "window/plot_path.h"
#include "window/plot_text.h"
#include "window/plot_trace.h"

enum {
	TINT_STEP = 10,		/* points; the lines along it hide that it is coarse */
	TINT_STEPS = TRACE_WIDTH / TINT_STEP,
	SPANS_WIDE = 40,	/* points; several that fit into this are drawn as one */
	SPAN_LEAST = 8,		/* points; to be seen at all */
	LABEL_SIZE = 130,
	NS_PER_US = 1000,
};

/* ---- both edges, as they are after each segment */

struct edges {
	bool known;
	uint64_t left;
	uint64_t right;
};

/* Returns whether the segment told anything of them. */
static bool edges_take(struct edges *edges, const struct trace *trace,
		       const struct flow_segment *s)
{
	if (!trace_is_ack(trace, s))
		return false;
	edges->known = true;
	edges->left = s->ack;
	edges->right = s->ack + s->wnd;
	return true;
}

static void write_edge(FILE *file, const struct trace *trace, bool right)
{
	struct edges edges = { 0 };
	struct stairs stairs;

	fprintf(file, "<path class=\"%s\" d=\"", right ? "right" : "left");
	stairs_begin(&stairs, file);
	for (size_t i = 0; i < trace->flow->n; i++) {
		const struct flow_segment *s = &trace->flow->segments[i];

		if (edges_take(&edges, trace, s))
			stairs_to(&stairs, trace_x(trace, s->time_ns),
				  trace_y(trace, right ? edges.right : edges.left));
	}
	stairs_end(&stairs, trace_x(trace, trace->end_ns));
	fputs("\"/>\n", file);
}

/* What is between both edges, in steps. */
struct tint {
	int begin;
	int n;
	int left[TINT_STEPS + 1];
	int right[TINT_STEPS + 1];
};

static void tint_until(struct tint *tint, const struct trace *trace, const struct edges *edges,
		       uint64_t time_ns)
{
	const int x = trace_x(trace, time_ns);

	if (!edges->known) {
		tint->begin = (x + TINT_STEP - 1) / TINT_STEP;
		tint->n = tint->begin;
	}
	for (; edges->known && tint->n * TINT_STEP < x && tint->n <= TINT_STEPS; tint->n++) {
		tint->left[tint->n] = trace_y(trace, edges->left);
		tint->right[tint->n] = trace_y(trace, edges->right);
	}
}

static void write_tint(FILE *file, const struct trace *trace)
{
	struct edges edges = { 0 };
	struct tint tint = { 0 };
	int i;

	for (size_t n = 0; n < trace->flow->n; n++) {
		const struct flow_segment *s = &trace->flow->segments[n];

		if (!trace_is_ack(trace, s))
			continue;
		tint_until(&tint, trace, &edges, s->time_ns);
		edges_take(&edges, trace, s);
	}
	tint_until(&tint, trace, &edges, trace->end_ns);
	if (tint.n <= tint.begin)
		return;
	fprintf(file, "<path class=\"tint\" d=\"M%d %d", tint.begin * TINT_STEP,
		tint.right[tint.begin]);
	for (i = tint.begin + 1; i < tint.n; i++)
		if (tint.right[i] != tint.right[i - 1])
			fprintf(file, "H%dV%d", i * TINT_STEP, tint.right[i]);
	fprintf(file, "H%dV%d", i * TINT_STEP, tint.left[i - 1]);
	while (--i > tint.begin)
		if (tint.left[i] != tint.left[i - 1])
			fprintf(file, "H%dV%d", i * TINT_STEP, tint.left[i - 1]);
	fprintf(file, "H%dz\"/>\n", tint.begin * TINT_STEP);
}

/* ---- when the window was closed */

/* One span, or several so short that they would not be told apart. */
struct span {
	uint64_t from_ns;
	uint64_t until_ns;
	uint64_t closed_ns;	/* of this time */
	uint64_t closures;
	uint64_t left;		/* the left edge then */
};

static void label_span(FILE *file, const struct trace *trace, const struct span *span, int x,
		       int width)
{
	const bool low = trace_y(trace, span->left) > PATH_HEIGHT / 2;
	char text[AGE_SIZE + 16], age[AGE_SIZE];

	text_time_us(age, span->closed_ns / NS_PER_US);
	snprintf(text, sizeof(text), "closed %s", age);
	if (plot_text_width(text, LABEL_SIZE) > width)
		snprintf(text, sizeof(text), "%s", age);
	if (plot_text_width(text, LABEL_SIZE) < width)
		plot_text(file, "label", x + width / 2.0,
			  low ? LABEL_SIZE + 40 : PATH_HEIGHT - 60, "%s", text);
}

/* Several are the paler the less the window was closed in all. */
static void write_span(FILE *file, const struct trace *trace, const struct span *span)
{
	const int x = trace_x(trace, span->from_ns);
	const int width = trace_x(trace, span->until_ns) - x;
	char from[AGE_SIZE], age[AGE_SIZE];

	fprintf(file, "<rect class=\"closed\" x=\"%d\" y=\"0\" width=\"%d\" height=\"%d\"", x,
		width > SPAN_LEAST ? width : SPAN_LEAST, PATH_HEIGHT);
	if (span->closures > 1)
		fprintf(file, " opacity=\"%.2f\"", 0.2 + 0.8 * (double)span->closed_ns /
			(double)(span->until_ns - span->from_ns));
	fprintf(file, "><title>The window was closed for %s, %s after the first segment",
		text_time_us(age, span->closed_ns / NS_PER_US),
		trace_since(from, trace, span->from_ns));
	if (span->closures > 1)
		fprintf(file, ", in all of %" PRIu64 " times", span->closures);
	fputs("</title></rect>\n", file);
	label_span(file, trace, span, x, width);
}

static void take_span(FILE *file, const struct trace *trace, struct span *span,
		      const struct span *next)
{
	if (span->closures &&
	    trace_x(trace, next->until_ns) - trace_x(trace, span->from_ns) <= SPANS_WIDE) {
		span->until_ns = next->until_ns;
		span->closed_ns += next->closed_ns;
		span->closures++;
		return;
	}
	if (span->closures)
		write_span(file, trace, span);
	*span = *next;
}

static void write_spans(FILE *file, const struct trace *trace)
{
	struct span span = { 0 }, next = { 0 };

	for (size_t i = 0; i < trace->flow->n; i++) {
		const struct flow_segment *s = &trace->flow->segments[i];

		if (!trace_is_ack(trace, s))
			continue;
		if (s->turn == FLOW_CLOSED) {
			next = (struct span){ .from_ns = s->time_ns, .closures = 1,
					      .left = s->ack };
		} else if (s->turn == FLOW_OPENED && next.closures) {
			next.until_ns = s->time_ns;
			next.closed_ns = next.until_ns - next.from_ns;
			take_span(file, trace, &span, &next);
			next.closures = 0;
		}
	}
	if (next.closures) {
		next.until_ns = trace->end_ns;
		next.closed_ns = next.until_ns - next.from_ns;
		take_span(file, trace, &span, &next);
	}
	if (span.closures)
		write_span(file, trace, &span);
}

/**
 * trace_write_window() - draw the window
 * @file: where to
 * @trace: the picture
 */
void trace_write_window(FILE *file, const struct trace *trace)
{
	write_spans(file, trace);
	write_tint(file, trace);
	write_edge(file, trace, true);
	write_edge(file, trace, false);
}
