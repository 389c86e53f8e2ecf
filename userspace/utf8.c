// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include "utf8.h"

/**
 * utf8_character() - look at the first character of a text
 * @text: not empty
 *
 * Return: how many bytes it has; 0 if it is no UTF-8.
 */
size_t utf8_character(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length;

	if (*p < 0x80)
		return 1;
	if (*p >= 0xc2 && *p <= 0xdf)
		length = 2;
	else if (*p >= 0xe0 && *p <= 0xef)
		length = 3;
	else if (*p >= 0xf0 && *p <= 0xf4)
		length = 4;
	else
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* The long way to write a short one, halves of a pair, and what is above all. */
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

/* What a terminal obeys: C0, DEL, and C1, which begins with 0xc2 in UTF-8. */
static bool is_control(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	return *p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0);
}

static char *replace(char *text, bool controls)
{
	char *to = text;

	for (const char *p = text; *p;) {
		const size_t length = utf8_character(p);

		if (!length || (controls && is_control(p))) {
			*to++ = '?';
			p += length ? length : 1;
			continue;
		}
		for (const char *end = p + length; p < end;)
			*to++ = *p++;
	}
	*to = '\0';
	return text;
}

/**
 * utf8_clean() - make UTF-8 of any bytes
 * @text: a string; each byte in it that is no UTF-8 becomes a question mark
 *
 * Return: @text.
 */
char *utf8_clean(char *text)
{
	return replace(text, false);
}

/**
 * utf8_printable() - make one line of any bytes, that does nothing to a terminal
 * @text: a string; what is no UTF-8 in it, or a control character, becomes a question mark
 *
 * Return: @text.
 */
char *utf8_printable(char *text)
{
	return replace(text, true);
}
