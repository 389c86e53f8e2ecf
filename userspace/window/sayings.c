// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "window/sayings.h"

enum { OFFER_SIZE = 128, COUNTED_SIZE = 80 };

static const uint64_t ns_per_us = 1000;

/* How the two ends of one direction are called: who sends, whose window it is, and so on. */
struct names {
	const char *sender;	/* at the start of a sentence */
	const char *window;	/* the receiver's window, likewise */
	const char *receiver;	/* likewise */
	const char *receivers;	/* its ACKs */
};

static const struct names names[FLOW_WAYS] = {
	[FLOW_OUT] = { "We", "The peer's window", "The peer", "its" },
	[FLOW_IN] = { "The peer", "Our window", "We", "our" },
};

static void __attribute__((format(printf, 3, 4)))
say(struct sayings *sayings, enum paint paint, const char *format, ...)
{
	va_list args;

	if (sayings->n == SAYINGS_MAX)
		return;
	va_start(args, format);
	vsnprintf(sayings->text[sayings->n], SAYING_SIZE, format, args);
	va_end(args);
	sayings->paint[sayings->n++] = paint;
}

static const char *span(char text[AGE_SIZE], uint64_t ns)
{
	return text_time_us(text, ns / ns_per_us);
}

/* "1 segment", "2 segments" */
static const char *counted(char text[COUNTED_SIZE], uint64_t n, const char *what)
{
	snprintf(text, COUNTED_SIZE, "%" PRIu64 " %s%s", n, what, text_plural(n));
	return text;
}

/* "2 segments (2.8 KiB)" */
static const char *sized(char text[COUNTED_SIZE], uint64_t segments, uint64_t bytes)
{
	char size[AGE_SIZE];

	snprintf(text, COUNTED_SIZE, "%" PRIu64 " segment%s (%s)", segments,
		 text_plural(segments), text_bytes(size, bytes));
	return text;
}

/* ---- the handshake */

static const char *offer(char text[OFFER_SIZE], const struct flow_side *side, bool scaled)
{
	char window[AGE_SIZE], largest[AGE_SIZE] = "64.0 KiB";
	size_t used;

	text_bytes(window, side->first_wnd);
	if (scaled)
		text_bytes(largest, (uint64_t)UINT16_MAX << side->wscale.value);
	used = (size_t)snprintf(text, OFFER_SIZE, "a first window of %s", window);
	if (side->wscale.known)
		used += (size_t)snprintf(text + used, OFFER_SIZE - used, ", scale %" PRIu64,
					 side->wscale.value);
	else
		used += (size_t)snprintf(text + used, OFFER_SIZE - used, ", no scale");
	used += (size_t)snprintf(text + used, OFFER_SIZE - used, " (%s at most)", largest);
	if (side->mss)
		used += (size_t)snprintf(text + used, OFFER_SIZE - used, ", MSS %" PRIu32,
					 side->mss);
	snprintf(text + used, OFFER_SIZE - used, "%s", side->sack_permitted ? ", SACK" : "");
	return text;
}

/* Scaling and SACK hold only if both ends want them (RFC 7323, 1.3; RFC 2018, 2). */
static void say_handshake(struct sayings *sayings, const struct flow *flow)
{
	const struct flow_side *us = &flow->side[FLOW_OUT], *peer = &flow->side[FLOW_IN];
	const bool scaled = us->wscale.known && peer->wscale.known;
	char ours[OFFER_SIZE], theirs[OFFER_SIZE];

	if (!us->syn && !peer->syn) {
		say(sayings, PAINT_NONE,
		    "The handshake was before this, so that what the two ends agreed on was not seen.");
		return;
	}
	if (!us->syn || !peer->syn) {
		say(sayings, PAINT_WARN, "Of the handshake only %s SYN was seen: %s.",
		    us->syn ? "our" : "the peer's",
		    offer(ours, us->syn ? us : peer, false));
		return;
	}
	say(sayings, PAINT_NONE, "In the handshake we offered %s; the peer %s.",
	    offer(ours, us, scaled), offer(theirs, peer, scaled));
	if (us->wscale.known != peer->wscale.known)
		say(sayings, PAINT_WARN,
		    "%s did not offer to scale its window, so no window can be above 64 KiB.",
		    us->wscale.known ? "The peer" : "We");
}

