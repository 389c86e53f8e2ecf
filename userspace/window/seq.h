/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequence numbers that do not wrap: 64 bits, counted from the initial one.
 */
#ifndef TCPWATCH_WINDOW_SEQ_H
#define TCPWATCH_WINDOW_SEQ_H

#include <stdint.h>

/**
 * seq_extend() - a sequence number that goes on above 4 GiB
 * @near: one that is less than 2 GiB away
 * @low: its low 32 bits
 *
 * Return: the one that is @low modulo 2^32 and nearest to @near.
 */
static inline uint64_t seq_extend(uint64_t near, uint32_t low)
{
	int64_t distance = (int32_t)(low - (uint32_t)near);

	return distance < 0 && near < (uint64_t)-distance ? 0 : near + (uint64_t)distance;
}

/** seq_greater() - the greater of two */
static inline uint64_t seq_greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/** seq_lesser() - the lesser of two */
static inline uint64_t seq_lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/** seq_overlap() - how much of [@a0, @a1) is in [@b0, @b1) */
static inline uint64_t seq_overlap(uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1)
{
	uint64_t from = seq_greater(a0, b0), to = seq_lesser(a1, b1);

	return from < to ? to - from : 0;
}

#endif
