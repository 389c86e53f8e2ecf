// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "window/flow.h"
#include "window/seq.h"

enum {
	LOOK_BACK = 4096,	/* segments among which one is looked for that was sent again */
};

/* ---- the sender's side */

/*
 * Does the event have the socket as it was at that moment? What we send is sent with the socket
 * locked. What comes in is not: while it is looked at, another CPU may send, so that it tells of
 * what is sent only after it. A SYN-ACK is of no socket yet, a reset may be of none.
 */
static bool socket_is_still(const struct flow_segment *s)
{
	return s->way == FLOW_OUT && !(s->flags & (FLOW_SYN | FLOW_RST));
}

/* Where the socket is, before the first segment that tells how it goes on. */
static void find_base(struct flow *flow, const struct event *event)
{
	struct flow_side *out = &flow->side[FLOW_OUT];
	struct flow_side *in = &flow->side[FLOW_IN];

	if (out->base_known)
		return;
	out->una = flow_low(event, "una");
	out->nxt = flow_low(event, "nxt");
	in->una = flow_low(event, "rcv_nxt");
	in->nxt = in->una;
	in->end = in->una;
	out->base_known = true;
	in->base_known = true;
}

/* The first one that is sure of it may take back what one that came in said. */
static void find_next(struct flow *flow, const struct flow_segment *s, const struct event *event)
{
	struct flow_side *out = &flow->side[FLOW_OUT];

	if (out->nxt_sure || s->way != FLOW_OUT || s->flags & FLOW_RST)
		return;
	out->nxt = s->flags & FLOW_SYN ? s->seq : seq_extend(out->nxt, flow_low(event, "nxt"));
	out->nxt_sure = true;
}

/*
 * The peer says that this data came twice: the last time that it was sent again was
 * needless. If it had been sent again before, and nothing showed that it was missing, then
 * there is no telling whether it arrived then: the DSACK that would say so may be lost.
 */
static void take_dsack(struct flow *flow, uint64_t left, uint64_t right)
{
	struct flow_side *side = &flow->side[FLOW_OUT];
	uint64_t rest = right - left;

	for (size_t i = 0; i < flow->n && i < LOOK_BACK; i++) {
		struct flow_segment *s = &flow->segments[flow->n - 1 - i];
		uint64_t common = seq_overlap(left, right, s->seq, s->seq + s->len);

		if (s->way != FLOW_OUT || !common)
			continue;
		if (s->mark == FLOW_PLAIN && s->seq <= left)
			break;
		common = seq_lesser(seq_lesser(common, rest), s->len - s->needless);
		if (common && s->mark != FLOW_PLAIN) {
			rest -= common;
			s->needless += (uint32_t)common;
			flow_side_judge(side, s);
		} else if (s->mark == FLOW_AGAIN && !s->missing) {
			flow_side_mark(side, s, FLOW_UNCLEAR);
		}
	}
	side->doubled += rest == right - left;
}

/*
 * We say that this data came twice. If a program had the socket locked when it came first, it
 * waited there, and when it came again the socket still had it to come: it looked new.
 */
static void take_own_dsack(struct flow *flow, uint64_t left, uint64_t right)
{
	struct flow_side *side = &flow->side[FLOW_IN];

	for (size_t i = 0; i < flow->n && i < LOOK_BACK; i++) {
		struct flow_segment *s = &flow->segments[flow->n - 1 - i];
		uint64_t common = seq_overlap(left, right, s->seq, s->seq + s->len);

		if (s->way != FLOW_IN || !common)
			continue;
		if (s->mark == FLOW_AGAIN) {
			common = seq_lesser(common, s->len - s->needless);
			s->needless += (uint32_t)common;
			side->sent -= common;
			flow_side_judge(side, s);
		}
		return;
	}
}

static void take_sacks(struct flow *flow, const struct flow_segment *s)
{
	struct flow_side *out = &flow->side[FLOW_OUT];

	if (s->dsack)
		take_dsack(flow, s->sack[0][0], s->sack[0][1]);
	for (unsigned int i = s->dsack; i < s->n_sack; i++) {
		out->sacked = seq_greater(out->sacked, s->sack[i][1]);
		out->sacked_ns = s->time_ns;
	}
}

/*
 * With a closed window it asks for that, with an open one whether the peer lives: both
 * are without data and one before the left edge. Sources: tcp_xmit_probe_skb(),
 * tcp_keepalive_timer().
 */
static enum flow_mark mark_question(uint32_t wnd)
{
	return wnd ? FLOW_KEEPALIVE : FLOW_PROBE;
}

/*
 * Has the peer selected what is behind it, after it was sent last? @s is the latest segment
 * of @flow.
 */
