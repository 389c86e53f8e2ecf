/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a connection ended, or was not made: read off the socket at that moment.
 */
#ifndef TCPW_ENDING_H
#define TCPW_ENDING_H

#include <linux/types.h>

#include "conn.h"
#include "counters.h"
#include "event.h"

struct sock;

enum tcpw_counter tcpw_ending_failure(const struct sock *sk);
enum tcpw_by tcpw_ending_by(const struct sock *sk, unsigned int from, bool mini);
enum tcpw_counter tcpw_ending_counter(enum tcpw_closed closed, enum tcpw_by by);

#endif
