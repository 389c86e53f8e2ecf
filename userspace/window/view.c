// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "moment.h"
#include "text.h"
#include "window/view.h"

enum { HOLDS_SIZE = 200, PERIOD_DIVISOR = 10 };

static const int64_t sample_ns = 250 * 1000 * 1000;	/* between two samples */
static const int64_t look_ns = 500 * 1000 * 1000;	/* between two looks at the socket */
static const uint64_t least_ring = 4096;

/**
 * struct place - where the edges are now
 * @una: the left edge
 * @nxt: of what was sent, or came
 * @edge: the right edge
 * @end: of what is written; or where the program reads
 */
struct place {
	uint64_t una;
	uint64_t nxt;
	uint64_t edge;
	uint64_t end;
};

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* ---- what is known */

/* Between two segments only the socket itself knows what the program writes and reads. */
static bool queues_are_news(const struct view *view)
{
	return view->queues.found && view->queues_ns > (int64_t)view->session.flow.last_ns;
}

static struct place place_out(const struct view *view)
{
	const struct flow_side *side = &view->session.flow.side[FLOW_OUT];
	const struct queues *queues = &view->queues;
	struct place place = { side->una, side->nxt, side->edge, side->end };

	if (queues_are_news(view)) {
		if (!side->base_known)
			place.una = 1 + queues->bytes_out.value - queues->snd_unacked.value;
		place.nxt = place.una + queues->snd_unacked.value;
		place.end = place.nxt + queues->snd_unsent.value;
		place.edge = place.una + queues->snd_wnd.value;
	}
	place.nxt = greater(place.nxt, place.una);
	place.edge = greater(place.edge, place.nxt);
	return place;
}

static struct place place_in(const struct view *view)
{
	const struct flow_side *side = &view->session.flow.side[FLOW_IN];
	const struct queues *queues = &view->queues;
	struct place place = { side->end, side->una, side->edge, 0 };

	if (queues_are_news(view)) {
		if (!side->base_known)
			place.nxt = 1 + queues->bytes_in.value;
		place.una = place.nxt - queues->rcv_unread.value;
		place.edge = place.nxt + queues->rcv_wnd.value;
	}
	place.nxt = greater(place.nxt, place.una);
	place.edge = greater(place.edge, place.nxt);
	return place;
}

static uint64_t cwnd_of(const struct view *view)
{
	return view->queues.found ? view->queues.cwnd_bytes.value : view->session.flow.cwnd;
}

/* The socket says it; since it did, or of a saved copy, the segments show it. */
static const char *limit_of(const struct view *view, const struct place *place)
{
	const struct flow *flow = &view->session.flow;

	if (queues_are_news(view))
		return view->queues.limited;
	if (place->end <= place->nxt)
		return "app";
	return flow->cwnd && place->nxt - place->una + flow->side[FLOW_IN].mss > flow->cwnd ?
	       "network" : "peer";
}

/**
 * view_pump() - take what has happened, and look at the socket now and then
 * @view: the view, its session open
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status view_pump(struct view *view, struct fault *fault)
{
	struct session *session = &view->session;
	const struct flow_side *out = &session->flow.side[FLOW_OUT];
	enum status status = session_pump(session, fault);
	int64_t now_ns = moment_now_ns();

	if (status)
		return status;
	notes_take(&view->notes, &session->flow);
	if (now_ns - view->sample_ns >= sample_ns) {
		const struct place place = place_out(view);

		view->sample_ns = now_ns;
		history_add(&view->flight, place.nxt - place.una);
		history_add(&view->window, out->edge_known ? out->wnd :
							     view->queues.snd_wnd.value);
	}
	if (now_ns < view->next_ns || !session->aimed || session->flow.over ||
	    session->tail.options->from || !session->flow.id.known)
		return STATUS_OK;
	view->queues_ns = now_ns;
	status = aim_queues(&view->queues, session->flow.id, session->tail.options, fault);
	/* With very many sockets looking costs: it may take a tenth of the time. */
	view->next_ns = now_ns + look_ns + (moment_now_ns() - now_ns) * PERIOD_DIVISOR;
	return status;
}

/**
 * view_next() - show another connection that fits
 * @view: the view
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also if there is no other, or the status of @fault.
 */
enum status view_next(struct view *view, struct fault *fault)
{
	const struct number before = view->session.flow.id;
	enum status status = session_next(&view->session, fault);

	if (status || view->session.flow.id.value == before.value)
		return status;
	view->queues = (struct queues){ .found = false };
	view->next_ns = 0;
	memset(view->scroll, 0, sizeof(view->scroll));
	view->ring_size = 0;
	view->flight.n = 0;
	view->window.n = 0;
	memset(&view->notes, 0, sizeof(view->notes));
	return STATUS_OK;
}

/* ---- in words */

