// SPDX-License-Identifier: GPL-2.0
#include "growth.h"

enum {
	SPAN_MS = 10 * 60 * 1000,	/* how far to look back */
	SAMPLE = 10,			/* and further, until there are so many */
	LEAST = 4,			/* with fewer, it is anybody's guess */
	HOUR_MS = 60 * 60 * 1000,
};

static double rate(size_t n, uint64_t ms)
{
	return (double)n * HOUR_MS / (double)ms;
}

/**
 * growth_of() - how fast do they become more?
 * @arrivals: the sockets of one process in CLOSE_WAIT, the oldest first
 * @n: how many
 * @stuck_ms: the namespace's threshold
 *
 * One look shows only those that are still there, and some of the young ones are
 * about to be closed. So the span that is looked at, the last ten minutes (or
 * longer, until there are ten sockets in it; never beyond the oldest, nor beyond
 * the time since which the module has watched), is cut in two, such that all
 * sockets in the older part are stuck. The smaller of the two parts' rates is the
 * growth: sockets which are merely being closed are in the younger part only, and
 * those of a burst which is over, or of a leak which has ended, in the older only.
 *
 * Return: the growth; not known where there are too few sockets, or the oldest has
 * not been there for long enough.
 */
struct growth growth_of(const struct arrival *arrivals, size_t n, uint64_t stuck_ms)
{
	struct growth growth = { .known = false };
	uint64_t span = SPAN_MS;
	uint64_t cut;
	size_t older = 0;
	size_t younger = 0;

	if (n < LEAST)
		return growth;
	if (n >= SAMPLE && arrivals[n - SAMPLE].ago_ms > span)
		span = arrivals[n - SAMPLE].ago_ms;
	if (n < SAMPLE || arrivals[0].ago_ms < span)
		span = arrivals[0].ago_ms;
	for (size_t i = 0; i < n; i++)
		if (arrivals[i].least && arrivals[i].ago_ms < span)
			span = arrivals[i].ago_ms;
	cut = span / 2 > stuck_ms ? span / 2 : stuck_ms;
	if (span <= cut || span - cut < cut / 8)
		return growth;
	for (size_t i = 0; i < n; i++) {
		if (arrivals[i].least || arrivals[i].ago_ms > span)
			continue;
		if (arrivals[i].ago_ms > cut)
			older++;
		else
			younger++;
	}
	growth.known = true;
	growth.per_hour = rate(older, span - cut);
	if (rate(younger, cut) < growth.per_hour)
		growth.per_hour = rate(younger, cut);
	return growth;
}

/**
 * growth_full_in() - when is there no room left?
 * @growth: how fast they become more
 * @left: for how many more there is room
 * @ms: in how many milliseconds
 *
 * Return: false if that is not known, or never at this rate.
 */
bool growth_full_in(const struct growth *growth, uint64_t left, uint64_t *ms)
{
	double hours;

	*ms = 0;
	if (!left)
		return true;
	if (!growth->known || growth->per_hour <= 0)
		return false;
	hours = (double)left / growth->per_hour;
	if (hours >= (double)(UINT64_MAX / 2 / HOUR_MS))
		return false;
	*ms = (uint64_t)(hours * HOUR_MS);
	return true;
}
