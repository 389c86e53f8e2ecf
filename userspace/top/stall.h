/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_TOP_STALL_H
#define TCPWATCH_TOP_STALL_H

#include "number.h"
#include "top/look.h"

void stall_judge(struct conn *conn, const struct conn *before, const struct number *value,
		 const char *state, int64_t now_ns);
const char *stall_text(enum stall stall);

#endif
