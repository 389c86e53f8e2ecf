/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a picture looks: its colours, on a light page, on a dark one and in print; the
 * symbols that it uses.
 */
#ifndef TCPWATCH_WINDOW_PLOT_STYLE_H
#define TCPWATCH_WINDOW_PLOT_STYLE_H

#include <stdio.h>

void plot_style_write(FILE *file);

#endif
