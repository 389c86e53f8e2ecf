// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "moment.h"

enum {
	NS_PER_US = 1000,
	NS_PER_MS = 1000 * 1000,
	NS_PER_S = 1000 * 1000 * 1000,
	SYNC_TRIES = 3,
	SYNC_LEAST_NS = NS_PER_MS,	/* by less than this nobody sets a clock */
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/**
 * moment_now_ns() - what time is it?
 *
 * Return: CLOCK_BOOTTIME in ns.
 */
int64_t moment_now_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/**
 * moment_span_ns() - a span of time, in another unit
 * @ms: in ms; of a saved copy it may be anything
 *
 * Return: it in ns, INT64_MAX if it is longer than that.
 */
int64_t moment_span_ns(uint64_t ms)
{
	return ms < INT64_MAX / NS_PER_MS ? (int64_t)ms * NS_PER_MS : INT64_MAX;
}

/**
 * moments_sync() - see what time it is on the wall
 * @moments: its offset_ns is 0 the first time
 *
 * Again and again, as somebody may set that clock. It is not touched for the little
 * that this cannot measure, lest times go back.
 */
void moments_sync(struct moments *moments)
{
	int64_t best_ns = INT64_MAX;
	int64_t offset_ns = 0;

	for (int i = 0; i < SYNC_TRIES; i++) {
		int64_t before_ns = moment_now_ns();
		int64_t wall_ns = clock_ns(CLOCK_REALTIME);
		int64_t took_ns = moment_now_ns() - before_ns;

		if (took_ns >= best_ns)
			continue;
		best_ns = took_ns;
		offset_ns = wall_ns - before_ns - took_ns / 2;
	}
	if (offset_ns - moments->offset_ns >= SYNC_LEAST_NS ||
	    moments->offset_ns - offset_ns >= SYNC_LEAST_NS)
		moments->offset_ns = offset_ns;
}

/**
 * moment_text() - write a time for people
 * @text: where to
 * @moments: says how
 * @time_ns: CLOCK_BOOTTIME
 *
 * Return: @text.
 */
const char *moment_text(char text[MOMENT_SIZE], const struct moments *moments, uint64_t time_ns)
{
	uint64_t wall_ns = time_ns + (uint64_t)moments->offset_ns;
	time_t wall = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	size_t used;

	if (moments->kind == MOMENT_BOOT || !localtime_r(&wall, &tm)) {
		snprintf(text, MOMENT_SIZE, "%" PRIu64 ".%06" PRIu64, time_ns / NS_PER_S,
			 time_ns % NS_PER_S / NS_PER_US);
		return text;
	}
	used = strftime(text, MOMENT_SIZE, moments->kind == MOMENT_DATE ? "%F %T" : "%T", &tm);
	snprintf(text + used, MOMENT_SIZE - used, ".%06" PRIu64, wall_ns % NS_PER_S / NS_PER_US);
	return text;
}

/**
 * moment_ms() - a time on the wall's clock, for programs
 * @moments: says what that is
 * @time_ns: CLOCK_BOOTTIME
 *
 * Return: ms since 1970; unknown where the time is another machine's.
 */
struct number moment_ms(const struct moments *moments, uint64_t time_ns)
{
	return (struct number){
		.known = !moments->foreign,
		.value = (time_ns + (uint64_t)moments->offset_ns) / NS_PER_MS,
	};
}
