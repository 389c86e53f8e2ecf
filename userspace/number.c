// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "number.h"

enum {
	SAFE_DIGITS = 19,	/* no number of so many digits is larger than 64 bits */
};

/**
 * number_parse() - read a decimal number, or "-"
 * @text: nothing but that
 * @number: what it says
 *
 * Return: false if it is neither, or larger than 64 bits.
 */
bool number_parse(const char *text, struct number *number)
{
	const char *p = text;
	uint64_t value = 0;

	number->known = text[0] != '-' || text[1];
	number->value = 0;
	if (!number->known)
		return true;
	for (; *p >= '0' && *p <= '9'; p++) {
		const uint64_t digit = (uint64_t)(*p - '0');

		if (p - text < SAFE_DIGITS)
			value = value * 10 + digit;
		else if (__builtin_mul_overflow(value, 10, &value) ||
			 __builtin_add_overflow(value, digit, &value))
			return false;
	}
	number->value = value;
	return !*p && p != text;
}

/**
 * number_is() - could number_parse() read it?
 * @text: nothing but that
 *
 * Return: what that returns, for less.
 */
bool number_is(const char *text)
{
	const char *p = text;
	struct number number;

	while (*p >= '0' && *p <= '9')
		p++;
	return p != text && p - text <= SAFE_DIGITS ? !*p : number_parse(text, &number);
}
