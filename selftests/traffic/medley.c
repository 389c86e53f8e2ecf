// SPDX-License-Identifier: GPL-2.0
/*
 * medley ADDRESS WORKERS KIND...: connections of these kinds, one after another.
 *
 * Each worker listens on a port of its own at ADDRESS, and makes a connection of the next
 * KIND, from its begin to its end, until standard input ends. The kinds are in a table below.
 *
 * Prints "ready" once every worker has made one of each, and in the end "CONNECTIONS
 * connections, FAILURES failures"; any failure is exit status 1.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "crew.h"
#include "ktls.h"
#include "repair.h"
#include "rights.h"
#include "talk.h"

/* Not in older headers. */
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { BACKLOG = 8 };

/* Both ends of a connection; -1 is none. */
struct pair {
	int client;
	int server;
};

/* What a worker has. */
static struct {
	int listener;
	struct sockaddr_storage target;	/* where that listens */
	int heir;			/* who is given sockets; what he says of them */
	struct repair_image image;
} my;

static const char *address;

static int stream(int family, int protocol)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, protocol);

	if (fd >= 0)
		talk_limit(fd);
	return fd;
}

static bool set(int fd, int level, int option, int value)
{
	return !setsockopt(fd, level, option, &value, sizeof(value));
}

static bool connect_to(int fd, const struct sockaddr_storage *to)
{
	return !connect(fd, (const struct sockaddr *)to, sizeof(*to));
}

static bool disconnect(int fd)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	return !connect(fd, &nowhere, sizeof(nowhere));
}

/* The client's connection, into @pair; whether it came. */
static bool accept_from(int listener, struct pair *pair)
{
	pair->server = talk_accept(listener, pair->client);
	return pair->server >= 0;
}

