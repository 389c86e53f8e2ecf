/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line of the module's stream of events. This knows the form of all of them, and
 * which keys those that it knows must have; what they mean is for others.
 */
#ifndef TCPWATCH_EVENT_H
#define TCPWATCH_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "column.h"
#include "fault.h"
#include "number.h"

enum {
	EVENT_LINE_MAX = 4096,	/* bytes; the widest line known has 500 */
	EVENT_KEYS_MAX = 64,	/* of one event; the most known are 17 */
};

/**
 * enum event_kind - what happened
 * @EVENT_STATE: a change of state; has from, to
 * @EVENT_CLOSED: a connection ended; has opened, closed, by
 * @EVENT_ZERO_WINDOW: a window closed; has dir
 * @EVENT_WINDOW_OPEN: a window opened again; has dir
 * @EVENT_SYN_BLOCKED: a SYN met a socket in CLOSE_WAIT
 * @EVENT_STUCK: a CLOSE_WAIT passed the threshold
 * @EVENT_SEGMENT: a segment; has dir, flags, seq, ack, len, wnd, una, nxt, snd_wnd,
 *	and of these seq, ack, len, una and nxt are numbers, never "-"
 * @EVENT_LOST: events before this one are lost; has n, a number. It has no ends
 * @EVENT_OTHER: what only a later module tells of
 */
enum event_kind {
	EVENT_STATE,
	EVENT_CLOSED,
	EVENT_ZERO_WINDOW,
	EVENT_WINDOW_OPEN,
	EVENT_SYN_BLOCKED,
	EVENT_STUCK,
	EVENT_SEGMENT,
	EVENT_LOST,
	EVENT_OTHER
};

/**
 * struct event_key - something that an event says
 * @name: the key
 * @cell: its value
 */
struct event_key {
	const char *name;
	struct cell cell;
};

/**
 * struct event - something that happened
 * @time_ns: when, by CLOCK_BOOTTIME
 * @kind: what
 * @name: the same as a word; all there is of an EVENT_OTHER
 * @id: the socket's cookie
 * @has_ends: @local and @remote are addresses, not "-"
 * @local: the own end
 * @remote: the peer's end
 * @n_keys: how many keys it has
 * @keys: they, in the order of the line; those too that this program does not know
 *
 * All texts are in the line that it was made of.
 */
struct event {
	uint64_t time_ns;
	enum event_kind kind;
	const char *name;
	struct number id;
	bool has_ends;
	struct cell local;
	struct cell remote;
	size_t n_keys;
	struct event_key keys[EVENT_KEYS_MAX];
};

enum status event_parse(struct event *event, size_t line, char *text, size_t size,
			struct fault *fault);
bool event_kind_find(const char *name, enum event_kind *kind);

const struct cell *event_cell(const struct event *event, const char *key);
const char *event_word(const struct event *event, const char *key);
struct number event_number(const struct event *event, const char *key);

#endif
