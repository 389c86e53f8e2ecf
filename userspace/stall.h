/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_STALL_H
#define TCPWATCH_STALL_H

#include "look.h"
#include "number.h"

void stall_judge(struct conn *conn, const struct conn *before, const struct number *value,
		 const char *state, int64_t now_ns);
const char *stall_text(enum stall stall);

#endif
