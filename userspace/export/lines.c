// SPDX-License-Identifier: GPL-2.0
/*
 * The metrics that are lines of summary.
 */
#include <string.h>

#include "array.h"
#include "export/metrics.h"

enum {
	CONNECTIONS,
	LISTENERS,
	UNTRACKED,
	STUCK_AFTER,
	OPENED,
	FAILED,
	CLOSED,
	SEGMENTS,
	RETRANSMITS,
	ZERO_WINDOWS,
	SYN_ON_CLOSE_WAIT,
	ILLEGAL,
	EVENTS_LOST,
	MEMORY,
	LOADED_FOR,
};

static const struct family families[] = {
	[CONNECTIONS] = {
		"tcpwatch_connections", FAMILY_GAUGE, NULL,
		"TCP connections by state, half-open and waiting ones too; listening sockets are none.",
	},
	[LISTENERS] = {
		"tcpwatch_listeners", FAMILY_GAUGE, NULL, "Listening sockets.",
	},
	[UNTRACKED] = {
		"tcpwatch_untracked_sockets", FAMILY_GAUGE, NULL,
		"Sockets without a record, by which all that is shown is short.",
	},
	[STUCK_AFTER] = {
		"tcpwatch_close_wait_stuck_after_seconds", FAMILY_GAUGE, "seconds",
		"From what age on a socket in CLOSE_WAIT counts as stuck: net.tcpwatch.close_wait_stuck_ms.",
	},
	[OPENED] = {
		"tcpwatch_connections_opened", FAMILY_COUNTER, NULL,
		"Handshakes completed: active ones by connect(), passive ones by a listener.",
	},
	[FAILED] = {
		"tcpwatch_connect_failures", FAMILY_COUNTER, NULL,
		"Calls of connect() that did not complete.",
	},
	[CLOSED] = {
		"tcpwatch_connections_closed", FAMILY_COUNTER, NULL,
		"How connections ended: whose FIN was first, or that there was none.",
	},
	[SEGMENTS] = {
		"tcpwatch_segments", FAMILY_COUNTER, NULL,
		"Segments of local sockets with these flags.",
	},
	[RETRANSMITS] = {
		"tcpwatch_handshake_retransmits", FAMILY_COUNTER, NULL,
		"SYNs and SYN-ACKs sent again.",
	},
	[ZERO_WINDOWS] = {
		"tcpwatch_zero_windows", FAMILY_COUNTER, NULL,
		"Times a window was closed: in by the peer, out by this side.",
	},
	[SYN_ON_CLOSE_WAIT] = {
		"tcpwatch_syn_on_close_wait", FAMILY_COUNTER, NULL,
		"SYNs that met a socket still in CLOSE_WAIT, so that their client could not connect.",
	},
	[ILLEGAL] = {
		"tcpwatch_illegal_transitions", FAMILY_COUNTER, NULL,
		"Changes of state that TCP does not have: a bug of the kernel or the module.",
	},
	[EVENTS_LOST] = {
		"tcpwatch_events_lost", FAMILY_COUNTER, NULL,
		"Events overwritten before a reader of /proc/tcpwatch/events took them.",
	},
	[MEMORY] = {
		"tcpwatch_memory_bytes", FAMILY_GAUGE, "bytes",
		"What the module's records take, and the kernel's of sockets that are no full ones.",
	},
	[LOADED_FOR] = {
		"tcpwatch_module_uptime_seconds", FAMILY_GAUGE, "seconds",
		"For how long the module has been loaded; it counts from then on.",
	},
};

/**
 * struct line - a sample that is a line of summary
 * @family: its metric, by its place in families
 * @labels: two at most, name and value
 * @line: the line's name; one in _ms becomes seconds
 */
