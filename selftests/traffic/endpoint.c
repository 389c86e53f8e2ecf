// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "endpoint.h"

enum {
	ENDPOINTS_MAX = 512,
	NAME_MAX_LEN = 32,
};

struct endpoint {
	char name[NAME_MAX_LEN];
	int fd;
};

static struct endpoint endpoints[ENDPOINTS_MAX];

static struct endpoint *endpoint_find(const char *name)
{
	for (int i = 0; i < ENDPOINTS_MAX; i++)
		if (!strcmp(endpoints[i].name, name))
			return &endpoints[i];
	return NULL;
}

int endpoint_fd(const char *name)
{
	struct endpoint *e = endpoint_find(name);

	return e ? e->fd : -ENOENT;
}

int endpoint_add(const char *name, int fd)
{
	struct timeval limit = { .tv_sec = ENDPOINT_LIMIT_S };
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

int endpoint_close(const char *name)
{
	struct endpoint *e = endpoint_find(name);

	if (!e)
		return -ENOENT;
	close(e->fd);
	*e->name = '\0';
	return 0;
}
