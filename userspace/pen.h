/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is drawn with on a display. What is not on the screen is not drawn. Texts must be
 * printable ASCII, or of pen_glyph(): each character is a column.
 */
#ifndef TCPWATCH_PEN_H
#define TCPWATCH_PEN_H

#include "history.h"
#include "screen.h"
#include "text.h"

/**
 * enum tint - what something is drawn in; where there are no colours, as they can be told
 * @TINT_NONE: the terminal's own, as the next four of enum paint
 * @TINT_HEAD: heads
 * @TINT_GOOD: all is well
 * @TINT_WARN: worth knowing
 * @TINT_BAD: wrong
 * @TINT_DIM: less than the rest
 * @TINT_BAR: a line across the screen that is no content
 * @TINT_CHOSEN: what the next key is about
 * @TINT_ACKED: of a window: sent and acknowledged
 * @TINT_FLIGHT: sent, not acknowledged
 * @TINT_USABLE: may be sent now
 * @TINT_CLOSED: may not be sent
 * @TINT_UNSENT: written, not sent
 * @TINTS: how many there are
 */
enum tint {
	TINT_NONE = PAINT_NONE,
	TINT_HEAD = PAINT_HEAD,
	TINT_GOOD = PAINT_GOOD,
	TINT_WARN = PAINT_WARN,
	TINT_BAD = PAINT_BAD,
	TINT_DIM,
	TINT_BAR,
	TINT_CHOSEN,
	TINT_ACKED,
	TINT_FLIGHT,
	TINT_USABLE,
	TINT_CLOSED,
	TINT_UNSENT,
	TINTS
};

/**
 * enum glyph - what is not in ASCII, or is there only in a way
 * @GLYPH_CUT: a text goes on
 * @GLYPH_LINE: a piece of a horizontal line
 * @GLYPH_POST: of a vertical one
 * @GLYPH_UP: an arrow, as are the next three
 * @GLYPH_DOWN: likewise
 * @GLYPH_LEFT: likewise
 * @GLYPH_RIGHT: likewise
 * @GLYPH_FULL: a filled cell; the next two are filled less
 * @GLYPH_MEDIUM: likewise
 * @GLYPH_LIGHT: likewise
 * @GLYPH_DOT: a small dot
 * @GLYPHS: how many there are
 */
enum glyph {
	GLYPH_CUT,
	GLYPH_LINE,
	GLYPH_POST,
	GLYPH_UP,
	GLYPH_DOWN,
	GLYPH_LEFT,
	GLYPH_RIGHT,
	GLYPH_FULL,
	GLYPH_MEDIUM,
	GLYPH_LIGHT,
	GLYPH_DOT,
	GLYPHS
};

void pen_colors(void);
const char *pen_glyph(const struct display *display, enum glyph glyph);
int pen_put(const struct display *display, int row, int column, int width, enum tint tint,
	    const char *format, ...) __attribute__((format(printf, 6, 7)));
void pen_right(const struct display *display, int row, int column, int width,
	       enum tint tint, const char *format, ...) __attribute__((format(printf, 6, 7)));
void pen_repeat(const struct display *display, int row, int column, int n, enum tint tint,
		const char *glyph);
int pen_wrap(const struct display *display, int row, int column, int width, int rows,
	     enum tint tint, const char *text);
void pen_history(const struct display *display, int row, int column, int width,
		 enum tint tint, const struct history *history);

#endif
