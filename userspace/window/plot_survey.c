// SPDX-License-Identifier: GPL-2.0
/* What there is to draw, and how large the axes must be for it. */
#include <string.h>

#include "window/plot_path.h"
#include "window/plot_trace.h"

enum {
	TICKS_WIDE = 10,	/* at most */
	TICKS_HIGH = 8,
	EDGE_TIMES = 2,		/* how much higher than the data the right edge may make it */
	NS_PER_MS = 1000 * 1000,
};

/* The data, and how far the right edge went. */
struct extent {
	bool any;
	uint64_t low;
	uint64_t high;
	uint64_t edge;
};

static void extend(struct extent *extent, uint64_t from, uint64_t to)
{
	if (!extent->any || from < extent->low)
		extent->low = from;
	if (!extent->any || to > extent->high)
		extent->high = to;
	extent->any = true;
}

static void count_flags(struct trace *trace, const struct flow_segment *s)
{
	trace->count[TRACE_SYN] += !!(s->flags & FLOW_SYN);
	trace->count[TRACE_FIN] += !!(s->flags & FLOW_FIN);
}

/* The data of @way itself. */
static void take_data(struct trace *trace, const struct flow_segment *s, struct extent *extent)
{
	static const enum trace_kind kinds[] = {
		[FLOW_PLAIN] = TRACE_NEW,
		[FLOW_AGAIN] = TRACE_AGAIN,
		[FLOW_NEEDLESS] = TRACE_NEEDLESS,
		[FLOW_UNCLEAR] = TRACE_UNCLEAR,
		[FLOW_PROBE] = TRACE_PROBE,
		[FLOW_KEEPALIVE] = TRACE_KEEPALIVE,
	};

	if (s->flags & FLOW_RST)
		return;
	count_flags(trace, s);
	if (s->len || s->mark != FLOW_PLAIN)
		trace->count[kinds[s->mark]]++;
	else if (!(s->flags & (FLOW_SYN | FLOW_FIN)))
		return;
	extend(extent, s->seq, s->seq + (s->len ? s->len : 1));
}

/* What the other way's ACKs say of it. */
static void take_ack(struct trace *trace, const struct flow_segment *s, struct extent *extent)
{
	trace->count[TRACE_DSACK] += s->dsack;
	trace->count[TRACE_SACK] += s->n_sack - (s->dsack ? 1U : 0U);
	if (!trace_is_ack(trace, s))
		return;
	trace->count[TRACE_LEFT]++;
	trace->count[TRACE_RIGHT]++;
	trace->count[TRACE_SHRUNK] += s->shrunk;
	extend(extent, s->ack, s->ack);
	if (s->ack + s->wnd > extent->edge)
		extent->edge = s->ack + s->wnd;
}

/* A window that is far larger than what went through it would leave no room for that. */
static void choose_bytes(struct trace *trace, const struct extent *extent)
{
	const uint64_t span = extent->high > extent->low ? extent->high - extent->low : 1;
	uint64_t low = extent->low, high = extent->low + span;
	struct axis *axis = &trace->bytes;

	if (extent->edge > high && extent->edge - low <= EDGE_TIMES * span) {
		high = extent->edge;
	} else if (extent->edge > high) {
		high += span / 6;
		trace->edge_above = extent->edge;
	}
	/* Room for the letters above, and for what is on the lowest line. */
	axis->low = (int64_t)low - (int64_t)(high - low) / 32 - 1;
	axis->high = (int64_t)high + (int64_t)(high - low) / 12 + 1;
	axis->length = PATH_HEIGHT;
	axis_init(axis, AXIS_BYTES, low > 2 * (high - low) ? (int64_t)low : 0, TICKS_HIGH);
}

static void choose_time(struct trace *trace, uint64_t begin_ns)
{
	const uint64_t span = trace->end_ns > begin_ns ? trace->end_ns - begin_ns : NS_PER_MS;
	struct axis *axis = &trace->time;

	axis->low = (int64_t)begin_ns - (int64_t)(span / 64) - 1;
	axis->high = (int64_t)begin_ns + (int64_t)(span + span / 64) + 1;
	axis->length = TRACE_WIDTH;
	axis_init(axis, AXIS_TIME, (int64_t)begin_ns, TICKS_WIDE);
}

/* It is worth to be seen that nothing comes only while somebody waits for something. */
static uint64_t end_of(const struct plot *plot)
{
	const struct flow *flow = plot->flow;
	const struct flow_side *side = &flow->side[plot->way];
	const uint64_t last_ns = flow->segments[flow->n - 1].time_ns;
	const bool waits = !flow->over && (side->closed || flow_in_flight(side));

	return waits && plot->now_ns > last_ns ? plot->now_ns : last_ns;
}

/**
 * trace_survey() - see what there is to draw, and choose the axes
 * @trace: what to fill in
 * @plot: the picture, of a connection that had one segment at least
 */
void trace_survey(struct trace *trace, const struct plot *plot)
{
	const struct flow *flow = plot->flow;
	struct extent extent = { 0 };
	uint64_t begin_ns = flow->segments[0].time_ns;

	*trace = (struct trace){ .flow = flow, .way = plot->way };
	for (size_t i = 0; i < flow->n; i++) {
		const struct flow_segment *s = &flow->segments[i];

		trace->count[TRACE_RST] += !!(s->flags & FLOW_RST);
		if (s->way == plot->way)
			take_data(trace, s, &extent);
		else
			take_ack(trace, s, &extent);
		/* Two CPUs may have told theirs in another order. */
		if (s->time_ns < begin_ns)
			begin_ns = s->time_ns;
	}
	trace->end_ns = end_of(plot);
	trace->count[TRACE_CLOSED] = flow->side[plot->way].closures;
	trace->closed_ns = flow_closed_ns(&flow->side[plot->way], trace->end_ns);
	choose_time(trace, begin_ns);
	choose_bytes(trace, &extent);
}
