// SPDX-License-Identifier: GPL-2.0
/* The segments in the picture, and the marks on some of them. */
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "text.h"
#include "window/plot_path.h"
#include "window/plot_text.h"
#include "window/plot_trace.h"

enum {
	TIPS_MAX = 200,		/* marks of a kind with words for who points at them */
	LARGE_MAX = 400,	/* of more than this the symbol is smaller */
	LETTER_WIDTH = 110,	/* points */
	LETTER_ABOVE = 55,
	LETTERS_APART = 300,	/* nearer than this they are written together */
	LETTERS_MAX = 3,
};

static bool is_data(const struct trace *trace, const struct flow_segment *s,
		    enum flow_mark mark)
{
	return s->way == trace->way && s->mark == mark && s->len && !(s->flags & FLOW_RST);
}

static void write_data(FILE *file, const struct trace *trace, const char *class,
		       enum flow_mark mark)
{
	struct strokes strokes;

	fprintf(file, "<path class=\"%s\" d=\"", class);
	strokes_begin(&strokes, file);
	for (size_t i = 0; i < trace->flow->n; i++) {
		const struct flow_segment *s = &trace->flow->segments[i];

		if (is_data(trace, s, mark))
			strokes_add(&strokes, trace_x(trace, s->time_ns),
				    trace_y(trace, s->seq + s->len), trace_y(trace, s->seq));
	}
	strokes_end(&strokes);
	fputs("\"/>\n", file);
}

/* What is selected is at the time of the ACK that does so. */
static void write_sacks(FILE *file, const struct trace *trace, const char *class, bool dsack)
{
	struct strokes strokes;

	fprintf(file, "<path class=\"%s\" d=\"", class);
	strokes_begin(&strokes, file);
	for (size_t i = 0; i < trace->flow->n; i++) {
		const struct flow_segment *s = &trace->flow->segments[i];

		for (unsigned int j = 0; s->way != trace->way && j < s->n_sack; j++)
			if (dsack == (s->dsack && !j))
				strokes_add(&strokes, trace_x(trace, s->time_ns),
					    trace_y(trace, s->sack[j][1]),
					    trace_y(trace, s->sack[j][0]));
	}
	strokes_end(&strokes);
	fputs("\"/>\n", file);
}

/**
 * trace_write_segments() - draw the data, and what of it was selected
 * @file: where to
 * @trace: the picture
 */
void trace_write_segments(FILE *file, const struct trace *trace)
{
	if (trace->count[TRACE_SACK])
		write_sacks(file, trace, "sack", false);
	if (trace->count[TRACE_DSACK])
		write_sacks(file, trace, "dsack", true);
	if (trace->count[TRACE_NEW])
		write_data(file, trace, "new", FLOW_PLAIN);
	if (trace->count[TRACE_AGAIN])
		write_data(file, trace, "again", FLOW_AGAIN);
	if (trace->count[TRACE_NEEDLESS])
		write_data(file, trace, "needless", FLOW_NEEDLESS);
	if (trace->count[TRACE_UNCLEAR])
		write_data(file, trace, "unclear", FLOW_UNCLEAR);
}

/* ---- marks */

/* Marks of one kind, and what they mean for who points at one. */
struct marks {
	enum trace_kind kind;
	enum flow_mark mark;	/* not of TRACE_SHRUNK */
	const char *symbol;
	const char *words;
};

static const struct marks marks[] = {
	{ TRACE_AGAIN, FLOW_AGAIN, "again", "lost, and sent again" },
	{ TRACE_NEEDLESS, FLOW_NEEDLESS, "needless", "sent again without need" },
	{ TRACE_UNCLEAR, FLOW_UNCLEAR, "unclear", "sent again; data or ACK was lost" },
	{ TRACE_PROBE, FLOW_PROBE, "probe", "is the window still closed?" },
	{ TRACE_KEEPALIVE, FLOW_KEEPALIVE, "keepalive", "is the other end still there?" },
	{ TRACE_SHRUNK, FLOW_PLAIN, "shrunk", "the window's right edge moved back" },
};

