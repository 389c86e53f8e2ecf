// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "outlet.h"
#include "watch.h"

#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\033[J"
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"

/**
 * struct screen - where pages appear
 * @outlet: stdout; a terminal is drawn anew each time, else pages follow each other
 * @drawn: something is on it
 * @ended: nobody reads any more
 * @error: errno of the first piece that could not be written, 0 if none
 */
struct screen {
	struct outlet outlet;
	bool drawn;
	bool ended;
	int error;
};

enum {
	PIECE_BYTES = 1 << 16,
};

static size_t terminal_lines(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 2)
		return SIZE_MAX;
	return size.ws_row - 1U;
}

static bool put(const struct screen *screen, const char *text)
{
	return outlet_put(&screen->outlet, text, strlen(text));
}

/*
 * Over the page before, line by line, so that nothing flickers; what does not fit
 * the terminal is cut off, so that the top stays where it is.
 */
static bool redraw(struct screen *screen, const char *text, size_t size)
{
	size_t lines = terminal_lines();

	if (!screen->drawn && !put(screen, WRAP_OFF))
		return false;
	screen->drawn = true;
	if (!put(screen, HOME))
		return false;
	while (size && lines--) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		if (!outlet_put(&screen->outlet, text, length) || !put(screen, CLEAR_LINE "\n"))
			return false;
		text += length + !!end;
		size -= length + !!end;
	}
	return put(screen, CLEAR_BELOW);
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
static enum status write_failed(struct screen *screen, const struct options *options,
				struct fault *fault)
{
	if (options->watch > 0 && errno == EPIPE) {
		screen->ended = true;
		return STATUS_OK;
	}
	return fault_set(fault, STATUS_FAILED, "cannot write the answer: %s", strerror(errno));
}

static enum status show(struct screen *screen, const struct options *options, const char *text,
			size_t size, struct fault *fault)
{
	bool written;

	if (screen->outlet.tty && options->watch > 0)
		written = redraw(screen, text, size);
	else
		written = outlet_put(&screen->outlet, text, size);
	return written ? STATUS_OK : write_failed(screen, options, fault);
}

static enum status look_at_page(struct screen *screen, const struct options *options, look_fn look,
				void *arg, enum status *answer, struct fault *fault)
{
	struct page page = { .color = outlet_color(&screen->outlet, options) };
	enum status status;
	char *text = NULL;
	size_t size = 0;
	bool failed;

	page.file = open_memstream(&text, &size);
	if (!page.file)
		return fault_memory(fault);
	if (options->watch > 0)
		stamp(&page);
	status = look(arg, options, &page, answer, fault);
	failed = ferror(page.file);
	/* A stream into memory fails for one reason. */
	if ((fclose(page.file) || failed) && !status)
		status = fault_memory(fault);
	if (!status)
		status = show(screen, options, text, size, fault);
	free(text);
	return status;
}

static ssize_t put_piece(void *cookie, const char *text, size_t size)
{
	struct screen *screen = cookie;

	if (screen->error)
		return 0;
	if (outlet_put(&screen->outlet, text, size))
		return (ssize_t)size;
	screen->error = errno;
	return 0;
}

/*
 * A document is written as it is made: that of a million connections is larger than their table,
 * and the server may be short of memory. What there is to read has been read by then, so that
 * nothing but memory can be wanting in the middle of it.
 */
static enum status look_at_document(struct screen *screen, const struct options *options,
				    look_fn look, void *arg, enum status *answer,
				    struct fault *fault)
{
	static const cookie_io_functions_t pieces = { .write = put_piece };
	struct page page = { .file = fopencookie(screen, "w", pieces) };
	enum status status;

	if (!page.file)
		return fault_memory(fault);
	setvbuf(page.file, NULL, _IOFBF, PIECE_BYTES);
	status = look(arg, options, &page, answer, fault);
	fclose(page.file);
	if (!screen->error || status)
		return status;
	errno = screen->error;
	return write_failed(screen, options, fault);
}

static enum status look_once(struct screen *screen, const struct options *options, look_fn look,
			     void *arg, enum status *answer, struct fault *fault)
{
	*answer = STATUS_OK;
	if (options->json)
		return look_at_document(screen, options, look, arg, answer, fault);
	return look_at_page(screen, options, look, arg, answer, fault);
}

/* Ctrl-Z: the shell has its terminal as it was, and whatever it leaves there is drawn over. */
static void stop(struct screen *screen)
{
	if (screen->drawn)
		put(screen, WRAP_ON);
	screen->drawn = false;
	outlet_stop();
}

static bool wait_next(struct screen *screen, double seconds)
{
	if (screen->ended ||
	    outlet_wait(&screen->outlet, -1, (int64_t)(seconds * 1e9)) != OUTLET_TIME)
		return false;
	if (outlet_stop_asked())
		stop(screen);
	return true;
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
	struct screen screen = { .drawn = false };
	enum status answer = STATUS_OK;
	enum status status;
	struct fault fault;

	outlet_open(&screen.outlet);
	if (options->watch > 0)
		outlet_catch(&screen.outlet);
	if (options->watch > 0 && screen.outlet.tty)
		outlet_catch_stop(&screen.outlet);
	do {
		status = look_once(&screen, options, look, arg, &answer, &fault);
	} while (!status && options->watch > 0 && wait_next(&screen, options->watch));
	if (screen.drawn)
		put(&screen, WRAP_ON);
	if (!status)
		return answer;
	fault_print(&fault);
	return status;
}
