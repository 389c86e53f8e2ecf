// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets handed from process to process, as inetd and systemd do, and servers that
 * replace themselves. While one is on its way no process has it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "endpoint.h"
#include "peer.h"

/* A control message with one descriptor. */
union one_fd {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message(union one_fd *control, struct iovec *byte)
{
	return (struct msghdr){
		.msg_iov = byte,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(*control),
	};
}

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
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	union one_fd control = {
		.header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS },
	};
	struct msghdr msg = message(&control, &byte);
	int fd = endpoint_fd(arg[0]);
	int out, err;

	if (fd < 0)
		return fd;
	if (strlen(arg[1]) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	memcpy(sun.sun_path, arg[1], strlen(arg[1]));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	msg.msg_name = &sun;
	msg.msg_namelen = sizeof(sun);
	out = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (out < 0)
		return -errno;
	reply->before = clock_us();
	err = sendmsg(out, &msg, 0) < 0 ? -errno : 0;
	close(out);
	return err ? err : endpoint_close(arg[0]);
}

static int cmd_take(char **arg, struct reply *reply)
{
	char c;
	struct iovec byte = { .iov_base = &c, .iov_len = 1 };
	union one_fd control = { .header = { 0 } };
	struct msghdr msg = message(&control, &byte);
	int box = endpoint_fd(arg[1]);
	int fd;

	(void)reply;
	if (box < 0)
		return box;
	if (recvmsg(box, &msg, MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	if (control.header.cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return endpoint_add(arg[0], fd);
}

const struct command commands_hand[] = {
	{ "box", "NAME PATH", 2, cmd_box },
	{ "give", "NAME PATH", 2, cmd_give },
	{ "take", "NAME BOX", 2, cmd_take },
	{ 0 }
};
