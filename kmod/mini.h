/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mini-sockets in FIN_WAIT2: our FIN is acknowledged, the peer's has not come, and
 * no program holds the socket any more, so the kernel keeps but a small one, in the
 * place and under the count of a TIME_WAIT. There is no event when one ends, or
 * becomes a TIME_WAIT. So each has a record, and a time when it is worth a look:
 * when the kernel's timer runs out, and at once when a segment came that may end it.
 */
#ifndef TCPW_MINI_H
#define TCPW_MINI_H

#include <linux/gfp.h>
#include <linux/types.h>

struct inet_timewait_sock;
struct sock;
struct tcpw_conn;
struct tcpw_net;
struct tcpw_order;
struct tcpw_order_key;

struct inet_timewait_sock *tcpw_mini_find(const struct sock *sk, unsigned int substate);
int tcpw_mini_insert(struct tcpw_net *tn, struct tcpw_conn *c,
		     struct inet_timewait_sock *tw, u64 now_ns, gfp_t gfp);
void tcpw_mini_kick(const struct inet_timewait_sock *tw);
void tcpw_mini_settle(struct tcpw_order *minis);
void tcpw_mini_patrol(struct tcpw_order *minis, struct tcpw_order_key *at);

#endif
