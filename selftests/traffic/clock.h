/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TRAFFIC_CLOCK_H
#define TRAFFIC_CLOCK_H

#include <time.h>

/* The clock that /proc/tcpwatch counts its ages by, in microseconds. */
static inline long long clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

#endif /* TRAFFIC_CLOCK_H */
