// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "watch.h"

#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"

/**
 * struct screen - where pages appear
 * @tty: a terminal, which is drawn anew each time; else pages follow each other
 * @drawn: something is on it
 * @waiting: the signals to have while waiting, and at no other time
 */
struct screen {
	bool tty;
	bool drawn;
	sigset_t waiting;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/*
 * The signals that end a watch arrive only in ppoll(): a page is whole or not
 * there, and none is lost between a test and the wait.
 */
static void catch_signals(struct screen *screen)
{
	static const int ends[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = interrupt };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		sigaddset(&block, ends[i]);
		sigaction(ends[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &block, &screen->waiting);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigdelset(&screen->waiting, ends[i]);
}

static bool want_color(const struct options *options, bool tty)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || options->json || options->color == WHEN_NEVER)
		return false;
	return tty || options->color == WHEN_ALWAYS;
}

static bool put(const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(STDOUT_FILENO, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		text += written;
		size -= (size_t)written;
	}
	return true;
}

static size_t terminal_lines(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 2)
		return SIZE_MAX;
	return size.ws_row - 1U;
}

/*
 * Over the page before, line by line, so that nothing flickers; what does not fit
 * the terminal is cut off, so that the top stays where it is.
 */
static bool redraw(struct screen *screen, const char *text, size_t size)
{
	size_t lines = terminal_lines();

	if (!screen->drawn && !put(WRAP_OFF, strlen(WRAP_OFF)))
		return false;
	screen->drawn = true;
	if (!put(HOME, strlen(HOME)))
		return false;
	while (size && lines--) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		if (!put(text, length) || !put(CLEAR_LINE "\n", strlen(CLEAR_LINE "\n")))
			return false;
		text += length + !!end;
		size -= length + !!end;
	}
	return put(CLEAR_BELOW, strlen(CLEAR_BELOW));
}

static void stamp(const struct page *page)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[64];

	if (localtime_r(&now, &tm) && strftime(text, sizeof(text), "%F %T", &tm))
		text_paint(page, PAINT_HEAD, "%s\n", text);
}

/* That nobody reads any more is how a watch in a pipe ends. */
static enum status write_failed(const struct options *options, struct fault *fault)
{
	if (options->watch > 0 && errno == EPIPE) {
		interrupted = 1;
		return STATUS_OK;
	}
	return fault_set(fault, STATUS_FAILED, "cannot write the answer: %s", strerror(errno));
}

static enum status show(struct screen *screen, const struct options *options, const char *text,
			size_t size, struct fault *fault)
{
	bool written;

	if (screen->tty && options->watch > 0 && !options->json)
		written = redraw(screen, text, size);
	else
		written = put(text, size);
	return written ? STATUS_OK : write_failed(options, fault);
}

static enum status look_once(struct screen *screen, const struct options *options, look_fn look,
			     void *arg, enum status *answer, struct fault *fault)
{
	struct page page = { .color = want_color(options, screen->tty) };
	enum status status;
	char *text = NULL;
	size_t size = 0;

	page.file = open_memstream(&text, &size);
	if (!page.file)
		return fault_memory(fault);
	if (options->watch > 0 && !options->json)
		stamp(&page);
	*answer = STATUS_OK;
	status = look(arg, options, &page, answer, fault);
	/* A stream into memory fails for one reason. */
	if ((ferror(page.file) | fclose(page.file)) && !status)
		status = fault_memory(fault);
	if (!status)
		status = show(screen, options, text, size, fault);
	free(text);
	return status;
}

/* Returns false when it is time to end: a signal came, or nobody reads any more. */
static bool wait_next(const struct screen *screen, double seconds)
{
	struct pollfd out = { .fd = STDOUT_FILENO };
	struct timespec wait = { .tv_sec = (time_t)seconds };

	wait.tv_nsec = (long)((seconds - (double)wait.tv_sec) * 1e9);
	return !interrupted && !ppoll(&out, 1, &wait, &screen->waiting);
}

/**
 * watch_run() - show a page, once or again and again
 * @options: says which
 * @look: makes the page
 * @arg: for @look
 *
 * Tells the user what went wrong, if something did. A watch ends well when a signal
 * asks for it or its reader goes away; then the last page counts.
 *
 * Return: the program's exit status.
 */
enum status watch_run(const struct options *options, look_fn look, void *arg)
{
	struct screen screen = { .tty = isatty(STDOUT_FILENO) };
	enum status answer = STATUS_OK;
	enum status status;
	struct fault fault;

	if (options->watch > 0)
		catch_signals(&screen);
	do {
		status = look_once(&screen, options, look, arg, &answer, &fault);
	} while (!status && options->watch > 0 && wait_next(&screen, options->watch));
	if (screen.drawn)
		put(WRAP_ON, strlen(WRAP_ON));
	if (!status)
		return answer;
	fault_print(&fault);
	return status;
}
