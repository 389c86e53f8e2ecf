// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "number.h"

/**
 * number_parse() - read a decimal number, or "-"
 * @text: nothing but that
 * @number: what it says
 *
 * Return: false if it is neither, or larger than 64 bits.
 */
bool number_parse(const char *text, struct number *number)
{
	*number = (struct number){ .known = strcmp(text, "-") != 0 };
	if (!number->known)
		return true;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' ||
		    __builtin_mul_overflow(number->value, 10, &number->value) ||
		    __builtin_add_overflow(number->value, *p - '0', &number->value))
			return false;
	}
	return *text != '\0';
}
