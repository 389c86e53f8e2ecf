// SPDX-License-Identifier: GPL-2.0
#include "text.h"
#include "window/plot_path.h"
#include "window/plot_trace.h"

enum { NS_PER_US = 1000 };

/**
 * trace_x() - where is a time?
 * @trace: the picture
 * @time_ns: CLOCK_BOOTTIME
 *
 * Return: points from the left.
 */
int trace_x(const struct trace *trace, uint64_t time_ns)
{
	return axis_at(&trace->time, (int64_t)time_ns);
}

/**
 * trace_y() - where is a byte?
 * @trace: the picture
 * @seq: its sequence number
 *
 * Return: points from the top.
 */
int trace_y(const struct trace *trace, uint64_t seq)
{
	return PATH_HEIGHT - axis_at(&trace->bytes, (int64_t)seq);
}

/**
 * trace_since() - how long after the first segment was that?
 * @text: where to
 * @trace: the picture
 * @time_ns: CLOCK_BOOTTIME
 *
 * Return: @text.
 */
const char *trace_since(char text[AGE_SIZE], const struct trace *trace, uint64_t time_ns)
{
	const uint64_t base_ns = (uint64_t)trace->time.base;

	return text_time_us(text, time_ns > base_ns ? (time_ns - base_ns) / NS_PER_US : 0);
}

/**
 * trace_is_ack() - does a segment say where both edges of the window are now?
 * @trace: the picture
 * @s: a segment of either way
 *
 * Return: whether it does. What comes before the first that does, and what was overtaken,
 * moves no edge.
 */
bool trace_is_ack(const struct trace *trace, const struct flow_segment *s)
{
	return s->way != trace->way && s->turn != FLOW_OVERTAKEN;
}
