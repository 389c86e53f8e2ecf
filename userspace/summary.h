/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_SUMMARY_H
#define TCPWATCH_SUMMARY_H

#include <stdint.h>

#include "fault.h"
#include "netns.h"
#include "number.h"
#include "source.h"
#include "table.h"

/*
 * The file `summary`: all its lines (the table's columns are name and value), and by
 * their names those that are shown in words, each of which must be there. A new one is
 * one line here and one in summary.c, in the same order.
 */
struct summary {
	struct table table;
	const char *version;
	uint64_t loaded_ms;
	uint64_t connections;
	uint64_t established;
	uint64_t syn_sent;
	uint64_t syn_recv;
	uint64_t fin_wait1;
	uint64_t fin_wait2;
	uint64_t time_wait;
	uint64_t close_wait;
	uint64_t last_ack;
	uint64_t closing;
	uint64_t listen;
	uint64_t opened_active;
	uint64_t opened_passive;
	uint64_t connect_refused;
	uint64_t connect_timeout;
	uint64_t connect_failed;
	uint64_t syn_in;
	uint64_t syn_out;
	uint64_t synack_in;
	uint64_t synack_out;
	uint64_t synack_retrans;
	uint64_t fin_in;
	uint64_t fin_out;
	uint64_t rst_in;
	uint64_t rst_out;
	uint64_t closed_local_first;
	uint64_t closed_remote_first;
	uint64_t closed_simultaneous;
	uint64_t closed_reset;
	uint64_t closed_timeout;
	uint64_t zero_window_in;
	uint64_t zero_window_out;
	uint64_t syn_on_close_wait;
	uint64_t illegal_transitions;
	uint64_t untracked;
	uint64_t memory_bytes;
};

enum status summary_read(struct summary *summary, const struct source *source,
			 struct fault *fault);
void summary_line(const struct summary *summary, size_t line, const char **name,
		  const char **value);
struct number summary_find(const struct summary *summary, const char *name);
uint64_t summary_connects(const struct summary *summary);
void summary_take_stuck(const struct summary *summary, struct netns *ns);
enum status summary_stuck(struct netns *ns, struct fault *fault);
void summary_free(struct summary *summary);

#endif
