// SPDX-License-Identifier: GPL-2.0
/* Sockets handed from process to process. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "endpoint.h"
#include "peer.h"
#include "rights.h"

/* Where sockets can be given to this process. */
static int cmd_box(char **arg, struct reply *reply)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, err;

	(void)reply;
	if (strlen(arg[1]) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	memcpy(sun.sun_path, arg[1], strlen(arg[1]));
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		err = -errno;
		close(fd);
		return err;
	}
	return endpoint_add(arg[0], fd);
}

static int cmd_give(char **arg, struct reply *reply)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = endpoint_fd(arg[0]);
	int out, err;

	if (fd < 0)
		return fd;
	if (strlen(arg[1]) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	memcpy(sun.sun_path, arg[1], strlen(arg[1]));
	out = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (out < 0)
		return -errno;
	reply->before = clock_us();
	err = rights_send(out, &sun, fd);
	close(out);
	return err ? err : endpoint_close(arg[0]);
}

static int cmd_take(char **arg, struct reply *reply)
{
	int box = endpoint_fd(arg[1]);
	int fd;

	(void)reply;
	if (box < 0)
		return box;
	fd = rights_receive(box);
	return fd < 0 ? fd : endpoint_add(arg[0], fd);
}

const struct command commands_hand[] = {
	{ "box", "NAME PATH", 2, cmd_box },
	{ "give", "NAME PATH", 2, cmd_give },
	{ "take", "NAME BOX", 2, cmd_take },
	{ 0 }
};