static const struct line {
	int family;
	const char *labels[2][2];
	const char *line;
} lines[] = {
	{ CONNECTIONS, { { "state", "ESTABLISHED" } }, "established" },
	{ CONNECTIONS, { { "state", "SYN_SENT" } }, "syn_sent" },
	{ CONNECTIONS, { { "state", "SYN_RECV" } }, "syn_recv" },
	{ CONNECTIONS, { { "state", "FIN_WAIT1" } }, "fin_wait1" },
	{ CONNECTIONS, { { "state", "FIN_WAIT2" } }, "fin_wait2" },
	{ CONNECTIONS, { { "state", "TIME_WAIT" } }, "time_wait" },
	{ CONNECTIONS, { { "state", "CLOSE_WAIT" } }, "close_wait" },
	{ CONNECTIONS, { { "state", "LAST_ACK" } }, "last_ack" },
	{ CONNECTIONS, { { "state", "CLOSING" } }, "closing" },
	{ LISTENERS, { { NULL } }, "listen" },
	{ UNTRACKED, { { NULL } }, "untracked" },
	{ STUCK_AFTER, { { NULL } }, "close_wait_stuck_ms" },
	{ OPENED, { { "side", "active" } }, "opened_active" },
	{ OPENED, { { "side", "passive" } }, "opened_passive" },
	{ FAILED, { { "reason", "refused" } }, "connect_refused" },
	{ FAILED, { { "reason", "timeout" } }, "connect_timeout" },
	{ FAILED, { { "reason", "other" } }, "connect_failed" },
	{ CLOSED, { { "how", "local_first" } }, "closed_local_first" },
	{ CLOSED, { { "how", "remote_first" } }, "closed_remote_first" },
	{ CLOSED, { { "how", "simultaneous" } }, "closed_simultaneous" },
	{ CLOSED, { { "how", "reset" } }, "closed_reset" },
	{ CLOSED, { { "how", "timeout" } }, "closed_timeout" },
	{ SEGMENTS, { { "flags", "SYN" }, { "direction", "in" } }, "syn_in" },
	{ SEGMENTS, { { "flags", "SYN" }, { "direction", "out" } }, "syn_out" },
	{ SEGMENTS, { { "flags", "SYN-ACK" }, { "direction", "in" } }, "synack_in" },
	{ SEGMENTS, { { "flags", "SYN-ACK" }, { "direction", "out" } }, "synack_out" },
	{ SEGMENTS, { { "flags", "FIN" }, { "direction", "in" } }, "fin_in" },
	{ SEGMENTS, { { "flags", "FIN" }, { "direction", "out" } }, "fin_out" },
	{ SEGMENTS, { { "flags", "RST" }, { "direction", "in" } }, "rst_in" },
	{ SEGMENTS, { { "flags", "RST" }, { "direction", "out" } }, "rst_out" },
	{ RETRANSMITS, { { "flags", "SYN" } }, "syn_retrans" },
	{ RETRANSMITS, { { "flags", "SYN-ACK" } }, "synack_retrans" },
	{ ZERO_WINDOWS, { { "direction", "in" } }, "zero_window_in" },
	{ ZERO_WINDOWS, { { "direction", "out" } }, "zero_window_out" },
	{ SYN_ON_CLOSE_WAIT, { { NULL } }, "syn_on_close_wait" },
	{ ILLEGAL, { { NULL } }, "illegal_transitions" },
	{ EVENTS_LOST, { { NULL } }, "events_lost" },
	{ MEMORY, { { "of", "module" } }, "memory_bytes" },
	{ MEMORY, { { "of", "TIME_WAIT" } }, "time_wait_bytes" },
	{ MEMORY, { { "of", "SYN_RECV" } }, "syn_recv_bytes" },
	{ LOADED_FOR, { { NULL } }, "loaded_ms" },
};

static bool is_ms(const char *line)
{
	const size_t length = strlen(line);

	return length > 3 && !strcmp(line + length - 3, "_ms");
}

static void write_line(struct exposition *exposition, const struct line *line,
		       const struct scrape_ns *one)
{
	const struct number number = summary_find(&one->summary, line->line);

	if (!number.known)
		return;
	metrics_sample(exposition, "", one);
	for (size_t i = 0; i < ARRAY_SIZE(line->labels) && line->labels[i][0]; i++)
		exposition_label(exposition, line->labels[i][0], line->labels[i][1]);
	if (is_ms(line->line))
		exposition_ms(exposition, number.value);
	else
		exposition_u64(exposition, number.value);
}

/**
 * metrics_write_lines() - write the metrics that are lines of summary
 * @exposition: where to, and how
 * @scrape: what they say
 */
void metrics_write_lines(struct exposition *exposition, const struct scrape *scrape)
{
	size_t next;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i = next) {
		exposition_family(exposition, &families[lines[i].family]);
		for (next = i; next < ARRAY_SIZE(lines); next++)
			if (lines[next].family != lines[i].family)
				break;
		for (size_t j = 0; j < scrape->n; j++)
			for (size_t k = i; k < next && !scrape->ones[j].gone; k++)
				write_line(exposition, &lines[k], &scrape->ones[j]);
	}
}
