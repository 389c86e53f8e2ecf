/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One connection, opened: how its numbers go, what happens to it, and its window.
 */
#ifndef TCPWATCH_TOP_DETAIL_H
#define TCPWATCH_TOP_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "look.h"
#include "moment.h"
#include "stream.h"
#include "top/window_pane.h"

struct top;

/* What is shown of it over time; in pairs, as they stand beside each other. */
enum gauge {
	GAUGE_IN,
	GAUGE_OUT,
	GAUGE_UNREAD,
	GAUGE_UNSENT,
	GAUGE_OUR_WINDOW,
	GAUGE_UNACKED,
	GAUGE_RTT,
	GAUGE_PEER_WINDOW,
	GAUGE_AGAIN,
	GAUGE_CWND,
	GAUGES
};

enum {
	DETAIL_EVENTS = 128,	/* as many are remembered */
	DETAIL_TEXT = 160,
	DETAIL_ENDS = 64,
};

/**
 * struct detail_event - something that has happened to it
 * @time_ns: when, by CLOCK_BOOTTIME
 * @paint: whether it is good or bad
 * @text: in words
 */
struct detail_event {
	uint64_t time_ns;
	enum paint paint;
	char text[DETAIL_TEXT];
};

/**
 * struct detail - the connection
 * @open: there is one
 * @id: its cookie
 * @local: its own end
 * @remote: the peer's end
 * @gauges: how its numbers have been
 * @conn: it in the present look, NULL if it is not there any more
 * @stream: the events, open while @streaming
 * @streaming: they are read
 * @fault: why not; its status is 0 if they are
 * @events: those that are about it, in a ring
 * @n_events: how many there have been
 * @back: how far the reader has gone back in them
 * @window: its window, which is shown instead of all this, or not
 */
struct detail {
	bool open;
	uint64_t id;
	char local[DETAIL_ENDS];
	char remote[DETAIL_ENDS];
	struct history gauges[GAUGES];
	const struct conn *conn;
	struct stream stream;
	bool streaming;
	struct fault fault;
	struct detail_event events[DETAIL_EVENTS];
	uint64_t n_events;
	size_t back;
	struct window_pane window;
};

void detail_open(struct top *top, const struct conn *conn);
void detail_look(struct top *top);
bool detail_read(struct top *top);
int detail_fd(const struct top *top);
bool detail_key(struct top *top, int key);
void detail_close(struct detail *detail);
void detail_draw(struct top *top);

#endif
