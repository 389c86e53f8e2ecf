/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_HISTORY_H
#define TCPWATCH_HISTORY_H

#include <stddef.h>
#include <stdint.h>

enum { HISTORY_SIZE = 256 };	/* as wide as terminals are; at one a second, 4 minutes */

/**
 * struct history - the latest samples of something that is looked at again and again
 * @samples: they, in a ring
 * @n: how many there have been
 */
struct history {
	uint64_t samples[HISTORY_SIZE];
	uint64_t n;
};

void history_add(struct history *history, uint64_t sample);
size_t history_length(const struct history *history);
uint64_t history_back(const struct history *history, size_t back);
uint64_t history_most(const struct history *history, size_t last);

#endif
