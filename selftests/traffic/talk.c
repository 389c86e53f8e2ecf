// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "talk.h"

void talk_limit(int fd)
{
	static const struct timeval limit = { .tv_sec = TALK_LIMIT_S };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Both families have it at the same place. */
static in_port_t port_of(const struct sockaddr_storage *sa)
{
	return ((const struct sockaddr_in *)sa)->sin_port;
}

int talk_accept(int listener, int client)
{
	struct sockaddr_storage own, peer;
	socklen_t len = sizeof(own);
	int fd;

	if (getsockname(client, (struct sockaddr *)&own, &len))
		return -1;
	do {
		len = sizeof(peer);
		fd = accept4(listener, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
		if (fd < 0)
			return -1;
		if (port_of(&peer) == port_of(&own)) {
			talk_limit(fd);
			return fd;
		}
		close(fd);
	} while (true);
}

static ssize_t take(int fd, int flags)
{
	char c;

	errno = 0;
	return recv(fd, &c, 1, flags);
}

bool talk_say(int fd)
{
	return send(fd, "x", 1, MSG_NOSIGNAL) == 1;
}

bool talk_hear(int fd)
{
	return take(fd, 0) == 1;
}

bool talk_arrives(int fd)
{
	return take(fd, MSG_PEEK) == 1;
}

bool talk_hear_end(int fd)
{
	ssize_t got = take(fd, 0);

	return !got || (got < 0 && errno == EPIPE);
}

bool talk_hear_reset(int fd)
{
	return take(fd, 0) < 0 && errno == ECONNRESET;
}

bool talk_both(int client, int server)
{
	return talk_say(client) && talk_hear(server) && talk_say(server) && talk_hear(client);
}
