// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "window/follow.h"

#define FILE_NAME "follow"

enum {
	END_SIZE = 80,
	FILE_SIZE = 4096,	/* more than all filters take */
	MAPPED_BITS = 96,
};

/* ---- a filter in the module's words */

/* "ADDR/LEN[:PORT]", "*" for any address. Returns false if nothing can be both. */
static bool write_end(char text[END_SIZE], const struct alternative *a, uint16_t port)
{
	const struct addr_match *match = a ? &a->match : NULL;
	char ip[INET6_ADDRSTRLEN];
	size_t used;

	if (match && !match->any_port) {
		if (port && port != match->port)
			return false;
		port = match->port;
	}
	if (!match || (!match->prefix && !match->v6_only)) {
		used = (size_t)snprintf(text, END_SIZE, "*");
	} else if (match->prefix >= MAPPED_BITS && IN6_IS_ADDR_V4MAPPED(&match->ip)) {
		inet_ntop(AF_INET, &match->ip.s6_addr[12], ip, sizeof(ip));
		used = (size_t)snprintf(text, END_SIZE, "%s/%u", ip, match->prefix - MAPPED_BITS);
	} else {
		inet_ntop(AF_INET6, &match->ip, ip, sizeof(ip));
		used = (size_t)snprintf(text, END_SIZE, "[%s]/%u", ip, match->prefix);
	}
	if (port)
		snprintf(text + used, END_SIZE - used, ":%u", port);
	return true;
}

/**
 * struct rules - lines for the file
 * @text: they
 * @used: bytes of it
 * @n: how many
 */
struct rules {
	char *text;
	size_t used;
	size_t n;
};

static void add_rule(struct rules *rules, const struct alternative *local, uint16_t local_port,
		     const struct alternative *remote, uint16_t remote_port)
{
	char here[END_SIZE], there[END_SIZE];

	if (!write_end(here, local, local_port) || !write_end(there, remote, remote_port))
		return;
	if (rules->n++ < FOLLOW_MAX)
		rules->used += (size_t)snprintf(rules->text + rules->used,
						FOLLOW_RULES_SIZE - rules->used,
						"add local=%s remote=%s\n", here, there);
}

/* A port may be that of either end. */
static void add_ports(struct rules *rules, const struct filter *filter,
		      const struct alternative *local, const struct alternative *remote)
{
	const struct alternative *port = filter->any[FILTER_PORT];

	if (!port)
		add_rule(rules, local, 0, remote, 0);
	for (; port; port = port->next) {
		add_rule(rules, local, port->port, remote, 0);
		add_rule(rules, local, 0, remote, port->port);
	}
}

static void add_remotes(struct rules *rules, const struct filter *filter,
			const struct alternative *local)
{
	const struct alternative *remote = filter->any[FILTER_REMOTE];

	if (!remote)
		add_ports(rules, filter, local, NULL);
	for (; remote; remote = remote->next)
		add_ports(rules, filter, local, remote);
}

/**
 * follow_rules() - say a filter in the words of `follow`
 * @rules: where to; a line each
 * @filter: its addresses and ports; nothing else of it can be said there
 * @fault: there are too many alternatives, or nothing can fit
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status follow_rules(char rules[FOLLOW_RULES_SIZE], const struct filter *filter,
			 struct fault *fault)
{
	const struct alternative *local = filter->any[FILTER_LOCAL];
	struct rules all = { .text = rules };

	*rules = '\0';
	if (!local)
		add_remotes(&all, filter, NULL);
	for (; local; local = local->next)
		add_remotes(&all, filter, local);
	if (!all.n)
		return fault_set(fault, STATUS_USAGE,
				 "no connection can fit that: an end has one port only");
	if (all.n > FOLLOW_MAX)
		return fault_set(fault, STATUS_USAGE,
				 "with all their alternatives these are %zu filters; the module takes %u",
				 all.n, FOLLOW_MAX);
	return STATUS_OK;
}

/* ---- the file */

