// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "top/holders.h"
#include "top/top.h"

enum { DELAY = OPTION_OF_COMMAND };

static const double delay_default = 1;
static const double delay_min = 0.1;
static const double delay_max = 3600;
static const int64_t frame_ns = 100 * 1000 * 1000;	/* of a window that moves */

static const struct argp_option argp_options[] = {
	{ "delay", DELAY, "SECONDS", 0, "from one look to the next: 1, or as given", 1 },
	{ 0 },
};

static const char about[] =
	"The live screen: how many connections are in each state, and how that has\n"
	"been; who leaves sockets in CLOSE_WAIT; which connections are stalled, and\n"
	"why; which are the busiest. Press h for the keys, q to quit.\n"
	"\vTakes a terminal. As root it knows the processes of all users, and shows\n"
	"what happens to a connection that you open.";

static void take_delay(struct top *top, const char *text, struct argp_state *state)
{
	char *end;
	double delay = strtod(text, &end);

	if (end == text || *end || !isfinite(delay) || delay < delay_min || delay > delay_max)
		argp_error(state, "--delay %.64s: SECONDS is a number from %.1f to %.0f", text,
			   delay_min, delay_max);
	top->delay_ns = (int64_t)(delay * 1e9);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct top *top = state->input;

	switch (key) {
	case DELAY:
		take_delay(top, arg, state);
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': top takes only options; press / for a filter", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.options = argp_options,
		.parser = parse,
		.doc = about,
	},
	.refuses = {
		[OPTION_JSON] =
			"a screen has none; tcpwatch, list, leaks and events have, also with --watch",
		[OPTION_WATCH] = "a screen looks again by itself; --delay is how often",
		[OPTION_ALL_NETNS] =
			"a screen is of one namespace; --netns NAME or PID says of which; tcpwatch --all-netns --watch shows all",
		[OPTION_FROM] = "a saved copy does not change; tcpwatch, list and leaks show it",
	},
};

/**
 * top_clock() - when was the latest look?
 * @text: where to
 * @top: the screen
 *
 * Return: @text.
 */
const char *top_clock(char text[CLOCK_SIZE], const struct top *top)
{
	char time[MOMENT_SIZE];

	moment_text(time, &top->moments, (uint64_t)top->look.time_ns);
	snprintf(text, CLOCK_SIZE, "%.8s", time);
	return text;
}

/**
 * top_pane_rows() - how many rows does a pane have, seen or not?
 * @top: the screen
 * @pane: which
 *
 * Return: the number.
 */
size_t top_pane_rows(const struct top *top, enum pane pane)
{
	if (pane == PANE_HOLDERS)
		return top->look.holders.n;
	return top->choices[pane - PANE_STALLED].n;
}

static uint64_t choice_id(const void *list, size_t row)
{
	return ((const struct choice *)list)->list[row].conn->id;
}

static const void *pane_list(const struct top *top, enum pane pane, cursor_id_fn *id)
{
	*id = pane == PANE_HOLDERS ? holders_id : choice_id;
	if (pane == PANE_HOLDERS)
		return &top->look.holders;
	return &top->choices[pane - PANE_STALLED];
}

static void scroll_all(struct top *top)
{
	view_measure(top);
	for (enum pane pane = 0; pane < PANES; pane++)
		cursor_scroll(&top->cursors[pane], top_pane_rows(top, pane),
			      (size_t)top->rows[pane]);
}

/* The lists, of the latest look, by the filter and the order in use. */
static enum status make_lists(struct top *top, struct fault *fault)
{
	struct choice *stalled = &top->choices[TOP_STALLED];
	struct choice *all = &top->choices[TOP_CONNECTIONS];
	const struct look *look = &top->look;

	choice_clear(stalled);
	choice_clear(all);
	for (size_t i = 0; i < look->n; i++) {
		const struct conn *conn = &look->conns[i];

		if (!choice_wants(look, conn, &top->prompt.filter))
			continue;
		if (choice_add(all, conn, fault) ||
		    (conn->stall && choice_add(stalled, conn, fault)))
			return fault->status;
	}
	choice_sort(stalled, look, TOP_STILL, true);
	choice_sort(all, look, top->sort, top->descending);
	for (enum pane pane = 0; pane < PANES; pane++) {
		cursor_id_fn id;
		const void *list = pane_list(top, pane, &id);

		cursor_find(&top->cursors[pane], list, top_pane_rows(top, pane), id);
	}
	return STATUS_OK;
}

static enum status look_again(struct top *top, struct fault *fault)
{
	const struct look *before = top->look.time_ns ? &top->look : NULL;
	struct look look = { .n = 0 };
	enum status status = STATUS_OK;

	/* A namespace whose module has gone, or come, is another folder. */
	if (!top->list.n || top->fault.status) {
		netns_close(&top->list);
		status = netns_open(&top->list, top->options, fault);
	}
	if (!status)
		status = look_read(&look, &top->list.ns[0], before, fault);
	if (status) {
		look_free(&look);
		return status;
	}
	pulse_add(&top->pulse, &look.summary, before ? &before->summary : NULL, look.since_ns);
	look_free(&top->look);
	top->look = look;
	moments_sync(&top->moments);
	status = make_lists(top, fault);
	detail_look(top);
	return status;
}

/* That it did not work is said on the screen, and the next time it may. */
static void look_once(struct top *top)
{
	struct fault fault = { .status = STATUS_OK };

	look_again(top, &fault);
	top->fault = fault;
}

