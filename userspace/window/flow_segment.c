// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "window/flow_segment.h"
#include "window/seq.h"

static uint8_t parse_flags(const char *letters)
{
	static const char order[] = "FSRP.UEW";
	unsigned int flags = 0;

	for (; letters && *letters; letters++) {
		const char *at = strchr(order, *letters);

		if (at)
			flags |= 1U << (at - order);
	}
	return (uint8_t)flags;
}

static bool parse_u32(const char **text, char stop, uint32_t *value)
{
	char *end;
	unsigned long number = strtoul(*text, &end, 10);

	if (end == *text || *end != stop || number > UINT32_MAX)
		return false;
	*value = (uint32_t)number;
	*text = end;
	return true;
}

/*
 * "L-R[,L-R]". The first tells of a duplicate if it is acknowledged already, or within the
 * second (RFC 2883, 4.1 and 4.2).
 */
static void parse_sacks(struct flow_segment *s, const char *text, uint64_t near)
{
	while (text && s->n_sack < FLOW_SACKS) {
		uint64_t *block = s->sack[s->n_sack];
		uint32_t left, right;

		if (!parse_u32(&text, '-', &left))
			break;
		text++;
		if (!parse_u32(&text, strchr(text, ',') ? ',' : '\0', &right))
			break;
		block[0] = seq_extend(near, left);
		block[1] = seq_extend(near, right);
		s->n_sack++;
		text = *text ? text + 1 : NULL;
	}
	s->dsack = (s->n_sack > 0 && s->sack[0][1] <= s->ack) ||
		   (s->n_sack > 1 && s->sack[0][0] >= s->sack[1][0] &&
		    s->sack[0][1] <= s->sack[1][1]);
}

/**
 * flow_segment_parse() - take a segment from its event
 * @event: the event
 * @nxt_out: a sequence number of ours nearby: SND.NXT
 * @nxt_in: one of the peer's
 *
 * Return: the segment, without a mark.
 */
struct flow_segment flow_segment_parse(const struct event *event, uint64_t nxt_out,
				       uint64_t nxt_in)
{
	struct flow_segment s = { .time_ns = event->time_ns };
	uint64_t nxt, other;

	s.way = strcmp(event_word(event, "dir"), "out") ? FLOW_IN : FLOW_OUT;
	nxt = s.way == FLOW_OUT ? nxt_out : nxt_in;
	other = s.way == FLOW_OUT ? nxt_in : nxt_out;
	s.flags = parse_flags(event_word(event, "flags"));
	s.seq = seq_extend(nxt, flow_low(event, "seq"));
	s.len = flow_low(event, "len");
	s.wnd = flow_low(event, "wnd");
	if (s.flags & FLOW_ACK)
		s.ack = seq_extend(other, flow_low(event, "ack"));
	parse_sacks(&s, event_word(event, "sack"), other);
	return s;
}

/**
 * flow_segment_end() - where a segment ends
 * @s: the segment
 *
 * Return: one behind what it takes of the sequence numbers; a SYN and a FIN are one each.
 */
uint64_t flow_segment_end(const struct flow_segment *s)
{
	return s->seq + s->len + !!(s->flags & FLOW_SYN) + !!(s->flags & FLOW_FIN);
}
