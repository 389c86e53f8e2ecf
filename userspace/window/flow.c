// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "window/flow.h"

enum {
	LOOK_BACK = 4096,	/* segments among which one is looked for that was sent again */
};

/* ---- sequence numbers */

/* The one that is @low modulo 2^32 and nearest to @near. */
static uint64_t extend(uint64_t near, uint32_t low)
{
	int64_t distance = (int32_t)(low - (uint32_t)near);

	return distance < 0 && near < (uint64_t)-distance ? 0 : near + (uint64_t)distance;
}

static uint32_t low_of(const struct event *event, const char *key)
{
	return (uint32_t)event_number(event, key).value;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* How much of [a0, a1) is in [b0, b1). */
static uint64_t overlap(uint64_t a0, uint64_t a1, uint64_t b0, uint64_t b1)
{
	uint64_t from = greater(a0, b0), to = lesser(a1, b1);

	return from < to ? to - from : 0;
}

/* One behind what the segment takes of the sequence numbers; a SYN and a FIN are one each. */
static uint64_t end_of(const struct flow_segment *s)
{
	return s->seq + s->len + !!(s->flags & FLOW_SYN) + !!(s->flags & FLOW_FIN);
}

/* ---- a segment, as the event has it */

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
		block[0] = extend(near, left);
		block[1] = extend(near, right);
		s->n_sack++;
		text = *text ? text + 1 : NULL;
	}
	s->dsack = (s->n_sack > 0 && s->sack[0][1] <= s->ack) ||
		   (s->n_sack > 1 && s->sack[0][0] >= s->sack[1][0] &&
		    s->sack[0][1] <= s->sack[1][1]);
}

static struct flow_segment parse_segment(const struct flow *flow, const struct event *event)
{
	struct flow_segment s = { .time_ns = event->time_ns };
	const struct flow_side *of, *other;

	s.way = strcmp(event_word(event, "dir"), "out") ? FLOW_IN : FLOW_OUT;
	of = &flow->side[s.way];
	other = &flow->side[!s.way];
	s.flags = parse_flags(event_word(event, "flags"));
	s.seq = extend(of->nxt, low_of(event, "seq"));
	s.len = low_of(event, "len");
	s.wnd = low_of(event, "wnd");
	if (s.flags & FLOW_ACK)
		s.ack = extend(other->nxt, low_of(event, "ack"));
	parse_sacks(&s, event_word(event, "sack"), other->nxt);
	return s;
}

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
	out->una = low_of(event, "una");
	out->nxt = low_of(event, "nxt");
	in->una = low_of(event, "rcv_nxt");
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
	out->nxt = s->flags & FLOW_SYN ? s->seq : extend(out->nxt, low_of(event, "nxt"));
	out->nxt_sure = true;
}

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
	side->closed_longest_ns = greater(side->closed_longest_ns, for_ns);
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
		side->shrunk_most = greater(side->shrunk_most, side->edge - edge);
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

/* What the ACK in @s acknowledges is of the other way, of which no more than @sent can be. */
static void take_ack(struct flow_side *side, struct flow_segment *s, uint64_t sent)
{
	if (!(s->flags & FLOW_ACK) || s->flags & FLOW_RST)
		return;
	if (s->way == FLOW_IN && s->ack > greater(side->nxt, sent))
		return;
	take_window(side, s);
	if (s->way == FLOW_OUT && s->ack < side->una && !(s->flags & FLOW_SYN))
		side->moved_back++;
	side->una = greater(side->una, s->ack);
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

static void set_mark(struct flow_side *side, struct flow_segment *s, enum flow_mark mark)
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

/* Half of a segment that was there already makes it needless. */
static void judge_again(struct flow_side *side, struct flow_segment *s)
{
	set_mark(side, s, 2ULL * s->needless < s->len ? FLOW_AGAIN : FLOW_NEEDLESS);
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
		uint64_t common = overlap(left, right, s->seq, s->seq + s->len);

		if (s->way != FLOW_OUT || !common)
			continue;
		if (s->mark == FLOW_PLAIN && s->seq <= left)
			break;
		common = lesser(lesser(common, rest), s->len - s->needless);
		if (common && s->mark != FLOW_PLAIN) {
			rest -= common;
			s->needless += (uint32_t)common;
			judge_again(side, s);
		} else if (s->mark == FLOW_AGAIN && !s->missing) {
			set_mark(side, s, FLOW_UNCLEAR);
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
		uint64_t common = overlap(left, right, s->seq, s->seq + s->len);

		if (s->way != FLOW_IN || !common)
			continue;
		if (s->mark == FLOW_AGAIN) {
			common = lesser(common, s->len - s->needless);
			s->needless += (uint32_t)common;
			side->sent -= common;
			judge_again(side, s);
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
		out->sacked = greater(out->sacked, s->sack[i][1]);
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
		    overlap(before->seq, before->seq + before->len, s->seq, s->seq + s->len))
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
		set_mark(side, s, mark_question(wnd));
	else if (s->len && s->seq < side->nxt)
		set_mark(side, s, FLOW_AGAIN);
	s->missing = s->mark == FLOW_AGAIN && is_missing(flow, s);
}

/* ---- the receiver's side */

static uint64_t ranges_overlap(const struct flow_ranges *ranges, uint64_t left, uint64_t right)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ranges->n; i++)
		sum += overlap(left, right, ranges->range[i][0], ranges->range[i][1]);
	return sum;
}

static void ranges_remove(struct flow_ranges *ranges, size_t i)
{
	ranges->n--;
	memmove(&ranges->range[i], &ranges->range[i + 1],
		(ranges->n - i) * sizeof(ranges->range[0]));
}

