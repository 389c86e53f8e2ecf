// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"

enum {
	V4_KEPT = 15,	/* bytes that a /24 of mapped addresses has in common */
	V6_KEPT = 8,
};

static int by_base(const void *left, const void *right)
{
	const struct network *a = left;
	const struct network *b = right;

	return addr_compare(&a->base, &b->base);
}

static int most_first(const void *left, const void *right)
{
	const struct network *a = left;
	const struct network *b = right;

	if (a->halfopen.n != b->halfopen.n)
		return a->halfopen.n < b->halfopen.n ? 1 : -1;
	return addr_compare(&a->base, &b->base);
}

static void take(struct network *network, const struct request_row *row)
{
	const bool mapped = addr_is_mapped(&row->remote);

	/* IPv4 to a listener at :: is from the same network as IPv4 to any other. */
	*network = (struct network){ .base = { .v4 = mapped } };
	memcpy(&network->base.ip, &row->remote.ip, mapped ? V4_KEPT : V6_KEPT);
	halfopen_add(&network->halfopen, row);
}

static void join(struct network *network, const struct network *other)
{
	network->halfopen.n += other->halfopen.n;
	network->halfopen.again += other->halfopen.again;
	if (other->halfopen.oldest_ms > network->halfopen.oldest_ms)
		network->halfopen.oldest_ms = other->halfopen.oldest_ms;
}

/**
 * networks_find() - sort half-open connections by where they come from
 * @networks: the answer; networks_free() it, also after a failure
 * @requests: the half-open connections
 * @fault: no memory
 *
 * A /24 and a /64 are what one customer of a provider, or one site, has at least:
 * forged sources are in as many networks as there are SYNs, one busy client is in one.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status networks_find(struct networks *networks, const struct requests *requests,
			  struct fault *fault)
{
	struct network *list = calloc(requests->n + 1, sizeof(*list));
	size_t n = 0;

	*networks = (struct networks){ .list = list };
	if (!list)
		return fault_memory(fault);
	for (size_t i = 0; i < requests->n; i++)
		take(&list[i], &requests->rows[i]);
	qsort(list, requests->n, sizeof(*list), by_base);
	for (size_t i = 0; i < requests->n; i++) {
		if (n && !by_base(&list[n - 1], &list[i]))
			join(&list[n - 1], &list[i]);
		else
			list[n++] = list[i];
	}
	qsort(list, n, sizeof(*list), most_first);
	networks->n = n;
	return STATUS_OK;
}

/**
 * network_text() - a network as it is written
 * @text: where to
 * @network: the network
 *
 * Return: @text.
 */
const char *network_text(char text[NETWORK_SIZE], const struct network *network)
{
	char ip[INET6_ADDRSTRLEN];

	snprintf(text, NETWORK_SIZE, "%s/%d", addr_ip_text(ip, &network->base),
		 network->base.v4 ? 24 : 64);
	return text;
}

/**
 * networks_free() - give back what they hold
 * @networks: the networks
 */
void networks_free(struct networks *networks)
{
	free(networks->list);
	*networks = (struct networks){ .n = 0 };
}
