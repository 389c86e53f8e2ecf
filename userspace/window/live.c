// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "moment.h"
#include "text.h"
#include "window/live.h"
#include "window/seq.h"

enum {
	HOLDS_SIZE = 200,
	PERIOD_DIVISOR = 10,
	MSS_DEFAULT = 536,	/* RFC 9293, 3.7.1 */
};

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

/* ---- what is known */

/* Between two segments only the socket itself knows what the program writes and reads. */
static bool queues_are_news(const struct live *live)
{
	return live->queues.found && live->queues_ns > (int64_t)live->session.flow.last_ns;
}

static struct place place_out(const struct live *live)
{
	const struct flow_side *side = &live->session.flow.side[FLOW_OUT];
	const struct queues *queues = &live->queues;
	struct place place = { side->una, side->nxt, side->edge, side->end };

	if (queues_are_news(live)) {
		if (!side->base_known)
			place.una = 1 + queues->bytes_out.value - queues->snd_unacked.value;
		place.nxt = place.una + queues->snd_unacked.value;
		place.end = place.nxt + queues->snd_unsent.value;
		place.edge = place.una + queues->snd_wnd.value;
	} else if (!side->edge_known) {
		/* Nothing came yet since it is followed. */
		place.edge = place.una + queues->snd_wnd.value;
	}
	place.nxt = seq_greater(place.nxt, place.una);
	place.edge = seq_greater(place.edge, place.nxt);
	return place;
}

static struct place place_in(const struct live *live)
{
	const struct flow_side *side = &live->session.flow.side[FLOW_IN];
	const struct queues *queues = &live->queues;
	struct place place = { side->end, side->una, side->edge, 0 };

	if (queues_are_news(live)) {
		if (!side->base_known)
			place.nxt = 1 + queues->bytes_in.value;
		place.una = place.nxt - queues->rcv_unread.value;
		place.edge = place.nxt + queues->rcv_wnd.value;
	}
	place.nxt = seq_greater(place.nxt, place.una);
	place.edge = seq_greater(place.edge, place.nxt);
	return place;
}

static uint64_t cwnd_of(const struct live *live)
{
	const uint64_t cwnd = live->session.flow.cwnd;

	return queues_are_news(live) || !cwnd ? live->queues.cwnd_bytes.value : cwnd;
}

/* A SYN says what the peer takes; options that all segments have leave less. */
static uint64_t mss_of(const struct live *live)
{
	const uint64_t mss = live->session.flow.side[FLOW_IN].mss;

	if (live->queues.mss.value)
		return live->queues.mss.value;
	return mss ? mss : MSS_DEFAULT;
}

static bool cwnd_is_full(const struct live *live, const struct place *place)
{
	const uint64_t cwnd = cwnd_of(live);

	return cwnd && place->nxt - place->una + mss_of(live) > cwnd;
}

/*
 * The socket says it; since it did, or of a saved copy, the segments show it, and it is decided as
 * the module does: what does not wait for room in the window waits for the network. A program that
 * sleeps for room in the send buffer is not to be seen in segments.
 */
static const char *limit_of(const struct live *live, const struct place *place)
{
	const bool edge_known = live->session.flow.side[FLOW_OUT].edge_known || live->queues.found;
	uint64_t next;

	if (queues_are_news(live))
		return live->queues.limited;
	if (place->end <= place->nxt)
		return "app";
	next = seq_lesser(place->end - place->nxt, mss_of(live));
	return edge_known && place->edge - place->nxt < next ? "peer" : "network";
}

/**
 * live_pump() - take what has happened, and look at the socket now and then
 * @live: it, its session open
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status live_pump(struct live *live, struct fault *fault)
{
	struct session *session = &live->session;
	const struct flow_side *out = &session->flow.side[FLOW_OUT];
	enum status status = session_pump(session, fault);
	int64_t now_ns = moment_now_ns();

	if (status)
		return status;
	notes_take(&live->notes, &session->flow);
	if (now_ns - live->sample_ns >= sample_ns) {
		const struct place place = place_out(live);

		live->sample_ns = now_ns;
		history_add(&live->flight, place.nxt - place.una);
		history_add(&live->window, out->edge_known ? out->wnd :
							     live->queues.snd_wnd.value);
	}
	if (now_ns < live->next_ns || !session->aimed || session->flow.over ||
	    session->tail.options->from || !session->flow.id.known)
		return STATUS_OK;
	live->queues_ns = now_ns;
	status = aim_queues(&live->queues, session->flow.id, session->tail.options,
			    &session->stream.list, fault);
	/* With very many sockets looking costs: it may take a tenth of the time. */
	live->next_ns = now_ns + look_ns + (moment_now_ns() - now_ns) * PERIOD_DIVISOR;
	return status;
}

/**
 * live_next() - show another connection that fits
 * @live: it
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also if there is no other, or the status of @fault.
 */
