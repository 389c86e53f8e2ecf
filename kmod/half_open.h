/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Half-open requests: counted with the listeners that they belong to, so that a flood
 * of them costs nothing.
 *
 * A request outlives its listener: the kernel finds only when it would send the SYN-ACK
 * again, after many seconds perhaps, that nobody listens any more. So the record of a
 * listener that closes is kept, with a reference to the socket, until its requests are
 * gone.
 */
#ifndef TCPW_HALF_OPEN_H
#define TCPW_HALF_OPEN_H

#include <linux/types.h>

struct tcpw_conn;
struct tcpw_net;

void tcpw_half_open_net_init(struct tcpw_net *tn);
void tcpw_half_open_net_exit(struct tcpw_net *tn);
bool tcpw_half_open_keep(struct tcpw_net *tn, struct tcpw_conn *c);
bool tcpw_half_open_settle(struct tcpw_net *tn);
unsigned long tcpw_half_open_count(struct tcpw_net *tn);

#endif