static bool open_pair(struct pair *pair)
{
	pair->client = stream(my.target.ss_family, 0);
	return pair->client >= 0 && connect_to(pair->client, &my.target) &&
	       accept_from(my.listener, pair);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The client first, and the server when it has heard that. */
static bool close_in_turn(struct pair *pair)
{
	bool fine;

	close_end(&pair->client);
	fine = talk_hear_end(pair->server);
	close_end(&pair->server);
	return fine;
}

static bool close_spoken(struct pair *pair)
{
	return talk_both(pair->client, pair->server) && close_in_turn(pair);
}

/* ---- the kinds; each leaves in @pair what it has not closed */

/* The server's end goes to another process, which answers. */
static bool handed(struct pair *pair)
{
	if (!open_pair(pair) || rights_send(my.heir, NULL, pair->server))
		return false;
	close_end(&pair->server);
	if (!talk_say(pair->client) || !talk_hear(pair->client))
		return false;
	close_end(&pair->client);
	return talk_hear(my.heir);
}

static void inherit(int by)
{
	int fd;

	while ((fd = rights_receive(by)) >= 0) {
		if (talk_hear(fd) && talk_say(fd) && talk_hear_end(fd))
			talk_say(by);
		close(fd);
	}
}

/* The client's socket is made unconnected, which resets the server, and connects again. */
static bool disconnected(struct pair *pair)
{
	if (!open_pair(pair) || !talk_both(pair->client, pair->server) ||
	    !disconnect(pair->client) || !talk_hear_reset(pair->server))
		return false;
	close_end(&pair->server);
	return connect_to(pair->client, &my.target) && accept_from(my.listener, pair) &&
	       close_spoken(pair);
}

/* Both ends are shut down, maybe at once; and the listener, which then listens again. */
static bool shut_down(struct pair *pair)
{
	socklen_t len = sizeof(my.target);

	return open_pair(pair) && talk_both(pair->client, pair->server) &&
	       !shutdown(my.listener, SHUT_RDWR) && !listen(my.listener, BACKLOG) &&
	       !getsockname(my.listener, (struct sockaddr *)&my.target, &len) &&
	       !shutdown(pair->client, SHUT_WR) && !shutdown(pair->server, SHUT_RDWR) &&
	       talk_hear_end(pair->client);
}

/* The client's SYN has data, for a socket that is there before the handshake is over. */
static bool fast_open(struct pair *pair)
{
	pair->client = stream(my.target.ss_family, 0);
	return pair->client >= 0 && set(my.listener, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1) &&
	       set(my.listener, IPPROTO_TCP, TCP_FASTOPEN, BACKLOG) &&
	       set(pair->client, IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1) &&
	       sendto(pair->client, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL,
		      (struct sockaddr *)&my.target, sizeof(my.target)) == 1 &&
	       accept_from(my.listener, pair) && talk_hear(pair->server) &&
	       talk_say(pair->server) && talk_hear(pair->client) && close_in_turn(pair);
}

static bool ask_cookies(char how)
{
	int fd = open("/proc/sys/net/ipv4/tcp_syncookies", O_WRONLY);
	bool fine = fd >= 0 && write(fd, &how, 1) == 1;

	close_end(&fd);
	return fine;
}

/* The server keeps nothing of the handshake, for as long as its namespace is told so. */
static bool cookies(struct pair *pair)
{
	bool fine = ask_cookies('2') && open_pair(pair);

	return ask_cookies('1') && fine && close_spoken(pair);
}

/* Listening at the same port, or in MPTCP's way; @bound is where. */
static int other_listener(int protocol, struct sockaddr_storage *bound)
{
	socklen_t len = sizeof(*bound);
	int fd = stream(bound->ss_family, protocol);

	if (fd < 0)
		return -1;
	if (set(fd, SOL_SOCKET, SO_REUSEPORT, 1) &&
	    !bind(fd, (struct sockaddr *)bound, sizeof(*bound)) && !listen(fd, BACKLOG) &&
	    !getsockname(fd, (struct sockaddr *)bound, &len))
		return fd;
	close(fd);
	return -1;
}

static bool mptcp(struct pair *pair)
{
	struct sockaddr_storage at = my.target;
	bool fine = false;
	int listener;

	address_set_port(&at, 0);
	listener = other_listener(IPPROTO_MPTCP, &at);
	pair->client = stream(at.ss_family, IPPROTO_MPTCP);
	if (listener >= 0 && pair->client >= 0)
		fine = connect_to(pair->client, &at) && accept_from(listener, pair) &&
		       close_spoken(pair);
	close_end(&listener);
	return fine;
}

/* Either of two may get it; the other closes. */
static bool accept_either(int *listeners, struct pair *pair)
{
	struct pollfd p[2] = {
		{ .fd = listeners[0], .events = POLLIN },
		{ .fd = listeners[1], .events = POLLIN },
	};
	int which;

	if (poll(p, 2, TALK_LIMIT_S * 1000) < 1)
		return false;
	which = !p[0].revents;
	close_end(&listeners[!which]);
	return accept_from(listeners[which], pair);
}

static bool shared_port(struct pair *pair)
{
	struct sockaddr_storage at = my.target;
	int listeners[2];
	bool fine = false;

	address_set_port(&at, 0);
	listeners[0] = other_listener(0, &at);
	listeners[1] = other_listener(0, &at);
	pair->client = stream(at.ss_family, 0);
	if (listeners[0] >= 0 && listeners[1] >= 0 && pair->client >= 0)
		fine = connect_to(pair->client, &at) && accept_either(listeners, pair);
	close_end(&listeners[0]);
	close_end(&listeners[1]);
	return fine && close_spoken(pair);
}

static bool encrypted(struct pair *pair)
{
	return open_pair(pair) && !ktls_begin(pair->client) && !ktls_begin(pair->server) &&
	       close_spoken(pair);
}

/* A segment that comes late would find no socket. */
static const struct timespec nap = { .tv_nsec = 1000000 };

/* Until all that was said is acknowledged: nothing is sent again. */
static bool wait_quiet(int fd)
{
	int n;

	while (!ioctl(fd, TIOCOUTQ, &n)) {
		if (!n)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static bool ask_info(int fd, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len);
}

/*
 * Until all segments of the server are there: an ACK may be overtaken by the word that follows it,
 * sent by another CPU. The client has one more, the SYN-ACK, which no socket sent.
 */
static bool wait_arrived(const struct pair *pair)
{
	struct tcp_info client, server;

	for (int i = 0; i < TALK_LIMIT_S * 1000; i++) {
		if (!ask_info(pair->client, &client) || !ask_info(pair->server, &server))
			return false;
		if (client.tcpi_segs_in > server.tcpi_segs_out)
			return true;
		nanosleep(&nap, NULL);
	}
	errno = ETIMEDOUT;
	return false;
}

/* The client's end goes to a new socket. */
static bool repaired(struct pair *pair)
{
	if (!open_pair(pair) || !talk_both(pair->client, pair->server) ||
	    !wait_quiet(pair->client) || !wait_quiet(pair->server) || !wait_arrived(pair) ||
	    repair_take(pair->client, &my.image))
		return false;
	close_end(&pair->client);
	pair->client = repair_put(&my.image);
	if (pair->client < 0)
		return false;
	talk_limit(pair->client);
	return close_spoken(pair);
}

/*
 * An IPv4 client and an IPv6 server; or two IPv6 sockets with mapped addresses, one of
 * which becomes an IPv4 socket.
 */
static bool dual(struct pair *pair)
{
	bool mapped = my.target.ss_family == AF_INET6;
	struct sockaddr_storage at;
	socklen_t len;
	int port, listener = address_listen("[::]:0", BACKLOG, &at);
	bool fine;

	if (listener < 0)
		return false;
	port = ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	address_parse(mapped ? "[::ffff:127.0.0.1]:0" : "127.0.0.1:0", &at, &len);
	address_set_port(&at, port);
	pair->client = stream(at.ss_family, 0);
	fine = pair->client >= 0 && connect_to(pair->client, &at) && accept_from(listener, pair);
	close(listener);
	if (fine && mapped)
		fine = set(pair->client, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET);
	return fine && close_spoken(pair);
}

static const struct kind {
	const char *name;
	bool (*connection)(struct pair *pair);
} kinds[] = {
	{ "handed", handed },
	{ "disconnected", disconnected },
	{ "shut_down", shut_down },
	{ "fast_open", fast_open },
	{ "cookies", cookies },
	{ "shared_port", shared_port },
	{ "repaired", repaired },
	{ "dual", dual },
	{ "mptcp", mptcp },
	{ "encrypted", encrypted },
};

/* Those that are wanted. */
static const struct kind *wanted[sizeof(kinds) / sizeof(*kinds)];
static int wanted_count;

static void want(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].name, name))
			continue;
		if (wanted_count == sizeof(wanted) / sizeof(*wanted))
			errx(2, "a kind is named twice");
		wanted[wanted_count++] = &kinds[i];
		return;
	}
	errx(2, "no kind is called %s", name);
}

