// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "array.h"
#include "top/window_pane.h"

enum column {
	SND_UNACKED,
	SND_UNSENT,
	SND_WND,
	SND_USABLE,
	CWND_BYTES,
	RCV_UNREAD,
	RCV_WND,
	COLUMNS
};

static const char *const names[COLUMNS] = {
	[SND_UNACKED] = "snd_unacked", [SND_UNSENT] = "snd_unsent", [SND_WND] = "snd_wnd",
	[SND_USABLE] = "snd_usable",   [CWND_BYTES] = "cwnd_bytes", [RCV_UNREAD] = "rcv_unread",
	[RCV_WND] = "rcv_wnd",
};

/**
 * struct piece - a part of a bar
 * @bytes: how much it stands for
 * @tint: what it is drawn in
 * @glyph: and with
 * @text: what it is
 */
struct piece {
	uint64_t bytes;
	enum tint tint;
	enum glyph glyph;
	const char *text;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A bar as wide as the screen, and what its pieces are. Returns how many lines it takes. */
static int draw_bar(const struct display *display, int row, int end, const struct piece *pieces,
		    size_t n)
{
	const int width = display->columns;
	uint64_t all = 0;
	double done = 0;
	int line = row;
	int x = 0;

	for (size_t i = 0; i < n; i++)
		all += pieces[i].bytes;
	for (size_t i = 0; all && i < n; i++) {
		int to;

		done += (double)pieces[i].bytes;
		to = (int)(done * width / (double)all + 0.5);
		/* What is there at all can be seen. */
		if (pieces[i].bytes && to == x && to < width)
			to++;
		pen_repeat(display, row, x, to - x, pieces[i].tint,
			   pen_glyph(display, pieces[i].glyph));
		x = to;
	}
	for (size_t i = 0; i < n && ++line < end; i++) {
		pen_repeat(display, line, 2, 2, pieces[i].tint,
			   pen_glyph(display, pieces[i].glyph));
		pen_right(display, line, 5, 11, TINT_NONE, "%" PRIu64, pieces[i].bytes);
		pen_put(display, line, 17, width - 17, TINT_NONE, "%s", pieces[i].text);
	}
	return line - row + 1;
}

/**
 * window_pane_draw() - draw a connection's sliding window
 * @display: the terminal
 * @row: from this line on
 * @rows: no more lines than this
 * @look: the look
 * @conn: the connection in it
 *
 * The one place to put a better picture.
 */
void window_pane_draw(const struct display *display, int row, int rows,
		      const struct look *look, const struct conn *conn)
{
	const char *const *cells = table_row(&look->table, conn->row);
	struct number value[COLUMNS] = { { .known = false } };
	const int end = row + rows;
	uint64_t inside;

	for (size_t i = 0; i < COLUMNS; i++) {
		size_t at;

		if (!table_find(&look->table, names[i], &at) || !number_parse(cells[at], &value[i]))
			value[i].value = 0;
	}
	inside = least(value[SND_UNSENT].value, value[SND_USABLE].value);
	pen_put(display, row, 0, display->columns, TINT_HEAD,
		"Send window: %" PRIu64 " bytes, congestion window: %" PRIu64,
		value[SND_WND].value, value[CWND_BYTES].value);
	row += 1 + draw_bar(display, row + 1, end,
			    (struct piece[]){
				    { value[SND_UNACKED].value, TINT_FLIGHT, GLYPH_FULL,
				      "in flight: sent, no ACK yet" },
				    { inside, TINT_UNSENT, GLYPH_MEDIUM,
				      "waits, and there is room for it" },
				    { value[SND_USABLE].value - inside, TINT_USABLE, GLYPH_LIGHT,
				      "usable: may be sent now" },
				    { value[SND_UNSENT].value - inside, TINT_CLOSED, GLYPH_FULL,
				      "waits, and the window has no room for it" },
			    },
			    4);
	if (row + 3 > end)
		return;
	pen_put(display, row, 0, display->columns, TINT_HEAD, "Receive window: %" PRIu64 " bytes",
		value[RCV_WND].value);
	draw_bar(display, row + 1, end,
		 (struct piece[]){
			 { value[RCV_UNREAD].value, TINT_UNSENT, GLYPH_FULL,
			   "received, not read by the program" },
			 { value[RCV_WND].value, TINT_USABLE, GLYPH_LIGHT,
			   "the peer may send so much" },
		 },
		 2);
}
