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
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "crew.h"
#include "talk.h"

enum {
	BACKLOG = 8,
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
	atomic_int port;
};

static struct tally *tally;
static const char *address;
static long count;

static bool close_pair(int client, int server, enum close_way way)
{
	struct linger hard = { .l_onoff = 1 };
	bool fine = true;

	switch (way) {
	case CLIENT_FIRST:
		close(client);
		fine = talk_hear_end(server);
		close(server);
		return fine;
	case SERVER_FIRST:
		close(server);
		fine = talk_hear_end(client);
		close(client);
		return fine;
	case HALF_CLOSED:
		fine = !shutdown(client, SHUT_WR) && talk_hear_end(server) && talk_say(server) &&
		       talk_hear(client);
		break;
	case CLIENT_RESET:
		fine = !setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(client);
		fine = fine && talk_hear_reset(server);
		close(server);
		return fine;
	case UNREAD:
		/* A byte that is still on its way would meet a mini-socket, and end that. */
		fine = talk_say(client) && talk_arrives(server);
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

/* Returns what of a connection failed, in a word; NULL if nothing did. */
static const char *one_connection(int listener, const struct sockaddr_storage *target,
				  enum close_way way)
{
	int client, server;

	client = socket(target->ss_family, SOCK_STREAM, 0);
	if (client < 0)
		return "socket";
	talk_limit(client);
	if ((atomic_load(&tally->port) && !bind_own_port(client, target)) ||
	    connect(client, (const struct sockaddr *)target, sizeof(*target))) {
		close(client);
		return "connect";
	}
	server = talk_accept(listener, client);
	if (server < 0) {
		close(client);
		return "accept";
	}
	if (talk_both(client, server))
		return close_pair(client, server, way) ? NULL : "close";
	close(client);
	close(server);
	return "talk";
}

static void work(int number)
{
	struct sockaddr_storage target;
	int listener = address_listen(address, BACKLOG, &target);
	unsigned int way = 0;
	const char *failed;

	(void)number;
	if (listener < 0)
		errx(1, "listen on %s: %s", address, strerror(-listener));
	talk_limit(listener);
	while (!crew_stopped()) {
		if (count && atomic_fetch_add(&tally->begun, 1) >= count)
			return;
		errno = 0;
		failed = one_connection(listener, &target, way % CLOSE_WAYS);
		if (failed)
			warn("a connection closed in way %u failed: %s", way % CLOSE_WAYS, failed);
		crew_did(!failed);
		if (!way++)
			crew_warm();
	}
}

int main(int argc, char **argv)
{
	int workers = argc > 2 ? atoi(argv[2]) : 1;
	int port = argc > 4 ? atoi(argv[4]) : 0;
	bool fine;

	count = argc > 3 ? atol(argv[3]) : 0;
	if (argc < 2 || workers < 1 || workers > CREW_MAX || count < 0 || port < 0)
		errx(2, "usage: churn ADDRESS [WORKERS (1 to %d) [COUNT [PORT]]]", CREW_MAX);
	address = argv[1];
	tally = crew_room(sizeof(*tally));
	atomic_store(&tally->port, port);
	crew_start(workers, work);
	fine = crew_wait_warm();
	if (count) {
		puts("ready");
		fflush(stdout);
	} else {
		crew_wait_input();
		crew_stop();
	}
	return crew_account() && fine ? 0 : 1;
}
