// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "saying.h"
#include "stall.h"
#include "top/top.h"

enum {
	BATCH = 256,		/* events between two looks at the keys */
	LABEL = 12,
	VALUE = 8,
	GAUGES_A_ROW = 2,
	GAUGE_ROWS = GAUGES / GAUGES_A_ROW,
	FACTS = 4,		/* lines of what it is */
	TIME_WIDTH = 15,
	NS_PER_MS = 1000 * 1000,
};

/* What is shown over time: a column of `connections`, unless it has none. */
static const struct {
	const char *label;
	const char *name;
} gauges[GAUGES] = {
	[GAUGE_IN] = { "in/s", NULL },
	[GAUGE_OUT] = { "out/s", NULL },
	[GAUGE_UNREAD] = { "unread", "rcv_unread" },
	[GAUGE_UNSENT] = { "unsent", "snd_unsent" },
	[GAUGE_OUR_WINDOW] = { "our window", "rcv_wnd" },
	[GAUGE_UNACKED] = { "in flight", "snd_unacked" },
	[GAUGE_RTT] = { "rtt", "rtt_us" },
	[GAUGE_PEER_WINDOW] = { "its window", "snd_wnd" },
	[GAUGE_AGAIN] = { "sent again", "retrans" },
	[GAUGE_CWND] = { "cwnd", "cwnd_bytes" },
};

static const char *field(const struct top *top, const char *name)
{
	size_t at;

	if (!top->detail.conn || !table_find(&top->look.table, name, &at))
		return "-";
	return table_row(&top->look.table, top->detail.conn->row)[at];
}

static struct number number_of(const struct top *top, const char *name)
{
	struct number number;

	if (!number_parse(field(top, name), &number))
		number.known = false;
	return number;
}

static struct detail_event *next_entry(struct detail *detail, uint64_t time_ns,
				       enum paint paint)
{
	struct detail_event *entry = &detail->events[detail->n_events++ % DETAIL_EVENTS];

	memset(entry, 0, sizeof(*entry));
	entry->time_ns = time_ns;
	entry->paint = paint;
	/* Whoever has gone back stays with what is there. */
	if (detail->back && detail->back + 1 < DETAIL_EVENTS)
		detail->back++;
	return entry;
}

/* How well the time of something is known that happened before there were events. */
static const char *exact_text(const char *exact)
{
	if (!strcmp(exact, "min"))
		return " (then or earlier)";
	return strcmp(exact, "est") != 0 ? "" : " (about then)";
}

/* What the table knows of the time before. */
static void note_past(struct top *top)
{
	const struct number age = number_of(top, "age_ms");
	const struct number state = number_of(top, "state_ms");
	const uint64_t now_ms = (uint64_t)top->look.time_ns / NS_PER_MS;
	const char *exact = exact_text(field(top, "exact"));
	const bool passive = !strcmp(field(top, "opened"), "passive");
	struct detail_event *entry;

	if (age.known && age.value <= now_ms) {
		entry = next_entry(&top->detail, (now_ms - age.value) * NS_PER_MS, PAINT_NONE);
		snprintf(entry->text, sizeof(entry->text), "%s%s",
			 passive ? "opened by the peer" : "opened", exact);
	}
	if (state.known && state.value <= now_ms) {
		entry = next_entry(&top->detail, (now_ms - state.value) * NS_PER_MS, PAINT_NONE);
		snprintf(entry->text, sizeof(entry->text), "came to %s%s", field(top, "state"),
			 exact);
	}
}

static void start_stream(struct top *top)
{
	struct detail *detail = &top->detail;

	detail->fault.status = STATUS_OK;
	detail->streaming = !stream_open(&detail->stream, top->options, &detail->fault);
	if (!detail->streaming)
		stream_close(&detail->stream);
}

/**
 * detail_open() - open a connection
 * @top: the screen
 * @conn: the connection, of its present look
 */
void detail_open(struct top *top, const struct conn *conn)
{
	struct detail *detail = &top->detail;

	*detail = (struct detail){
		.open = true,
		.id = conn->id,
		.conn = conn,
	};
	snprintf(detail->local, sizeof(detail->local), "%s", field(top, "local"));
	snprintf(detail->remote, sizeof(detail->remote), "%s", field(top, "remote"));
	note_past(top);
	start_stream(top);
	detail_look(top);
}

/**
 * detail_close() - close it again
 * @detail: open or not
 */
void detail_close(struct detail *detail)
{
	if (detail->open && detail->streaming)
		stream_close(&detail->stream);
	window_pane_close(&detail->window);
	detail->open = false;
	detail->streaming = false;
}

/**
 * detail_look() - take in the present look
 * @top: the screen, a connection open or not
 */
void detail_look(struct top *top)
{
	struct detail *detail = &top->detail;

	if (!detail->open)
		return;
	detail->conn = look_find(&top->look, detail->id);
	if (!detail->streaming && detail->fault.status == STATUS_UNLOADED)
		start_stream(top);
	if (!detail->conn)
		return;
	for (enum gauge i = 0; i < GAUGES; i++) {
		uint64_t value = i == GAUGE_IN ? detail->conn->in_rate : detail->conn->out_rate;

		if (gauges[i].name)
			value = number_of(top, gauges[i].name).value;
		history_add(&detail->gauges[i], value);
	}
}

