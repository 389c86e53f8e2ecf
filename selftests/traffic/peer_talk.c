// SPDX-License-Identifier: GPL-2.0
/* What goes over connections, and how they end. */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "clock.h"
#include "endpoint.h"
#include "peer.h"

enum { CHUNK = 1 << 16 };

static char chunk[CHUNK];

/* Every byte has gone into the socket when this answers. */
static int cmd_send(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	ssize_t n;
	long left;

	(void)reply;
	if (fd < 0)
		return fd;
	if (number(arg[1], &left))
		return -EINVAL;
	for (; left > 0; left -= n) {
		n = send(fd, chunk, left < CHUNK ? left : CHUNK, MSG_NOSIGNAL);
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* As much as the socket takes without waiting; answers with how much that was. */
static int cmd_fill(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	long long total = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = send(fd, chunk, CHUNK, MSG_NOSIGNAL | MSG_DONTWAIT)) > 0)
		total += n;
	if (errno != EAGAIN)
		return -errno;
	snprintf(reply->value, sizeof(reply->value), "%lld", total);
	return 0;
}

static int cmd_recv(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	ssize_t n;
	long left;

	if (fd < 0)
		return fd;
	if (number(arg[1], &left))
		return -EINVAL;
	for (; left > 0; left -= n) {
		reply->before = clock_us();
		n = recv(fd, chunk, left < CHUNK ? left : CHUNK, 0);
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
	}
	return 0;
}

/* Reads up to and with the end of file; answers with how much came. */
static int cmd_drain(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	long long total = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = recv(fd, chunk, CHUNK, 0)) > 0)
		total += n;
	if (n < 0)
		return -errno;
	snprintf(reply->value, sizeof(reply->value), "%lld", total);
	return 0;
}

/* Polls until @holds, and notes between which two looks that came true. */
static int poll_until(int (*holds)(int fd, long want), int fd, long want, struct reply *reply)
{
	static const struct timespec nap = { .tv_nsec = 500000 };
	long long began = clock_us(), now = began;
	int err;

	while (now - began < ENDPOINT_LIMIT_S * 1000000LL) {
		err = holds(fd, want);
		if (err < 0)
			return err;
		if (err)
			return 0;
		reply->before = now;
		nanosleep(&nap, NULL);
		now = clock_us();
	}
	return -ETIMEDOUT;
}

static int in_state(int fd, long want)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return -errno;
	return info.tcpi_state == want;
}

static int has_unread(int fd, long want)
{
	int n;

	return ioctl(fd, FIONREAD, &n) ? -errno : n >= want;
}

static int has_unacked(int fd, long want)
{
	int n;

	return ioctl(fd, TIOCOUTQ, &n) ? -errno : n <= want;
}

static int cmd_await(char **arg, struct reply *reply)
{
	/* In the order of enum tcp_state, as TCP_INFO reports them. */
	static const char *const states[] = {
		"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
		"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
	};
	int fd = endpoint_fd(arg[0]);

	if (fd < 0)
		return fd;
	for (size_t i = 1; i < sizeof(states) / sizeof(*states); i++)
		if (!strcmp(states[i], arg[1]))
			return poll_until(in_state, fd, i, reply);
	return -EINVAL;
}

static int cmd_unread(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	long n;

	if (fd < 0)
		return fd;
	return number(arg[1], &n) ? -EINVAL : poll_until(has_unread, fd, n, reply);
}

static int cmd_flushed(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);

	return fd < 0 ? fd : poll_until(has_unacked, fd, 0, reply);
}

static int shut(const char *name, const char *how, struct reply *reply)
{
	static const char *const hows[] = {
		[SHUT_RD] = "rd", [SHUT_WR] = "wr", [SHUT_RDWR] = "rdwr",
	};
	int fd = endpoint_fd(name);

	if (fd < 0)
		return fd;
	reply->before = clock_us();
	for (int i = SHUT_RD; i <= SHUT_RDWR; i++)
		if (!strcmp(hows[i], how))
			return shutdown(fd, i) ? -errno : 0;
	return -EINVAL;
}

static int cmd_shut(char **arg, struct reply *reply)
{
	return shut(arg[0], arg[1], reply);
}

static int cmd_shutdown(char **arg, struct reply *reply)
{
	return shut(arg[0], "wr", reply);
}

static int cmd_close(char **arg, struct reply *reply)
{
	reply->before = clock_us();
	return endpoint_close(arg[0]);
}

static int cmd_reset(char **arg, struct reply *reply)
{
	struct linger hard = { .l_onoff = 1 };
	int fd = endpoint_fd(arg[0]);

	if (fd < 0)
		return fd;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)))
		return -errno;
	return cmd_close(arg, reply);
}

const struct command commands_talk[] = {
	{ "send", "NAME BYTES", 2, cmd_send },
	{ "fill", "NAME", 1, cmd_fill },
	{ "recv", "NAME BYTES", 2, cmd_recv },
	{ "drain", "NAME", 1, cmd_drain },
	{ "await", "NAME STATE", 2, cmd_await },
	{ "unread", "NAME BYTES", 2, cmd_unread },
	{ "flushed", "NAME", 1, cmd_flushed },
	{ "shut", "NAME rd|wr|rdwr", 2, cmd_shut },
	{ "shutdown", "NAME", 1, cmd_shutdown },
	{ "close", "NAME", 1, cmd_close },
	{ "reset", "NAME", 1, cmd_reset },
	{ 0 }
};