static bool is_missing(const struct flow *flow, const struct flow_segment *s)
{
	const struct flow_side *side = &flow->side[FLOW_OUT];

	if (side->sacked <= s->seq + s->len)
		return false;
	for (size_t i = 1; i < flow->n && i < LOOK_BACK; i++) {
		const struct flow_segment *before = &flow->segments[flow->n - 1 - i];

		if (before->way == FLOW_OUT &&
		    seq_overlap(before->seq, before->seq + before->len, s->seq, s->seq + s->len))
			return before->time_ns <= side->sacked_ns;
	}
	return true;
}

static void mark_out(const struct flow *flow, struct flow_side *side, struct flow_segment *s,
		     uint32_t wnd)
{
	if (s->flags & (FLOW_SYN | FLOW_FIN | FLOW_RST))
		return;
	if (!s->len && s->seq + 1 == side->una)
		flow_side_mark(side, s, mark_question(wnd));
	else if (s->len && s->seq < side->nxt)
		flow_side_mark(side, s, FLOW_AGAIN);
	s->missing = s->mark == FLOW_AGAIN && is_missing(flow, s);
}

/* ---- the receiver's side */

/* We know ourselves what we had of it; and what is beyond our window we do not take. */
static void mark_in(struct flow *flow, struct flow_segment *s, uint64_t rcv_nxt, uint32_t wnd)
{
	struct flow_side *side = &flow->side[FLOW_IN];
	uint64_t right = s->seq + s->len;
	uint64_t had;

	if (s->flags & (FLOW_SYN | FLOW_FIN | FLOW_RST))
		return;
	if (s->len <= 1 && (s->seq + 1 == rcv_nxt || (s->len && s->seq == rcv_nxt && !wnd))) {
		flow_side_mark(side, s, mark_question(wnd));
		return;
	}
	if (!s->len)
		return;
	had = flow_ranges_overlap(&flow->behind, seq_greater(s->seq, rcv_nxt), right);
	had += seq_overlap(s->seq, right, 0, rcv_nxt);
	s->needless = (uint32_t)had;
	if (s->seq < side->nxt)
		flow_side_judge(side, s);
	if (s->seq > rcv_nxt && (!side->edge_known || right <= side->edge))
		flow_ranges_add(&flow->behind, s->seq, right);
	flow_ranges_trim(&flow->behind, rcv_nxt);
}

/* ---- the connection */

static void take_socket(struct flow *flow, const struct flow_segment *s,
			const struct event *event)
{
	struct flow_side *out = &flow->side[FLOW_OUT];
	struct flow_side *in = &flow->side[FLOW_IN];
	const struct number cwnd = event_number(event, "cwnd");
	const struct number written = event_number(event, "write_seq");
	const struct number copied = event_number(event, "copied");
	uint64_t una = seq_extend(out->nxt, flow_low(event, "una"));

	/* An ACK that has come waits while a program has the socket, which then knows less. */
	if (socket_is_still(s)) {
		out->moved_back += una < out->told;
		out->told = una;
		out->nxt = seq_greater(out->nxt, seq_extend(out->nxt, flow_low(event, "nxt")));
	}
	out->una = seq_greater(out->una, una);
	if (cwnd.known && cwnd.value)
		flow->cwnd = cwnd.value;
	if (written.known)
		out->end = seq_greater(out->end, seq_extend(out->nxt, (uint32_t)written.value));
	if (copied.known)
		in->end = seq_greater(in->end, seq_extend(in->nxt, (uint32_t)copied.value));
}

/* For the next, an eighth of what is there goes when it is full: the oldest. */
static struct flow_segment *append(struct flow *flow, const struct flow_segment *s)
{
	const size_t part = FLOW_SEGMENTS_MAX / 8;
	struct flow_segment *more;

	if (flow->n == FLOW_SEGMENTS_MAX) {
		flow->n -= part;
		memmove(flow->segments, flow->segments + part, flow->n * sizeof(*s));
		flow->dropped += part;
	}
	more = array_fit(flow->segments, &flow->room, flow->n + 1, sizeof(*s));
	if (!more)
		return NULL;
	flow->segments = more;
	more[flow->n] = *s;
	return &more[flow->n++];
}

/* The window that is open for a segment; before one was advertised, what the socket knew. */
static uint32_t window_for(const struct flow_side *side, const struct flow_segment *s,
			   const struct event *event)
{
	if (side->edge_known)
		return side->wnd;
	return flow_low(event, s->way == FLOW_OUT ? "snd_wnd" : "rcv_wnd");
}

/* What fills a hole comes for the first time; what is sent again does not leave so. */
static uint64_t new_bytes(const struct flow_side *side, const struct flow_segment *s)
{
	const uint64_t end = s->seq + s->len;

	if (s->way == FLOW_IN)
		return s->len - s->needless;
	return end > side->nxt ? end - seq_greater(side->nxt, s->seq) : 0;
}

