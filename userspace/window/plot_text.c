// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <string.h>

#include "markup.h"
#include "window/plot_text.h"

/*
 * How wide a character is in DejaVu Sans, of all fonts in general use about the widest, in
 * parts of its size: what fits in this fits in the others.
 */
static double char_width(char c)
{
	/* Of UTF-8, the first byte stands for all. */
	if ((c & 0xc0) == 0x80)
		return 0;
	if (strchr("ijlI|'", c))
		return 0.29;
	if (strchr("frt.,:;! ()[]/-", c))
		return 0.41;
	if (strchr("mMW%@", c))
		return 1;
	return c == 'w' || (c >= 'A' && c <= 'Z') ? 0.8 : 0.64;
}

/**
 * plot_text_width() - how wide is a text at most?
 * @text: the text
 * @size: of the font
 *
 * Return: the width in the unit of @size.
 */
double plot_text_width(const char *text, double size)
{
	double width = 0;

	for (; *text; text++)
		width += char_width(*text);
	return width * size;
}

/**
 * plot_text() - write an element of text
 * @file: where to
 * @class: its classes in CSS
 * @x: where its anchor is
 * @y: where its base line is
 * @format: as of printf(), for at most 511 bytes
 */
void plot_text(FILE *file, const char *class, double x, double y, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(file, "<text class=\"%s\" x=\"%.4g\" y=\"%.4g\">", class, x, y);
	markup_escape(file, text);
	fputs("</text>\n", file);
}

/**
 * plot_text_fit() - how much of a text fits into a line?
 * @text: words
 * @size: of the font
 * @width: of the line
 *
 * Return: bytes, up to the end of a word; one whole word at least.
 */
size_t plot_text_fit(const char *text, double size, double width)
{
	size_t fit = 0;
	double used = 0;

	for (size_t i = 0; text[i]; i++) {
		if (text[i] == ' ')
			fit = i;
		used += char_width(text[i]) * size;
		if (used > width && fit)
			return fit;
	}
	return strlen(text);
}
