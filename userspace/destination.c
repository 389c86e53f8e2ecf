// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "destination.h"
#include "kernel.h"
#include "netns_inside.h"

/* "8080,9000-9010", as ip_local_reserved_ports has it. */
static void strike_reserved(struct port_range *range, const char *text)
{
	while (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long first = strtoul(text, &end, 10);
		unsigned long last = *end == '-' ? strtoul(end + 1, &end, 10) : first;

		for (unsigned long port = first; port <= last && port < PORTS; port++)
			range->usable[port] = false;
		text = end + (*end == ',');
	}
}

/* Whose port was bound by bind(): a listener's, or a connection's that one took. */
static bool is_served(const struct endpoint *endpoint)
{
	return endpoint->kind == ENDPOINT_LISTENER || endpoint->passive;
}

/**
 * port_range_read() - which ports does connect() choose from?
 * @range: what to fill in
 * @ns: the namespace
 * @endpoints: all that has a port there
 *
 * A port that was bound by bind() is taken for connect(), whatever its address
 * (__inet_hash_connect() passes over such a bucket): servers' are left out here. So it
 * is with a client's, but that it called bind() is in no table. Where the range has an odd
 * number of ports, connect() leaves out one, another each time.
 */
void port_range_read(struct port_range *range, const struct netns *ns,
		     const struct endpoints *endpoints)
{
	char *text = netns_file(ns, "sys/net/ipv4/ip_local_port_range");
	char *reserved = netns_file(ns, "sys/net/ipv4/ip_local_reserved_ports");
	char *rest = text;
	unsigned long low = text ? strtoul(text, &rest, 10) : 0;
	unsigned long high = text ? strtoul(rest, NULL, 10) : 0;

	memset(range, 0, sizeof(*range));
	range->known = low && low <= high && high < PORTS;
	if (range->known) {
		range->low = (unsigned int)low;
		range->high = (unsigned int)high;
		memset(&range->usable[low], true, high - low + 1);
		if (reserved)
			strike_reserved(range, reserved);
	}
	for (size_t i = 0; i < endpoints->n; i++)
		if (is_served(&endpoints->list[i]))
			range->usable[endpoints->list[i].local.port] = false;
	for (size_t port = 0; port < PORTS; port++)
		range->n_usable += range->usable[port];
	range->tw_reuse = kernel_sysctl(ns, "tcp_tw_reuse");
	free(text);
	free(reserved);
}

static int by_ends(const void *left, const void *right)
{
	const struct destination *a = left;
	const struct destination *b = right;
	int order = addr_compare(&a->to, &b->to);

	return order ? order : memcmp(&a->from.ip, &b->from.ip, sizeof(a->from.ip));
}

static int most_first(const void *left, const void *right)
{
	const struct destination *a = left;
	const struct destination *b = right;

	if (a->used != b->used)
		return a->used < b->used ? 1 : -1;
	return by_ends(left, right);
}

/* As tcp_twsk_unique() has it, but for time stamps, which no table shows. */
static bool is_reusable(const struct endpoint *endpoint, const struct number *tw_reuse)
{
	if (endpoint->kind != ENDPOINT_MINI || strcmp(endpoint->state, "TIME_WAIT") != 0)
		return false;
	return tw_reuse->value == 1 ||
	       (tw_reuse->value == 2 &&
		(addr_is_loopback(&endpoint->local) ||
		 addr_is_loopback(&endpoint->remote)));
}

/**
 * destinations_find() - towards whom are how many ports taken?
 * @destinations: the answer; destinations_free() it, also after a failure
 * @range: the ports that there are
 * @endpoints: all that has a port
 * @fault: no memory
 *
 * A port may be used once for each own address, peer and peer's port: each such has as
 * many ports as the range.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status destinations_find(struct destinations *destinations, const struct port_range *range,
			      const struct endpoints *endpoints, struct fault *fault)
{
	struct destination *list = calloc(endpoints->n + 1, sizeof(*list));
	size_t used = 0;
	size_t n = 0;

	*destinations = (struct destinations){ .list = list };
	if (!list)
		return fault_memory(fault);
	for (size_t i = 0; i < endpoints->n; i++) {
		const struct endpoint *endpoint = &endpoints->list[i];

		if (endpoint->kind == ENDPOINT_LISTENER || !range->usable[endpoint->local.port])
			continue;
		list[used++] = (struct destination){
			.from = endpoint->local,
			.to = endpoint->remote,
			.to_text = endpoint->remote_text,
			.used = 1,
			.time_wait = endpoint->kind == ENDPOINT_MINI,
			.reusable = is_reusable(endpoint, &range->tw_reuse),
		};
	}
	qsort(list, used, sizeof(*list), by_ends);
	for (size_t i = 0; i < used; i++) {
		if (!n || by_ends(&list[n - 1], &list[i]) != 0) {
			list[n++] = list[i];
			continue;
		}
		list[n - 1].used++;
		list[n - 1].time_wait += list[i].time_wait;
		list[n - 1].reusable += list[i].reusable;
	}
	qsort(list, n, sizeof(*list), most_first);
	destinations->n = n;
	return STATUS_OK;
}

/**
 * destinations_free() - give back what they hold
 * @destinations: filled in or all zeroes
 */
void destinations_free(struct destinations *destinations)
{
	free(destinations->list);
	*destinations = (struct destinations){ .n = 0 };
}
