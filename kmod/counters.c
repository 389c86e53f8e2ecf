// SPDX-License-Identifier: GPL-2.0
#include "counters.h"

/* In the order of enum tcpw_counter, named as in the contract. */
const char *const tcpw_counter_names[TCPW_COUNTERS] = {
	[TCPW_OPENED_ACTIVE]		= "opened_active",
	[TCPW_OPENED_PASSIVE]		= "opened_passive",
	[TCPW_CONNECT_REFUSED]		= "connect_refused",
	[TCPW_CONNECT_TIMEOUT]		= "connect_timeout",
	[TCPW_CONNECT_FAILED]		= "connect_failed",
	[TCPW_SYN_IN]			= "syn_in",
	[TCPW_SYN_OUT]			= "syn_out",
	[TCPW_SYN_RETRANS]		= "syn_retrans",
	[TCPW_SYNACK_IN]		= "synack_in",
	[TCPW_SYNACK_OUT]		= "synack_out",
	[TCPW_SYNACK_RETRANS]		= "synack_retrans",
	[TCPW_FIN_IN]			= "fin_in",
	[TCPW_FIN_OUT]			= "fin_out",
	[TCPW_RST_IN]			= "rst_in",
	[TCPW_RST_OUT]			= "rst_out",
	[TCPW_CLOSED_LOCAL_FIRST]	= "closed_local_first",
	[TCPW_CLOSED_REMOTE_FIRST]	= "closed_remote_first",
	[TCPW_CLOSED_SIMULTANEOUS]	= "closed_simultaneous",
	[TCPW_CLOSED_RESET]		= "closed_reset",
	[TCPW_CLOSED_TIMEOUT]		= "closed_timeout",
	[TCPW_ZERO_WINDOW_IN]		= "zero_window_in",
	[TCPW_ZERO_WINDOW_OUT]		= "zero_window_out",
	[TCPW_SYN_ON_CLOSE_WAIT]	= "syn_on_close_wait",
	[TCPW_ILLEGAL_TRANSITIONS]	= "illegal_transitions",
	[TCPW_UNTRACKED]		= "untracked",
	[TCPW_EVENTS_LOST]		= "events_lost",
};
