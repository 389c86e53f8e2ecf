// SPDX-License-Identifier: GPL-2.0
#include "markup.h"

/**
 * markup_escape() - write a text into XML or HTML
 * @file: where to
 * @text: the text, in UTF-8
 */
void markup_escape(FILE *file, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '&':
			fputs("&amp;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		default:
			/* No other control character may be in XML. */
			fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
		}
	}
}
