/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_SYSCTL_H
#define TCPW_SYSCTL_H

struct tcpw_net;

int tcpw_sysctl_net_init(struct tcpw_net *tn);
void tcpw_sysctl_net_exit(struct tcpw_net *tn);

#endif