static enum tint say_peer(char text[HOLDS_SIZE], const struct view *view, uint64_t now_ns)
{
	const struct flow_side *side = &view->session.flow.side[FLOW_OUT];
	const uint64_t probes = view->notes.probes[FLOW_OUT];
	const uint64_t unanswered = view->queues.found ? view->queues.probes.value : 0;
	char time[AGE_SIZE] = "", asked[4 * AGE_SIZE] = "", silent[2 * AGE_SIZE] = "";

	if (!side->closed && (side->edge_known || view->queues.snd_wnd.value)) {
		snprintf(text, HOLDS_SIZE,
			 "The peer's window holds us: all that it allows is in flight.");
		return TINT_WARN;
	}
	if (side->closed)
		text_time_us(time, (now_ns - side->closed_ns) / 1000);
	if (unanswered)
		snprintf(silent, sizeof(silent), ", %" PRIu64 " unheard", unanswered);
	if (side->closed && probes)
		snprintf(asked, sizeof(asked), " (%" PRIu64 " probe%s%s)", probes,
			 text_plural(probes), silent);
	snprintf(text, HOLDS_SIZE, "The peer's window is closed%s%s%s: its program does not read.",
		 *time ? " for " : "", time, asked);
	return TINT_BAD;
}

static enum tint say_holds(char text[HOLDS_SIZE], const struct view *view,
			   const struct place *place, uint64_t now_ns)
{
	const struct flow *flow = &view->session.flow;
	const char *limit = limit_of(view, place);
	char bytes[AGE_SIZE];

	if (flow->over) {
		snprintf(text, HOLDS_SIZE, "The connection is over%s%s.",
			 strcmp(flow->by, "-") != 0 ? ", ended by " : "",
			 strcmp(flow->by, "-") != 0 ? flow->by : "");
		return TINT_HEAD;
	}
	if (!strcmp(limit, "peer"))
		return say_peer(text, view, now_ns);
	if (!strcmp(limit, "network"))
		snprintf(text, HOLDS_SIZE,
			 "The network holds us: cwnd, %s, is in flight and the ACKs are awaited.",
			 text_bytes(bytes, cwnd_of(view)));
	else if (!strcmp(limit, "sndbuf"))
		snprintf(text, HOLDS_SIZE,
			 "Our send buffer holds us: it is full before the window is (SO_SNDBUF).");
	else if (place->nxt > place->una)
		snprintf(text, HOLDS_SIZE, "Nothing holds us: the program has written no more.");
	else
		snprintf(text, HOLDS_SIZE, "Nothing to send: all is acknowledged.");
	return strcmp(limit, "app") != 0 ? TINT_WARN : TINT_GOOD;
}

static enum tint say_receiver(char text[HOLDS_SIZE], const struct view *view,
			      const struct place *place)
{
	const struct flow_side *side = &view->session.flow.side[FLOW_IN];
	const uint64_t unread = place->nxt - place->una;
	char bytes[AGE_SIZE];

	if (side->closed || (view->queues.found && !view->queues.rcv_wnd.value)) {
		snprintf(text, HOLDS_SIZE, "Our window is closed: our program has %s to read.",
			 text_bytes(bytes, unread));
		return TINT_BAD;
	}
	if (view->session.flow.behind.n)
		snprintf(text, HOLDS_SIZE, "Data is missing: what came behind the hole waits.");
	else if (unread > 1)
		snprintf(text, HOLDS_SIZE, "Our program has %s to read.",
			 text_bytes(bytes, unread));
	else
		snprintf(text, HOLDS_SIZE, "Our program has read all that came.");
	return view->session.flow.behind.n ? TINT_WARN : TINT_GOOD;
}

/* ---- the screen */

static const char *state_of(const struct view *view)
{
	const struct flow *flow = &view->session.flow;

	if (queues_are_news(view) || (view->queues.found && !strcmp(flow->state, "-")))
		return view->queues.state;
	return flow->over && strcmp(flow->state, "TIME_WAIT") != 0 ? "CLOSED" : flow->state;
}

static int draw_head(const struct view *view, const struct display *display, int row)
{
	const struct flow *flow = &view->session.flow;
	char time[AGE_SIZE];
	int used;

	used = pen_put(display, row, 0, display->columns, TINT_HEAD, "%s %s %s", flow->local_text,
		       pen_glyph(display, GLYPH_RIGHT), flow->remote_text);
	used += pen_put(display, row, used, display->columns - used, TINT_NONE, "  id %" PRIu64,
			flow->id.value);
	used += pen_put(display, row, used, display->columns - used, TINT_NONE, "  %s",
			state_of(view));
	if (view->queues.found && view->queues.rtt_us.known)
		used += pen_put(display, row, used, display->columns - used, TINT_DIM,
				"  rtt %s", text_time_us(time, view->queues.rtt_us.value));
	if (view->session.fit > 1)
		pen_put(display, row, used, display->columns - used, TINT_DIM,
			"  (1 of %zu: n next)", view->session.fit);
	return row + 1;
}

