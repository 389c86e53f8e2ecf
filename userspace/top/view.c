// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "top/holders.h"
#include "top/top.h"

enum {
	WIDTH_MIN = 60,
	ROWS_MIN = 12,
	HIGH = 30,		/* from here on there is room for more than one sentence */
	SENTENCES_MAX = 3,
	PULSES_A_ROW = 2,
	PULSE_ROWS = PULSE_LINES / PULSES_A_ROW,
	LABEL = 12,
	COUNT = 8,
	FAULT_ROWS = 2,
	SHARE_MIN = 3,
};

/**
 * struct plan - which lines of the screen are whose
 * @sentences: how many say what is wrong
 * @pulses: how many say how many connections there are
 * @heads: where each pane begins
 */
struct plan {
	int sentences;
	int pulses;
	int heads[PANES];
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int sentences(const struct top *top)
{
	const int n = (int)top->look.problems.n;

	if (top->fault.status)
		return FAULT_ROWS;
	if (n < 2 || top->display.rows < HIGH)
		return 1;
	return least(n, SENTENCES_MAX);
}

static size_t least_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The panes of what is wrong have some room each even if nothing is, so that little jumps
 * when something is; no more than a quarter, unless one is in it. The connections have
 * the rest.
 */
static void share_rows(struct top *top, int rows)
{
	int *mine = top->rows;
	int left = rows;

	for (enum pane pane = 0; pane < PANE_CONNECTIONS; pane++) {
		const int most = pane == top->pane ? rows / 2 : (rows + 1 - (int)pane) / 4;
		const int need = (int)least_size(top_pane_rows(top, pane), (size_t)rows) + 1;

		mine[pane] = least(most, need > SHARE_MIN ? need : SHARE_MIN);
		if (!mine[pane])
			mine[pane] = 1;
		left -= mine[pane];
	}
	mine[PANE_CONNECTIONS] = left;
}

static struct plan make_plan(struct top *top)
{
	struct plan plan = { .sentences = sentences(top) };
	int row = 1 + plan.sentences;
	int left = top->display.rows - row - 1 - PANES;

