// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "rights.h"

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

int rights_send(int by, const struct sockaddr_un *to, int fd)
{
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	union one_fd control = {
		.header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS },
	};
	struct msghdr msg = message(&control, &byte);

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	msg.msg_name = (void *)to;
	msg.msg_namelen = to ? sizeof(*to) : 0;
	return sendmsg(by, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int rights_receive(int by)
{
	char c;
	struct iovec byte = { .iov_base = &c, .iov_len = 1 };
	union one_fd control = { .header = { 0 } };
	struct msghdr msg = message(&control, &byte);
	ssize_t n;
	int fd;

	n = recvmsg(by, &msg, MSG_CMSG_CLOEXEC);
	if (n <= 0)
		return n ? -errno : -ENODATA;
	if (control.header.cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}
