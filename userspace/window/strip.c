// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "window/strip.h"

enum { TICK_COLUMNS = 16 };

static const uint64_t least_step = 16;

/* ---- what a cell shows */

static const char *cell_glyph(const struct display *display, enum tint tint)
{
	switch (tint) {
	case TINT_ACKED:
		return pen_glyph(display, GLYPH_DOT);
	case TINT_FLIGHT:
		return pen_glyph(display, GLYPH_FULL);
	case TINT_USABLE:
		return pen_glyph(display, GLYPH_LIGHT);
	case TINT_UNSENT:
		return pen_glyph(display, GLYPH_MEDIUM);
	default:
		return "x";
	}
}

static bool in_ranges(const struct flow_ranges *ranges, uint64_t at)
{
	for (size_t i = 0; ranges && i < ranges->n; i++)
		if (at >= ranges->range[i][0] && at < ranges->range[i][1])
			return true;
	return false;
}

static enum tint tint_at(const struct strip *strip, uint64_t at)
{
	size_t part = 0;

	if (in_ranges(strip->behind, at))
		return TINT_FLIGHT;
	while (part < STRIP_INDICES && at >= strip->at[part])
		part++;
	if (part > 1 && at < strip->more)
		return TINT_UNSENT;
	return strip->tint[part];
}

/* ---- as a line */

/*
 * What should be seen: all up to the last index, and of what waits behind it as much as
 * does not make that small.
 */
static uint64_t end_of(const struct strip *strip)
{
	const uint64_t first = strip->at[0], last = strip->at[STRIP_INDICES - 1];
	const uint64_t most = last + 3 * (last - first);

	if (strip->more <= last)
		return last;
	return last == first || strip->more < most ? strip->more : most;
}

/* A scale, and a place, stay until the indices no longer fit, so that one sees them move. */
static void adjust(struct scroll *scroll, const struct strip *strip, int width)
{
	const uint64_t columns = (uint64_t)width;
	const uint64_t first = strip->at[0], last = end_of(strip);
	const uint64_t span = last - first;
	uint64_t view = scroll->step * columns;

	if (!scroll->step || span > view - view / 4 ||
	    (scroll->step > least_step && span < view / 10)) {
		scroll->step = least_step;
		while (span > scroll->step * columns / 2)
			scroll->step *= 2;
		view = scroll->step * columns;
		scroll->origin = UINT64_MAX;
	}
	if (first < scroll->origin || last - scroll->origin > view - view / 16) {
		scroll->origin = first > view / 8 ? first - view / 8 : 0;
		scroll->origin -= scroll->origin % scroll->step;
	}
}

static int column_of(const struct scroll *scroll, uint64_t at, int width)
{
	const uint64_t column = (at - scroll->origin) / scroll->step;

	return column < (uint64_t)width ? (int)column : width - 1;
}

/* Each name begins above its arrow, or where the one before it ends. */
static void draw_names(const struct display *display, int row, int column, int width,
		       const struct strip *strip, const struct scroll *scroll)
{
	int start[STRIP_INDICES];
	int end = 0, limit = width;

	for (size_t i = 0; i < STRIP_INDICES; i++) {
		int length = strip->name[i] ? (int)strlen(strip->name[i]) : 0;

		start[i] = column_of(scroll, strip->at[i], width);
		if (start[i] < end)
			start[i] = end;
		end = start[i] + length + 1;
	}
	for (size_t i = STRIP_INDICES; i-- > 0;) {
		int length = strip->name[i] ? (int)strlen(strip->name[i]) : 0;

		if (start[i] + length > limit)
			start[i] = limit - length;
		limit = start[i] - 1;
		if (length && start[i] >= 0)
			pen_put(display, row, column + start[i], width - start[i], TINT_HEAD, "%s",
				strip->name[i]);
	}
}

static void draw_ruler(const struct display *display, int row, int column, int width,
		       const struct scroll *scroll)
{
	const uint64_t tick = scroll->step * TICK_COLUMNS;
	uint64_t at = (scroll->origin + tick - 1) / tick * tick;

	for (;; at += tick) {
		const uint64_t place = (at - scroll->origin) / scroll->step;

		if (place + TICK_COLUMNS > (uint64_t)width)
			return;
		pen_put(display, row, column + (int)place, TICK_COLUMNS - 1, TINT_DIM,
			"%s%" PRIu64, pen_glyph(display, GLYPH_POST), at);
	}
}

/**
 * strip_draw() - draw a stream as a line, in STRIP_ROWS rows
 * @display: the terminal
 * @row: the first row
 * @column: the first column
 * @width: how many columns
 * @strip: the stream
 * @scroll: which part was shown last, which stays as long as it can; all zeroes at first
 */
void strip_draw(const struct display *display, int row, int column, int width,
		const struct strip *strip, struct scroll *scroll)
{
	if (width < TICK_COLUMNS)
		return;
	adjust(scroll, strip, width);
	draw_names(display, row, column, width, strip, scroll);
	for (size_t i = 0; i < STRIP_INDICES; i++)
		if (strip->name[i])
			pen_put(display, row + 1,
				column + column_of(scroll, strip->at[i], width), 1, TINT_HEAD,
				"%s", pen_glyph(display, GLYPH_DOWN));
	for (int i = 0; i < width; i++) {
		const uint64_t at = scroll->origin + (uint64_t)i * scroll->step;
		const enum tint tint = tint_at(strip, at);

		pen_put(display, row + 2, column + i, 1, tint, "%s", cell_glyph(display, tint));
	}
	draw_ruler(display, row + 3, column, width, scroll);
}

