// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "holder_text.h"
#include "top/holders.h"

enum {
	PID,
	NAME,
	SOCKETS,
	STUCK,
	OLDEST,
	FDS,
	FULL_IN,
	VERDICTS,
	COLUMNS
};

/* @wide: only on screens of at least so many columns. */
static const struct {
	const char *head;
	int width;
	int wide;
	bool right;
} columns[COLUMNS] = {
	[PID] = { "pid", 9, 0, true },
	[NAME] = { "CLOSE_WAIT by", 15, 0, false },
	[SOCKETS] = { "sockets", 7, 0, true },
	[STUCK] = { "stuck", 6, 0, true },
	[OLDEST] = { "oldest", 8, 0, true },
	[FDS] = { "fds", 15, 100, true },
	[FULL_IN] = { "full in", 9, 112, true },
	[VERDICTS] = { "verdicts", 0, 0, false },
};

/**
 * holders_id() - what tells one from the others?
 * @list: a struct holders
 * @row: which of them
 *
 * Return: that.
 */
uint64_t holders_id(const void *list, size_t row)
{
	const struct holder *holder = &((const struct holders *)list)->list[row];
	const uint64_t kind = (uint64_t)holder->kind << 60;

	switch (holder->kind) {
	case HOLDER_PROCESS:
		return kind | (uint64_t)holder->owner->pid;
	case HOLDER_LISTENER:
		return kind | (holder->listener ? holder->listener->inode : 0) << 16 |
		       holder->local.port;
	default:
		return kind | holder->uid.value;
	}
}

/**
 * holders_filter() - a filter that finds its sockets
 * @holder: the process, or what else it is
 * @text: where to
 * @size: how much there is room for
 *
 * Return: false if no filter does.
 */
bool holders_filter(const struct holder *holder, char *text, size_t size)
{
	switch (holder->kind) {
	case HOLDER_PROCESS:
		snprintf(text, size, "state=CLOSE_WAIT pid=%s", holder->owner->pid_text);
		return true;
	case HOLDER_LISTENER:
		snprintf(text, size, "verdict=unaccepted local=:%u", holder->local.port);
		return true;
	default:
		return false;
	}
}

/* Returns @text, in which there is room for any of them. */
static const char *cell_of(const struct holder *holder, unsigned int column,
			   char text[TALLY_TEXT])
{
	const struct tally *tally = &holder->tally;

	switch (column) {
	case PID:
		return holder_pid_text(text, holder);
	case NAME:
		return holder_name_text(text, holder);
	case SOCKETS:
		snprintf(text, TALLY_TEXT, "%zu", tally->sockets);
		return text;
	case STUCK:
		snprintf(text, TALLY_TEXT, "%zu", tally->stuck);
		return text;
	case OLDEST:
		return text_age_exact(text, tally->oldest.ms, tally->oldest.exact);
	case FDS:
		return holder_used_text(text, holder);
	case FULL_IN:
		return holder_full_text(text, holder);
	default:
		return tally_text(text, tally);
	}
}

static enum tint tint_of(const struct holder *holder, unsigned int column)
{
	if (column == STUCK || column == SOCKETS || column == OLDEST)
		return holder->tally.stuck ? TINT_BAD : TINT_NONE;
	return TINT_NONE;
}

/* A cell at @x; returns where the next one is. */
static int draw_cell(const struct display *display, int row, int x, unsigned int column,
		     enum tint tint, const char *text)
{
	const int width = columns[column].width ? columns[column].width : display->columns - x;

	if (columns[column].right)
		pen_right(display, row, x, width, tint, "%s", text);
	else
		pen_put(display, row, x, width, tint, "%s", text);
	return x + width + 1;
}

/**
 * holders_draw_heads() - draw the names of the columns
 * @display: the terminal
 * @row: in this line
 * @here: the keys go to this pane
 */
void holders_draw_heads(const struct display *display, int row, bool here)
{
	const enum tint tint = here ? TINT_BAR : TINT_HEAD;
	int x = 0;

	if (here)
		pen_repeat(display, row, 0, display->columns, tint, " ");
	for (unsigned int i = 0; i < COLUMNS; i++)
		if (display->columns >= columns[i].wide)
			x = draw_cell(display, row, x, i, tint, columns[i].head);
}

/**
 * holders_draw() - draw one of them
 * @display: the terminal
 * @row: in this line
 * @holder: which
 * @chosen: the next key is about it
 */
void holders_draw(const struct display *display, int row, const struct holder *holder,
		  bool chosen)
{
	int x = 0;

	if (chosen)
		pen_repeat(display, row, 0, display->columns, TINT_CHOSEN, " ");
	for (unsigned int i = 0; i < COLUMNS; i++) {
		char text[TALLY_TEXT];

		if (display->columns < columns[i].wide)
			continue;
		x = draw_cell(display, row, x, i, chosen ? TINT_CHOSEN : tint_of(holder, i),
			      cell_of(holder, i, text));
	}
}
