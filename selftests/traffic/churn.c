// SPDX-License-Identifier: GPL-2.0
/*
 * churn ADDRESS [WORKERS [COUNT [PORT]]]: short connections, one after another.
 *
 * Each worker listens on a port of its own at ADDRESS, connects to it, says
 * and hears a word, and closes, each time in the next of the ways below. It
 * goes on until COUNT connections are made (by all workers in all), or without
 * COUNT until standard input ends. With PORT each client has a port of its own,
 * from that on: connect() may take one again, and end the TIME_WAIT that is there.
 *
 * Prints "ready" once every worker has made a connection, and in the end
 * "CONNECTIONS connections, FAILURES failures"; any failure is exit status 1.
 */
#include <err.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "address.h"

enum {
	WORKERS_MAX = 64,
	BACKLOG = 8,
	LIMIT_S = 60,
	PORT_MAX = 65535,
};

enum close_way {
	CLIENT_FIRST,
	SERVER_FIRST,
	HALF_CLOSED,	/* the client says no more, and still hears */
	CLIENT_RESET,
	UNREAD,		/* the server closes on bytes that it has not read */
	CLOSE_WAYS,
};

/* Seen by all workers and the one that started them. */
struct tally {
	atomic_long begun;
	atomic_long done;
	atomic_long failed;
	atomic_int port;
	atomic_int warm;
	atomic_bool stop;
};

static struct tally *tally;

static bool say(int fd)
{
	return send(fd, "x", 1, MSG_NOSIGNAL) == 1;
}

static bool hear(int fd)
{
	char c;

	return recv(fd, &c, 1, 0) == 1;
}

static bool arrives(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_PEEK) == 1;
}

static bool hear_end(int fd)
{
	char c;

	return recv(fd, &c, 1, 0) == 0;
}

static bool close_pair(int client, int server, enum close_way way)
{
	struct linger hard = { .l_onoff = 1 };
	bool fine = true;

	switch (way) {
	case CLIENT_FIRST:
		close(client);
		fine = hear_end(server);
		close(server);
		return fine;
	case SERVER_FIRST:
		close(server);
		fine = hear_end(client);
		close(client);
		return fine;
	case HALF_CLOSED:
		fine = !shutdown(client, SHUT_WR) && hear_end(server) && say(server) &&
		       hear(client);
		break;
	case CLIENT_RESET:
		fine = !setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(client);
		fine = fine && !hear(server) && errno == ECONNRESET;
		close(server);
		return fine;
	case UNREAD:
		/* A byte that is still on its way would meet a mini-socket, and end that. */
		fine = say(client) && arrives(server);
		break;
	default:
		break;
	}
	close(server);
	close(client);
	return fine;
}

/* The next of the ports that no other connection has had, at @target's address. */
static bool bind_own_port(int fd, const struct sockaddr_storage *target)
{
	struct sockaddr_storage own = *target;
	int port;

	do {
		port = atomic_fetch_add(&tally->port, 1);
		if (port > PORT_MAX) {
			errno = EADDRNOTAVAIL;
			return false;
		}
		address_set_port(&own, (unsigned short)port);
		if (!bind(fd, (const struct sockaddr *)&own, sizeof(own)))
			return true;
	} while (errno == EADDRINUSE);
	return false;
}

static bool one_connection(int listener, const struct sockaddr_storage *target, enum close_way way)
{
	struct timeval limit = { .tv_sec = LIMIT_S };
	int client, server;

	client = socket(target->ss_family, SOCK_STREAM, 0);
	if (client < 0)
		return false;
	setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if ((atomic_load(&tally->port) && !bind_own_port(client, target)) ||
	    connect(client, (const struct sockaddr *)target, sizeof(*target))) {
		close(client);
		return false;
	}
	server = accept(listener, NULL, NULL);
	if (server < 0) {
		close(client);
		return false;
	}
	setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (say(client) && hear(server) && say(server) && hear(client))
		return close_pair(client, server, way);
	close(client);
	close(server);
	return false;
}

static void work(const char *address, long count)
{
	struct timeval limit = { .tv_sec = LIMIT_S };
	struct sockaddr_storage target;
	int listener = address_listen(address, BACKLOG, &target);
	unsigned int way = 0;
	bool warm = false;

	if (listener < 0)
		errx(1, "listen on %s: %s", address, strerror(-listener));
	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	while (!atomic_load(&tally->stop)) {
		if (count && atomic_fetch_add(&tally->begun, 1) >= count)
			return;
		errno = 0;
		if (!one_connection(listener, &target, way % CLOSE_WAYS)) {
			atomic_fetch_add(&tally->failed, 1);
			warn("a connection closed in way %u failed", way % CLOSE_WAYS);
		}
		atomic_fetch_add(&tally->done, 1);
		way++;
		if (!warm)
			atomic_fetch_add(&tally->warm, 1);
		warm = true;
	}
}

static void wait_for_end_of_input(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin))
		;
}

int main(int argc, char **argv)
{
	static const struct timespec nap = { .tv_nsec = 1000000 };
	int workers = argc > 2 ? atoi(argv[2]) : 1;
	long count = argc > 3 ? atol(argv[3]) : 0;
	int port = argc > 4 ? atoi(argv[4]) : 0;
	bool broken = false;
	int status;

	if (argc < 2 || workers < 1 || workers > WORKERS_MAX || count < 0 || port < 0)
		errx(2, "usage: churn ADDRESS [WORKERS (1 to %d) [COUNT [PORT]]]", WORKERS_MAX);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		err(1, "mmap");
	atomic_store(&tally->port, port);
	for (int i = 0; i < workers; i++) {
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			work(argv[1], count);
			_exit(0);
		}
	}
	/* A worker that is gone already, at its COUNT or for a reason, is not waited for. */
	while (atomic_load(&tally->warm) < workers) {
		if (waitpid(-1, &status, WNOHANG)) {
			broken |= !count || status;
			break;
		}
		nanosleep(&nap, NULL);
	}
	puts("ready");
	fflush(stdout);
	if (!count)
		wait_for_end_of_input();
	atomic_store(&tally->stop, !count);
	while (wait(&status) > 0)
		broken |= status != 0;
	printf("%ld connections, %ld failures\n", atomic_load(&tally->done),
	       atomic_load(&tally->failed));
	return broken || atomic_load(&tally->failed) ? 1 : 0;
}
