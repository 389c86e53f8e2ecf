// SPDX-License-Identifier: GPL-2.0
/*
 * cost segments [N] | lives [N] | read FILE | run COMMAND [ARG...]: what one of these takes, in
 * instructions, where the clock advances by a nanosecond with each (see README.md).
 *
 * Prints the median of some rounds, and after "read" how many lines the file has. A round is one
 * byte there and back, or one connection: so short that most have no timer's tick and no freeing
 * of what others left in it, and the median is exact. With N it is N of them, and what others do
 * because of them, such as a reader of events, is in it, too. The first rounds are not counted:
 * they bring into memory what was not there. The variable ROUNDS says how many others to make.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../traffic/address.h"

enum {
	ROUNDS_LONG = 5,
	ROUNDS_SHORT = 601,
	ROUNDS_MOST = ROUNDS_SHORT,
	BACKLOG = 128,
};

static struct sockaddr_storage target;
static int listener;

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/*
 * What the commands ran for. When one waits for a file of the host, nothing runs, and the clock
 * jumps to the next timer.
 */
static long long children_ran(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
}

static void listen_here(void)
{
	listener = address_listen("127.0.0.1:0", BACKLOG, &target);
	if (listener < 0)
		errx(1, "listen: %s", strerror(-listener));
}

static int client(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&target, sizeof(struct sockaddr_in)))
		err(1, "connect");
	return fd;
}

static int server(void)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	return fd;
}

static void pass(int from, int to)
{
	char byte = 0;

	if (write(from, &byte, 1) != 1 || read(to, &byte, 1) != 1)
		err(1, "one byte from one end to the other");
}

/* ---- the rounds */

static int ends[2];

static void segments_begin(char **unused)
{
	int i, one = 1;

	listen_here();
	ends[0] = client();
	ends[1] = server();
	for (i = 0; i < 2; i++)
		if (setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
			err(1, "TCP_NODELAY");
}

static void segments(char **unused)
{
	pass(ends[0], ends[1]);
	pass(ends[1], ends[0]);
}

static void lives_begin(char **unused)
{
	listen_here();
}

static void lives(char **unused)
{
	int near = client(), far = server();

	close(near);
	close(far);
}

static long lines;

static char buffer[1 << 16];

/* Reads all of a file, and says what it has: nothing else is done with it. */
static void read_all(const char *name, void (*seen)(ssize_t n))
{
	int fd = open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		err(1, "%s", name);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		if (seen)
			seen(n);
	if (n < 0)
		err(1, "%s", name);
	close(fd);
}

static void count_lines(ssize_t n)
{
	while (n--)
		lines += buffer[n] == '\n';
}

static void read_begin(char **args)
{
	read_all(args[0], count_lines);
}

static void read_round(char **args)
{
	read_all(args[0], NULL);
}

static void run_begin(char **unused)
{
}

static void run(char **args)
{
	posix_spawn_file_actions_t actions;
	int status, ret;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	ret = posix_spawnp(&pid, args[0], &actions, NULL, args, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (ret)
		errx(1, "%s: %s", args[0], strerror(ret));
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	/* 1 says what was found, of tcpwatch leaks. */
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		errx(1, "%s ended with status %#x", args[0], status);
}

/**
 * struct kind - what can be counted
 * @name: on the command line
 * @takes_name: whether an argument says what, or else how many a round has
 * @begin: makes ready, not counted
 * @once: does it
 * @clock: what it is counted by
 */
struct kind {
	const char *name;
	bool takes_name;
	void (*begin)(char **args);
	void (*once)(char **args);
	long long (*clock)(void);
};

static const struct kind kinds[] = {
	{ "segments", false, segments_begin, segments, now },
	{ "lives", false, lives_begin, lives, now },
	{ "read", true, read_begin, read_round, now },
	{ "run", true, run_begin, run, children_ran },
	{ NULL }
};

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static long long round_of(const struct kind *kind, char **args, long n)
{
	long long before = kind->clock();
	long i;

	for (i = 0; i < n; i++)
		kind->once(args);
	return (kind->clock() - before) / n;
}

static long parse(const char *text, long most)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > most)
		errx(2, "'%s': want a number from 1 to %ld", text, most);
	return n;
}

static void count(const struct kind *kind, char **args)
{
	const char *text = getenv("ROUNDS");
	long n = !kind->takes_name && args[0] ? parse(args[0], LONG_MAX) : 1;
	bool one = !kind->takes_name && n == 1;
	int i, rounds = one ? ROUNDS_SHORT : ROUNDS_LONG;
	int unseen = one ? ROUNDS_SHORT / 2 : 1;
	long long took[ROUNDS_MOST];

	if (text)
		rounds = parse(text, ROUNDS_MOST);
	kind->begin(args);
	for (i = 0; i < unseen; i++)
		round_of(kind, args, n);
	for (i = 0; i < rounds; i++)
		took[i] = round_of(kind, args, n);
	qsort(took, rounds, sizeof(took[0]), compare);
	printf("%lld", took[rounds / 2]);
	if (lines)
		printf(" %ld", lines);
	printf("\n");
}

int main(int argc, char **argv)
{
	const struct kind *kind;

	for (kind = kinds; argc > 1 && kind->name; kind++) {
		if (strcmp(argv[1], kind->name) || (kind->takes_name && argc < 3))
			continue;
		count(kind, argv + 2);
		return 0;
	}
	errx(2, "usage: cost segments [N] | lives [N] | read FILE | run COMMAND [ARG...]");
}
