// SPDX-License-Identifier: GPL-2.0
/*
 * crowd ADDRESS: many connections, both ends of each held here.
 *
 * Reads a command a line, "open N", "close N" or "leak N" (the latest N: the client
 * sends its FIN, the server reads it and does nothing), and answers as peer does:
 * "ok BEFORE AFTER CONNECTIONS", or "error TEXT".
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "address.h"
#include "clock.h"

/* Below any backlog limit (net.core.somaxconn), so no handshake waits. */
enum { BACKLOG = 128 };

struct pair {
	int client;
	int server;
};

static struct sockaddr_storage target;
static struct pair *pairs;
static long used, room;
static int listener;

static int pair_open(void)
{
	struct pair *pair = &pairs[used];

	pair->client = socket(target.ss_family, SOCK_STREAM, 0);
	if (pair->client < 0)
		return -errno;
	if (connect(pair->client, (struct sockaddr *)&target, sizeof(target)))
		goto err_client;
	pair->server = accept(listener, NULL, NULL);
	if (pair->server < 0)
		goto err_client;
	used++;
	return 0;

err_client:
	close(pair->client);
	return -errno;
}

static int crowd_open(long n)
{
	struct pair *more;
	int err;

	if (used + n > room) {
		more = realloc(pairs, (used + n) * sizeof(*pairs));
		if (!more)
			return -ENOMEM;
		pairs = more;
		room = used + n;
	}
	while (n--) {
		err = pair_open();
		if (err)
			return err;
	}
	return 0;
}

static int crowd_close(long n)
{
	while (n-- && used) {
		close(pairs[--used].client);
		close(pairs[used].server);
	}
	return 0;
}

static int crowd_leak(long n)
{
	struct pair *pair;
	char byte;

	for (pair = pairs + used - 1; n-- && pair >= pairs; pair--) {
		if (shutdown(pair->client, SHUT_WR) || read(pair->server, &byte, 1))
			return -errno;
	}
	return 0;
}

static void nofile_raise(void)
{
	struct rlimit limit = { 1 << 20, 1 << 20 };

	/* Not root: as many as it may have. */
	if (setrlimit(RLIMIT_NOFILE, &limit) && !getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	long long before;
	char line[64];
	int ret;
	long n;

	if (argc != 2)
		errx(2, "usage: crowd ADDRESS");
	nofile_raise();
	listener = address_listen(argv[1], BACKLOG, &target);
	if (listener < 0)
		errx(1, "listen on %s: %s", argv[1], strerror(-listener));
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		before = clock_us();
		if (sscanf(line, "open %ld", &n) == 1)
			ret = crowd_open(n);
		else if (sscanf(line, "close %ld", &n) == 1)
			ret = crowd_close(n);
		else if (sscanf(line, "leak %ld", &n) == 1)
			ret = crowd_leak(n);
		else
			ret = -EINVAL;
		if (ret)
			printf("error after %ld connections: %s\n", used, strerror(-ret));
		else
			printf("ok %lld %lld %ld\n", before, clock_us(), used);
	}
	return 0;
}