/* What is before @una is behind no hole any more. */
static void ranges_trim(struct flow_ranges *ranges, uint64_t una)
{
	for (size_t i = ranges->n; i-- > 0;)
		if (ranges->range[i][1] <= una)
			ranges_remove(ranges, i);
}

/* Pieces never overlap: those that this one touches become part of it. */
static void ranges_add(struct flow_ranges *ranges, uint64_t left, uint64_t right)
{
	for (size_t i = ranges->n; i-- > 0;) {
		if (ranges->range[i][1] < left || ranges->range[i][0] > right)
			continue;
		left = lesser(left, ranges->range[i][0]);
		right = greater(right, ranges->range[i][1]);
		ranges_remove(ranges, i);
	}
	if (ranges->n == FLOW_RANGES)
		ranges_remove(ranges, 0);
	ranges->range[ranges->n][0] = left;
	ranges->range[ranges->n][1] = right;
	ranges->n++;
}

/* We know ourselves what we had of it; and what is beyond our window we do not take. */
static void mark_in(struct flow *flow, struct flow_segment *s, uint64_t rcv_nxt, uint32_t wnd)
{
	struct flow_side *side = &flow->side[FLOW_IN];
	uint64_t right = s->seq + s->len;
	uint64_t had;

	if (s->flags & (FLOW_SYN | FLOW_FIN | FLOW_RST))
		return;
	if (s->len <= 1 && (s->seq + 1 == rcv_nxt || (s->len && s->seq == rcv_nxt && !wnd))) {
		set_mark(side, s, mark_question(wnd));
		return;
	}
	if (!s->len)
		return;
	had = ranges_overlap(&flow->behind, greater(s->seq, rcv_nxt), right);
	had += overlap(s->seq, right, 0, rcv_nxt);
	s->needless = (uint32_t)had;
	if (s->seq < side->nxt)
		judge_again(side, s);
	if (s->seq > rcv_nxt && (!side->edge_known || right <= side->edge))
		ranges_add(&flow->behind, s->seq, right);
	ranges_trim(&flow->behind, rcv_nxt);
}

/* ---- the connection */

static void take_syn(struct flow_side *side, const struct flow_segment *s,
		     const struct event *event)
{
	const char *sack = event_word(event, "sack_permitted");

	if (!(s->flags & FLOW_SYN))
		return;
	side->syn = true;
	side->first_wnd = s->wnd;
	side->mss = low_of(event, "mss");
	side->wscale = event_number(event, "wscale");
	side->sack_permitted = sack && !strcmp(sack, "yes");
}

static void take_socket(struct flow *flow, const struct flow_segment *s,
			const struct event *event)
{
	struct flow_side *out = &flow->side[FLOW_OUT];
	struct flow_side *in = &flow->side[FLOW_IN];
	const struct number cwnd = event_number(event, "cwnd");
	const struct number written = event_number(event, "write_seq");
	const struct number copied = event_number(event, "copied");
	uint64_t una = extend(out->nxt, low_of(event, "una"));

	/* An ACK that has come waits while a program has the socket, which then knows less. */
	if (socket_is_still(s)) {
		out->moved_back += una < out->told;
		out->told = una;
		out->nxt = greater(out->nxt, extend(out->nxt, low_of(event, "nxt")));
	}
	out->una = greater(out->una, una);
	if (cwnd.known && cwnd.value)
		flow->cwnd = cwnd.value;
	if (written.known)
		out->end = greater(out->end, extend(out->nxt, (uint32_t)written.value));
	if (copied.known)
		in->end = greater(in->end, extend(in->nxt, (uint32_t)copied.value));
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
	return low_of(event, s->way == FLOW_OUT ? "snd_wnd" : "rcv_wnd");
}

/* What fills a hole comes for the first time; what is sent again does not leave so. */
static uint64_t new_bytes(const struct flow_side *side, const struct flow_segment *s)
{
	const uint64_t end = s->seq + s->len;

	if (s->way == FLOW_IN)
		return s->len - s->needless;
	return end > side->nxt ? end - greater(side->nxt, s->seq) : 0;
}

static enum status take_segment(struct flow *flow, const struct event *event, struct fault *fault)
{
	struct flow_segment parsed, *s;
	struct flow_side *side;
	uint64_t rcv_nxt, sent;

	find_base(flow, event);
	parsed = parse_segment(flow, event);
	find_next(flow, &parsed, event);
	rcv_nxt = extend(flow->side[FLOW_IN].una, low_of(event, "rcv_nxt"));
	s = append(flow, &parsed);
	if (!s)
		return fault_memory(fault);
	side = &flow->side[s->way];
	take_syn(side, s, event);
	if (s->way == FLOW_OUT)
		mark_out(flow, side, s, window_for(side, s, event));
	else
		mark_in(flow, s, rcv_nxt, window_for(side, s, event));
	if (s->len && s->mark != FLOW_PROBE && s->mark != FLOW_KEEPALIVE) {
		side->segments++;
		side->sent += new_bytes(side, s);
	}
	if (s->mark != FLOW_PROBE && !(s->flags & FLOW_RST))
		side->nxt = greater(side->nxt, end_of(s));
	side->fin |= !!(s->flags & FLOW_FIN);
	take_socket(flow, s, event);
	sent = extend(flow->side[FLOW_OUT].nxt, low_of(event, "nxt"));
	take_ack(&flow->side[!s->way], s, sent);
	if (s->way == FLOW_IN)
		take_sacks(flow, s);
	else if (s->dsack)
		take_own_dsack(flow, s->sack[0][0], s->sack[0][1]);
	side->most_flight = greater(side->most_flight, flow_in_flight(side));
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
	const uint64_t next = greater(side->nxt, side->una);

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
