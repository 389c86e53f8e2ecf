// SPDX-License-Identifier: GPL-2.0
#define NCURSES_NOMACROS

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "pen.h"
#include "screen.h"

enum {
	ESCAPE_MS = 100,	/* a lone Esc, and not the first byte of another key */
	CTRL_L = 'L' & 0x1f,
	CTRL_U = 'U' & 0x1f,
	ESC = 0x1b,
	DEL = 0x7f,
};

static const struct {
	int code;
	int key;
} keys[] = {
	{ KEY_UP, SCREEN_UP },
	{ KEY_DOWN, SCREEN_DOWN },
	{ KEY_LEFT, SCREEN_LEFT },
	{ KEY_RIGHT, SCREEN_RIGHT },
	{ KEY_PPAGE, SCREEN_PAGE_UP },
	{ KEY_NPAGE, SCREEN_PAGE_DOWN },
	{ KEY_HOME, SCREEN_HOME },
	{ KEY_END, SCREEN_END },
	{ KEY_ENTER, SCREEN_ENTER },
	{ '\n', SCREEN_ENTER },
	{ '\r', SCREEN_ENTER },
	{ '\t', SCREEN_TAB },
	{ KEY_BTAB, SCREEN_BACKTAB },
	{ ESC, SCREEN_ESCAPE },
	{ KEY_BACKSPACE, SCREEN_BACKSPACE },
	{ '\b', SCREEN_BACKSPACE },
	{ DEL, SCREEN_BACKSPACE },
	{ KEY_DC, SCREEN_DELETE },
	{ CTRL_U, SCREEN_ERASE_LINE },
	{ CTRL_L, SCREEN_REDRAW },
};

static void measure(struct display *display)
{
	display->rows = getmaxy(stdscr);
	display->columns = getmaxx(stdscr);
}

/*
 * The font of the kernel's own console lacks most of what is drawn, whatever encoding
 * it is told to have.
 */
static bool has_utf8(const char *term)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8") && strcmp(term, "linux") != 0;
}

static const char instead[] = "tcpwatch --watch=1 and tcpwatch list work everywhere";

static enum status check(const char *term, struct fault *fault)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return fault_set(fault, STATUS_USAGE,
				 "this needs a terminal, and std%s is none; %s",
				 isatty(STDIN_FILENO) ? "out" : "in", instead);
	if (!*term)
		return fault_set(fault, STATUS_USAGE,
				 "TERM is not set, so that it is not known what this terminal can do; %s",
				 instead);
	return STATUS_OK;
}

static enum status start(struct display *display, const char *term, struct fault *fault)
{
	use_tioctl(TRUE);
	display->handle = newterm(term, stdout, stdin);
	if (!display->handle)
		return fault_set(fault, STATUS_USAGE,
				 "nothing is known of a terminal called TERM=%.64s; set TERM to one that is, such as xterm or vt100; %s",
				 term, instead);
	/* Where a text cannot be put somewhere, there is nothing to draw on. */
	if (tigetstr("cup"))
		return STATUS_OK;
	screen_close(display);
	return fault_set(fault, STATUS_USAGE,
			 "a terminal that is TERM=%.64s only takes one line after the other; %s",
			 term, instead);
}

static void prepare(struct display *display, const char *term, const struct options *options)
{
	display->utf8 = has_utf8(term);
	display->color = outlet_color(&display->outlet, options) && has_colors();
	if (display->color)
		pen_colors();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	measure(display);
}

/* ---- Ctrl-Z */

/* Stop, with the terminal as it was before. What is drawn next is drawn as a whole. */
static void stop(void)
{
	endwin();
	outlet_stop();
	/* Of another size nobody told it meanwhile: ncurses shall look. */
	kill(getpid(), SIGWINCH);
}

/* ---- the terminal */

