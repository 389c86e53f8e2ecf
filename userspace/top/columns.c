// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "stall.h"
#include "top/columns.h"

enum {
	ADDRESS_MIN = 21,	/* the longest of IPv4 */
	PROCESS_MAX = 15,	/* what the kernel keeps of a name */
	NEVER = 0,		/* no place in this list */
	ALWAYS,
	FIRST,			/* before long addresses are written out */
	THEN,
	LAST = THEN + 9,
	NS_PER_MS = 1000 * 1000,
};

/* @name: of `connections`, if it is there. @rank: what goes first where room is short. */
static const struct {
	const char *head;
	const char *name;
	enum column_kind kind;
	int width;
	int rank[TOP_LISTS];
} columns[TOP_COLUMNS] = {
	[TOP_BUSY] = { "in/s and out/s", NULL, COLUMN_NUMBER, 0, { NEVER, NEVER } },
	[TOP_LOCAL] = { "local", "local", COLUMN_ADDR, ADDRESS_MIN, { FIRST, ALWAYS } },
	[TOP_REMOTE] = { "remote", "remote", COLUMN_ADDR, ADDRESS_MIN, { ALWAYS, ALWAYS } },
	[TOP_STATE] = { "state", "state", COLUMN_WORD, 11, { THEN + 4, FIRST } },
	[TOP_STILL] = { "for", NULL, COLUMN_MS, 7, { ALWAYS, NEVER } },
	[TOP_WHY] = { "why", NULL, COLUMN_WORD, 16, { ALWAYS, NEVER } },
	[TOP_IN] = { "in/s", NULL, COLUMN_NUMBER, 5, { NEVER, ALWAYS } },
	[TOP_OUT] = { "out/s", NULL, COLUMN_NUMBER, 5, { NEVER, ALWAYS } },
	[TOP_UNACKED] = { "unacked", "snd_unacked", COLUMN_NUMBER, 7, { THEN, THEN + 4 } },
	[TOP_UNSENT] = { "unsent", "snd_unsent", COLUMN_NUMBER, 6, { THEN + 1, THEN + 5 } },
	[TOP_UNREAD] = { "unread", "rcv_unread", COLUMN_NUMBER, 6, { THEN + 5, THEN + 6 } },
	[TOP_WINDOW] = { "window", "snd_wnd", COLUMN_NUMBER, 6, { THEN + 3, NEVER } },
	[TOP_RTT] = { "rtt", "rtt_us", COLUMN_US, 6, { NEVER, THEN + 2 } },
	[TOP_AGAIN] = { "again", "retrans", COLUMN_NUMBER, 5, { THEN + 2, THEN + 7 } },
	[TOP_LIMITED] = { "limited", "limited", COLUMN_WORD, 7, { NEVER, THEN + 1 } },
	[TOP_STATE_FOR] = { "so for", "state_ms", COLUMN_MS, 7, { NEVER, THEN } },
	[TOP_AGE] = { "age", "age_ms", COLUMN_MS, 7, { THEN + 7, THEN + 8 } },
	[TOP_VERDICT] = { "verdict", NULL, COLUMN_WORD, 12, { NEVER, THEN + 9 } },
	[TOP_PID] = { "pid", NULL, COLUMN_NUMBER, 7, { THEN + 6, THEN + 3 } },
	[TOP_PROCESS] = { "process", NULL, COLUMN_WORD, 8, { FIRST, FIRST } },
};

static void add_ranks(struct top_layout *layout, enum top_list list, int least, int most,
		      int *left)
{
	for (int rank = least; rank <= most; rank++) {
		for (enum top_column i = 0; i < TOP_COLUMNS; i++) {
			const int need = columns[i].width + 1;

			if (columns[i].rank[list] != rank || need > *left)
				continue;
			layout->width[i] = columns[i].width;
			*left -= need;
		}
	}
}

static void widen(struct top_layout *layout, enum top_column column, int most, int *left)
{
	int more = most - layout->width[column];

	if (!layout->width[column] || more <= 0)
		return;
	if (more > *left)
		more = *left;
	layout->width[column] += more;
	*left -= more;
}

