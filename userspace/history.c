// SPDX-License-Identifier: GPL-2.0
#include "history.h"

/**
 * history_add() - note another sample
 * @history: all zeroes at first
 * @sample: it; the oldest of HISTORY_SIZE is forgotten for it
 */
void history_add(struct history *history, uint64_t sample)
{
	history->samples[history->n++ % HISTORY_SIZE] = sample;
}

/**
 * history_length() - how many samples are there?
 * @history: the history
 *
 * Return: the number, at most HISTORY_SIZE.
 */
size_t history_length(const struct history *history)
{
	return history->n < HISTORY_SIZE ? (size_t)history->n : HISTORY_SIZE;
}

/**
 * history_back() - a sample
 * @history: the history
 * @back: which: 0 the latest, below history_length()
 *
 * Return: the sample.
 */
uint64_t history_back(const struct history *history, size_t back)
{
	return history->samples[(history->n - 1 - back) % HISTORY_SIZE];
}

/**
 * history_most() - the greatest of the latest samples
 * @history: the history
 * @last: of so many
 *
 * Return: that, 0 if there are none.
 */
uint64_t history_most(const struct history *history, size_t last)
{
	uint64_t most = 0;

	if (last > history_length(history))
		last = history_length(history);
	for (size_t back = 0; back < last; back++)
		if (history_back(history, back) > most)
			most = history_back(history, back);
	return most;
}
