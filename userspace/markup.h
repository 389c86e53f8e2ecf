/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_MARKUP_H
#define TCPWATCH_MARKUP_H

#include <stdio.h>

void markup_escape(FILE *file, const char *text);

#endif
