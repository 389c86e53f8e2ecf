/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the connections that are there is the one to follow.
 */
#ifndef TCPWATCH_WINDOW_AIM_H
#define TCPWATCH_WINDOW_AIM_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "filter.h"
#include "netns.h"
#include "number.h"
#include "options.h"
#include "window/flow.h"

/**
 * struct aim - a connection that was found
 * @fit: how many fit the filter; 0 if there is none, and then there is nothing else here
 * @id: the socket's cookie
 * @local: its own end
 * @remote: the peer's end
 */
struct aim {
	size_t fit;
	struct number id;
	char local[FLOW_ENDS_SIZE];
	char remote[FLOW_ENDS_SIZE];
};

/**
 * struct queues - what `connections` says of one now, between its segments
 * @found: it is there
 * @limited: what holds the sender: peer, network, sndbuf, app
 * @state: its state
 * @snd_unacked: bytes that are sent and not acknowledged
 * @snd_unsent: bytes that are written and not sent
 * @snd_wnd: the peer's window
 * @rcv_unread: bytes that the program has not read
 * @rcv_wnd: our window
 * @cwnd_bytes: the congestion window
 * @mss: the most data that a segment has
 * @probes: window probes without an answer
 * @rtt_us: the round-trip time
 * @bytes_in: bytes that came so far
 * @bytes_out: bytes sent so far
 */
struct queues {
	bool found;
	char limited[FLOW_WORD_SIZE];
	char state[FLOW_WORD_SIZE];
	struct number snd_unacked;
	struct number snd_unsent;
	struct number snd_wnd;
	struct number rcv_unread;
	struct number rcv_wnd;
	struct number cwnd_bytes;
	struct number mss;
	struct number probes;
	struct number rtt_us;
	struct number bytes_in;
	struct number bytes_out;
};

enum status aim_take(struct aim *aim, const struct filter *filter, size_t skip,
		     const struct options *options, const struct netns_list *list,
		     struct fault *fault);
enum status aim_queues(struct queues *queues, struct number id, const struct options *options,
		       const struct netns_list *list, struct fault *fault);

#endif
