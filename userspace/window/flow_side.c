// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "window/flow_side.h"
#include "window/seq.h"

static void close_window(struct flow_side *side, struct flow_segment *s)
{
	s->turn = FLOW_CLOSED;
	side->closed = true;
	side->closures++;
	side->closed_ns = s->time_ns;
}

static void open_window(struct flow_side *side, struct flow_segment *s)
{
	const uint64_t for_ns = s->time_ns - side->closed_ns;

	s->turn = FLOW_OPENED;
	side->closed = false;
	side->closed_total_ns += for_ns;
	side->closed_longest_ns = seq_greater(side->closed_longest_ns, for_ns);
}

/*
 * Does this ACK say anything new of the window, or was it overtaken by a later one?
 * Sources: tcp_ack(), tcp_may_update_window().
 */
static bool updates_window(const struct flow_side *side, const struct flow_segment *s)
{
	if (!side->edge_known || s->ack > side->una)
		return true;
	if (s->ack < side->una)
		return false;
	return s->seq > side->wl1 || (s->seq == side->wl1 && (s->wnd >= side->wnd || !s->wnd));
}

/*
 * A window is rounded to what its shift lets it say, so that the edge may go back by less
 * than that (RFC 7323, 2.4). In a SYN it is not shifted.
 */
static void take_window(struct flow_side *side, struct flow_segment *s)
{
	const uint64_t edge = s->ack + s->wnd;
	uint32_t grain;

	if (!updates_window(side, s))
		return;
	s->turn = FLOW_MOVED;
	if (!(s->flags & FLOW_SYN))
		side->grain |= s->wnd;
	grain = side->grain & -side->grain;
	if (side->edge_known && grain && edge + grain <= side->edge) {
		s->turn = FLOW_SHRUNK;
		s->shrunk = true;
		side->shrunk++;
		side->shrunk_most = seq_greater(side->shrunk_most, side->edge - edge);
	}
	if (!s->wnd && !side->closed && !(s->flags & FLOW_SYN))
		close_window(side, s);
	else if (s->wnd && side->closed)
		open_window(side, s);
	side->edge = edge;
	side->edge_known = true;
	side->wnd = s->wnd;
	side->wl1 = s->seq;
}

/**
 * flow_side_ack() - an ACK acknowledges data, and says what window it may go through
 * @side: the data
 * @s: the segment with the ACK, of the other way
 * @sent: no more than that can have been sent
 */
void flow_side_ack(struct flow_side *side, struct flow_segment *s, uint64_t sent)
{
	if (!(s->flags & FLOW_ACK) || s->flags & FLOW_RST)
		return;
	if (s->way == FLOW_IN && s->ack > seq_greater(side->nxt, sent))
		return;
	take_window(side, s);
	if (s->way == FLOW_OUT && s->ack < side->una && !(s->flags & FLOW_SYN))
		side->moved_back++;
	side->una = seq_greater(side->una, s->ack);
}

/* Where segments of a mark are counted, and their bytes; NULL where they are not. */
static uint64_t *count_of(struct flow_side *side, uint8_t mark, uint64_t **bytes)
{
	*bytes = NULL;
	switch (mark) {
	case FLOW_AGAIN:
		*bytes = &side->again_bytes;
		return &side->again;
	case FLOW_NEEDLESS:
		*bytes = &side->needless_bytes;
		return &side->needless;
	case FLOW_UNCLEAR:
		*bytes = &side->unclear_bytes;
		return &side->unclear;
	case FLOW_PROBE:
		return &side->probes;
	case FLOW_KEEPALIVE:
		return &side->keepalives;
	default:
		return NULL;
	}
}

/**
 * flow_side_mark() - say what a segment is, and count it as that
 * @side: the data that it is of
 * @s: the segment
 * @mark: what it is
 */
void flow_side_mark(struct flow_side *side, struct flow_segment *s, enum flow_mark mark)
{
	uint64_t *bytes, *count = count_of(side, s->mark, &bytes);

	if (count)
		--*count;
	if (bytes)
		*bytes -= s->len;
	s->mark = (uint8_t)mark;
	count = count_of(side, s->mark, &bytes);
	if (count)
		++*count;
	if (bytes)
		*bytes += s->len;
}

/**
 * flow_side_judge() - was it needed that a segment came again?
 * @side: the data that it is of
 * @s: the segment; half of it that was there already makes it needless
 */
void flow_side_judge(struct flow_side *side, struct flow_segment *s)
{
	flow_side_mark(side, s, 2ULL * s->needless < s->len ? FLOW_AGAIN : FLOW_NEEDLESS);
}

/**
 * flow_side_syn() - what a sender offers in its SYN
 * @side: its data
 * @s: a segment of it
 * @event: the event that it is from
 */
void flow_side_syn(struct flow_side *side, const struct flow_segment *s,
		   const struct event *event)
{
	const char *sack = event_word(event, "sack_permitted");

	if (!(s->flags & FLOW_SYN))
		return;
	side->syn = true;
	side->first_wnd = s->wnd;
	side->mss = flow_low(event, "mss");
	side->wscale = event_number(event, "wscale");
	side->sack_permitted = sack && !strcmp(sack, "yes");
}

/**
 * flow_in_flight() - how much is sent and not acknowledged?
 * @side: the data
 *
 * Return: bytes.
 */
uint64_t flow_in_flight(const struct flow_side *side)
{
	return side->nxt > side->una ? side->nxt - side->una : 0;
}

/**
 * flow_usable() - how much may still be sent?
 * @side: the data
 *
 * Return: bytes up to the right edge, never below 0 (RFC 9293, 3.8.6.2.1).
 */
uint64_t flow_usable(const struct flow_side *side)
{
	const uint64_t next = seq_greater(side->nxt, side->una);

	return side->edge_known && side->edge > next ? side->edge - next : 0;
}

/**
 * flow_closed_ns() - for how long was the window closed?
 * @side: the data that it is for
 * @now_ns: until when, as it may be closed still
 *
 * Return: nanoseconds in all.
 */
uint64_t flow_closed_ns(const struct flow_side *side, uint64_t now_ns)
{
	const bool more = side->closed && now_ns > side->closed_ns;

	return side->closed_total_ns + (more ? now_ns - side->closed_ns : 0);
}