/* ---- each direction */

static void say_data(struct sayings *sayings, const struct flow *flow, enum flow_way way)
{
	const struct flow_side *side = &flow->side[way];
	const uint64_t ns = flow->last_ns - flow->first_ns;
	char bytes[AGE_SIZE], rate[AGE_SIZE], time[AGE_SIZE], flight[AGE_SIZE];
	char segments[COUNTED_SIZE];

	if (!side->sent) {
		say(sayings, PAINT_NONE, "%s sent no data.", names[way].sender);
		return;
	}
	text_bytes(bytes, side->sent);
	if (ns < 1000 * ns_per_us)
		say(sayings, PAINT_NONE, "%s sent %s in %s.", names[way].sender, bytes,
		    counted(segments, side->segments, "segment"));
	else
		say(sayings, PAINT_NONE,
		    "%s sent %s in %s, %s/s; %s were in flight at most.", names[way].sender,
		    bytes, span(time, ns),
		    text_bytes(rate, (uint64_t)((double)side->sent * 1e9 / (double)ns)),
		    text_bytes(flight, side->most_flight));
}

static void say_edges(struct sayings *sayings, const struct flow *flow, enum flow_way way)
{
	const struct flow_side *side = &flow->side[way];
	char bytes[AGE_SIZE], times[COUNTED_SIZE];

	if (side->moved_back)
		say(sayings, PAINT_BAD,
		    "The left edge of %s window moved back %s, which it may not.",
		    way == FLOW_OUT ? "the peer's" : "our",
		    counted(times, side->moved_back, "time"));
	if (side->shrunk)
		say(sayings, PAINT_WARN, "%s shrank %s: its right edge moved back, by up to %s.",
		    names[way].window, counted(times, side->shrunk, "time"),
		    text_bytes(bytes, side->shrunk_most));
}

static void say_still_edges(struct sayings *sayings, const struct flow *flow)
{
	const struct flow_side *out = &flow->side[FLOW_OUT], *in = &flow->side[FLOW_IN];

	if (out->moved_back || in->moved_back || (!out->edge_known && !in->edge_known))
		return;
	if (out->shrunk || in->shrunk)
		say(sayings, PAINT_GOOD, "No left edge ever moved back.");
	else
		say(sayings, PAINT_GOOD,
		    "No left edge ever moved back, and no window shrank (a right edge moved back).");
}

static void say_closed(struct sayings *sayings, const struct flow *flow, enum flow_way way,
		       uint64_t now_ns)
{
	const struct flow_side *side = &flow->side[way];
	const uint64_t since_ns = side->closed && now_ns > side->closed_ns ?
				  now_ns - side->closed_ns : 0;
	uint64_t longest_ns = side->closed_longest_ns;
	const char *still = side->closed ? ", and is closed still" : "";
	char total[AGE_SIZE], longest[AGE_SIZE], times[COUNTED_SIZE], probes[COUNTED_SIZE];

	if (since_ns > longest_ns)
		longest_ns = since_ns;
	if (!side->closures) {
		if (side->sent)
			say(sayings, PAINT_GOOD, "%s never closed.", names[way].window);
		return;
	}
	span(total, flow_closed_ns(side, now_ns));
	counted(probes, side->probes, "probe");
	if (side->closures == 1)
		say(sayings, PAINT_WARN, "%s closed once, for %s%s; %s asked.", names[way].window,
		    total, still, probes);
	else
		say(sayings, PAINT_WARN, "%s closed %s, for %s in all and %s at most%s; %s asked.",
		    names[way].window, counted(times, side->closures, "time"), total,
		    span(longest, longest_ns), still, probes);
}

