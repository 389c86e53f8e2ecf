/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state machine of RFC 9293, figure 5, as data: its states' names, which changes
 * it has, and what makes them. The drawings of it in the documentation come from here.
 */
#ifndef TCPW_STATE_H
#define TCPW_STATE_H

#include <linux/types.h>

/*
 * The numbers of enum tcp_state in net/tcp_states.h, which <netinet/tcp.h> has too, are
 * below.
 */
#define TCPW_STATES 12

const char *tcpw_state_name(unsigned int state);
const char *tcpw_state_cause(unsigned int from, unsigned int to);

#endif
