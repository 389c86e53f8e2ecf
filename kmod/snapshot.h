/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_SNAPSHOT_H
#define TCPW_SNAPSHOT_H

#include "verdict.h"

struct sock;

u64 tcpw_snapshot_bytes_in(const struct sock *sk);
u64 tcpw_snapshot_bytes_out(const struct sock *sk);
u64 tcpw_snapshot_memory(const struct sock *sk);
void tcpw_snapshot_take(struct tcpw_snapshot *s, const struct sock *sk);

#endif
