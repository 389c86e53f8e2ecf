/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What comes from others, names above all, is any bytes.
 */
#ifndef TCPWATCH_UTF8_H
#define TCPWATCH_UTF8_H

#include <stddef.h>

size_t utf8_character(const char *text);
char *utf8_clean(char *text);
char *utf8_printable(char *text);

#endif
