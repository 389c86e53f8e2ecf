/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection that is being followed: the stream, the filter in the module, and what is
 * known so far. For those that show it, at the end or all the time.
 */
#ifndef TCPWATCH_WINDOW_SESSION_H
#define TCPWATCH_WINDOW_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "stream.h"
#include "tail.h"
#include "window/aim.h"
#include "window/flow.h"
#include "window/follow.h"

/**
 * struct session - a connection that is followed
 * @tail: what is wanted: the options, the filter, for how long
 * @skip: so many busier ones were passed over
 * @fit: how many fitted when it was chosen
 * @stream: the events
 * @follow: the filter that was set
 * @aimed: it is known which connection; until then, the first that fits is it
 * @flow: what is known of it
 * @taken: segments so far, for --count
 * @since_ns: CLOCK_BOOTTIME when it was aimed at
 * @over: there is nothing more to come
 *
 * @tail and @skip are the caller's, the others session_open() fills in.
 */
struct session {
	struct tail tail;
	size_t skip;
	size_t fit;
	struct stream stream;
	struct follow follow;
	bool aimed;
	struct flow flow;
	uint64_t taken;
	int64_t since_ns;
	bool over;
};

enum status session_open(struct session *session, struct fault *fault);
enum status session_pump(struct session *session, struct fault *fault);
enum status session_next(struct session *session, struct fault *fault);
uint64_t session_now_ns(const struct session *session);
void session_close(struct session *session);

#endif
