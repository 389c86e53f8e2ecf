/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_ENDING_H
#define TCPWATCH_ENDING_H

#include <stdbool.h>

#include "event.h"

enum { ENDING_SIZE = 64 };

bool ending_is_good(const struct event *event);
const char *ending_text(char text[ENDING_SIZE], const struct event *event);

#endif