/**
 * screen_open() - take the terminal
 * @display: what to fill in; screen_close() it, unless this fails
 * @options: say whether colours are wanted
 * @fault: why this is no terminal to draw on, and what to do instead
 *
 * From here on SIGINT, SIGTERM and SIGHUP end a screen_wait(), and not the program; SIGTSTP
 * stops the program in one.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status screen_open(struct display *display, const struct options *options,
			struct fault *fault)
{
	const char *term = getenv("TERM");

	*display = (struct display){ .handle = NULL };
	if (!term)
		term = "";
	/* Only what is a character; numbers on the command line have a point everywhere. */
	setlocale(LC_CTYPE, "");
	if (check(term, fault))
		return fault->status;
	outlet_open(&display->outlet);
	/*
	 * Before ncurses looks, which handles those that nobody does. SIGTSTP it ignores while it
	 * draws, which forgets one that came before and is deferred (_nc_signal_handler()).
	 */
	outlet_catch(&display->outlet);
	outlet_catch_hangup(&display->outlet);
	outlet_defer(&display->outlet, SIGWINCH);
	outlet_catch_stop(&display->outlet);
	if (start(display, term, fault))
		return fault->status;
	prepare(display, term, options);
	return STATUS_OK;
}

/**
 * screen_close() - leave the terminal as it was
 * @display: the terminal, open or not
 */
void screen_close(struct display *display)
{
	if (!display->handle)
		return;
	endwin();
	delscreen(display->handle);
	display->handle = NULL;
}

static enum screen_event translate(struct display *display, int code, int *key)
{
	*key = SCREEN_NO_KEY;
	if (code == KEY_RESIZE) {
		measure(display);
		return SCREEN_SIZE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (code == keys[i].code)
			*key = keys[i].key;
	if (code >= ' ' && code < DEL)
		*key = code;
	if (*key != SCREEN_REDRAW)
		return SCREEN_KEY;
	redrawwin(stdscr);
	return SCREEN_SIZE;
}

/**
 * screen_wait() - wait for a key or something else to happen
 * @display: the terminal
 * @input: a file to read from, -1 for none
 * @wait_ns: for how long; below 0 for ever
 * @key: the key, SCREEN_NO_KEY if it is none that means anything
 *
 * Keys come before everything else: look at the clock whatever the answer is.
 *
 * Return: what has happened.
 */
enum screen_event screen_wait(struct display *display, int input, int64_t wait_ns, int *key)
{
	enum outlet_event event = OUTLET_INPUT;
	int code = wgetch(stdscr);

	if (code == ERR) {
		event = outlet_wait_two(&display->outlet, STDIN_FILENO, input, wait_ns);
		if (event == OUTLET_ENDED)
			return SCREEN_ENDED;
		if (outlet_stop_asked()) {
			stop();
			*key = SCREEN_NO_KEY;
			return SCREEN_SIZE;
		}
		code = wgetch(stdscr);
	}
	if (code != ERR)
		return translate(display, code, key);
	*key = SCREEN_NO_KEY;
	/* No key, though there is something: the terminal has gone, or it is not for us. */
	if (event == OUTLET_INPUT && input < 0)
		return SCREEN_ENDED;
	return event == OUTLET_INPUT ? SCREEN_INPUT : SCREEN_TIME;
}

/**
 * screen_erase() - begin to draw
 * @display: the terminal
 */
void screen_erase(struct display *display)
{
	(void)display;
	curs_set(0);
	werase(stdscr);
}

/**
 * screen_show() - show what was drawn
 * @display: the terminal
 *
 * A terminal that takes nothing just now, as after Ctrl-S, is not waited for: what has
 * come of it meanwhile is shown the next time.
 */
void screen_show(struct display *display)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	(void)display;
	wnoutrefresh(stdscr);
	if (poll(&out, 1, 0) > 0)
		doupdate();
}

/**
 * screen_cursor() - show where something is written
 * @display: the terminal, on which all is drawn
 * @row: its line
 * @column: its column
 */
void screen_cursor(struct display *display, int row, int column)
{
	if (row < 0 || row >= display->rows || column >= display->columns)
		return;
	wmove(stdscr, row, column);
	curs_set(1);
}