	plan.pulses = least(PULSE_ROWS, left / 2 - 1);
	if (plan.pulses < 0)
		plan.pulses = 0;
	share_rows(top, left - plan.pulses);
	row += plan.pulses;
	for (enum pane pane = 0; pane < PANES; pane++) {
		plan.heads[pane] = row;
		row += 1 + top->rows[pane];
	}
	return plan;
}

static bool too_small(const struct display *display)
{
	return display->rows < ROWS_MIN || display->columns < WIDTH_MIN;
}

/**
 * view_measure() - find out how much of each pane is seen
 * @top: its rows are set
 */
void view_measure(struct top *top)
{
	if (too_small(&top->display))
		memset(top->rows, 0, sizeof(top->rows));
	else
		make_plan(top);
}

/**
 * view_title() - draw the first line
 * @top: the screen
 * @title: what is below it
 */
void view_title(const struct top *top, const char *title)
{
	const struct display *display = &top->display;
	const double delay = (double)top->delay_ns / 1e9;
	char clock[CLOCK_SIZE], cost[AGE_SIZE], right[80];
	int width;

	top_clock(clock, top);
	text_time_us(cost, (uint64_t)top->look.cost_ns / 1000);
	if (top->frozen)
		snprintf(right, sizeof(right), "FROZEN at %s ", clock);
	else
		snprintf(right, sizeof(right), "every %.3gs, read in %6s  %s ", delay, cost, clock);
	width = display->columns - (int)strlen(right) - 1;
	pen_repeat(display, 0, 0, display->columns, TINT_BAR, " ");
	pen_put(display, 0, 0, width, TINT_BAR, " %s", title);
	pen_right(display, 0, width, display->columns - width, TINT_BAR, "%s", right);
}

static void draw_title(const struct top *top)
{
	char title[NETNS_TITLE_SIZE + sizeof(struct utsname)];
	struct utsname host;

	if (uname(&host))
		*host.nodename = '\0';
	if (top->options->netns)
		snprintf(title, sizeof(title), "tcpwatch top  %s  netns %s", host.nodename,
			 top->options->netns);
	else
		snprintf(title, sizeof(title), "tcpwatch top  %s", host.nodename);
	view_title(top, title);
}

static void draw_sentences(const struct top *top, int rows)
{
	const struct display *display = &top->display;
	const struct problems *problems = &top->look.problems;
	const int more = (int)problems->n - rows;
	const int width = display->columns - (more > 0 ? 8 : 0);

	if (top->fault.status) {
		pen_wrap(display, 1, 0, display->columns, rows, TINT_BAD, top->fault.text);
		return;
	}
	if (!problems->n)
		pen_put(display, 1, 0, width, TINT_GOOD, "Nothing is wrong now.");
	for (int i = 0; i < (int)problems->n && i < rows; i++)
		pen_put(display, 1 + i, 0, width, problems->list[i].bad ? TINT_BAD : TINT_WARN,
			"%s", problems->list[i].text);
	if (more > 0)
		pen_right(display, rows, width, 8, TINT_DIM, "+%d more", more);
}

static enum tint pulse_tint(enum pulse_line line, const struct top *top)
{
	if (line == PULSE_CLOSE_WAIT && top->look.holders.total.stuck)
		return TINT_BAD;
	return TINT_NONE;
}

static void draw_pulses(const struct top *top, int row, int rows)
{
	const struct display *display = &top->display;
	const int width = (display->columns - 2 * (PULSES_A_ROW - 1)) / PULSES_A_ROW;

	for (int i = 0; i < rows * PULSES_A_ROW; i++) {
		const int x = (i % PULSES_A_ROW) * (width + 2);
		const int y = row + i / PULSES_A_ROW;
		const enum tint tint = pulse_tint(i, top);
		const struct history *history = &top->pulse.lines[i];
		char text[PULSE_TEXT];

		pulse_text(text, &top->pulse, i);
		pen_put(display, y, x, LABEL, TINT_HEAD, "%s", pulse_label(i));
		pen_right(display, y, x + LABEL, COUNT, tint, "%s", text);
		if (history_most(history, HISTORY_SIZE))
			pen_history(display, y, x + LABEL + COUNT + 1, width - LABEL - COUNT - 1,
				    tint == TINT_NONE ? TINT_FLIGHT : tint, history);
	}
}

static void draw_footer(const struct top *top)
{
	static const char keys[] =
		"q quit  h help  Tab pane  Enter open  s sort  r reverse  / filter  f freeze";
	const struct display *display = &top->display;
	const int row = display->rows - 1;
	int x = 0;

	if (*top->prompt.used)
		x = pen_put(display, row, 0, display->columns * 2 / 3, TINT_WARN,
			    "Filter: %s  ", top->prompt.used);
	pen_put(display, row, x, display->columns - x, TINT_DIM, "%s",
		x ? "Esc drops it  h help  q quit" : keys);
}

static int longest_address(const struct top *top, enum top_list list, int rows)
{
	const struct choice *choice = &top->choices[list];
	const size_t first = top->cursors[PANE_STALLED + list].first;
	int longest = 0;

	for (size_t i = first; i < choice->n && i < first + (size_t)rows; i++) {
		struct cell cell;

		table_row(&top->look.table, choice->list[i].conn->row);
		for (enum top_column end = TOP_LOCAL; end <= TOP_REMOTE; end++) {
			top_cell(&top->look, choice->list[i].conn, end, &cell);
			if ((int)strlen(cell.text) > longest)
				longest = (int)strlen(cell.text);
		}
	}
	return longest;
}

static void draw_none(const struct top *top, int row, const char *text)
{
	pen_put(&top->display, row, 0, top->display.columns, TINT_DIM, "%s", text);
}

static const char *none_text(const struct top *top, enum top_list list)
{
	if (list != TOP_STALLED)
		return "none";
	return *top->prompt.used ? "none that fits the filter" :
				   "none: wherever data waits, some of it moves";
}

static void draw_list(const struct top *top, enum top_list list, int head)
{
	const enum pane pane = PANE_STALLED + list;
	const struct choice *choice = &top->choices[list];
	const struct cursor *cursor = &top->cursors[pane];
	const int rows = top->rows[pane];
	const bool here = top->pane == pane;
	struct top_layout layout;
	char title[64];

	if (list == TOP_CONNECTIONS && *top->prompt.used)
		snprintf(title, sizeof(title), "Found: %zu of %zu", choice->n, top->look.n);
	else
		snprintf(title, sizeof(title), "%s: %zu",
			 list == TOP_STALLED ? "Stalled" : "Connections", choice->n);
	top_layout(&layout, list, top->display.columns, longest_address(top, list, rows));
	top_draw_heads(&top->display, &layout, head, title, here,
		       list == TOP_STALLED ? TOP_STILL : top->sort,
		       list == TOP_STALLED || top->descending);
	if (!choice->n)
		draw_none(top, head + 1, none_text(top, list));
	for (int i = 0; i < rows && cursor->first + (size_t)i < choice->n; i++) {
		const size_t at = cursor->first + (size_t)i;

		top_draw_conn(&top->display, &layout, head + 1 + i, &top->look,
			      choice->list[at].conn, here && at == cursor->at);
	}
}

static void draw_holders(const struct top *top, int head)
{
	const struct holders *holders = &top->look.holders;
	const struct cursor *cursor = &top->cursors[PANE_HOLDERS];
	const bool here = top->pane == PANE_HOLDERS;

	holders_draw_heads(&top->display, head, here);
	if (!holders->n)
		draw_none(top, head + 1, "none: no socket is in CLOSE_WAIT");
	for (int i = 0; i < top->rows[PANE_HOLDERS]; i++) {
		const size_t at = cursor->first + (size_t)i;

		if (at < holders->n)
			holders_draw(&top->display, head + 1 + i, &holders->list[at],
				     here && at == cursor->at);
	}
}

static void draw_main(struct top *top)
{
	const struct plan plan = make_plan(top);

	draw_title(top);
	draw_sentences(top, plan.sentences);
	draw_pulses(top, 1 + plan.sentences, plan.pulses);
	draw_holders(top, plan.heads[PANE_HOLDERS]);
	draw_list(top, TOP_STALLED, plan.heads[PANE_STALLED]);
	draw_list(top, TOP_CONNECTIONS, plan.heads[PANE_CONNECTIONS]);
	draw_footer(top);
}

/**
 * view_draw() - draw everything
 * @top: the screen
 */
void view_draw(struct top *top)
{
	struct display *display = &top->display;

	screen_erase(display);
	if (too_small(display)) {
		pen_put(display, 0, 0, display->columns, TINT_NONE, "at least %dx%d, please",
			WIDTH_MIN, ROWS_MIN);
		pen_put(display, 1, 0, display->columns, TINT_NONE, "(now %dx%d)",
			display->columns, display->rows);
	} else if (top->help) {
		help_draw(top);
	} else if (top->detail.open) {
		detail_draw(top);
	} else {
		draw_main(top);
		if (top->prompt.open)
			prompt_draw(display, &top->prompt);
	}
	screen_show(display);
}
