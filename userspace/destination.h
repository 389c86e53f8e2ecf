/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_DESTINATION_H
#define TCPWATCH_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "netns.h"
#include "number.h"

enum { PORTS = 65536 };

/**
 * struct port_range - the ports that connect() chooses from
 * @known: the sysctls could be read
 * @low: net.ipv4.ip_local_port_range, the first
 * @high: the last
 * @usable: which ports are in it, not in ip_local_reserved_ports, and not a server's
 * @n_usable: how many
 * @tw_reuse: net.ipv4.tcp_tw_reuse: 1 lets connect() take over TIME_WAITs, 2 those on
 *	the loopback interface only
 */
struct port_range {
	bool known;
	unsigned int low;
	unsigned int high;
	bool usable[PORTS];
	size_t n_usable;
	struct number tw_reuse;
};

/**
 * struct destination - a peer, and how many ports there are taken towards it
 * @from: the own address; its port means nothing
 * @to: the peer's address and port
 * @to_text: @to, as written
 * @used: how many of the range are taken
 * @time_wait: how many of them by mini-sockets
 * @reusable: how many of these connect() may take over, once they are a second old
 */
struct destination {
	struct addr from;
	struct addr to;
	const char *to_text;
	size_t used;
	size_t time_wait;
	size_t reusable;
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