static void note(struct detail *detail, const struct event *event)
{
	struct detail_event *entry = next_entry(detail, event->time_ns, saying_paint(event));
	struct page page = { .color = false };

	page.file = fmemopen(entry->text, sizeof(entry->text) - 1, "w");
	if (!page.file)
		return;
	saying_print(&page, event);
	fclose(page.file);
}

static bool is_about(const struct detail *detail, const struct event *event)
{
	if (event->kind == EVENT_LOST)
		return true;
	return event->kind != EVENT_SEGMENT && event->id.known && event->id.value == detail->id;
}

/**
 * detail_read() - read some of the events that have happened
 * @top: the screen, after its detail_fd() could be read
 *
 * Return: whether there is something new to draw.
 */
bool detail_read(struct top *top)
{
	struct detail *detail = &top->detail;
	const uint64_t before = detail->n_events;
	enum stream_more more = STREAM_EVENT;
	struct event event;

	for (int i = 0; i < BATCH && more == STREAM_EVENT; i++) {
		if (stream_next(&detail->stream, &event, &more, &detail->fault))
			more = STREAM_OVER;
		else if (more == STREAM_OVER)
			stream_end(&detail->stream, &detail->fault);
		else if (more == STREAM_EVENT && is_about(detail, &event))
			note(detail, &event);
	}
	if (more != STREAM_OVER)
		return detail->n_events != before;
	stream_close(&detail->stream);
	detail->streaming = false;
	return true;
}

/**
 * detail_fd() - what is there to wait for?
 * @top: the screen
 *
 * Return: a descriptor to read from, by detail_read(); -1 if there is none.
 */
int detail_fd(const struct top *top)
{
	return top->detail.open && top->detail.streaming && !top->frozen ? top->detail.stream.fd :
									   -1;
}

/* Returns false if the key means nothing in the window. */
static bool window_key(struct top *top, int key)
{
	struct detail *detail = &top->detail;

	switch (key) {
	case SCREEN_ESCAPE:
	case SCREEN_BACKSPACE:
	case SCREEN_LEFT:
	case 'w':
		window_pane_close(&detail->window);
		return true;
	case 'r':
		window_pane_ring(&detail->window);
		return true;
	default:
		return false;
	}
}

/**
 * detail_key() - take a key
 * @top: the screen, a connection open
 * @key: the key
 *
 * Return: whether it means something here.
 */
bool detail_key(struct top *top, int key)
{
	struct detail *detail = &top->detail;
	const size_t kept = detail->n_events < DETAIL_EVENTS ? (size_t)detail->n_events :
							       DETAIL_EVENTS;

	if (detail->window.shown)
		return window_key(top, key);
	switch (key) {
	case SCREEN_ESCAPE:
	case SCREEN_BACKSPACE:
	case SCREEN_LEFT:
		detail_close(detail);
		return true;
	case 'w':
		window_pane_open(&detail->window, top->options, detail->id);
		return true;
	case SCREEN_UP:
		detail->back += detail->back + 1 < kept;
		return true;
	case SCREEN_DOWN:
		detail->back -= detail->back != 0;
		return true;
	default:
		return false;
	}
}

static const char *opened_text(const char *opened)
{
	if (!strcmp(opened, "active"))
		return "we opened it";
	return strcmp(opened, "passive") != 0 ? "who opened it is not known" : "the peer opened it";
}

static const char *closed_text(const char *closed)
{
	if (!strcmp(closed, "local"))
		return "; we closed first";
	if (!strcmp(closed, "remote"))
		return "; the peer closed first";
	return strcmp(closed, "both") != 0 ? "" : "; both closed at once";
}

static void draw_life(const struct top *top, int row)
{
	const struct detail *detail = &top->detail;
	const int width = top->display.columns;
	char state_for[AGE_SIZE], age[AGE_SIZE];
	const char *exact;

	if (!detail->conn) {
		pen_put(&top->display, row, 0, width, TINT_WARN,
			"It has ended. What was seen of it is below.");
		return;
	}
	exact = field(top, "exact");
	text_age_exact(state_for, number_of(top, "state_ms").value, exact);
	text_age_exact(age, number_of(top, "age_ms").value, exact);
	pen_put(&top->display, row, 0, width, detail->conn->waiting ? TINT_WARN : TINT_NONE,
		"%s for %s, lives for %s; %s%s", field(top, "state"), state_for, age,
		opened_text(field(top, "opened")), closed_text(field(top, "closed")));
}

static void draw_owner(const struct top *top, int row)
{
	const struct detail *detail = &top->detail;
	const struct owner *owner = NULL;
	char who[COMM_SIZE + 80] = "no process is seen that has it";
	size_t n = 0;

	if (detail->conn)
		owner = look_owner(&top->look, detail->conn, &n);
	if (owner && n > 1)
		snprintf(who, sizeof(who), "process %s %s, and %zu more have it", owner->pid_text,
			 owner->comm, n - 1);
	else if (owner)
		snprintf(who, sizeof(who), "process %s %s", owner->pid_text, owner->comm);
	pen_put(&top->display, row, 0, top->display.columns, TINT_NONE,
		"%s; id %" PRIu64 " (sk:%" PRIx64 " in ss)", who, detail->id, detail->id);
}

