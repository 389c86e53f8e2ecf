/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal as a field of cells, for those who draw on all of it: its size, its keys,
 * and waiting for them. What is drawn with is in pen.h. A use of it:
 *
 *	struct display display;
 *	struct fault fault;
 *
 *	if (screen_open(&display, options, &fault)) {
 *		fault_print(&fault);
 *		return fault.status;
 *	}
 *	while (going on) {
 *		screen_erase(&display);
 *		pen_put(&display, row, column, width, TINT_GOOD, "%u", ...);
 *		screen_show(&display);
 *		switch (screen_wait(&display, stream.fd, wait_ns, &key)) ...
 *	}
 *	screen_close(&display);
 *
 * Only what is drawn anew each time is there; what did not change is not sent again.
 */
#ifndef TCPWATCH_SCREEN_H
#define TCPWATCH_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "options.h"
#include "outlet.h"

/**
 * struct display - the terminal
 * @outlet: the way to it
 * @color: it has colours, and they are wanted
 * @utf8: more than ASCII can be drawn
 * @rows: how high it is
 * @columns: how wide
 * @handle: of ncurses, NULL if it is not open
 */
struct display {
	struct outlet outlet;
	bool color;
	bool utf8;
	int rows;
	int columns;
	void *handle;
};

/* Keys that are no printable ASCII, which are themselves. */
enum {
	SCREEN_NO_KEY,
	SCREEN_UP = 0x100,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_ENTER,
	SCREEN_TAB,
	SCREEN_BACKTAB,
	SCREEN_ESCAPE,
	SCREEN_BACKSPACE,
	SCREEN_DELETE,
	SCREEN_ERASE_LINE,	/* Ctrl-U */
	SCREEN_REDRAW,		/* Ctrl-L */
};

/**
 * enum screen_event - what ended a wait
 * @SCREEN_TIME: nothing, it was long enough
 * @SCREEN_KEY: a key
 * @SCREEN_SIZE: the terminal's size has changed, or all is to be drawn anew
 * @SCREEN_INPUT: there is something to read
 * @SCREEN_ENDED: a signal, or there is no terminal any more: it is time to end
 */
enum screen_event { SCREEN_TIME, SCREEN_KEY, SCREEN_SIZE, SCREEN_INPUT, SCREEN_ENDED };

enum status screen_open(struct display *display, const struct options *options,
			struct fault *fault);
void screen_close(struct display *display);
enum screen_event screen_wait(struct display *display, int input, int64_t wait_ns, int *key);

void screen_erase(struct display *display);
void screen_show(struct display *display);
void screen_cursor(struct display *display, int row, int column);

#endif