static void remake_lists(struct top *top)
{
	struct fault fault;

	if (make_lists(top, &fault))
		top->fault = fault;
}

static void sort_by_next(struct top *top)
{
	struct top_layout layout;

	top_layout(&layout, TOP_CONNECTIONS, top->display.columns, 0);
	do {
		top->sort = (top->sort + 1) % TOP_COLUMNS;
	} while (top->sort != TOP_BUSY && !layout.width[top->sort]);
	top->descending = top_descends(top->sort);
}

static void open_chosen(struct top *top)
{
	const size_t at = top->cursors[top->pane].at;
	char text[PROMPT_SIZE];

	if (at >= top_pane_rows(top, top->pane))
		return;
	if (top->pane != PANE_HOLDERS) {
		detail_open(top, top->choices[top->pane - PANE_STALLED].list[at].conn);
	} else if (holders_filter(&top->look.holders.list[at], text, sizeof(text)) &&
		   prompt_set(&top->prompt, text)) {
		top->pane = PANE_CONNECTIONS;
		remake_lists(top);
	}
}

static void move(struct top *top, int key)
{
	struct cursor *cursor = &top->cursors[top->pane];
	const size_t n = top_pane_rows(top, top->pane);
	cursor_id_fn id;
	const void *list = pane_list(top, top->pane, &id);

	if (cursor_key(cursor, key, n, (size_t)top->rows[top->pane]))
		cursor_hold(cursor, list, n, id);
}

static void main_key(struct top *top, int key)
{
	switch (key) {
	case 's':
		sort_by_next(top);
		remake_lists(top);
		break;
	case 'r':
		top->descending = !top->descending;
		remake_lists(top);
		break;
	case '/':
		prompt_open(&top->prompt);
		break;
	case SCREEN_TAB:
		top->pane = (top->pane + 1) % PANES;
		break;
	case SCREEN_BACKTAB:
		top->pane = (top->pane + PANES - 1) % PANES;
		break;
	case SCREEN_ENTER:
	case SCREEN_RIGHT:
		open_chosen(top);
		break;
	case SCREEN_ESCAPE:
		if (prompt_set(&top->prompt, ""))
			remake_lists(top);
		break;
	default:
		move(top, key);
	}
}

/* Returns false to quit. */
static bool take_key(struct top *top, int key)
{
	if (top->prompt.open) {
		if (prompt_key(&top->prompt, key))
			remake_lists(top);
		return true;
	}
	if (top->help) {
		top->help = false;
		return true;
	}
	switch (key) {
	case 'q':
		return false;
	case 'h':
	case '?':
		top->help = true;
		break;
	case 'f':
	case ' ':
		top->frozen = !top->frozen;
		top->due_ns = moment_now_ns();
		break;
	default:
		if (!top->detail.open)
			main_key(top, key);
		else
			detail_key(top, key);
	}
	return true;
}

/*
 * Looks are @delay_ns apart, whatever they cost, as long as that leaves half of the time
 * for the rest of the machine.
 */
static void plan_next(struct top *top)
{
	const int64_t least_ns = moment_now_ns() + top->look.cost_ns;

	top->due_ns += top->delay_ns;
	if (top->due_ns < least_ns)
		top->due_ns = least_ns;
}

/* How long there is nothing to do, below 0 for ever. */
static int64_t rest_ns(const struct top *top)
{
	const int64_t left_ns = top->due_ns - moment_now_ns();

	if (top->frozen)
		return -1;
	if (top->detail.window.live && left_ns > frame_ns)
		return frame_ns;
	return left_ns > 0 ? left_ns : 0;
}

static void run(struct top *top)
{
	bool going = true;
	bool news = true;

	while (going) {
		int key;

		if (!top->frozen && moment_now_ns() >= top->due_ns) {
			look_once(top);
			plan_next(top);
			news = true;
		}
		if (!top->frozen)
			window_pane_pump(&top->detail.window);
		if (news) {
			scroll_all(top);
			view_draw(top);
		}
		news = true;
		switch (screen_wait(&top->display, detail_fd(top), rest_ns(top), &key)) {
		case SCREEN_KEY:
			going = take_key(top, key);
			break;
		case SCREEN_INPUT:
			/* Most of what happens is about other connections. */
			news = detail_read(top);
			break;
		case SCREEN_ENDED:
			going = false;
			break;
		default:
			break;
		}
	}
}

static void free_all(struct top *top)
{
	detail_close(&top->detail);
	look_free(&top->look);
	for (enum top_list list = 0; list < TOP_LISTS; list++)
		choice_free(&top->choices[list]);
	prompt_free(&top->prompt);
	netns_close(&top->list);
}

enum status top_main(struct options *options, int argc, char **argv)
{
	static struct top top;
	char name[] = "tcpwatch top";
	struct fault fault;
	enum status status;

	top = (struct top){
		.options = options,
		.delay_ns = (int64_t)(delay_default * 1e9),
		.sort = TOP_BUSY,
		.descending = true,
		.pane = PANE_CONNECTIONS,
	};
	argv[0] = name;
	options_parse(&usage, options, argc, argv, &top);
	/* What goes wrong at first goes wrong before the terminal is touched. */
	top.due_ns = moment_now_ns() + top.delay_ns;
	status = look_again(&top, &fault);
	if (!status)
		status = screen_open(&top.display, options, &fault);
	if (!status)
		run(&top);
	screen_close(&top.display);
	free_all(&top);
	if (status)
		fault_print(&fault);
	return status;
}
