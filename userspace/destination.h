/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_DESTINATION_H
#define TCPWATCH_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "netns.h"

enum { PORTS = 65536 };

/**
 * struct port_range - the ports that connect() chooses from
 * @known: the sysctls could be read
 * @low: net.ipv4.ip_local_port_range, the first
 * @high: the last
 * @usable: which ports are in it, not in ip_local_reserved_ports, and no listener's
 * @n_usable: how many
 */
struct port_range {
	bool known;
	unsigned int low;
	unsigned int high;
	bool usable[PORTS];
	size_t n_usable;
};

/**
 * struct destination - a peer, and how many ports there are taken towards it
 * @from: the own address; its port means nothing
 * @to: the peer's address and port
 * @from_text: one connection's own end, as written
 * @to_text: @to, as written
 * @used: how many of the range are taken
 * @time_wait: how many of them by mini-sockets
 */
struct destination {
	struct addr from;
	struct addr to;
	const char *from_text;
	const char *to_text;
	size_t used;
	size_t time_wait;
};

/**
 * struct destinations - those with the most ports taken first
 * @n: how many
 * @list: they
 */
struct destinations {
	size_t n;
	struct destination *list;
};

void port_range_read(struct port_range *range, const struct netns *ns,
		     const struct endpoints *endpoints);
enum status destinations_find(struct destinations *destinations, const struct port_range *range,
			      const struct endpoints *endpoints, struct fault *fault);
void destinations_free(struct destinations *destinations);

#endif