static int start_heir(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		err(1, "socketpair");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(ends[0]);
		close(my.listener);
		inherit(ends[1]);
		_exit(0);
	default:
		close(ends[1]);
		talk_limit(ends[0]);
		return ends[0];
	}
}

static void work(int number)
{
	struct pair pair;
	bool fine;

	my.listener = address_listen(address, BACKLOG, &my.target);
	if (my.listener < 0)
		errx(1, "listen on %s: %s", address, strerror(-my.listener));
	talk_limit(my.listener);
	my.heir = start_heir();
	for (int i = number; !crew_stopped(); i++) {
		const struct kind *kind = wanted[i % wanted_count];

		pair = (struct pair){ -1, -1 };
		errno = 0;
		fine = kind->connection(&pair);
		if (!fine)
			warn("a connection of kind %s failed", kind->name);
		close_end(&pair.server);
		close_end(&pair.client);
		crew_did(fine);
		if (i == number + wanted_count - 1)
			crew_warm();
	}
}

int main(int argc, char **argv)
{
	int workers = argc > 2 ? atoi(argv[2]) : 0;
	bool fine;

	if (argc < 4 || workers < 1 || workers > CREW_MAX)
		errx(2, "usage: medley ADDRESS WORKERS (1 to %d) KIND...", CREW_MAX);
	address = argv[1];
	for (int i = 3; i < argc; i++)
		want(argv[i]);
	crew_start(workers, work);
	fine = crew_wait_warm();
	crew_wait_input();
	crew_stop();
	return crew_account() && fine ? 0 : 1;
}
