// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "advice.h"
#include "array.h"
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

static void verdicts_text(const struct tally *tally, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS && used < size; verdict++)
		if (tally->verdicts[verdict])
			used += (size_t)snprintf(text + used, size - used, "%s%s %zu",
						 used ? ", " : "", tally_name(verdict),
						 tally->verdicts[verdict]);
}

static void name_text(const struct holder *holder, char *text, size_t size)
{
	if (holder->owner)
		snprintf(text, size, "%s", holder->owner->comm);
	else if (holder->kind == HOLDER_NONE)
		snprintf(text, size, "(the kernel)");
	else if (holder->kind == HOLDER_LISTENER)
		snprintf(text, size, "(listener)");
	else if (holder->uid.known)
		snprintf(text, size, "(uid %" PRIu64 ")", holder->uid.value);
	else
		snprintf(text, size, "(unseen)");
}

static void pid_text(const struct holder *holder, char *text, size_t size)
{
	if (!holder->owner)
		snprintf(text, size, "-");
	else if (holder->others)
		snprintf(text, size, "%s+%zu", holder->owner->pid_text, holder->others);
	else
		snprintf(text, size, "%s", holder->owner->pid_text);
}

/* What it has, of what it may have: descriptors, or places in the accept queue. */
static void used_text(const struct holder *holder, char *text, size_t size)
{
	const struct listener *listener = holder->listener;

	snprintf(text, size, "-");
	if (holder->kind == HOLDER_PROCESS && holder->owner->fd_limit.known)
		snprintf(text, size, "%zu/%" PRIu64, holder->owner->fds,
			 holder->owner->fd_limit.value);
	else if (listener && listener->accept_queue.known && listener->backlog.known)
		snprintf(text, size, "%" PRIu64 "/%" PRIu64, listener->accept_queue.value,
			 listener->backlog.value);
}

static void full_text(const struct holder *holder, char *text, size_t size)
{
	char age[AGE_SIZE];
	uint64_t ms;

	if (holder_full_in(holder, &ms))
		snprintf(text, size, "%s", ms ? text_age(age, ms) : "now");
	else
		snprintf(text, size, "%s",
			 holder->growth.known && holder->growth.per_hour <= 0 ? "no growth" : "-");
}

static void cell_of(const struct holder *holder, unsigned int column, char *text, size_t size)
{
	const struct tally *tally = &holder->tally;
	char age[AGE_SIZE];

	switch (column) {
	case PID:
		pid_text(holder, text, size);
		break;
	case NAME:
		name_text(holder, text, size);
		break;
	case SOCKETS:
		snprintf(text, size, "%zu", tally->sockets);
		break;
	case STUCK:
		snprintf(text, size, "%zu", tally->stuck);
		break;
	case OLDEST:
		snprintf(text, size, "%s",
			 text_age_exact(age, tally->oldest_ms, tally->oldest_exact));
		break;
	case FDS:
		used_text(holder, text, size);
		break;
	case FULL_IN:
		full_text(holder, text, size);
		break;
	default:
		verdicts_text(tally, text, size);
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
		char text[VERDICT_COUNTS * 40];

		if (display->columns < columns[i].wide)
			continue;
		cell_of(holder, i, text, sizeof(text));
		x = draw_cell(display, row, x, i, chosen ? TINT_CHOSEN : tint_of(holder, i),
			      text);
	}
}