/* The worst that can be said of it now, if there is something. */
static void draw_trouble(const struct top *top, int row)
{
	const struct conn *conn = top->detail.conn;
	const struct waiting *waiting = conn ? conn->waiting : NULL;
	const int width = top->display.columns;
	char age[AGE_SIZE];

	if (waiting)
		pen_put(&top->display, row + 1, 0, width,
			waiting_is_stuck(waiting, top->look.stuck_ms) ? TINT_BAD : TINT_WARN,
			"%s: %s", waiting->verdict_text, advice_for(waiting->verdict)->what);
	if (!conn)
		return;
	if (conn->stall)
		pen_put(&top->display, row, 0, width, TINT_BAD, "stalled for %s: %s",
			text_age_exact(age,
				       (uint64_t)(top->look.time_ns - conn->still_ns) / NS_PER_MS,
				       conn->still_least ? "min" : "yes"),
			stall_text(conn->stall));
	else
		pen_put(&top->display, row, 0, width, TINT_DIM, "what holds the sender: %s",
			field(top, "limited"));
}

static void draw_gauges(const struct top *top, int row)
{
	const struct display *display = &top->display;
	const int width = (display->columns - 2 * (GAUGES_A_ROW - 1)) / GAUGES_A_ROW;

	for (enum gauge i = 0; i < GAUGES; i++) {
		const struct history *history = &top->detail.gauges[i];
		const int x = ((int)i % GAUGES_A_ROW) * (width + 2);
		const int y = row + (int)i / GAUGES_A_ROW;
		char text[AGE_SIZE] = "-";

		if (history->n && i == GAUGE_RTT)
			text_time_us(text, history_back(history, 0));
		else if (history->n)
			text_short(text, history_back(history, 0));
		pen_put(display, y, x, LABEL, TINT_HEAD, "%s", gauges[i].label);
		pen_right(display, y, x + LABEL, VALUE, TINT_NONE, "%s", text);
		if (history_most(history, HISTORY_SIZE))
			pen_history(display, y, x + LABEL + VALUE + 1, width - LABEL - VALUE - 1,
				    TINT_FLIGHT, history);
	}
}

static void draw_events(const struct top *top, int row, int rows)
{
	const struct detail *detail = &top->detail;
	const int width = top->display.columns;
	const size_t kept = detail->n_events < DETAIL_EVENTS ? (size_t)detail->n_events :
							       DETAIL_EVENTS;
	char time[MOMENT_SIZE];
	size_t shown = kept - detail->back;

	pen_put(&top->display, row, 0, width, TINT_HEAD, "What has happened, the latest first");
	if (detail->fault.status) {
		const int used = pen_wrap(&top->display, row + 1, 0, width, 2, TINT_BAD,
					  detail->fault.text);

		row += used;
		rows -= used;
	}
	/* The latest first: it does not move about while there is room. */
	for (int i = 1; i < rows && (size_t)i <= shown; i++) {
		const uint64_t n = detail->n_events - detail->back - (uint64_t)i;
		const struct detail_event *event = &detail->events[n % DETAIL_EVENTS];

		pen_put(&top->display, row + i, 0, TIME_WIDTH, TINT_DIM, "%s",
			moment_text(time, &top->moments, event->time_ns));
		pen_put(&top->display, row + i, TIME_WIDTH + 1, width - TIME_WIDTH - 1,
			(enum tint)event->paint, "%s", event->text);
	}
}

/**
 * detail_draw() - draw the connection that is open
 * @top: the screen
 */
void detail_draw(struct top *top)
{
	const struct display *display = &top->display;
	const struct detail *detail = &top->detail;
	const int below = 1 + FACTS + GAUGE_ROWS + 1;
	const int rows = display->rows - 1 - below;
	char title[2 * DETAIL_ENDS + 16];

	if (top->detail.window.shown) {
		window_pane_draw(&top->detail.window, display, 0, display->rows - 1);
		pen_put(display, display->rows - 1, 0, display->columns, TINT_DIM,
			"%sEsc back  r %s  f freeze  h help  q quit",
			top->frozen ? "FROZEN  " : "",
			window_pane_is_ring(&top->detail.window) ? "line" : "ring");
		return;
	}
	snprintf(title, sizeof(title), "%s  %s  %s", detail->local,
		 pen_glyph(display, GLYPH_DOT), detail->remote);
	view_title(top, title);
	draw_life(top, 1);
	draw_owner(top, 2);
	draw_trouble(top, 3);
	if (top->fault.status)
		pen_put(display, 4, 0, display->columns, TINT_BAD, "%s", top->fault.text);
	draw_gauges(top, 1 + FACTS);
	draw_events(top, below, rows);
	pen_put(display, display->rows - 1, 0, display->columns, TINT_DIM,
		"Esc back  w its window  f freeze  h help  q quit");
}
