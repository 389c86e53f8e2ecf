// SPDX-License-Identifier: GPL-2.0
#define NCURSES_NOMACROS

#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pen.h"

enum {
	TEXT_MAX = 1024,	/* bytes of a text */
	LEVELS = 8,		/* of a line of history */
};

/**
 * struct mark - something to draw, one column wide
 * @utf8: on a terminal that takes it
 * @ascii: on others
 */
struct mark {
	const char *utf8;
	const char *ascii;
};

static const struct mark glyphs[GLYPHS] = {
	[GLYPH_CUT] = { "…", "~" },
	[GLYPH_LINE] = { "─", "-" },
	[GLYPH_POST] = { "│", "|" },
	[GLYPH_UP] = { "▲", "^" },
	[GLYPH_DOWN] = { "▼", "v" },
	[GLYPH_LEFT] = { "◀", "<" },
	[GLYPH_RIGHT] = { "▶", ">" },
	[GLYPH_FULL] = { "█", "#" },
	[GLYPH_MEDIUM] = { "▒", "=" },
	[GLYPH_LIGHT] = { "░", ":" },
	[GLYPH_DOT] = { "·", "." },
};

/* The first is for 0 alone. */
static const struct mark levels[LEVELS] = {
	{ "▁", "_" }, { "▂", "." }, { "▃", ":" }, { "▄", "-" },
	{ "▅", "=" }, { "▆", "+" }, { "▇", "*" }, { "█", "#" },
};

/*
 * On the terminal's own background, dark or light: of 256 colours, those halfway in
 * brightness. The eight that others have are as they are.
 */
static const struct {
	short color_256;
	short color_8;
	attr_t attributes;
	attr_t mono;
} tints[TINTS] = {
	[TINT_NONE] = { -1, -1, A_NORMAL, A_NORMAL },
	[TINT_HEAD] = { -1, -1, A_BOLD, A_BOLD },
	[TINT_GOOD] = { 28, COLOR_GREEN, A_NORMAL, A_NORMAL },
	[TINT_WARN] = { 130, COLOR_YELLOW, A_NORMAL, A_NORMAL },
	[TINT_BAD] = { 160, COLOR_RED, A_BOLD, A_BOLD },
	[TINT_DIM] = { 244, -1, A_NORMAL, A_NORMAL },
	[TINT_BAR] = { -1, -1, A_REVERSE, A_REVERSE },
	[TINT_CHOSEN] = { -1, -1, A_REVERSE, A_REVERSE },
	[TINT_ACKED] = { 244, -1, A_NORMAL, A_NORMAL },
	[TINT_FLIGHT] = { 33, COLOR_CYAN, A_NORMAL, A_BOLD },
	[TINT_USABLE] = { 28, COLOR_GREEN, A_NORMAL, A_NORMAL },
	[TINT_CLOSED] = { 160, COLOR_RED, A_NORMAL, A_NORMAL },
	[TINT_UNSENT] = { 133, COLOR_MAGENTA, A_NORMAL, A_NORMAL },
};

/**
 * pen_colors() - begin to use colours
 *
 * For screen_open(), on a terminal that has some.
 */
void pen_colors(void)
{
	start_color();
	use_default_colors();
	for (int tint = TINT_NONE + 1; tint < TINTS; tint++)
		init_pair((short)tint,
			  COLORS >= 256 ? tints[tint].color_256 : tints[tint].color_8, -1);
}

static const char *mark(const struct display *display, const struct mark *mark)
{
	return display->utf8 ? mark->utf8 : mark->ascii;
}

/**
 * pen_glyph() - something as this terminal can draw it
 * @display: the terminal
 * @glyph: it
 *
 * Return: a text of one column.
 */
const char *pen_glyph(const struct display *display, enum glyph glyph)
{
	return mark(display, &glyphs[glyph]);
}

static attr_t attributes(const struct display *display, enum tint tint)
{
	if (!display->color)
		return tints[tint].mono;
	return tints[tint].attributes | (attr_t)COLOR_PAIR(tint);
}

/* Where the character after this one starts. */
static const char *after(const char *p)
{
	do {
		p++;
	} while (((unsigned char)*p & 0xc0) == 0x80);
	return p;
}

static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text = after(text))
		width++;
	return width;
}

