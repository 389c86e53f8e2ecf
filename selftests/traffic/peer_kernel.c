// SPDX-License-Identifier: GPL-2.0
/* What the kernel can do with a connection that is there: encrypt it, give it to another socket. */
#include "clock.h"
#include "endpoint.h"
#include "ktls.h"
#include "peer.h"
#include "repair.h"

static struct repair_image image;

static int cmd_tls(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);

	if (fd < 0)
		return fd;
	reply->before = clock_us();
	return ktls_begin(fd);
}

/* The connection is taken out of its socket, which ends without a word. */
static int cmd_freeze(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	int err;

	if (fd < 0)
		return fd;
	err = repair_take(fd, &image);
	if (err)
		return err;
	reply->before = clock_us();
	return endpoint_close(arg[0]);
}

/* And put into a new one. */
static int cmd_thaw(char **arg, struct reply *reply)
{
	int fd;

	reply->before = clock_us();
	fd = repair_put(&image);
	return fd < 0 ? fd : endpoint_add(arg[0], fd);
}

const struct command commands_kernel[] = {
	{ "tls", "NAME", 1, cmd_tls },
	{ "freeze", "NAME", 1, cmd_freeze },
	{ "thaw", "NAME", 1, cmd_thaw },
	{ 0 }
};
