// SPDX-License-Identifier: GPL-2.0
#ifdef __KERNEL__
#include <linux/kernel.h>
#include <net/tcp_states.h>
#else
#include <netinet/tcp.h>
#include <stddef.h>
#endif

#include "state.h"

static const char *const names[TCPW_STATES] = {
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
 * The state machine: an entry for each change there is, with its cause. RFC 9293,
 * 3.3.2, figure 5, whose CLOSED is called CLOSE here. Where Linux leaves the figure:
 * - a listener never becomes a connection: its child is born in SYN_RECV;
 * - it has no change from LISTEN to SYN_SENT, which needs a SEND call on a listener;
 * - a socket never is in TIME_WAIT: it closes, and a mini-socket takes its place;
 * - with TCP Fast Open (RFC 7413) a child has data, and may have the peer's FIN,
 *   before the handshake's last ACK.
 */
static const char *const causes[TCPW_STATES][TCPW_STATES] = {
	[TCP_CLOSE] = {
		[TCP_LISTEN]	= "listen()",
		[TCP_SYN_SENT]	= "connect(): a SYN is sent",
	},
	[TCP_LISTEN] = {
		[TCP_SYN_RECV]	= "a SYN came and was answered: a new socket",
		[TCP_CLOSE]	= "close()",
	},
	[TCP_SYN_SENT] = {
		[TCP_ESTABLISHED] = "a SYN-ACK came",
		[TCP_SYN_RECV]	= "a SYN came: both open at once",
		[TCP_CLOSE]	= "a RST came, no answer, or close()",
	},
	[TCP_SYN_RECV] = {
		[TCP_ESTABLISHED] = "the ACK of our SYN came",
		[TCP_FIN_WAIT1]	= "close() before the ACK of our SYN",
		[TCP_CLOSE_WAIT] = "a FIN came before it (Fast Open, RFC 7413)",
		[TCP_CLOSE]	= "a RST came, or no answer",
	},
	[TCP_ESTABLISHED] = {
		[TCP_FIN_WAIT1]	= "close() or shutdown(): our FIN is sent",
		[TCP_CLOSE_WAIT] = "a FIN came",
		[TCP_CLOSE]	= "RST, time-out, or close() with data unread",
	},
	[TCP_FIN_WAIT1] = {
		[TCP_FIN_WAIT2]	= "the ACK of our FIN came",
		[TCP_CLOSING]	= "a FIN came, without the ACK of ours",
		[TCP_TIME_WAIT]	= "a FIN came, with the ACK of ours",
		[TCP_CLOSE]	= "RST, or time-out",
	},
	[TCP_FIN_WAIT2] = {
		[TCP_TIME_WAIT]	= "a FIN came",
		[TCP_CLOSE]	= "RST, or net.ipv4.tcp_fin_timeout is over",
	},
	[TCP_CLOSING] = {
		[TCP_TIME_WAIT]	= "the ACK of our FIN came",
		[TCP_CLOSE]	= "RST, or time-out",
	},
	[TCP_TIME_WAIT] = {
		[TCP_CLOSE]	= "60 s are over (2 MSL), or a new SYN came",
	},
	[TCP_CLOSE_WAIT] = {
		[TCP_LAST_ACK]	= "close() or shutdown(): our FIN is sent",
		[TCP_CLOSE]	= "RST, time-out, or close() with data unread",
	},
	[TCP_LAST_ACK] = {
		[TCP_CLOSE]	= "the ACK of our FIN came; RST, or time-out",
	},
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
	return state < TCPW_STATES && names[state] ? names[state] : "-";
}

/**
 * tcpw_state_cause() - what makes this change of state?
 * @from: the state before
 * @to: the state after
 *
 * Source: RFC 9293, 3.3.2, figure 5, and the extras of Linux named at the table.
 *
 * Context: any, no locks.
 * Return: a constant string, NULL where the state machine has no such change.
 */
const char *tcpw_state_cause(unsigned int from, unsigned int to)
{
	return from < TCPW_STATES && to < TCPW_STATES ? causes[from][to] : NULL;
}
