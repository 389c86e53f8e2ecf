// SPDX-License-Identifier: GPL-2.0
/*
 * client: opens connections, asks a question on each, and hangs up as told.
 *
 * Prints "ready" when the last connection is where the options want it, and
 * ends when standard input does; until then it reads at its own pace.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "address.h"

enum { CHUNK = 1 << 16 };

enum hang_up {
	HANG_UP_NOT,
	HANG_UP_HALF,	/* says no more, still hears */
	HANG_UP_WHOLE,
};

struct plan {
	const char *address;
	const char *name;
	enum hang_up hang_up;
	int count;
	int question;
	int rcvbuf;
	int pace;
	int every_ms;
	int interval_ms;
};

static char chunk[CHUNK];

static const struct argp_option options[] = {
	{ "name", 'n', "COMM", 0, "be called COMM", 0 },
	{ "count", 'c', "N", 0, "open N connections (1)", 0 },
	{ "interval", 'i', "MS", 0, "wait so long between two of them (0)", 0 },
	{ "question", 'q', "BYTES", 0, "send so much on each (1)", 0 },
	{ "half-close", 'h', NULL, 0, "then say no more, but listen", 0 },
	{ "close", 'x', NULL, 0, "then close", 0 },
	{ "rcvbuf", 'b', "BYTES", 0, "SO_RCVBUF", 0 },
	{ "pace", 'p', "BYTES", 0, "read so much of each connection at a time (0)", 0 },
	{ "every", 'e', "MS", 0, "each time after so long (100)", 0 },
	{ 0 }
};

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct plan *plan = state->input;

	switch (key) {
	case 'n':
		plan->name = arg;
		break;
	case 'c':
		plan->count = atoi(arg);
		break;
	case 'i':
		plan->interval_ms = atoi(arg);
		break;
	case 'q':
		plan->question = atoi(arg);
		break;
	case 'h':
		plan->hang_up = HANG_UP_HALF;
		break;
	case 'x':
		plan->hang_up = HANG_UP_WHOLE;
		break;
	case 'b':
		plan->rcvbuf = atoi(arg);
		break;
	case 'p':
		plan->pace = atoi(arg);
		break;
	case 'e':
		plan->every_ms = atoi(arg);
		break;
	case ARGP_KEY_ARG:
		if (plan->address)
			argp_usage(state);
		plan->address = arg;
		break;
	case ARGP_KEY_END:
		if (!plan->address)
			argp_usage(state);
		if (plan->count < 1 || plan->question < 0 || plan->question > CHUNK ||
		    plan->pace < 0 || plan->pace > CHUNK)
			argp_error(state, "a number is out of range (at most %d bytes at a time)",
				   CHUNK);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/*
 * Until the FIN is acknowledged, or the connection is over. If that ACK came while close() holds
 * the socket, it would stay as a full one, and reset a server that does not close in the end.
 * Sources: tcp_rcv_state_process(), tcp_keepalive_timer().
 */
static void wait_acked(int fd)
{
	static const struct timespec nap = { .tv_nsec = 500000 };
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	for (;;) {
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
			err(1, "TCP_INFO");
		if (info.tcpi_state != TCP_FIN_WAIT1)
			return;
		nanosleep(&nap, NULL);
	}
}

static int connection_open(const struct plan *plan)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int fd;

	if (address_parse(plan->address, &sa, &len))
		errx(2, "%s is no address: write 192.0.2.7:80 or [2001:db8::7]:80",
		     plan->address);
	fd = socket(sa.ss_family, SOCK_STREAM, 0);
	if (fd < 0)
		err(1, "socket");
	if (plan->rcvbuf &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &plan->rcvbuf, sizeof(plan->rcvbuf)))
		err(1, "SO_RCVBUF");
	if (connect(fd, (struct sockaddr *)&sa, len))
		err(1, "connect to %s", plan->address);
	if (send(fd, chunk, plan->question, MSG_NOSIGNAL) != plan->question)
		err(1, "send to %s", plan->address);
	if (plan->hang_up != HANG_UP_NOT)
		shutdown(fd, SHUT_WR);
	if (plan->hang_up == HANG_UP_WHOLE) {
		wait_acked(fd);
		close(fd);
	}
	return fd;
}

/* Returns false once standard input has ended. */
static bool wait_ms(int ms)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	char c;

	return poll(&input, 1, ms) <= 0 || read(STDIN_FILENO, &c, 1) > 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { options, option_parse, "ADDRESS",
		"Opens connections, asks a question on each, and hangs up as told.",
		NULL, NULL, NULL };
	struct plan plan = { .count = 1, .question = 1, .every_ms = 100 };
	int *fds;

	argp_parse(&argp, argc, argv, 0, NULL, &plan);
	if (plan.name)
		prctl(PR_SET_NAME, plan.name);
	fds = calloc(plan.count, sizeof(*fds));
	if (!fds)
		err(1, "calloc");
	for (int i = 0; i < plan.count; i++) {
		fds[i] = connection_open(&plan);
		if (plan.interval_ms && !wait_ms(plan.interval_ms))
			return 0;
	}
	puts("ready");
	fflush(stdout);
	while (wait_ms(plan.pace ? plan.every_ms : -1)) {
		if (plan.hang_up == HANG_UP_WHOLE)
			continue;
		for (int i = 0; i < plan.count; i++)
			recv(fds[i], chunk, plan.pace, MSG_DONTWAIT);
	}
	return 0;
}
