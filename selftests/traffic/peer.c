// SPDX-License-Identifier: GPL-2.0
/*
 * peer: sockets moved by hand.
 *
 * Reads one command a line, answers each with one line:
 *
 *	ok BEFORE AFTER [VALUE]
 *	error TEXT
 *
 * BEFORE and AFTER are CLOCK_BOOTTIME in microseconds: what the command did
 * happened between them. A command that waits gives up after LIMIT_S, so a
 * test that goes wrong ends with a word instead of hanging. With "try " before it,
 * a command that fails is answered, too: VALUE is then what errno says, or "Success".
 * The commands are in the table at the end of this file.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "clock.h"

enum {
	LIMIT_S = 60,
	ENDPOINTS_MAX = 512,
	NAME_MAX_LEN = 32,
	ARGS_MAX = 4,
	CHUNK = 1 << 16,
};

struct endpoint {
	char name[NAME_MAX_LEN];
	int fd;
};

/* What a command answers; it may narrow down when its effect took place. */
struct reply {
	long long before;
	long long after;
	char value[ADDRESS_TEXT_MAX];
};

struct command {
	const char *name;
	const char *args;
	int nargs;
	int (*run)(char **arg, struct reply *reply);
};

static struct endpoint endpoints[ENDPOINTS_MAX];
static char chunk[CHUNK];

static struct endpoint *endpoint_find(const char *name)
{
	for (int i = 0; i < ENDPOINTS_MAX; i++)
		if (!strcmp(endpoints[i].name, name))
			return &endpoints[i];
	return NULL;
}

static int endpoint_fd(const char *name)
{
	struct endpoint *e = endpoint_find(name);

	return e ? e->fd : -ENOENT;
}

