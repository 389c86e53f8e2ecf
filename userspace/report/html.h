/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a page is written with. Whatever comes from outside goes through html_put(), or
 * markup_escape().
 */
#ifndef TCPWATCH_REPORT_HTML_H
#define TCPWATCH_REPORT_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "number.h"

/**
 * struct part - a part of a bar
 * @class: of CSS, which says its colour
 * @value: how long it is
 */
struct part {
	const char *class;
	uint64_t value;
};

void html_put(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_element(FILE *file, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void html_bytes(FILE *file, struct number bytes);
void html_bar(FILE *file, const struct part *parts, size_t n, uint64_t whole);
void html_key(FILE *file, const char *class);
void html_heads(FILE *file, const char *caption, const char *const *heads, size_t n);
void html_section(FILE *file, size_t ns, const char *id, const char *title);

#endif