/* Bit N - 1 is there for each filter that has the number N. */
static enum status read_numbers(int fd, const struct source *source, uint64_t *numbers,
				struct fault *fault)
{
	char text[FILE_SIZE];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	char *line = text, *rest;

	*numbers = 0;
	if (got < 0)
		return source_failed(source, FILE_NAME, errno, fault);
	text[got] = '\0';
	while ((rest = strchr(line, '\n'))) {
		unsigned long number = strtoul(line, NULL, 10);

		if (number && number <= 64)
			*numbers |= 1ULL << (number - 1);
		line = rest + 1;
	}
	return STATUS_OK;
}

static enum status refused(const struct source *source, struct fault *fault)
{
	if (errno == ENOSPC)
		return fault_set(fault, STATUS_FAILED,
				 "%s/%s has as many filters as it can: end another tcpwatch window, or write 'clear' into it",
				 source->path, FILE_NAME);
	if (errno == EINVAL)
		return fault_set(fault, STATUS_FAILED,
				 "%s/%s does not understand this filter: the module is not of this program's version",
				 source->path, FILE_NAME);
	return source_failed(source, FILE_NAME, errno, fault);
}

/* Which filters are new shows their numbers. Others that do so wait for the lock. */
static enum status set_locked(struct follow *follow, int fd, const struct source *source,
			      const char *rules, struct fault *fault)
{
	uint64_t before, after;
	enum status status = read_numbers(fd, source, &before, fault);

	if (status)
		return status;
	if (write(fd, rules, strlen(rules)) < 0)
		return refused(source, fault);
	status = read_numbers(fd, source, &after, fault);
	after &= ~before;
	for (unsigned int i = 0; i < 64 && follow->n < FOLLOW_MAX; i++)
		if (after & 1ULL << i)
			follow->number[follow->n++] = i + 1;
	return status;
}

/* Reading takes less: the module asks who opens the file to write for CAP_NET_ADMIN as well. */
static enum status not_opened(const struct source *source, struct fault *fault)
{
	if (errno == EPERM)
		return fault_set(fault, STATUS_DENIED,
				 "not permitted to write %s/%s: that takes CAP_NET_ADMIN",
				 source->path, FILE_NAME);
	return source_failed(source, FILE_NAME, errno, fault);
}

static int open_file(const struct source *source)
{
	return openat(source->dir, FILE_NAME, O_RDWR | O_CLOEXEC | O_NOCTTY);
}

/**
 * follow_set() - have segments told
 * @follow: remembers the filters; follow_clear() it
 * @source: the namespace
 * @rules: of follow_rules()
 * @fault: what went wrong; then nothing is set
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status follow_set(struct follow *follow, const struct source *source, const char *rules,
		       struct fault *fault)
{
	int fd = open_file(source);
	enum status status;

	follow->n = 0;
	if (fd < 0)
		return not_opened(source, fault);
	while (flock(fd, LOCK_EX) && errno == EINTR)
		;
	status = set_locked(follow, fd, source, rules, fault);
	close(fd);
	return status;
}

/**
 * follow_clear() - take away the filters that were set
 * @follow: the filters
 * @source: the namespace
 *
 * That the module is gone, and they with it, is no failure.
 */
void follow_clear(struct follow *follow, const struct source *source)
{
	char line[sizeof("del 18446744073709551615\n")];
	int fd;

	if (!follow->n)
		return;
	fd = open_file(source);
	if (fd < 0)
		return;
	while (flock(fd, LOCK_EX) && errno == EINTR)
		;
	while (follow->n) {
		int size = snprintf(line, sizeof(line), "del %u\n", follow->number[--follow->n]);

		/* Somebody else may have taken it away. */
		if (write(fd, line, (size_t)size) < 0 && errno != EINVAL)
			break;
	}
	close(fd);
}