enum status live_next(struct live *live, struct fault *fault)
{
	const struct number before = live->session.flow.id;
	enum status status = session_next(&live->session, fault);

	if (status || live->session.flow.id.value == before.value)
		return status;
	live->queues = (struct queues){ .found = false };
	live->next_ns = 0;
	memset(live->scroll, 0, sizeof(live->scroll));
	live->ring_size = 0;
	live->flight.n = 0;
	live->window.n = 0;
	memset(&live->notes, 0, sizeof(live->notes));
	return STATUS_OK;
}

/* ---- in words */

static enum tint say_peer(char text[HOLDS_SIZE], const struct live *live, uint64_t now_ns)
{
	const struct flow_side *side = &live->session.flow.side[FLOW_OUT];
	const uint64_t probes = live->notes.probes[FLOW_OUT];
	const uint64_t unanswered = live->queues.found ? live->queues.probes.value : 0;
	char time[AGE_SIZE] = "", asked[4 * AGE_SIZE] = "", silent[2 * AGE_SIZE] = "";

	if (!side->closed && (side->edge_known || live->queues.snd_wnd.value)) {
		snprintf(text, HOLDS_SIZE,
			 "The peer's window holds us: what it still allows is less than a segment.");
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

static enum tint say_network(char text[HOLDS_SIZE], const struct live *live,
			     const struct place *place)
{
	char bytes[AGE_SIZE];

	if (cwnd_is_full(live, place))
		snprintf(text, HOLDS_SIZE,
			 "The network holds us: cwnd, %s, is in flight and the ACKs are awaited.",
			 text_bytes(bytes, cwnd_of(live)));
	else
		snprintf(text, HOLDS_SIZE,
			 "The network holds us: what may go waits for an ACK, pacing, Nagle or TCP_CORK.");
	return TINT_WARN;
}

static enum tint say_holds(char text[HOLDS_SIZE], const struct live *live,
			   const struct place *place, uint64_t now_ns)
{
	const struct flow *flow = &live->session.flow;
	const char *limit = limit_of(live, place);

	if (flow->over) {
		snprintf(text, HOLDS_SIZE, "The connection is over%s%s.",
			 strcmp(flow->by, "-") != 0 ? ", ended by " : "",
			 strcmp(flow->by, "-") != 0 ? flow->by : "");
		return TINT_HEAD;
	}
	if (!strcmp(limit, "peer"))
		return say_peer(text, live, now_ns);
	if (!strcmp(limit, "network"))
		return say_network(text, live, place);
	if (!strcmp(limit, "sndbuf"))
		snprintf(text, HOLDS_SIZE,
			 "Our send buffer holds us: it is full before the window is (SO_SNDBUF).");
	else if (place->nxt > place->una)
		snprintf(text, HOLDS_SIZE, "Nothing holds us: the program has written no more.");
	else
		snprintf(text, HOLDS_SIZE, "Nothing to send: all is acknowledged.");
	return strcmp(limit, "app") != 0 ? TINT_WARN : TINT_GOOD;
}

static enum tint say_receiver(char text[HOLDS_SIZE], const struct live *live,
			      const struct place *place)
{
	const struct flow_side *side = &live->session.flow.side[FLOW_IN];
	const uint64_t unread = place->nxt - place->una;
	char bytes[AGE_SIZE];

	if (side->closed || (live->queues.found && !live->queues.rcv_wnd.value)) {
		snprintf(text, HOLDS_SIZE, "Our window is closed: our program has %s to read.",
			 text_bytes(bytes, unread));
		return TINT_BAD;
	}
	if (live->session.flow.behind.n)
		snprintf(text, HOLDS_SIZE, "Data is missing: what came behind the hole waits.");
	else if (unread > 1)
		snprintf(text, HOLDS_SIZE, "Our program has %s to read.",
			 text_bytes(bytes, unread));
	else
		snprintf(text, HOLDS_SIZE, "Our program has read all that came.");
	return live->session.flow.behind.n ? TINT_WARN : TINT_GOOD;
}

/* ---- the screen */

static const char *state_of(const struct live *live)
{
	const struct flow *flow = &live->session.flow;

	if (queues_are_news(live) || (live->queues.found && !strcmp(flow->state, "-")))
		return live->queues.state;
	return flow->over && strcmp(flow->state, "TIME_WAIT") != 0 ? "CLOSED" : flow->state;
}

static int draw_head(const struct live *live, const struct display *display, int row)
{
	const struct flow *flow = &live->session.flow;
	char time[AGE_SIZE];
	int used;

	used = pen_put(display, row, 0, display->columns, TINT_HEAD, "%s %s %s", flow->local_text,
		       pen_glyph(display, GLYPH_RIGHT), flow->remote_text);
	used += pen_put(display, row, used, display->columns - used, TINT_NONE, "  id %" PRIu64,
			flow->id.value);
	used += pen_put(display, row, used, display->columns - used, TINT_NONE, "  %s",
			state_of(live));
	if (live->queues.found && live->queues.rtt_us.known)
		used += pen_put(display, row, used, display->columns - used, TINT_DIM,
				"  rtt %s", text_time_us(time, live->queues.rtt_us.value));
	if (live->session.fit > 1)
		pen_put(display, row, used, display->columns - used, TINT_DIM,
			"  (1 of %zu: n next)", live->session.fit);
	return row + 1;
}

static void draw_out_numbers(const struct live *live, const struct display *display, int row,
			     const struct place *place)
{
	char flight[AGE_SIZE], usable[AGE_SIZE], unsent[AGE_SIZE], window[AGE_SIZE];
	char cwnd[AGE_SIZE] = "-";

	if (cwnd_of(live))
		text_bytes(cwnd, cwnd_of(live));
	pen_put(display, row, 0, display->columns, TINT_NONE,
		"in flight %s, usable %s, unsent %s; window %s, cwnd %s",
		text_bytes(flight, place->nxt - place->una),
		text_bytes(usable, place->edge - place->nxt),
		text_bytes(unsent, place->end > place->nxt ? place->end - place->nxt : 0),
		text_bytes(window, place->edge - place->una), cwnd);
}

static int draw_out(struct live *live, const struct display *display, int row, int rows,
		    uint64_t now_ns)
{
	const struct place place = place_out(live);
	struct strip strip = {
		.name = { "SND.UNA", "SND.NXT", "SND.UNA+SND.WND" },
		.at = { place.una, place.nxt, place.edge },
		.tint = { TINT_ACKED, TINT_FLIGHT, TINT_USABLE, TINT_CLOSED },
		.more = place.end,
	};
	char text[HOLDS_SIZE];
	enum tint tint = say_holds(text, live, &place, now_ns);
	uint64_t span = seq_greater(place.end, place.edge) - place.una;

	pen_put(display, row, 0, display->columns, tint, "%s", text);
	draw_out_numbers(live, display, row + 1, &place);
	if (!live->ring) {
		strip_draw(display, row + 2, 0, display->columns, &strip,
			   &live->scroll[FLOW_OUT]);
		return row + 2 + STRIP_ROWS;
	}
	/* Behind what is written the buffer is free, as it is before what is acknowledged. */
	strip.tint[STRIP_INDICES] = TINT_ACKED;
	if (!live->ring_size)
		live->ring_size = least_ring;
	while (live->ring_size < span)
		live->ring_size *= 2;
	ring_draw(display, row + 2, 0, rows - 2, display->columns, &strip, live->ring_size);
	return row + rows;
}

static int draw_in(struct live *live, const struct display *display, int row)
{
	const struct place place = place_in(live);
	const struct strip strip = {
		.name = { "read", "RCV.NXT", "RCV.NXT+RCV.WND" },
		.at = { place.una, place.nxt, place.edge },
		.tint = { TINT_ACKED, TINT_FLIGHT, TINT_USABLE, TINT_CLOSED },
		.behind = &live->session.flow.behind,
	};
	char text[HOLDS_SIZE];
	enum tint tint = say_receiver(text, live, &place);

	pen_put(display, row, 0, display->columns, tint, "%s", text);
	strip_draw(display, row + 1, 0, display->columns, &strip, &live->scroll[FLOW_IN]);
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
 * live_draw() - draw it
 * @live: it
 * @display: the terminal
 * @row: the first row
 * @rows: how many, LIVE_ROWS_LEAST at least
 */
void live_draw(struct live *live, const struct display *display, int row, int rows)
{
	const struct flow *flow = &live->session.flow;
	const int end = row + rows;
	const uint64_t now_ns = session_now_ns(&live->session);

	if (rows < LIVE_ROWS_LEAST || display->columns < LIVE_COLUMNS_LEAST) {
		pen_put(display, row, 0, display->columns, TINT_WARN,
			"%d x %d are needed for the window", LIVE_COLUMNS_LEAST, LIVE_ROWS_LEAST);
		return;
	}
	if (!live->session.aimed) {
		pen_put(display, row, 0, display->columns, TINT_WARN,
			"No connection fits yet. The first that has a segment will be shown.");
		return;
	}
	row = draw_head(live, display, row);
	/* The ring takes the room that the receiver's line and the notes leave. */
	row = draw_out(live, display, row, rows - 1 - (1 + STRIP_ROWS) - 1 - rows / 5, now_ns);
	row = draw_in(live, display, row);
	strip_key(display, row++, 0, display->columns);
	if (end - row > 6 && live->flight.n) {
		row = draw_history(display, row, "in flight", &live->flight);
		row = draw_history(display, row, "window", &live->window);
	}
	notes_draw(display, row, 0, end - row, display->columns, &live->notes, flow->first_ns);
}
