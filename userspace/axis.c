// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "array.h"
#include "axis.h"

/* From the least on; a unit is taken if the axis is at least @from long. */
struct unit {
	const char *name;
	double factor;
	double from;
	double least;	/* a step is not smaller, in this unit */
};

static const struct unit times[] = {
	{ "µs", 1e3, 0, 0.001 },
	{ "ms", 1e6, 1e6, 0.001 },
	{ "s", 1e9, 1e9, 0.001 },
	{ "min", 60e9, 300e9, 0.5 },
	{ "h", 3600e9, 3 * 3600e9, 0.5 },
	{ "d", 24 * 3600e9, 3 * 24 * 3600e9, 0.5 },
};

static const struct unit bytes[] = {
	{ "bytes", 1, 0, 1 },
	{ "KiB", 1024.0, 4096.0, 0.5 },
	{ "MiB", 1048576.0, 2.5 * 1048576.0, 0.5 },
	{ "GiB", 1073741824.0, 2.5 * 1073741824.0, 0.5 },
	{ "TiB", 1099511627776.0, 2.5 * 1099511627776.0, 0.5 },
};

static const struct unit counts[] = {
	{ "", 1, 0, 1 },
};

/**
 * struct scale - the units of a kind
 * @units: they, the smallest first
 * @n: how many
 */
static const struct scale {
	const struct unit *units;
	size_t n;
} scales[] = {
	[AXIS_TIME] = { times, ARRAY_SIZE(times) },
	[AXIS_BYTES] = { bytes, ARRAY_SIZE(bytes) },
	[AXIS_COUNT] = { counts, ARRAY_SIZE(counts) },
};

static const struct unit *choose(const struct unit *units, size_t n, double span)
{
	while (n > 1 && span < units[n - 1].from)
		n--;
	return &units[n - 1];
}

/* The next that is 1, 2 or 5 times a power of ten. */
static double nice(double step)
{
	static const double digits[] = { 1, 2, 5 };
	const double power = pow(10, floor(log10(step)));

	/* What is short of it by rounding only is that. */
	for (size_t i = 0; i < ARRAY_SIZE(digits); i++)
		if (digits[i] * power >= step * 0.999999)
			return digits[i] * power;
	return 10 * power;
}

/**
 * axis_init() - choose an axis's unit, and its ticks
 * @axis: its @low, @high and @length are set
 * @kind: what is on it
 * @base: the value that is called 0
 * @ticks: how many ticks at most
 */
void axis_init(struct axis *axis, enum axis_kind kind, int64_t base, size_t ticks)
{
	const double span = (double)(axis->high - axis->low);
	const struct unit *unit = choose(scales[kind].units, scales[kind].n, span);

	axis->base = base;
	axis->unit = unit->name;
	axis->factor = unit->factor;
	axis->step = nice(fmax(span / unit->factor / (double)ticks, unit->least));
	axis->decimals = (int)fmax(0, ceil(-log10(axis->step) - 0.000001));
}

/**
 * axis_at() - where is a value?
 * @axis: the axis
 * @value: the value
 *
 * Return: points from the beginning. What is off the axis is just beside it.
 */
int axis_at(const struct axis *axis, int64_t value)
{
	const double part = ((double)(value - axis->low)) / (double)(axis->high - axis->low);
	const double at = part * axis->length;

	return (int)lround(fmin(fmax(at, -axis->length), 2 * axis->length));
}

static int64_t tick_value(const struct axis *axis, int64_t n)
{
	return axis->base + (int64_t)llround((double)n * axis->step * axis->factor);
}

/**
 * axis_first_tick() - which is the first tick, none being below 0?
 * @axis: the axis
 *
 * Return: its number, for axis_tick().
 */
int64_t axis_first_tick(const struct axis *axis)
{
	int64_t n = 0;

	if (axis->low > axis->base)
		n = (int64_t)((double)(axis->low - axis->base) / (axis->step * axis->factor));
	while (tick_value(axis, n) < axis->low)
		n++;
	return n;
}

/**
 * axis_tick() - a tick
 * @axis: the axis
 * @n: its number; the next has one more
 * @text: for its value, in the axis's unit
 *
 * Return: where it is, -1 if it is behind the end.
 */
int axis_tick(const struct axis *axis, int64_t n, char text[TICK_SIZE])
{
	const int64_t value = tick_value(axis, n);

	snprintf(text, TICK_SIZE, "%.*f", axis->decimals, (double)n * axis->step);
	return value > axis->high ? -1 : axis_at(axis, value);
}
