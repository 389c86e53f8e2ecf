/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection's life as its changes of state tell it: how it opened, who closed it
 * first, how it ended.
 */
#ifndef TCPW_LIFE_H
#define TCPW_LIFE_H

#include <linux/types.h>

struct sock;
struct tcpw_conn;

void tcpw_life_change(struct sock *sk, unsigned int from, unsigned int to);
void tcpw_life_tell_birth(struct tcpw_conn *c);
void tcpw_life_destroyed(struct sock *sk);
int tcpw_life_adopt(struct sock *sk);
void tcpw_life_seeded(void);
u64 tcpw_life_seeded_ns(void);
bool tcpw_life_short_of_memory(void);

#endif
