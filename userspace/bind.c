// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel decides in inet_csk_get_port(), for bind() and for listen() once more, by
 * what no table shows (SO_REUSEADDR and IPV6_V6ONLY of all sockets with that port, and
 * sockets that are only bound). So it is asked: bind() is tried, and closed at once.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bind.h"
#include "netns_inside.h"

enum { V4_START = 12 };	/* where an IPv4 address starts in a mapped one */

/**
 * struct trial - what to try inside of a namespace
 * @attempts: the addresses
 * @n: how many
 */
struct trial {
	struct attempt *attempts;
	size_t n;
};

static enum bind_answer answer_of(int error)
{
	switch (error) {
	case 0:
		return BIND_WORKS;
	case EADDRINUSE:
		return BIND_IN_USE;
	case EADDRNOTAVAIL:
		return BIND_NO_ADDRESS;
	case EACCES:
	case EPERM:
		return BIND_DENIED;
	case EAFNOSUPPORT:
		return BIND_NO_FAMILY;
	default:
		return BIND_FAILED;
	}
}

static int bind_to(int fd, const struct addr *local)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(local->port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(local->port) };

	memcpy(&four.sin_addr, local->ip.s6_addr + V4_START, sizeof(four.sin_addr));
	six.sin6_addr = local->ip;
	if (local->v4)
		return bind(fd, (const struct sockaddr *)&four, sizeof(four));
	return bind(fd, (const struct sockaddr *)&six, sizeof(six));
}

static enum bind_answer try_one(const struct attempt *attempt, int reuse)
{
	const int v6_only = attempt->v6_only;
	const struct addr *local = &attempt->local;
	int fd = socket(local->v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0)
		return answer_of(errno);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse)) ||
	    (!local->v4 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof(v6_only))) ||
	    bind_to(fd, local))
		error = errno;
	close(fd);
	return answer_of(error);
}

static void try_all(void *arg)
{
	const struct trial *trial = arg;

	for (size_t i = 0; i < trial->n; i++) {
		struct attempt *attempt = &trial->attempts[i];

		attempt->plain = try_one(attempt, 0);
		attempt->reuse = try_one(attempt, 1);
	}
}

/**
 * bind_try() - try bind() in a namespace
 * @ns: the namespace
 * @attempts: the addresses, and then the answers
 * @n: how many
 *
 * A bind() that works means that listen() would: both ask the same, and what lets the
 * one pass by without a look (fastreuse of the port's bucket) is only there while all
 * sockets with that port have SO_REUSEADDR and none listens.
 *
 * For a few microseconds a bind() of somebody else may fail because of this one.
 *
 * Return: whether it was tried; it is not for a saved copy, or where this user may not
 * enter the namespace.
 */
bool bind_try(const struct netns *ns, struct attempt *attempts, size_t n)
{
	struct trial trial = { .attempts = attempts, .n = n };

	return netns_enter(ns, try_all, &trial);
}

/**
 * bind_overlaps() - may one of two sockets with the same port stand in the other's way?
 * @attempt: the one that is to come
 * @endpoint: the one that is there
 *
 * As inet_rcv_saddr_equal() has it, whatever the tables do not tell taken for what
 * stands in the way: a socket at :: for one that takes IPv4 too, and, where 0.0.0.0 is
 * to be bound, a connection over IPv6 for one from such a listener. The kernel looks
 * only whether it has IPV6_V6ONLY; listeners at one IPv6 address always have.
 *
 * Return: whether their addresses overlap.
 */
bool bind_overlaps(const struct attempt *attempt, const struct endpoint *endpoint)
{
	const struct addr *a = &attempt->local;
	const struct addr *b = &endpoint->local;

	if (addr_same_ip(a, b))
		return true;
	if (addr_is_any(a) && a->v4)
		return addr_is_mapped(b) || addr_is_any(b) || endpoint->kind != ENDPOINT_LISTENER;
	if (addr_is_any(a))
		return !attempt->v6_only || !addr_is_mapped(b);
	return addr_is_any(b) && (!b->v4 || addr_is_mapped(a));
}

/**
 * bind_guess() - what the tables say, where it cannot be tried
 * @attempt: the address, and then the answer
 * @list: all sockets with that port
 * @n: how many
 *
 * Without SO_REUSEADDR any socket there is in the way, with it a listener is; any other
 * is unless it has it, too, which no table tells. That there is nothing in the tables
 * says nothing: a socket that is only bound is in none.
 */
void bind_guess(struct attempt *attempt, const struct endpoint *list, size_t n)
{
	attempt->plain = BIND_UNKNOWN;
	attempt->reuse = BIND_UNKNOWN;
	for (size_t i = 0; i < n; i++) {
		const struct endpoint *endpoint = &list[i];

		if (!bind_overlaps(attempt, endpoint))
			continue;
		/* It may have IPV6_V6ONLY, and leave IPv4 alone. */
		if (addr_is_mapped(&attempt->local) && !addr_is_mapped(&endpoint->local))
			continue;
		attempt->plain = BIND_IN_USE;
		if (endpoint->kind == ENDPOINT_LISTENER)
			attempt->reuse = BIND_IN_USE;
	}
}

/**
 * bind_answer_name() - an answer in a word
 * @answer: the answer
 *
 * Return: a constant string; NULL for BIND_UNKNOWN.
 */
const char *bind_answer_name(enum bind_answer answer)
{
	static const char *const names[] = {
		[BIND_UNKNOWN] = NULL,
		[BIND_WORKS] = "works",
		[BIND_IN_USE] = "in_use",
		[BIND_NO_ADDRESS] = "no_such_address",
		[BIND_DENIED] = "not_permitted",
		[BIND_NO_FAMILY] = "no_ipv6",
		[BIND_FAILED] = "failed",
	};

	return names[answer];
}
