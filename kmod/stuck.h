/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_STUCK_H
#define TCPW_STUCK_H

#include <linux/types.h>

struct tcpw_net;
struct tcpw_net_cpu;

void tcpw_stuck_tell(struct tcpw_net *tn, struct tcpw_net_cpu *part, u64 bound_ns);

#endif
