/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that look random and are the same for the same seed. */
#ifndef TRAFFIC_DRAW_H
#define TRAFFIC_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* One of 0 to BELOW - 1. */
static inline uint32_t draw(uint64_t *seed, uint32_t below)
{
	/* Knuth's MMIX; the low bits are poor. */
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 32) % below;
}

/* True once in N times. */
static inline bool draw_one_in(uint64_t *seed, uint32_t n)
{
	return draw(seed, n) == 0;
}

#endif /* TRAFFIC_DRAW_H */
