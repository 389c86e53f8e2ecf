/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_NETWORK_H
#define TCPWATCH_NETWORK_H

#include <stddef.h>

#include "addr.h"
#include "halfopen.h"

enum { NETWORK_SIZE = INET6_ADDRSTRLEN + 4 };

/**
 * struct network - where half-open connections come from: a /24 or a /64
 * @base: its first address; the port is 0
 * @halfopen: those from there
 */
struct network {
	struct addr base;
	struct halfopen halfopen;
};

/**
 * struct networks - all of them, those with the most half-open connections first
 * @n: how many
 * @list: they
 */
struct networks {
	size_t n;
	struct network *list;
};

enum status networks_find(struct networks *networks, const struct requests *requests,
			  struct fault *fault);
const char *network_text(char text[NETWORK_SIZE], const struct network *network);
void networks_free(struct networks *networks);

#endif