/* ---- as a ring */

/* Its cells go round a rectangle, clockwise from the top left. */
static void ring_place(int rows, int width, int cell, int *y, int *x)
{
	const int right = width - 1, bottom = rows - 1;

	if (cell <= right) {
		*y = 0;
		*x = cell;
	} else if (cell <= right + bottom) {
		*y = cell - right;
		*x = right;
	} else if (cell <= 2 * right + bottom) {
		*y = bottom;
		*x = right - (cell - right - bottom);
	} else {
		*y = bottom - (cell - 2 * right - bottom);
		*x = 0;
	}
}

/**
 * struct label - the name of an index, within the ring
 * @y: its row
 * @x: its first column
 * @length: how many columns
 */
struct label {
	int y;
	int x;
	int length;
};

static bool overlap(const struct label *a, const struct label *b)
{
	return a->y == b->y && a->x <= b->x + b->length && b->x <= a->x + a->length;
}

/* On the inner side of the ring, next to the cell; more to the middle if one is there. */
static struct label place_label(const struct label *others, size_t n, int rows, int width,
				int cell, int length, enum glyph *arrow)
{
	struct label label = { .length = length };
	int y, x, inward;

	ring_place(rows, width, cell, &y, &x);
	inward = y < rows / 2 ? 1 : -1;
	label.y = y;
	label.x = x;
	if (y == 0 || y == rows - 1) {
		*arrow = y ? GLYPH_DOWN : GLYPH_UP;
		label.y += inward;
	} else {
		*arrow = x ? GLYPH_RIGHT : GLYPH_LEFT;
	}
	if (label.x + length > width - 1)
		label.x = width - 1 - length;
	if (label.x < 1)
		label.x = 1;
	for (size_t i = 0; i < n; i++)
		if (overlap(&label, &others[i]))
			label.y += inward;
	return label;
}

static void draw_labels(const struct display *display, int row, int column, int rows, int width,
			const struct strip *strip, uint64_t size)
{
	const int cells = 2 * (rows + width) - 4;
	struct label labels[STRIP_INDICES];
	size_t n = 0;

	for (size_t i = 0; i < STRIP_INDICES; i++) {
		enum glyph arrow;
		int cell;

		if (!strip->name[i] || strip->at[i] - strip->at[0] > size)
			continue;
		cell = (int)((double)(strip->at[i] % size) / (double)size * cells);
		labels[n] = place_label(labels, n, rows, width, cell,
					(int)strlen(strip->name[i]) + 1, &arrow);
		pen_put(display, row + labels[n].y, column + labels[n].x, labels[n].length,
			TINT_HEAD, "%s%s", pen_glyph(display, arrow), strip->name[i]);
		n++;
	}
}

/**
 * ring_draw() - draw a buffer as a ring
 * @display: the terminal
 * @row: the first row
 * @column: the first column
 * @rows: how many rows, RING_ROWS_LEAST at least
 * @width: how many columns
 * @strip: the stream
 * @size: of the ring: each byte of the stream has the place that is its sequence number
 *	modulo this. What is more than that behind the first index is not shown
 */
void ring_draw(const struct display *display, int row, int column, int rows, int width,
	       const struct strip *strip, uint64_t size)
{
	const int cells = 2 * (rows + width) - 4;
	const uint64_t first = strip->at[0];
	uint64_t at;
	int y, x;

	if (rows < RING_ROWS_LEAST || width < 2 * TICK_COLUMNS || !size)
		return;
	for (int i = 0; i < cells; i++) {
		enum tint tint;

		/* The one byte from the first index on that has its place here. */
		at = (uint64_t)((double)size * i / cells);
		at = first + (at + size - first % size) % size;
		tint = tint_at(strip, at);
		ring_place(rows, width, i, &y, &x);
		pen_put(display, row + y, column + x, 1, tint, "%s", cell_glyph(display, tint));
	}
	pen_put(display, row + rows / 2, column + width / 2 - 20, width / 2 + 20, TINT_DIM,
		"a ring of %" PRIu64 " bytes; clockwise", size);
	draw_labels(display, row, column, rows, width, strip, size);
}

/**
 * strip_key() - draw what the cells mean
 * @display: the terminal
 * @row: where
 * @column: likewise
 * @width: how many columns
 */
void strip_key(const struct display *display, int row, int column, int width)
{
	static const struct {
		enum tint tint;
		const char *text;
	} key[] = {
		{ TINT_ACKED, "acknowledged, read" },
		{ TINT_FLIGHT, "in flight, unread" },
		{ TINT_USABLE, "usable" },
		{ TINT_UNSENT, "unsent" },
		{ TINT_CLOSED, "closed" },
	};
	int at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(key) && at < width; i++) {
		at += pen_put(display, row, column + at, width - at, key[i].tint, "%s",
			      cell_glyph(display, key[i].tint));
		at += 1 + pen_put(display, row, column + at + 1, width - at - 1, TINT_DIM, "%s",
				  key[i].text);
		at += 2;
	}
}
