// SPDX-License-Identifier: GPL-2.0
/*
 * nosy FOLDER READERS: read every file of a namespace's folder, over and over.
 *
 * Each of the READERS reads in pieces of a size of its own, so that most reads begin in
 * the midst of a table. A file may go while it is read; but as long as it can be read, it
 * has whole rows, as many columns in each as its first line has. The follow filters, the
 * only thing there to be changed, each reader changes, too.
 *
 * Prints "ready", goes on until standard input ends, then prints "READS reads, FAULTS
 * faults", and what the last fault was; any fault is exit status 1.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"

enum {
	PIECE_MAX = 1 << 14,
	LINE_MAX_LEN = 1 << 10,
	PATH_MAX_LEN = 256,
};

/* Seen by all readers and the one that started them. */
struct tally {
	atomic_long reads;
	atomic_long faults;
	char fault[LINE_MAX_LEN + PATH_MAX_LEN];
};

/* What has been seen of a file. */
struct table {
	const char *name;
	char line[LINE_MAX_LEN];
	size_t len;
	int columns;
};

static struct tally *tally;
static const char *folder;

static int columns_of(char *line)
{
	int n = 0;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		n++;
	return n;
}

static void fault(const struct table *t, const char *what)
{
	snprintf(tally->fault, sizeof(tally->fault), "%s: %s: %s", t->name, what, t->line);
	atomic_fetch_add(&tally->faults, 1);
}

static void line_end(struct table *t)
{
	char copy[LINE_MAX_LEN];
	int n;

	t->line[t->len] = '\0';
	memcpy(copy, t->line, t->len + 1);
	n = columns_of(copy);
	if (!t->columns)
		t->columns = n;
	else if (n != t->columns)
		fault(t, "other columns than in the first line");
	t->len = 0;
}

static void take(struct table *t, const char *piece, ssize_t len)
{
	for (ssize_t i = 0; i < len; i++) {
		if (piece[i] == '\n')
			line_end(t);
		else if (t->len < sizeof(t->line) - 1)
			t->line[t->len++] = piece[i];
	}
}

static void read_table(const char *name, size_t size)
{
	char path[PATH_MAX_LEN], piece[PIECE_MAX];
	struct table t = { .name = name };
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	while ((n = read(fd, piece, size)) > 0)
		take(&t, piece, n);
	/* If not read to its end, it has gone meanwhile. */
	t.line[t.len] = '\0';
	if (!n && t.len)
		fault(&t, "no end of the last line");
	close(fd);
	atomic_fetch_add(&tally->reads, 1);
}

/* What is there when one comes, and for a moment what happens then. */
static void read_events(size_t size)
{
	char path[PATH_MAX_LEN], piece[PIECE_MAX];
	struct pollfd p = { .events = POLLIN };

	snprintf(path, sizeof(path), "%s/events", folder);
	p.fd = open(path, O_RDONLY | O_NONBLOCK);
	if (p.fd < 0)
		return;
	for (int i = 0; i < 8 && poll(&p, 1, 5) > 0; i++)
		if (read(p.fd, piece, size) <= 0)
			break;
	close(p.fd);
	atomic_fetch_add(&tally->reads, 1);
}

static void change_follow(const char *line)
{
	char path[PATH_MAX_LEN];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/follow", folder);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return;
	/* There may be 16 already, and one may be gone already. */
	n = write(fd, line, strlen(line));
	(void)n;
	close(fd);
}

static void read_forever(int number)
{
	static const char *const tables[] = {
		"summary", "connections", "close_wait", "listeners", "time_wait", "syn_recv",
	};
	static const char *const filters[] = {
		"add local=127.0.0.0/8", "add remote=[::1]", "add local=*:80 remote=*", "del 1",
		"clear",
	};
	static const struct timespec nap = { .tv_nsec = 1000000 };
	size_t size = number ? PIECE_MAX / (number * number) : PIECE_MAX;
	long before;

	for (unsigned int i = 0; !crew_stopped(); i++) {
		before = atomic_load(&tally->reads);
		for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
			read_table(tables[t], size);
		read_events(size);
		change_follow(filters[(i + size) % (sizeof(filters) / sizeof(*filters))]);
		/* No module, it seems. */
		if (before == atomic_load(&tally->reads))
			nanosleep(&nap, NULL);
	}
}

int main(int argc, char **argv)
{
	int readers = argc > 2 ? atoi(argv[2]) : 0;

	if (argc != 3 || readers < 1 || readers > CREW_MAX)
		errx(2, "usage: nosy FOLDER READERS (1 to %d)", CREW_MAX);
	folder = argv[1];
	tally = crew_room(sizeof(*tally));
	crew_start(readers, read_forever);
	crew_wait_input();
	crew_stop();
	if (!crew_wait_end())
		atomic_fetch_add(&tally->faults, 1);
	printf("%ld reads, %ld faults %s\n", atomic_load(&tally->reads),
	       atomic_load(&tally->faults), tally->fault);
	return atomic_load(&tally->faults) ? 1 : 0;
}
