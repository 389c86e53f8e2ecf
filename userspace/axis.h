/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An axis of a picture: where a value is on it, and where its ticks are.
 */
#ifndef TCPWATCH_AXIS_H
#define TCPWATCH_AXIS_H

#include <stddef.h>
#include <stdint.h>

enum { TICK_SIZE = 32 };

/**
 * enum axis_kind - what is on an axis
 * @AXIS_TIME: nanoseconds
 * @AXIS_BYTES: bytes
 * @AXIS_COUNT: how many
 */
enum axis_kind { AXIS_TIME, AXIS_BYTES, AXIS_COUNT };

/**
 * struct axis - an axis
 * @low: the value at its beginning
 * @high: the value at its end, above @low
 * @base: the value that is called 0
 * @length: its length in points, which are whole numbers
 * @unit: the unit of the ticks' numbers
 * @factor: how much that is
 * @step: from tick to tick, in @unit
 * @decimals: of the ticks' numbers
 */
struct axis {
	int64_t low;
	int64_t high;
	int64_t base;
	int length;
	const char *unit;
	double factor;
	double step;
	int decimals;
};

void axis_init(struct axis *axis, enum axis_kind kind, int64_t base, size_t ticks);
int axis_at(const struct axis *axis, int64_t value);
int64_t axis_first_tick(const struct axis *axis);
int axis_tick(const struct axis *axis, int64_t n, char text[TICK_SIZE]);

#endif
