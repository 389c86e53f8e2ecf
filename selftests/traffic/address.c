// SPDX-License-Identifier: GPL-2.0
/* Socket addresses as text, the way /proc/tcpwatch writes them. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"

static int port_parse(const char *text, in_port_t *port)
{
	unsigned long n;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	n = strtoul(text, &end, 10);
	if (*end || n > 65535)
		return -EINVAL;
	*port = htons(n);
	return 0;
}

int address_parse(const char *text, struct sockaddr_storage *sa, socklen_t *len)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)sa;
	struct sockaddr_in *in = (struct sockaddr_in *)sa;
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN] = "";
	const char *from = text;
	const char *to = colon;

	if (!colon)
		return -EINVAL;
	memset(sa, 0, sizeof(*sa));
	if (*text == '[') {
		from++;
		to--;
		if (to < from || *to != ']')
			return -EINVAL;
	}
	if ((size_t)(to - from) >= sizeof(host))
		return -EINVAL;
	memcpy(host, from, to - from);
	if (*text == '[') {
		sa->ss_family = AF_INET6;
		*len = sizeof(*in6);
		if (inet_pton(AF_INET6, host, &in6->sin6_addr) != 1)
			return -EINVAL;
		return port_parse(colon + 1, &in6->sin6_port);
	}
	sa->ss_family = AF_INET;
	*len = sizeof(*in);
	if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
		return -EINVAL;
	return port_parse(colon + 1, &in->sin_port);
}

void address_format(const struct sockaddr_storage *sa, char *text)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	char host[INET6_ADDRSTRLEN];

	if (sa->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT_MAX, "[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT_MAX, "%s:%u", host, ntohs(in->sin_port));
	}
}

void address_set_port(struct sockaddr_storage *sa, unsigned short port)
{
	if (sa->ss_family == AF_INET6)
		((struct sockaddr_in6 *)sa)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)sa)->sin_port = htons(port);
}

int address_listen(const char *text, int backlog, struct sockaddr_storage *bound)
{
	socklen_t len, bound_len = sizeof(*bound);
	struct sockaddr_storage sa;
	int fd, err, one = 1;

	err = address_parse(text, &sa, &len);
	if (err)
		return err;
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&sa, len) || listen(fd, backlog) ||
	    (bound && getsockname(fd, (struct sockaddr *)bound, &bound_len))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