/* Is there one at this segment, and at which sequence number? */
static bool marks_fit(const struct marks *marks, const struct trace *trace,
		      const struct flow_segment *s, uint64_t *at)
{
	if (marks->kind == TRACE_SHRUNK) {
		*at = s->ack + s->wnd;
		return trace_is_ack(trace, s) && s->shrunk;
	}
	*at = s->seq + s->len / 2;
	return s->way == trace->way && s->mark == marks->mark && !(s->flags & FLOW_RST);
}

static void write_tip(FILE *file, const struct marks *marks, const struct trace *trace,
		      const struct flow_segment *s)
{
	char since[AGE_SIZE];

	fprintf(file, "><title>%s: ", trace_since(since, trace, s->time_ns));
	if (marks->kind <= TRACE_UNCLEAR)
		fprintf(file, "%" PRIu32 " bytes from %" PRIu64 " on, ", s->len, s->seq);
	fprintf(file, "%s</title></use>\n", marks->words);
}

static void write_marks(FILE *file, const struct marks *marks, const struct trace *trace)
{
	struct thinning thinning;
	uint64_t at;

	thinning_begin(&thinning);
	for (size_t i = 0; i < trace->flow->n; i++) {
		const struct flow_segment *s = &trace->flow->segments[i];
		int x, y;

		if (!marks_fit(marks, trace, s, &at))
			continue;
		x = trace_x(trace, s->time_ns);
		y = trace_y(trace, at);
		if (!thinning_takes(&thinning, x, y))
			continue;
		fprintf(file, "<use href=\"#%s%s\" x=\"%d\" y=\"%d\"", marks->symbol,
			trace->count[marks->kind] > LARGE_MAX ? "-small" : "", x, y);
		if (trace->count[marks->kind] <= TIPS_MAX)
			write_tip(file, marks, trace, s);
		else
			fputs("/>\n", file);
	}
}

/* ---- SYN, FIN and RST, which have letters */

/* Letters at about the same place: each is there once. */
struct letters {
	size_t n;
	char text[LETTERS_MAX + 1];
	int x;
	int y;
};

static void write_letters(FILE *file, struct letters *letters)
{
	const int half = (int)letters->n * LETTER_WIDTH / 2;
	int x = letters->x;

	if (x < half)
		x = half;
	if (x > TRACE_WIDTH - half)
		x = TRACE_WIDTH - half;
	if (letters->n)
		plot_text(file, "letter", x, letters->y - LETTER_ABOVE, "%s", letters->text);
	letters->n = 0;
}

static void add_letter(FILE *file, struct letters *letters, char letter, int x, int y)
{
	const bool near = x - letters->x < LETTERS_APART && letters->y - y < LETTERS_APART &&
			  y - letters->y < LETTERS_APART;

	if (!letters->n || !near) {
		write_letters(file, letters);
		*letters = (struct letters){ .x = x, .y = y };
		fprintf(file, "<circle class=\"flag\" cx=\"%d\" cy=\"%d\" r=\"18\"/>\n", x, y);
	}
	if (!strchr(letters->text, letter))
		letters->text[letters->n++] = letter;
}

/* A reset of the other way ends this one, too: it is where the ACKs are. */
static void write_flags(FILE *file, const struct trace *trace)
{
	struct letters letters = { 0 };
	uint64_t left = 0;

	for (size_t i = 0; i < trace->flow->n; i++) {
		const struct flow_segment *s = &trace->flow->segments[i];
		const int x = trace_x(trace, s->time_ns);
		const bool own = s->way == trace->way;

		if (trace_is_ack(trace, s))
			left = s->ack;
		if (own && s->flags & FLOW_SYN)
			add_letter(file, &letters, 'S', x, trace_y(trace, s->seq));
		if (own && s->flags & FLOW_FIN)
			add_letter(file, &letters, 'F', x, trace_y(trace, s->seq + s->len));
		if (s->flags & FLOW_RST)
			add_letter(file, &letters, 'R', x, trace_y(trace, own ? s->seq : left));
	}
	write_letters(file, &letters);
}

/**
 * trace_write_marks() - draw the marks on segments
 * @file: where to
 * @trace: the picture
 */
void trace_write_marks(FILE *file, const struct trace *trace)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (trace->count[marks[i].kind])
			write_marks(file, &marks[i], trace);
	write_flags(file, trace);
}
