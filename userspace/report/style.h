/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_REPORT_STYLE_H
#define TCPWATCH_REPORT_STYLE_H

#include <stdio.h>

void style_write(FILE *file);

#endif
