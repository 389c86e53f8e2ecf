/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_TOP_WINDOW_PANE_H
#define TCPWATCH_TOP_WINDOW_PANE_H

#include "pen.h"
#include "top/look.h"

void window_pane_draw(const struct display *display, int row, int rows,
		      const struct look *look, const struct conn *conn);

#endif
