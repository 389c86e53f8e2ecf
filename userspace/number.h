/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_NUMBER_H
#define TCPWATCH_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct number - a number, or "-"
 * @known: is there one?
 * @value: it
 */
struct number {
	bool known;
	uint64_t value;
};

bool number_parse(const char *text, struct number *number);
bool number_is(const char *text);

#endif
