/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text in a picture, whose font is not known when it is written.
 */
#ifndef TCPWATCH_WINDOW_PLOT_TEXT_H
#define TCPWATCH_WINDOW_PLOT_TEXT_H

#include <stddef.h>
#include <stdio.h>

double plot_text_width(const char *text, double size);
void plot_text(FILE *file, const char *class, double x, double y, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
size_t plot_text_fit(const char *text, double size, double width);

#endif
