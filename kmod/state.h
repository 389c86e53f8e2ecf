/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state machine of RFC 9293, figure 5, as data: which changes it has, and the
 * names of its states.
 */
#ifndef TCPW_STATE_H
#define TCPW_STATE_H

#include <linux/types.h>

const char *tcpw_state_name(unsigned int state);
int tcpw_state_may_follow(unsigned int from, unsigned int to);

#endif