/* Blocking calls on the new socket end by themselves after LIMIT_S. */
static int endpoint_add(const char *name, int fd)
{
	struct timeval limit = { .tv_sec = LIMIT_S };
	struct endpoint *e = endpoint_find("");

	if (fd < 0)
		return -errno;
	if (!e || strlen(name) >= sizeof(e->name) || endpoint_find(name)) {
		close(fd);
		return e ? -EEXIST : -ENFILE;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->fd = fd;
	return 0;
}

static int number(const char *text, long *n)
{
	char *end;

	*n = strtol(text, &end, 10);
	return *text && !*end ? 0 : -EINVAL;
}

static int cmd_socket(char **arg, struct reply *reply)
{
	int family = !strcmp(arg[1], "6") ? AF_INET6 : AF_INET;

	(void)reply;
	return endpoint_add(arg[0], socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
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
		{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
		{ "sndbuf", SOL_SOCKET, SO_SNDBUF },
		{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
		{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT },
		{ "bind_address_no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
		{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY },
		{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
		{ "cork", IPPROTO_TCP, TCP_CORK },
		{ "maxseg", IPPROTO_TCP, TCP_MAXSEG },
		{ "syncnt", IPPROTO_TCP, TCP_SYNCNT },
		{ "linger2", IPPROTO_TCP, TCP_LINGER2 },
		{ "window_clamp", IPPROTO_TCP, TCP_WINDOW_CLAMP },
		{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
		{ "keepidle", IPPROTO_TCP, TCP_KEEPIDLE },
		{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL },
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

static int cmd_outcome(char **arg, struct reply *reply)
{
	struct pollfd p = { .fd = endpoint_fd(arg[0]), .events = POLLOUT };
	socklen_t len = sizeof(int);
	int so_error;

	if (p.fd < 0)
		return p.fd;
	if (poll(&p, 1, LIMIT_S * 1000) != 1)
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

	while (now - began < LIMIT_S * 1000000LL) {
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

static int cmd_shutdown(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);

	reply->before = clock_us();
	return fd < 0 ? fd : shutdown(fd, SHUT_WR) ? -errno : 0;
}

static int cmd_close(char **arg, struct reply *reply)
{
	struct endpoint *e = endpoint_find(arg[0]);

	if (!e)
		return -ENOENT;
	reply->before = clock_us();
	close(e->fd);
	*e->name = '\0';
	return 0;
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

static int cmd_chown(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	long uid;

	(void)reply;
	if (fd < 0)
		return fd;
	if (number(arg[1], &uid))
		return -EINVAL;
	return fchown(fd, uid, -1) ? -errno : 0;
}

static int cmd_cookie(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	unsigned long long cookie;
	socklen_t len = sizeof(cookie);

	if (fd < 0)
		return fd;
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len))
		return -errno;
	snprintf(reply->value, sizeof(reply->value), "%llu", cookie);
	return 0;
}

static int cmd_inode(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		return -errno;
	snprintf(reply->value, sizeof(reply->value), "%lu", (unsigned long)st.st_ino);
	return 0;
}

static int cmd_local(char **arg, struct reply *reply)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int fd = endpoint_fd(arg[0]);

	if (fd < 0)
		return fd;
	if (getsockname(fd, (struct sockaddr *)&sa, &len))
		return -errno;
	address_format(&sa, reply->value);
	return 0;
}

static int cmd_name(char **arg, struct reply *reply)
{
	(void)reply;
	return prctl(PR_SET_NAME, arg[0]) ? -errno : 0;
}

/* Whose the next sockets are, and which ports they may have. */
static int cmd_user(char **arg, struct reply *reply)
{
	long uid;

	(void)reply;
	if (number(arg[0], &uid))
		return -EINVAL;
	return seteuid(uid) ? -errno : 0;
}

static int cmd_time(char **arg, struct reply *reply)
{
	(void)arg;
	(void)reply;
	return 0;
}

static const struct command commands[] = {
	{ "socket", "NAME 4|6", 2, cmd_socket },
	{ "set", "NAME OPTION VALUE", 3, cmd_set },
	{ "bind", "NAME ADDRESS", 2, cmd_bind },
	{ "listen", "NAME BACKLOG", 2, cmd_listen },
	{ "connect", "NAME ADDRESS", 2, cmd_connect },
	{ "begin", "NAME ADDRESS", 2, cmd_begin },
	{ "outcome", "NAME", 1, cmd_outcome },
	{ "accept", "NAME LISTENER", 2, cmd_accept },
	{ "send", "NAME BYTES", 2, cmd_send },
	{ "fill", "NAME", 1, cmd_fill },
	{ "recv", "NAME BYTES", 2, cmd_recv },
	{ "drain", "NAME", 1, cmd_drain },
	{ "await", "NAME STATE", 2, cmd_await },
	{ "unread", "NAME BYTES", 2, cmd_unread },
	{ "flushed", "NAME", 1, cmd_flushed },
	{ "shutdown", "NAME", 1, cmd_shutdown },
	{ "close", "NAME", 1, cmd_close },
	{ "reset", "NAME", 1, cmd_reset },
	{ "chown", "NAME UID", 2, cmd_chown },
	{ "cookie", "NAME", 1, cmd_cookie },
	{ "inode", "NAME", 1, cmd_inode },
	{ "local", "NAME", 1, cmd_local },
	{ "name", "COMM", 1, cmd_name },
	{ "user", "UID", 1, cmd_user },
	{ "time", "", 0, cmd_time },
};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void obey(char *line)
{
	struct reply reply = { .before = clock_us() };
	const struct command *command;
	char *arg[ARGS_MAX] = { NULL };
	char *word, *rest = line;
	bool is_try;
	int n = 0, ret;

	word = strtok_r(rest, " \t\n", &rest);
	is_try = word && !strcmp(word, "try");
	if (is_try)
		word = strtok_r(rest, " \t\n", &rest);
	if (!word)
		return;
	command = command_find(word);
	if (!command) {
		printf("error no command is called %s\n", word);
		return;
	}
	while (n < ARGS_MAX && (arg[n] = strtok_r(rest, " \t\n", &rest)))
		n++;
	if (n != command->nargs) {
		printf("error %s takes %s\n", command->name, command->args);
		return;
	}
	ret = command->run(arg, &reply);
	reply.after = clock_us();
	if (is_try)
		printf("ok %lld %lld %s\n", reply.before, reply.after, strerror(-ret));
	else if (ret)
		printf("error %s %s: %s\n", command->name, n ? arg[0] : "", strerror(-ret));
	else
		printf("ok %lld %lld %s\n", reply.before, reply.after, reply.value);
}

int main(void)
{
	char line[256];

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}
