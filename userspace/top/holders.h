/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pane that says who leaves sockets in CLOSE_WAIT.
 */
#ifndef TCPWATCH_TOP_HOLDERS_H
#define TCPWATCH_TOP_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "holder.h"
#include "pen.h"

uint64_t holders_id(const void *list, size_t row);
void holders_draw_heads(const struct display *display, int row, bool here);
void holders_draw(const struct display *display, int row, const struct holder *holder,
		  bool chosen);
bool holders_filter(const struct holder *holder, char *text, size_t size);

#endif
