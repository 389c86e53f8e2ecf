// SPDX-License-Identifier: GPL-2.0
/*
 * server: a TCP server as bad, or as good, as its options make it.
 *
 * Prints "ready ADDRESS" when it listens, and ends when standard input does.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "address.h"

enum {
	CHUNK = 1 << 16,
	EVENTS_AT_ONCE = 64,
};

enum reading {
	READ_ALL,	/* the end of file, too */
	READ_DATA,	/* whatever comes before it */
	READ_NONE,
};

struct policy {
	const char *address;
	const char *name;
	enum reading reading;
	bool accepts;
	bool closes;
	int sndbuf;
	long long send;
	int backlog;
};

struct connection {
	int fd;
	bool eof;
	long long left;
};

static char chunk[CHUNK];

static const struct argp_option options[] = {
	{ "name", 'n', "COMM", 0, "be called COMM", 0 },
	{ "backlog", 'b', "N", 0, "length of the accept queue (128)", 0 },
	{ "no-accept", 'a', NULL, 0, "never call accept()", 0 },
	{ "read", 'r', "all|data|none", 0, "read up to and with the end of file (all)", 0 },
	{ "send", 's', "BYTES", 0, "send so much to each client", 0 },
	{ "sndbuf", 'w', "BYTES", 0, "SO_SNDBUF", 0 },
	{ "leak", 'l', NULL, 0, "never close", 0 },
	{ 0 }
};

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct policy *policy = state->input;

	switch (key) {
	case 'n':
		policy->name = arg;
		break;
	case 'b':
		policy->backlog = atoi(arg);
		break;
	case 'a':
		policy->accepts = false;
		break;
	case 'r':
		if (!strcmp(arg, "data"))
			policy->reading = READ_DATA;
		else if (!strcmp(arg, "none"))
			policy->reading = READ_NONE;
		else if (strcmp(arg, "all"))
			argp_error(state, "--read is all, data or none, not %s", arg);
		break;
	case 's':
		policy->send = atoll(arg);
		break;
	case 'w':
		policy->sndbuf = atoi(arg);
		break;
	case 'l':
		policy->closes = false;
		break;
	case ARGP_KEY_ARG:
		if (policy->address)
			argp_usage(state);
		policy->address = arg;
		break;
	case ARGP_KEY_END:
		if (!policy->address)
			argp_usage(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void epoll_want(int epoll, int op, const struct policy *policy, struct connection *c)
{
	struct epoll_event event = { .data.ptr = c };

	if (policy->reading != READ_NONE && !c->eof)
		event.events |= EPOLLIN;
	if (c->left)
		event.events |= EPOLLOUT;
	epoll_ctl(epoll, op, c->fd, &event);
}

static void connection_new(int epoll, int listener, const struct policy *policy)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return;
	c->left = policy->send;
	c->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	if (c->fd < 0) {
		free(c);
		return;
	}
	if (policy->sndbuf)
		setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &policy->sndbuf, sizeof(policy->sndbuf));
	epoll_want(epoll, EPOLL_CTL_ADD, policy, c);
}

static void connection_read(struct connection *c, const struct policy *policy)
{
	int want = CHUNK;
	ssize_t n;

	if (policy->reading == READ_DATA) {
		ioctl(c->fd, FIONREAD, &want);
		if (!want) {
			c->eof = true;
			return;
		}
	}
	n = recv(c->fd, chunk, want < CHUNK ? want : CHUNK, 0);
	c->eof = !n || (n < 0 && errno != EAGAIN);
}

static void connection_write(struct connection *c)
{
	ssize_t n = send(c->fd, chunk, c->left < CHUNK ? c->left : CHUNK, MSG_NOSIGNAL);

	if (n > 0)
		c->left -= n;
	else if (n < 0 && errno != EAGAIN)
		c->left = 0;
}

static void connection_serve(int epoll, struct epoll_event *event, const struct policy *policy)
{
	struct connection *c = event->data.ptr;

	if (event->events & EPOLLOUT)
		connection_write(c);
	if (event->events & EPOLLIN)
		connection_read(c, policy);
	/* A reset comes unasked for, and would come again and again. */
	if (event->events & (EPOLLERR | EPOLLHUP)) {
		c->eof = true;
		c->left = 0;
		if (!policy->closes)
			epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
	}
	if (c->eof && !c->left && policy->closes) {
		close(c->fd);
		free(c);
		return;
	}
	epoll_want(epoll, EPOLL_CTL_MOD, policy, c);
}

static bool input_ended(void)
{
	char c;

	return read(STDIN_FILENO, &c, 1) <= 0;
}

static void serve(int listener, const struct policy *policy)
{
	struct epoll_event stop = { .events = EPOLLIN, .data.ptr = &stop };
	struct epoll_event knock = { .events = EPOLLIN, .data.ptr = &knock };
	struct epoll_event events[EVENTS_AT_ONCE];
	int epoll = epoll_create1(0);
	int n;

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &stop))
		err(1, "epoll on standard input (a file will not do, a pipe does)");
	if (policy->accepts)
		epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &knock);
	while ((n = epoll_wait(epoll, events, EVENTS_AT_ONCE, -1)) > 0 || errno == EINTR) {
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == &stop) {
				if (input_ended())
					return;
			} else if (events[i].data.ptr == &knock) {
				connection_new(epoll, listener, policy);
			} else {
				connection_serve(epoll, &events[i], policy);
			}
		}
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = { options, option_parse, "ADDRESS",
		"A TCP server as bad, or as good, as its options make it.", NULL, NULL, NULL };
	struct policy policy = { .accepts = true, .closes = true, .backlog = 128 };
	struct sockaddr_storage bound;
	char text[ADDRESS_TEXT_MAX];
	int listener;

	argp_parse(&argp, argc, argv, 0, NULL, &policy);
	if (policy.name)
		prctl(PR_SET_NAME, policy.name);
	listener = address_listen(policy.address, policy.backlog, &bound);
	if (listener < 0)
		errx(1, "listen on %s: %s", policy.address, strerror(-listener));
	address_format(&bound, text);
	printf("ready %s\n", text);
	fflush(stdout);
	serve(listener, &policy);
	return 0;
}
