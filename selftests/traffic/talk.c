// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "talk.h"

void talk_limit(int fd)
{
	static const struct timeval limit = { .tv_sec = TALK_LIMIT_S };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
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
	return take(fd, 0) == 0;
}

bool talk_hear_reset(int fd)
{
	return take(fd, 0) < 0 && errno == ECONNRESET;
}

bool talk_both(int client, int server)
{
	return talk_say(client) && talk_hear(server) && talk_say(server) && talk_hear(client);
}
