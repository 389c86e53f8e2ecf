/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When something happened, for people and for programs.
 */
#ifndef TCPWATCH_MOMENT_H
#define TCPWATCH_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "number.h"

enum { MOMENT_SIZE = 48 };

/**
 * enum moment_kind - how a time is written
 * @MOMENT_CLOCK: the time of day, 14:03:07.123456
 * @MOMENT_DATE: with the date before it
 * @MOMENT_BOOT: seconds since boot, as dmesg has them
 */
enum moment_kind { MOMENT_CLOCK, MOMENT_DATE, MOMENT_BOOT };

/**
 * struct moments - times of CLOCK_BOOTTIME, and what they are on the wall's clock
 * @kind: how they are written
 * @foreign: they are another machine's, so that there is no wall's clock
 * @offset_ns: what 1970 is to boot
 */
struct moments {
	enum moment_kind kind;
	bool foreign;
	int64_t offset_ns;
};

int64_t moment_now_ns(void);
int64_t moment_span_ns(uint64_t ms);
void moments_sync(struct moments *moments);
const char *moment_text(char text[MOMENT_SIZE], const struct moments *moments, uint64_t time_ns);
struct number moment_ms(const struct moments *moments, uint64_t time_ns);

#endif