/* How much of the line is left for it. */
static int room(const struct display *display, int row, int column, int width)
{
	if (row < 0 || row >= display->rows || column < 0)
		return 0;
	return width < display->columns - column ? width : display->columns - column;
}

static void draw(const struct display *display, int row, int column, enum tint tint,
		 const char *text, int bytes)
{
	wattrset(stdscr, (int)attributes(display, tint));
	mvwaddnstr(stdscr, row, column, text, bytes);
	wattrset(stdscr, A_NORMAL);
}

static int put(const struct display *display, int row, int column, int width, enum tint tint,
	       const char *text)
{
	const char *end = text;
	int length = width_of(text);

	width = room(display, row, column, width);
	if (width <= 0)
		return 0;
	if (length <= width) {
		draw(display, row, column, tint, text, -1);
		return length;
	}
	for (int i = 0; i < width - 1; i++)
		end = after(end);
	draw(display, row, column, tint, text, (int)(end - text));
	draw(display, row, column + width - 1, tint, pen_glyph(display, GLYPH_CUT), -1);
	return width;
}

/**
 * pen_put() - draw a text
 * @display: the terminal
 * @row: in this line
 * @column: from this column on
 * @width: no more columns than this; what is cut off ends with a GLYPH_CUT
 * @tint: in this
 * @format: as of printf()
 *
 * Return: how many columns it takes.
 */
int pen_put(const struct display *display, int row, int column, int width, enum tint tint,
	    const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return put(display, row, column, width, tint, text);
}

/**
 * pen_right() - draw a text that ends at a column, as numbers do
 * @display: the terminal
 * @row: in this line
 * @column: the first column it may take
 * @width: how many columns it may take
 * @tint: in this
 * @format: as of printf()
 */
void pen_right(const struct display *display, int row, int column, int width,
	       enum tint tint, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;
	int length;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	length = width_of(text);
	if (length < width) {
		column += width - length;
		width = length;
	}
	put(display, row, column, width, tint, text);
}

/**
 * pen_repeat() - draw the same again and again
 * @display: the terminal
 * @row: in this line
 * @column: from this column on
 * @n: so often
 * @tint: in this
 * @glyph: a text of one column
 */
void pen_repeat(const struct display *display, int row, int column, int n, enum tint tint,
		const char *glyph)
{
	n = room(display, row, column, n);
	for (int i = 0; i < n; i++)
		draw(display, row, column + i, tint, glyph, -1);
}

/**
 * pen_wrap() - draw sentences
 * @display: the terminal
 * @row: from this line on
 * @column: in this column
 * @width: no wider than this
 * @rows: no more lines than this
 * @tint: in this
 * @text: the sentences, one blank between words
 *
 * Return: how many lines it takes.
 */
int pen_wrap(const struct display *display, int row, int column, int width, int rows,
	     enum tint tint, const char *text)
{
	int line = 0;

	while (*text && width > 0 && line < rows) {
		size_t length = strlen(text);
		size_t end = length;

		if (length > (size_t)width && line < rows - 1) {
			end = (size_t)width;
			while (end && text[end] != ' ')
				end--;
			if (!end)
				end = (size_t)width;
		}
		pen_put(display, row + line, column, width, tint, "%.*s", (int)end, text);
		line++;
		text += end + (text[end] == ' ');
	}
	return line;
}

/**
 * pen_history() - draw how something has been
 * @display: the terminal
 * @row: in this line
 * @column: from this column on
 * @width: so wide; the latest sample is the rightmost
 * @tint: in this
 * @history: the samples. The highest is as high as the greatest that is drawn, the
 *	lowest stands for 0, the next one for whatever is more
 */
void pen_history(const struct display *display, int row, int column, int width,
		 enum tint tint, const struct history *history)
{
	const size_t n = history_length(history);
	uint64_t most;

	width = room(display, row, column, width);
	if (width <= 0)
		return;
	most = history_most(history, (size_t)width);
	for (size_t back = 0; back < n && back < (size_t)width; back++) {
		uint64_t sample = history_back(history, back);
		double share = most ? (double)sample / (double)most : 0;
		int level = sample ? 1 + (int)(share * (LEVELS - 2) + 0.5) : 0;

		draw(display, row, column + width - 1 - (int)back, tint,
		     mark(display, &levels[level]), -1);
	}
}