static bool sack_missing(const struct flow *flow)
{
	const struct flow_side *us = &flow->side[FLOW_OUT], *peer = &flow->side[FLOW_IN];

	return us->syn && peer->syn && !(us->sack_permitted && peer->sack_permitted);
}

static void say_lost_data(struct sayings *sayings, const struct flow *flow, enum flow_way way)
{
	const struct flow_side *side = &flow->side[way];
	char segments[COUNTED_SIZE];

	sized(segments, side->again, side->again_bytes);
	if (way == FLOW_IN)
		say(sayings, PAINT_WARN,
		    "%s came late and filled a hole: data was lost on the way and sent again, or overtaken.",
		    segments);
	else if (sack_missing(flow))
		say(sayings, PAINT_WARN,
		    "We sent %s again; without SACK nothing says whether the data was lost or the ACKs.",
		    segments);
	else
		say(sayings, PAINT_WARN,
		    "We sent %s again for lost data: no DSACK said that the peer had them.",
		    segments);
}

static void say_needless(struct sayings *sayings, const struct flow_side *side, enum flow_way way)
{
	const bool several = side->needless != 1;
	char segments[COUNTED_SIZE];

	say(sayings, PAINT_WARN,
	    "%s sent %s again needlessly: %s had %s already%s, so that %s ACK%s lost or late.",
	    names[way].sender, sized(segments, side->needless, side->needless_bytes),
	    way == FLOW_OUT ? "the peer" : "we", several ? "them" : "it",
	    way == FLOW_OUT ? " (DSACK)" : "", names[way].receivers,
	    several ? "s were" : " was");
}

static void say_again(struct sayings *sayings, const struct flow *flow, enum flow_way way)
{
	const struct flow_side *side = &flow->side[way];
	char segments[COUNTED_SIZE];

	if (side->again)
		say_lost_data(sayings, flow, way);
	if (side->needless)
		say_needless(sayings, side, way);
	if (side->unclear)
		say(sayings, PAINT_WARN,
		    "We sent %s again for lost data or lost ACKs: a DSACK came for a later copy only.",
		    sized(segments, side->unclear, side->unclear_bytes));
	if (side->sent && !side->again && !side->needless && !side->unclear)
		say(sayings, PAINT_GOOD, "%s sent nothing again.", names[way].sender);
	if (side->doubled)
		say(sayings, PAINT_WARN,
		    "%s reported %s twice of which one was seen sent: the path doubled them.",
		    names[way].receiver, counted(segments, side->doubled, "segment"));
}

/**
 * flow_say() - what was seen of a connection's windows
 * @sayings: where to; the main points first, good ones too
 * @flow: the connection
 * @now_ns: CLOCK_BOOTTIME, or when it was over
 */
void flow_say(struct sayings *sayings, const struct flow *flow, uint64_t now_ns)
{
	const enum flow_way main_way = flow_main_way(flow);
	const enum flow_way order[] = { main_way, main_way == FLOW_OUT ? FLOW_IN : FLOW_OUT };
	char events[COUNTED_SIZE];

	sayings->n = 0;
	say_handshake(sayings, flow);
	for (size_t i = 0; i < FLOW_WAYS; i++)
		say_data(sayings, flow, order[i]);
	for (size_t i = 0; i < FLOW_WAYS; i++) {
		say_again(sayings, flow, order[i]);
		say_closed(sayings, flow, order[i], now_ns);
		say_edges(sayings, flow, order[i]);
	}
	say_still_edges(sayings, flow);
	if (flow->lost)
		say(sayings, PAINT_BAD,
		    "%s lost, overwritten before this could read it, of this connection or of others: the counts here may be short.",
		    counted(events, flow->lost, "event"));
}
