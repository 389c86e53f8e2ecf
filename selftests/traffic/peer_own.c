// SPDX-License-Identifier: GPL-2.0
/* What is asked of a socket, and of the process that has it. */
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "endpoint.h"
#include "peer.h"

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

const struct command commands_own[] = {
	{ "chown", "NAME UID", 2, cmd_chown },
	{ "cookie", "NAME", 1, cmd_cookie },
	{ "inode", "NAME", 1, cmd_inode },
	{ "local", "NAME", 1, cmd_local },
	{ "name", "COMM", 1, cmd_name },
	{ "user", "UID", 1, cmd_user },
	{ "time", "", 0, cmd_time },
	{ 0 }
};
