// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <net/tcp_states.h>
#else
#include <netinet/tcp.h>
#endif

#include "state.h"

/* The numbers of enum tcp_state in net/tcp_states.h, which <netinet/tcp.h> has too. */
#define STATES 12
#define TO(state) (1u << (state))

static const char *const names[STATES] = {
	[TCP_ESTABLISHED]	= "ESTABLISHED",
	[TCP_SYN_SENT]		= "SYN_SENT",
	[TCP_SYN_RECV]		= "SYN_RECV",
	[TCP_FIN_WAIT1]		= "FIN_WAIT1",
	[TCP_FIN_WAIT2]		= "FIN_WAIT2",
	[TCP_TIME_WAIT]		= "TIME_WAIT",
	[TCP_CLOSE]		= "CLOSE",
	[TCP_CLOSE_WAIT]	= "CLOSE_WAIT",
	[TCP_LAST_ACK]		= "LAST_ACK",
	[TCP_LISTEN]		= "LISTEN",
	[TCP_CLOSING]		= "CLOSING",
};

/*
 * Every state may go to CLOSE: a reset, a time-out, an ABORT call. Where Linux
 * leaves the RFC's figure:
 * - a listener never becomes a connection: its child is born in SYN_RECV;
 * - TIME_WAIT is no state of a socket: the socket closes, a mini-socket stays;
 * - with TCP Fast Open (RFC 7413) a child has data, and may have the peer's FIN
 *   or be closed, before the handshake's last ACK: SYN_RECV to CLOSE_WAIT and
 *   FIN_WAIT1.
 */
static const unsigned short may_follow[STATES] = {
	[TCP_CLOSE]		= TO(TCP_LISTEN) | TO(TCP_SYN_SENT),
	[TCP_LISTEN]		= TO(TCP_CLOSE) | TO(TCP_SYN_RECV),
	[TCP_SYN_SENT]		= TO(TCP_CLOSE) | TO(TCP_SYN_RECV) | TO(TCP_ESTABLISHED),
	[TCP_SYN_RECV]		= TO(TCP_CLOSE) | TO(TCP_ESTABLISHED) | TO(TCP_FIN_WAIT1) |
				  TO(TCP_CLOSE_WAIT),
	[TCP_ESTABLISHED]	= TO(TCP_CLOSE) | TO(TCP_FIN_WAIT1) | TO(TCP_CLOSE_WAIT),
	[TCP_FIN_WAIT1]		= TO(TCP_CLOSE) | TO(TCP_FIN_WAIT2) | TO(TCP_CLOSING),
	[TCP_FIN_WAIT2]		= TO(TCP_CLOSE),
	[TCP_CLOSING]		= TO(TCP_CLOSE),
	[TCP_CLOSE_WAIT]	= TO(TCP_CLOSE) | TO(TCP_LAST_ACK),
	[TCP_LAST_ACK]		= TO(TCP_CLOSE),
};

/**
 * tcpw_state_name() - a state's name
 * @state: a number of enum tcp_state
 *
 * Context: any, no locks.
 * Return: a constant string, "-" for a number that is no state.
 */
const char *tcpw_state_name(unsigned int state)
{
	return state < STATES && names[state] ? names[state] : "-";
}

/**
 * tcpw_state_may_follow() - is there such a change of state?
 * @from: the state before
 * @to: the state after
 *
 * Source: RFC 9293, 3.3.2, figure 5, and the extras of Linux named at the table.
 *
 * Context: any, no locks.
 * Return: 1 if the state machine has it, 0 if not.
 */
int tcpw_state_may_follow(unsigned int from, unsigned int to)
{
	return from < STATES && to < STATES && (may_follow[from] & TO(to)) != 0;
}
