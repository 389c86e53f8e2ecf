/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_COUNTERS_H
#define TCPW_COUNTERS_H

/*
 * Adding a counter is one line here and one in counters.c, in the same order: the
 * order in which summary prints them. All but TCPW_UNTRACKED only grow.
 */
enum tcpw_counter {
	TCPW_OPENED_ACTIVE,	/* handshakes completed, from connect() */
	TCPW_OPENED_PASSIVE,	/* handshakes completed, from a listener */
	TCPW_CONNECT_REFUSED,	/* connect() that the peer reset */
	TCPW_CONNECT_TIMEOUT,	/* connect() that nobody answered */
	TCPW_CONNECT_FAILED,	/* connect() that failed for any other cause */
	TCPW_SYN_IN,
	TCPW_SYN_OUT,
	TCPW_SYN_RETRANS,	/* SYNs sent again, also counted as syn_out */
	TCPW_SYNACK_IN,
	TCPW_SYNACK_OUT,
	TCPW_SYNACK_RETRANS,	/* SYN-ACKs sent again, also counted as synack_out */
	TCPW_FIN_IN,
	TCPW_FIN_OUT,
	TCPW_RST_IN,
	TCPW_RST_OUT,
	TCPW_CLOSED_LOCAL_FIRST,
	TCPW_CLOSED_REMOTE_FIRST,
	TCPW_CLOSED_SIMULTANEOUS,
	TCPW_CLOSED_RESET,
	TCPW_CLOSED_TIMEOUT,
	TCPW_ZERO_WINDOW_IN,	/* times a peer closed its window */
	TCPW_ZERO_WINDOW_OUT,	/* times we closed ours */
	TCPW_SYN_ON_CLOSE_WAIT,
	TCPW_ILLEGAL_TRANSITIONS,
	TCPW_UNTRACKED,		/* a gauge: sockets that live now and have no record */
	TCPW_EVENTS_LOST,
	TCPW_COUNTERS
};

extern const char *const tcpw_counter_names[TCPW_COUNTERS];

#endif
