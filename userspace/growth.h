/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_GROWTH_H
#define TCPWATCH_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct arrival - that a socket came to CLOSE_WAIT and is still there
 * @ago_ms: how long ago
 * @least: it may have been longer ago: it is older than the module
 */
struct arrival {
	uint64_t ago_ms;
	bool least;
};

/**
 * struct growth - how fast a process's sockets in CLOSE_WAIT become more
 * @known: there is enough to tell
 * @per_hour: how many more an hour, 0 where they do not become more
 */
struct growth {
	bool known;
	double per_hour;
};

struct growth growth_of(const struct arrival *arrivals, size_t n, uint64_t stuck_ms);
bool growth_full_in(const struct growth *growth, uint64_t left, uint64_t *ms);

#endif
