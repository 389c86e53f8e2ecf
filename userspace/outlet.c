// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "outlet.h"

enum {
	NS_PER_S = 1000 * 1000 * 1000,
	GRACE_S = 1,	/* for who reads to take what is written, after a signal */
};

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t stop_asked;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void ask_to_stop(int signal)
{
	(void)signal;
	stop_asked = 1;
}

/**
 * outlet_open() - look at stdout
 * @outlet: what to fill in
 */
void outlet_open(struct outlet *outlet)
{
	outlet->tty = isatty(STDOUT_FILENO);
	sigprocmask(SIG_BLOCK, NULL, &outlet->waiting);
}

/**
 * outlet_catch() - let SIGINT and SIGTERM end a wait, and not the program
 * @outlet: of outlet_open()
 *
 * They arrive only in outlet_wait() and outlet_put(): what is written is whole, and
 * none is lost between a test and the wait.
 */
void outlet_catch(struct outlet *outlet)
{
	static const int ends[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = interrupt };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		outlet_defer(outlet, ends[i]);
		sigaction(ends[i], &action, NULL);
	}
}

static void catch_unless_ignored(struct outlet *outlet, int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };
	struct sigaction before;

	if (sigaction(signal, NULL, &before) || before.sa_handler == SIG_IGN)
		return;
	outlet_defer(outlet, signal);
	sigaction(signal, &action, NULL);
}

/**
 * outlet_catch_hangup() - let SIGHUP, too, end a wait, and not the program
 * @outlet: of outlet_open()
 *
 * For what leaves a terminal otherwise than it found it. Whoever ignores that signal,
 * as nohup does, is not contradicted.
 */
void outlet_catch_hangup(struct outlet *outlet)
{
	catch_unless_ignored(outlet, SIGHUP, interrupt);
}

/**
 * outlet_catch_stop() - let SIGTSTP end a wait, and not yet stop the program
 * @outlet: of outlet_open()
 *
 * For what leaves a terminal otherwise than it found it, too: outlet_stop() stops. Whoever
 * ignores that signal is not contradicted.
 */
void outlet_catch_stop(struct outlet *outlet)
{
	catch_unless_ignored(outlet, SIGTSTP, ask_to_stop);
}

/**
 * outlet_stop_asked() - has SIGTSTP come?
 *
 * Return: whether it is time for outlet_stop().
 */
bool outlet_stop_asked(void)
{
	return stop_asked;
}

/**
 * outlet_stop() - stop, as SIGTSTP asked; goes on with SIGCONT
 *
 * After outlet_catch_stop(), and with the terminal as it was found.
 */
void outlet_stop(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	struct sigaction ours;
	sigset_t set, before;

	stop_asked = 0;
	sigaction(SIGTSTP, &action, &ours);
	kill(getpid(), SIGTSTP);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	/* Here it stops. */
	sigprocmask(SIG_UNBLOCK, &set, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &ours, NULL);
}

/**
 * outlet_defer() - let a signal arrive only while there is nothing to do
 * @outlet: of outlet_open()
 * @signal: whoever handles it
 */
void outlet_defer(struct outlet *outlet, int signal)
{
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, signal);
	sigprocmask(SIG_BLOCK, &block, NULL);
	sigdelset(&outlet->waiting, signal);
}

/**
 * outlet_color() - are colours wanted?
 * @outlet: of outlet_open()
 * @options: of the command line
 *
 * Return: whether they are, by --color and NO_COLOR.
 */
bool outlet_color(const struct outlet *outlet, const struct options *options)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || options->json || options->color == WHEN_NEVER)
		return false;
	return outlet->tty || options->color == WHEN_ALWAYS;
}

/*
 * Until a pipe takes PIPE_BUF bytes without waiting. Returns false with errno if that
 * takes too long after a signal.
 */
static bool wait_room(const struct outlet *outlet)
{
	const struct timespec grace = { .tv_sec = GRACE_S };
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	int ready;

	do {
		ready = ppoll(&out, 1, interrupted ? &grace : NULL, &outlet->waiting);
	} while (ready < 0 && errno == EINTR);
	if (!ready)
		errno = EPIPE;
	return ready > 0;
}

/**
 * outlet_put() - write something
 * @outlet: of outlet_open()
 * @text: it
 * @size: how many bytes
 *
 * Return: false, with errno, if that does not work: EPIPE if nobody reads any more, or
 * nobody does after a signal.
 */
bool outlet_put(const struct outlet *outlet, const char *text, size_t size)
{
	while (size) {
		ssize_t written;

		if (!wait_room(outlet))
			return false;
		written = write(STDOUT_FILENO, text, size < PIPE_BUF ? size : PIPE_BUF);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (written > 0) {
			text += written;
			size -= (size_t)written;
		}
	}
	return true;
}

/**
 * outlet_wait() - wait for something to happen
 * @outlet: after outlet_catch()
 * @input: a file to read from, -1 for none
 * @wait_ns: for how long; below 0 for ever
 *
 * Return: what has happened.
 */
enum outlet_event outlet_wait(const struct outlet *outlet, int input, int64_t wait_ns)
{
	return outlet_wait_two(outlet, input, -1, wait_ns);
}

/**
 * outlet_wait_two() - outlet_wait() for one of two files
 * @outlet: after outlet_catch()
 * @input: a file to read from, -1 for none
 * @other: another one, likewise
 * @wait_ns: for how long; below 0 for ever
 *
 * Return: what has happened; OUTLET_TIME also where a signal came that ends nothing.
 */
enum outlet_event outlet_wait_two(const struct outlet *outlet, int input, int other,
				  int64_t wait_ns)
{
	struct timespec wait = { .tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S };
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = input, .events = POLLIN },
		{ .fd = other, .events = POLLIN },
	};
	int ready;

	if (interrupted)
		return OUTLET_ENDED;
	/* It came while something was written. */
	if (stop_asked)
		return OUTLET_TIME;
	ready = ppoll(fds, ARRAY_SIZE(fds), wait_ns < 0 ? NULL : &wait, &outlet->waiting);
	if (interrupted)
		return OUTLET_ENDED;
	if (ready <= 0)
		return OUTLET_TIME;
	return fds[0].revents ? OUTLET_ENDED : OUTLET_INPUT;
}