/**
 * top_layout() - decide which columns there are
 * @layout: what to fill in
 * @list: of which list
 * @columns: how wide the screen is
 * @address: the longest address in it, in characters
 */
void top_layout(struct top_layout *layout, enum top_list list, int columns, int address)
{
	int left = columns + 1;	/* no blank follows the last one */

	*layout = (struct top_layout){ .width = { 0 } };
	add_ranks(layout, list, ALWAYS, FIRST, &left);
	widen(layout, TOP_REMOTE, address, &left);
	widen(layout, TOP_LOCAL, address, &left);
	add_ranks(layout, list, THEN, LAST, &left);
	widen(layout, TOP_PROCESS, PROCESS_MAX, &left);
}

/**
 * top_head() - what is a column called?
 * @column: the column
 *
 * Return: a constant string.
 */
const char *top_head(enum top_column column)
{
	return columns[column].head;
}

/**
 * top_needs_row() - does its cell come from the table?
 * @column: the column
 *
 * Return: whether it does, and table_row() must be called before top_cell().
 */
bool top_needs_row(enum top_column column)
{
	return columns[column].name;
}

/**
 * top_descends() - which end is looked at first?
 * @column: the column
 *
 * Return: whether it is the greatest.
 */
bool top_descends(enum top_column column)
{
	return column_is_right(columns[column].kind);
}

static void set_number(struct cell *cell, uint64_t value)
{
	cell->text = "";
	cell->number = (struct number){ .known = true, .value = value };
}

static void owner_cell(const struct look *look, const struct conn *conn, enum top_column column,
		       struct cell *cell)
{
	const struct owner *owner;
	size_t n;

	owner = look_owner(look, conn, &n);
	if (owner && column == TOP_PID)
		set_number(cell, (uint64_t)owner->pid);
	else if (owner)
		cell->text = owner->comm;
}

/**
 * top_cell() - what stands in a column?
 * @look: the look
 * @conn: the connection; if top_needs_row(), its row is the one that table_row() was
 *	asked for last
 * @column: the column
 * @cell: it
 */
void top_cell(const struct look *look, const struct conn *conn, enum top_column column,
	      struct cell *cell)
{
	size_t at;

	*cell = (struct cell){ .text = "-", .kind = columns[column].kind };
	switch (column) {
	case TOP_BUSY:
		set_number(cell, conn->in_rate + conn->out_rate);
		break;
	case TOP_IN:
		set_number(cell, conn->in_rate);
		break;
	case TOP_OUT:
		set_number(cell, conn->out_rate);
		break;
	case TOP_STILL:
		set_number(cell, (uint64_t)(look->time_ns - conn->still_ns) / NS_PER_MS);
		break;
	case TOP_WHY:
		cell->text = stall_text(conn->stall);
		break;
	case TOP_VERDICT:
		cell->text = conn->waiting ? conn->waiting->verdict_text : "-";
		break;
	case TOP_PID:
	case TOP_PROCESS:
		owner_cell(look, conn, column, cell);
		break;
	default:
		if (!table_find(&look->table, columns[column].name, &at) ||
		    !cell_parse(cell, cell->kind, look->table.cells[at]))
			*cell = (struct cell){ .text = "-", .kind = columns[column].kind };
	}
}

/* An address that is too long loses what is in its middle, but no part of a number. */
static void draw_address(const struct display *display, int row, int column, int width,
			 enum tint tint, const char *text)
{
	const char *cut = pen_glyph(display, GLYPH_CUT);
	const char *tail = strrchr(text, ']');
	int keep;

	if (!tail || (int)strlen(text) <= width) {
		pen_put(display, row, column, width, tint, "%s", text);
		return;
	}
	keep = width - (int)strlen(tail) - 1;
	while (keep > 1 && text[keep - 1] != ':')
		keep--;
	pen_put(display, row, column, width, tint, "%.*s%s%s", keep, text, cut, tail);
}

/* How well a span of time is known. */
static const char *exact_of(const struct look *look, const struct conn *conn,
			    enum top_column column)
{
	size_t at;