static void draw_out_numbers(const struct view *view, const struct display *display, int row,
			     const struct place *place)
{
	char flight[AGE_SIZE], usable[AGE_SIZE], unsent[AGE_SIZE], window[AGE_SIZE];
	char cwnd[AGE_SIZE] = "-";

	if (cwnd_of(view))
		text_bytes(cwnd, cwnd_of(view));
	pen_put(display, row, 0, display->columns, TINT_NONE,
		"in flight %s, usable %s, unsent %s; window %s, cwnd %s",
		text_bytes(flight, place->nxt - place->una),
		text_bytes(usable, place->edge - place->nxt),
		text_bytes(unsent, place->end > place->nxt ? place->end - place->nxt : 0),
		text_bytes(window, place->edge - place->una), cwnd);
}

static int draw_out(struct view *view, const struct display *display, int row, int rows,
		    uint64_t now_ns)
{
	const struct place place = place_out(view);
	struct strip strip = {
		.name = { "SND.UNA", "SND.NXT", "SND.UNA+SND.WND" },
		.at = { place.una, place.nxt, place.edge },
		.tint = { TINT_ACKED, TINT_FLIGHT, TINT_USABLE, TINT_CLOSED },
		.more = place.end,
	};
	char text[HOLDS_SIZE];
	enum tint tint = say_holds(text, view, &place, now_ns);
	uint64_t span = greater(place.end, place.edge) - place.una;

	pen_put(display, row, 0, display->columns, tint, "%s", text);
	draw_out_numbers(view, display, row + 1, &place);
	if (!view->ring) {
		strip_draw(display, row + 2, 0, display->columns, &strip,
			   &view->scroll[FLOW_OUT]);
		return row + 2 + STRIP_ROWS;
	}
	/* Behind what is written the buffer is free, as it is before what is acknowledged. */
	strip.tint[STRIP_INDICES] = TINT_ACKED;
	if (!view->ring_size)
		view->ring_size = least_ring;
	while (view->ring_size < span)
		view->ring_size *= 2;
	ring_draw(display, row + 2, 0, rows - 2, display->columns, &strip, view->ring_size);
	return row + rows;
}

static int draw_in(struct view *view, const struct display *display, int row)
{
	const struct place place = place_in(view);
	const struct strip strip = {
		.name = { "read", "RCV.NXT", "RCV.NXT+RCV.WND" },
		.at = { place.una, place.nxt, place.edge },
		.tint = { TINT_ACKED, TINT_FLIGHT, TINT_USABLE, TINT_CLOSED },
		.behind = &view->session.flow.behind,
	};
	char text[HOLDS_SIZE];
	enum tint tint = say_receiver(text, view, &place);

	pen_put(display, row, 0, display->columns, tint, "%s", text);
	strip_draw(display, row + 1, 0, display->columns, &strip, &view->scroll[FLOW_IN]);
	return row + 1 + STRIP_ROWS;
}

static int draw_history(const struct display *display, int row, const char *name,
			const struct history *history)
{
	const int label = 10, width = display->columns - 22;
	char bytes[AGE_SIZE];

	pen_put(display, row, 0, label, TINT_DIM, "%s", name);
	pen_history(display, row, label, width, TINT_FLIGHT, history);
	pen_put(display, row, label + width + 1, 11, TINT_DIM, "%s",
		text_bytes(bytes, history_back(history, 0)));
	return row + 1;
}

/**
 * view_draw() - draw it
 * @view: the view
 * @display: the terminal
 * @row: the first row
 * @rows: how many, VIEW_ROWS_LEAST at least
 */
void view_draw(struct view *view, const struct display *display, int row, int rows)
{
	const struct flow *flow = &view->session.flow;
	const int end = row + rows;
	const uint64_t now_ns = session_now_ns(&view->session);

	if (rows < VIEW_ROWS_LEAST || display->columns < VIEW_COLUMNS_LEAST) {
		pen_put(display, row, 0, display->columns, TINT_WARN,
			"%d x %d are needed for the window", VIEW_COLUMNS_LEAST, VIEW_ROWS_LEAST);
		return;
	}
	if (!view->session.aimed) {
		pen_put(display, row, 0, display->columns, TINT_WARN,
			"No connection fits yet. The first that has a segment will be shown.");
		return;
	}
	row = draw_head(view, display, row);
	/* The ring takes the room that the receiver's line and the notes leave. */
	row = draw_out(view, display, row, rows - 1 - (1 + STRIP_ROWS) - 1 - rows / 5, now_ns);
	row = draw_in(view, display, row);
	strip_key(display, row++, 0, display->columns);
	if (end - row > 6 && view->flight.n) {
		row = draw_history(display, row, "in flight", &view->flight);
		row = draw_history(display, row, "window", &view->window);
	}
	notes_draw(display, row, 0, end - row, display->columns, &view->notes, flow->first_ns);
}
