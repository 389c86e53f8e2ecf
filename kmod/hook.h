/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netfilter hooks: what sockets don't keep. They look, and let every packet
 * pass.
 */
#ifndef TCPW_HOOK_H
#define TCPW_HOOK_H

struct tcpw_net;

int tcpw_hook_net_init(struct tcpw_net *tn);
void tcpw_hook_net_exit(struct tcpw_net *tn);

#endif
