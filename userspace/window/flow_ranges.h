/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data that came behind a hole.
 */
#ifndef TCPWATCH_WINDOW_FLOW_RANGES_H
#define TCPWATCH_WINDOW_FLOW_RANGES_H

#include <stddef.h>
#include <stdint.h>

enum { FLOW_RANGES = 32 };

/**
 * struct flow_ranges - data that came behind a hole, in no order
 * @n: how many pieces
 * @range: the first sequence number of each, and one behind the last
 *
 * With more holes than there is room for the oldest piece is forgotten.
 */
struct flow_ranges {
	size_t n;
	uint64_t range[FLOW_RANGES][2];
};

uint64_t flow_ranges_overlap(const struct flow_ranges *ranges, uint64_t left, uint64_t right);
void flow_ranges_trim(struct flow_ranges *ranges, uint64_t una);
void flow_ranges_add(struct flow_ranges *ranges, uint64_t left, uint64_t right);

#endif
