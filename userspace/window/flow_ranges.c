// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "window/flow_ranges.h"
#include "window/seq.h"

/**
 * flow_ranges_overlap() - how much of a piece is there?
 * @ranges: what is there
 * @left: its first sequence number
 * @right: one behind its last
 *
 * Return: bytes.
 */
uint64_t flow_ranges_overlap(const struct flow_ranges *ranges, uint64_t left, uint64_t right)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ranges->n; i++)
		sum += seq_overlap(left, right, ranges->range[i][0], ranges->range[i][1]);
	return sum;
}

static void ranges_remove(struct flow_ranges *ranges, size_t i)
{
	ranges->n--;
	memmove(&ranges->range[i], &ranges->range[i + 1],
		(ranges->n - i) * sizeof(ranges->range[0]));
}

/**
 * flow_ranges_trim() - forget what is behind no hole any more
 * @ranges: what is there
 * @una: all before it has come
 */
void flow_ranges_trim(struct flow_ranges *ranges, uint64_t una)
{
	for (size_t i = ranges->n; i-- > 0;)
		if (ranges->range[i][1] <= una)
			ranges_remove(ranges, i);
}

/**
 * flow_ranges_add() - a piece has come
 * @ranges: what is there
 * @left: its first sequence number
 * @right: one behind its last
 *
 * Pieces never overlap: those that this one touches become part of it.
 */
void flow_ranges_add(struct flow_ranges *ranges, uint64_t left, uint64_t right)
{
	for (size_t i = ranges->n; i-- > 0;) {
		if (ranges->range[i][1] < left || ranges->range[i][0] > right)
			continue;
		left = seq_lesser(left, ranges->range[i][0]);
		right = seq_greater(right, ranges->range[i][1]);
		ranges_remove(ranges, i);
	}
	if (ranges->n == FLOW_RANGES)
		ranges_remove(ranges, 0);
	ranges->range[ranges->n][0] = left;
	ranges->range[ranges->n][1] = right;
	ranges->n++;
}
