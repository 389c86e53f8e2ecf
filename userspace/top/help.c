// SPDX-License-Identifier: GPL-2.0
#include "array.h"
#include "top/top.h"

static const struct {
	const char *key;
	const char *text;
} lines[] = {
	{ "Tab", "the next pane: CLOSE_WAIT by process, stalled, connections" },
	{ "arrows", "up and down; also PgUp, PgDn, Home, End" },
	{ "Enter", "open the connection; of a process, find its sockets" },
	{ "Esc", "close it again; without one open, drop the filter" },
	{ "w", "of an open connection: its sliding window; there, r: as a ring" },
	{ "s r", "sort the connections by the next column; the other way round" },
	{ "/", "filter: state= local= remote= port= pid= comm= verdict=" },
	{ "f space", "freeze: no new look until you press it again" },
	{ "q", "quit" },
	{ "", "" },
	{ "in/s out/s", "bytes of payload a second; K M G are 1000, 1000 K, 1000 M" },
	{ "stalled", "something waits, and for a second or more nothing of it has moved" },
	{ "for", "since when; > if it may be longer: top has seen it only since then" },
	{ "stuck", "in CLOSE_WAIT for too long (tcpwatch leaks says more)" },
	{ "unacked", "sent, no ACK yet; unsent: not even sent; unread: not read by us" },
	{ "limited", "what holds the sender: peer (window), network, sndbuf, app" },
	{ "again", "segments sent again" },
	{ "lines", "one sample a look, 0 at the bottom, the most of the line at the top" },
};

/**
 * help_draw() - explain the keys and the words
 * @top: the screen
 */
void help_draw(const struct top *top)
{
	const struct display *display = &top->display;
	int row = 2;

	view_title(top, "tcpwatch top: keys and words");
	for (size_t i = 0; i < ARRAY_SIZE(lines) && row < display->rows - 1; i++, row++) {
		pen_put(display, row, 1, 11, TINT_HEAD, "%s", lines[i].key);
		pen_put(display, row, 13, display->columns - 13, TINT_NONE, "%s", lines[i].text);
	}
	pen_put(display, display->rows - 1, 0, display->columns, TINT_DIM,
		"any key: back. What a state or a verdict means: tcpwatch explain WORD");
}
