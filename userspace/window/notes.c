// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "text.h"
#include "window/notes.h"

static void __attribute__((format(printf, 4, 5)))
note(struct notes *notes, const struct flow_segment *s, enum tint tint, const char *format, ...)
{
	struct note *new = &notes->ring[notes->n++ % NOTES_MAX];
	va_list args;

	new->time_ns = s->time_ns;
	new->tint = tint;
	va_start(args, format);
	vsnprintf(new->text, sizeof(new->text), format, args);
	va_end(args);
}

/* Of a window, what this segment says is of the data that goes the other way. */
static void note_turn(struct notes *notes, const struct flow_segment *s)
{
	const size_t way = !s->way;
	const char *whose = way == FLOW_OUT ? "the peer's window" : "our window";
	char time[AGE_SIZE], bytes[AGE_SIZE];

	switch (s->turn) {
	case FLOW_CLOSED:
		notes->closed_ns[way] = s->time_ns;
		notes->probes[way] = 0;
		note(notes, s, TINT_BAD, "%s closes", whose);
		break;
	case FLOW_OPENED:
		note(notes, s, TINT_GOOD, "%s opens again, to %s, after %s", whose,
		     text_bytes(bytes, s->wnd),
		     text_time_us(time, (s->time_ns - notes->closed_ns[way]) / 1000));
		break;
	case FLOW_SHRUNK:
		note(notes, s, TINT_WARN, "%s shrinks: its right edge moves back, to %" PRIu64,
		     whose, s->ack + s->wnd);
		break;
	default:
		break;
	}
}

static void note_mark(struct notes *notes, const struct flow_segment *s)
{
	const char *who = s->way == FLOW_OUT ? "we" : "the peer";

	switch (s->mark) {
	case FLOW_AGAIN:
		note(notes, s, TINT_WARN, "%s send%s %" PRIu32 " B again, from %" PRIu64, who,
		     s->way == FLOW_OUT ? "" : "s", s->len, s->seq);
		break;
	case FLOW_NEEDLESS:
		note(notes, s, TINT_WARN,
		     "%s send%s %" PRIu32 " B again, from %" PRIu64 ", needlessly", who,
		     s->way == FLOW_OUT ? "" : "s", s->len, s->seq);
		break;
	case FLOW_PROBE:
		note(notes, s, TINT_WARN, "window probe %" PRIu64 " by %s: is it still closed?",
		     ++notes->probes[s->way], s->way == FLOW_OUT ? "us" : "the peer");
		break;
	case FLOW_KEEPALIVE:
		note(notes, s, TINT_DIM, "keepalive by %s", s->way == FLOW_OUT ? "us" : "the peer");
		break;
	default:
		break;
	}
	if (s->dsack && s->way == FLOW_IN)
		note(notes, s, TINT_WARN,
		     "DSACK: %" PRIu64 " to %" PRIu64 " came twice: nothing was lost but time",
		     s->sack[0][0], s->sack[0][1]);
}

static void note_flags(struct notes *notes, const struct flow_segment *s)
{
	const char *who = s->way == FLOW_OUT ? "we send" : "the peer sends";

	if (s->flags & FLOW_SYN)
		note(notes, s, TINT_NONE, "%s a SYN%s", who,
		     s->flags & FLOW_ACK ? ", with the ACK of the other" : "");
	if (s->flags & FLOW_FIN)
		note(notes, s, TINT_NONE, "%s a FIN: no more data this way", who);
	if (s->flags & FLOW_RST)
		note(notes, s, TINT_BAD, "%s a reset", who);
}

/**
 * notes_take() - look at the segments that are new
 * @notes: all zeroes at first
 * @flow: the connection
 */
void notes_take(struct notes *notes, const struct flow *flow)
{
	if (notes->seen < flow->dropped)
		notes->seen = flow->dropped;
	for (; notes->seen < flow->dropped + flow->n; notes->seen++) {
		const struct flow_segment *s = &flow->segments[notes->seen - flow->dropped];

		note_flags(notes, s);
		note_mark(notes, s);
		note_turn(notes, s);
	}
}

/**
 * notes_draw() - draw the latest, the newest at the bottom
 * @display: the terminal
 * @row: the first row
 * @column: the first column
 * @rows: how many rows
 * @width: how many columns
 * @notes: what happened
 * @first_ns: times are counted from this on
 */
void notes_draw(const struct display *display, int row, int column, int rows, int width,
		const struct notes *notes, uint64_t first_ns)
{
	size_t n = notes->n < NOTES_MAX ? notes->n : NOTES_MAX;

	if (rows <= 0)
		return;
	if (n > (size_t)rows)
		n = (size_t)rows;
	for (size_t i = 0; i < n; i++) {
		const struct note *one = &notes->ring[(notes->n - n + i) % NOTES_MAX];

		pen_put(display, row + (int)i, column, width, TINT_DIM, "%9.3fs",
			(double)(one->time_ns - first_ns) / 1e9);
		pen_put(display, row + (int)i, column + 11, width - 11, one->tint, "%s",
			one->text);
	}
}