static enum status take_segment(struct flow *flow, const struct event *event, struct fault *fault)
{
	struct flow_segment parsed, *s;
	struct flow_side *side;
	uint64_t rcv_nxt, sent;

	find_base(flow, event);
	parsed = flow_segment_parse(event, flow->side[FLOW_OUT].nxt, flow->side[FLOW_IN].nxt);
	find_next(flow, &parsed, event);
	rcv_nxt = seq_extend(flow->side[FLOW_IN].una, flow_low(event, "rcv_nxt"));
	s = append(flow, &parsed);
	if (!s)
		return fault_memory(fault);
	side = &flow->side[s->way];
	flow_side_syn(side, s, event);
	if (s->way == FLOW_OUT)
		mark_out(flow, side, s, window_for(side, s, event));
	else
		mark_in(flow, s, rcv_nxt, window_for(side, s, event));
	if (s->len && s->mark != FLOW_PROBE && s->mark != FLOW_KEEPALIVE) {
		side->segments++;
		side->sent += new_bytes(side, s);
	}
	if (s->mark != FLOW_PROBE && !(s->flags & FLOW_RST))
		side->nxt = seq_greater(side->nxt, flow_segment_end(s));
	side->fin |= !!(s->flags & FLOW_FIN);
	take_socket(flow, s, event);
	sent = seq_extend(flow->side[FLOW_OUT].nxt, flow_low(event, "nxt"));
	flow_side_ack(&flow->side[!s->way], s, sent);
	if (s->way == FLOW_IN)
		take_sacks(flow, s);
	else if (s->dsack)
		take_own_dsack(flow, s->sack[0][0], s->sack[0][1]);
	side->most_flight = seq_greater(side->most_flight, flow_in_flight(side));
	return STATUS_OK;
}

/**
 * flow_begin() - start to follow a connection
 * @flow: what to fill in; flow_free() it
 * @id: the socket's cookie; unknown if it has none yet
 * @local: our end
 * @remote: the peer's
 */
void flow_begin(struct flow *flow, struct number id, const struct cell *local,
		const struct cell *remote)
{
	*flow = (struct flow){
		.id = id,
		.local = local->addr,
		.remote = remote->addr,
		.state = "-",
		.by = "-",
	};
	strncat(flow->local_text, local->text, sizeof(flow->local_text) - 1);
	strncat(flow->remote_text, remote->text, sizeof(flow->remote_text) - 1);
}

/**
 * flow_is() - does an event belong to the connection?
 * @flow: the connection
 * @event: what happened
 *
 * What ended is over: if the same two ends meet again, that is another connection.
 *
 * Return: whether it does; that events are lost belongs to any.
 */
bool flow_is(const struct flow *flow, const struct event *event)
{
	if (event->kind == EVENT_LOST)
		return true;
	if (!event->has_ends || addr_compare(&flow->local, &event->local.addr) ||
	    addr_compare(&flow->remote, &event->remote.addr))
		return false;
	if (flow->id.known && event->id.known)
		return flow->id.value == event->id.value;
	return !flow->over;
}

static void take_word(char word[FLOW_WORD_SIZE], const struct event *event, const char *key)
{
	const char *text = event_word(event, key);

	*word = '\0';
	strncat(word, text ? text : "-", FLOW_WORD_SIZE - 1);
}

/**
 * flow_take() - count an event of the connection
 * @flow: the connection
 * @event: what happened, in the order of the stream
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status flow_take(struct flow *flow, const struct event *event, struct fault *fault)
{
	if (event->kind == EVENT_LOST) {
		flow->lost += event_number(event, "n").value;
		return STATUS_OK;
	}
	if (!flow->id.known)
		flow->id = event->id;
	if (!flow->begun)
		flow->first_ns = event->time_ns;
	flow->begun = true;
	flow->last_ns = event->time_ns;
	switch (event->kind) {
	case EVENT_SEGMENT:
		return take_segment(flow, event, fault);
	case EVENT_STATE:
		take_word(flow->state, event, "to");
		return STATUS_OK;
	case EVENT_CLOSED:
		take_word(flow->by, event, "by");
		flow->over = true;
		return STATUS_OK;
	default:
		return STATUS_OK;
	}
}

/**
 * flow_free() - give back what a flow holds
 * @flow: the flow
 */
void flow_free(struct flow *flow)
{
	free(flow->segments);
}

/**
 * flow_main_way() - which way did the data go?
 * @flow: the connection
 *
 * Return: where more did; ours, if there was none.
 */
enum flow_way flow_main_way(const struct flow *flow)
{
	return flow->side[FLOW_IN].sent > flow->side[FLOW_OUT].sent ? FLOW_IN : FLOW_OUT;
}