	if (column == TOP_STILL)
		return conn->still_least ? "min" : "yes";
	return table_find(&look->table, "exact", &at) ? look->table.cells[at] : "yes";
}

static void number_text(char text[AGE_SIZE], const struct look *look, const struct conn *conn,
			enum top_column column, const struct cell *cell)
{
	const uint64_t value = cell->number.value;

	if (column == TOP_PID)
		snprintf(text, AGE_SIZE, "%" PRIu64, value);
	else if (cell->kind == COLUMN_MS)
		text_age_exact(text, value, exact_of(look, conn, column));
	else if (cell->kind == COLUMN_US)
		text_time_us(text, value);
	else
		text_short(text, value);
}

static enum tint tint_of(enum top_column column, const struct conn *conn,
			 const struct cell *cell)
{
	if (column == TOP_WHY)
		return TINT_BAD;
	if (column == TOP_STATE && conn->waiting)
		return TINT_WARN;
	if (column_is_right(cell->kind) && !cell->number.value)
		return TINT_DIM;
	return TINT_NONE;
}

/**
 * top_draw_conn() - draw a connection
 * @display: the terminal
 * @layout: the columns
 * @row: in this line
 * @look: the look
 * @conn: the connection
 * @chosen: the next key is about it
 */
void top_draw_conn(const struct display *display, const struct top_layout *layout, int row,
		   const struct look *look, const struct conn *conn, bool chosen)
{
	int x = 0;

	table_row(&look->table, conn->row);
	if (chosen)
		pen_repeat(display, row, 0, display->columns, TINT_CHOSEN, " ");
	for (enum top_column i = 0; i < TOP_COLUMNS; i++) {
		const int width = layout->width[i];
		char text[AGE_SIZE];
		struct cell cell;
		enum tint tint;

		if (!width)
			continue;
		top_cell(look, conn, i, &cell);
		tint = chosen ? TINT_CHOSEN : tint_of(i, conn, &cell);
		if (cell.number.known) {
			number_text(text, look, conn, i, &cell);
			pen_right(display, row, x, width, tint, "%s", text);
		} else if (column_is_right(cell.kind)) {
			pen_right(display, row, x, width, tint, "%s", cell.text);
		} else if (cell.kind == COLUMN_ADDR) {
			draw_address(display, row, x, width, tint, cell.text);
		} else {
			pen_put(display, row, x, width, tint, "%s", cell.text);
		}
		x += width + 1;
	}
}

static bool is_sorted_by(enum top_column column, enum top_column sort)
{
	return column == sort || (sort == TOP_BUSY && (column == TOP_IN || column == TOP_OUT));
}

/**
 * top_draw_heads() - draw the names of the columns
 * @display: the terminal
 * @layout: the columns
 * @row: in this line
 * @title: what the list is called; it stands for the name of the first column
 * @here: the keys go to this list
 * @sort: the column that it is sorted by
 * @descending: the greatest first
 */
void top_draw_heads(const struct display *display, const struct top_layout *layout, int row,
		    const char *title, bool here, enum top_column sort, bool descending)
{
	const char *arrow = pen_glyph(display, descending ? GLYPH_DOWN : GLYPH_UP);
	const enum tint tint = here ? TINT_BAR : TINT_HEAD;
	bool first = true;
	int x = 0;

	if (here)
		pen_repeat(display, row, 0, display->columns, tint, " ");
	for (enum top_column i = 0; i < TOP_COLUMNS; i++) {
		const char *head = first ? title : columns[i].head;
		const int width = layout->width[i];
		const bool right = column_is_right(columns[i].kind);

		if (!width)
			continue;
		if (right)
			pen_right(display, row, x, width, tint, "%s", head);
		else
			pen_put(display, row, x, width, tint, "%s", head);
		if (is_sorted_by(i, sort) && !right)
			pen_put(display, row, x + (int)strlen(head), 1, tint, "%s", arrow);
		else if (is_sorted_by(i, sort))
			pen_put(display, row, x + width - (int)strlen(head) - 1, 1, tint, "%s",
				arrow);
		x += width + 1;
		first = false;
	}
}
