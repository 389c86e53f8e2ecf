// SPDX-License-Identifier: GPL-2.0
/* How connections begin. */
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "endpoint.h"
#include "peer.h"

/* Not in older headers. */
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static char syn_data[1 << 10];

static int open_socket(const char *family, int protocol)
{
	return socket(!strcmp(family, "6") ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
		      protocol);
}

static int cmd_socket(char **arg, struct reply *reply)
{
	(void)reply;
	return endpoint_add(arg[0], open_socket(arg[1], IPPROTO_TCP));
}

static int cmd_mptcp(char **arg, struct reply *reply)
{
	(void)reply;
	return endpoint_add(arg[0], open_socket(arg[1], IPPROTO_MPTCP));
}

static int cmd_set(char **arg, struct reply *reply)
{
	static const struct {
		const char *name;
		int level;
		int option;
	} options[] = {
		{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR },
		{ "reuseport", SOL_SOCKET, SO_REUSEPORT },
		{ "bindtoifindex", SOL_SOCKET, SO_BINDTOIFINDEX },
		{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
		{ "sndbuf", SOL_SOCKET, SO_SNDBUF },
		{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
		{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT },
		{ "bind_address_no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
		{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY },
		{ "addrform", IPPROTO_IPV6, IPV6_ADDRFORM },
		{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
		{ "cork", IPPROTO_TCP, TCP_CORK },
		{ "maxseg", IPPROTO_TCP, TCP_MAXSEG },
		{ "syncnt", IPPROTO_TCP, TCP_SYNCNT },
		{ "linger2", IPPROTO_TCP, TCP_LINGER2 },
		{ "window_clamp", IPPROTO_TCP, TCP_WINDOW_CLAMP },
		{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
		{ "keepidle", IPPROTO_TCP, TCP_KEEPIDLE },
		{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL },
		{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT },
		{ "fastopen", IPPROTO_TCP, TCP_FASTOPEN },
		{ "fastopen_connect", IPPROTO_TCP, TCP_FASTOPEN_CONNECT },
		{ "fastopen_no_cookie", IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE },
		{ "repair", IPPROTO_TCP, TCP_REPAIR },
	};
	int fd = endpoint_fd(arg[0]);
	long n;
	int v;

	(void)reply;
	if (fd < 0)
		return fd;
	if (number(arg[2], &n))
		return -EINVAL;
	v = n;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!strcmp(options[i].name, arg[1]))
			return setsockopt(fd, options[i].level, options[i].option,
					  &v, sizeof(v)) ? -errno : 0;
	return -ENOPROTOOPT;
}

static int cmd_bind(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	struct sockaddr_storage sa;
	socklen_t len;

	(void)reply;
	if (fd < 0)
		return fd;
	if (address_parse(arg[1], &sa, &len))
		return -EINVAL;
	return bind(fd, (struct sockaddr *)&sa, len) ? -errno : 0;
}

static int cmd_listen(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	long backlog;

	(void)reply;
	if (fd < 0)
		return fd;
	if (number(arg[1], &backlog))
		return -EINVAL;
	return listen(fd, backlog) ? -errno : 0;
}

static int cmd_connect(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	struct sockaddr_storage sa;
	socklen_t len;

	if (fd < 0)
		return fd;
	if (address_parse(arg[1], &sa, &len))
		return -EINVAL;
	reply->before = clock_us();
	return connect(fd, (struct sockaddr *)&sa, len) ? -errno : 0;
}

static int cmd_begin(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	int flags, err;

	if (fd < 0)
		return fd;
	flags = fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	err = cmd_connect(arg, reply);
	fcntl(fd, F_SETFL, flags);
	return err == -EINPROGRESS ? 0 : err;
}

/* As connect(), with data in the SYN if the server has given a cookie before. */
static int cmd_fastopen(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	struct sockaddr_storage sa;
	socklen_t len;
	long bytes;

	if (fd < 0)
		return fd;
	if (address_parse(arg[1], &sa, &len) || number(arg[2], &bytes) ||
	    bytes < 0 || bytes > sizeof(syn_data))
		return -EINVAL;
	reply->before = clock_us();
	return sendto(fd, syn_data, bytes, MSG_FASTOPEN | MSG_NOSIGNAL,
		      (struct sockaddr *)&sa, len) == bytes ? 0 : -errno;
}

/* Back to what socket() gave, but for its address if it was bound. */
static int cmd_disconnect(char **arg, struct reply *reply)
{
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int fd = endpoint_fd(arg[0]);

	if (fd < 0)
		return fd;
	reply->before = clock_us();
	return connect(fd, &nowhere, sizeof(nowhere)) ? -errno : 0;
}

static int cmd_outcome(char **arg, struct reply *reply)
{
	struct pollfd p = { .fd = endpoint_fd(arg[0]), .events = POLLOUT };
	socklen_t len = sizeof(int);
	int so_error;

	if (p.fd < 0)
		return p.fd;
	if (poll(&p, 1, ENDPOINT_LIMIT_S * 1000) != 1)
		return -ETIMEDOUT;
	if (getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &so_error, &len))
		return -errno;
	snprintf(reply->value, sizeof(reply->value), "%s",
		 so_error ? strerror(so_error) : "connected");
	return 0;
}

static int cmd_accept(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[1]);
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int child;

	if (fd < 0)
		return fd;
	child = accept4(fd, (struct sockaddr *)&sa, &len, SOCK_CLOEXEC);
	if (child < 0)
		return -errno;
	address_format(&sa, reply->value);
	return endpoint_add(arg[0], child);
}

const struct command commands_open[] = {
	{ "socket", "NAME 4|6", 2, cmd_socket },
	{ "mptcp", "NAME 4|6", 2, cmd_mptcp },
	{ "set", "NAME OPTION VALUE", 3, cmd_set },
	{ "bind", "NAME ADDRESS", 2, cmd_bind },
	{ "listen", "NAME BACKLOG", 2, cmd_listen },
	{ "connect", "NAME ADDRESS", 2, cmd_connect },
	{ "begin", "NAME ADDRESS", 2, cmd_begin },
	{ "fastopen", "NAME ADDRESS BYTES", 3, cmd_fastopen },
	{ "disconnect", "NAME", 1, cmd_disconnect },
	{ "outcome", "NAME", 1, cmd_outcome },
	{ "accept", "NAME LISTENER", 2, cmd_accept },
	{ 0 }
};
