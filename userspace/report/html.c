// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>

#include "markup.h"
#include "report/html.h"
#include "text.h"

enum {
	TEXT_MAX = 1024,
	BAR = 1000,	/* as long as a bar is, in its own points */
};

static void put(FILE *file, const char *format, va_list args)
{
	char text[TEXT_MAX];

	vsnprintf(text, sizeof(text), format, args);
	markup_escape(file, text);
}

/**
 * html_put() - write text
 * @file: where to
 * @format: as of printf(), for at most 1023 bytes, whatever they are
 */
void html_put(FILE *file, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(file, format, args);
	va_end(args);
}

/**
 * html_element() - write an element that has nothing but text
 * @file: where to
 * @name: its tag, and perhaps attributes after a blank
 * @format: as of html_put()
 */
void html_element(FILE *file, const char *name, const char *format, ...)
{
	int tag = 0;
	va_list args;

	while (name[tag] && name[tag] != ' ')
		tag++;
	fprintf(file, "<%s>", name);
	va_start(args, format);
	put(file, format, args);
	va_end(args);
	fprintf(file, "</%.*s>", tag, name);
}

/**
 * html_bytes() - write an amount, and the exact one for who wants to know
 * @file: where to
 * @bytes: how many
 */
void html_bytes(FILE *file, struct number bytes)
{
	char text[AGE_SIZE];

	if (bytes.known)
		fprintf(file, "<span title=\"%" PRIu64 " bytes\">%s</span>", bytes.value,
			text_bytes(text, bytes.value));
	else
		fputs("unknown", file);
}

/**
 * html_bar() - draw a bar
 * @file: where to
 * @parts: what it is made of, from the left
 * @n: how many parts
 * @whole: how much a bar across the whole width stands for
 *
 * It shows what is written beside it, so that it says nothing to who cannot see it. What is
 * there is seen, however little it is.
 */
void html_bar(FILE *file, const struct part *parts, size_t n, uint64_t whole)
{
	double x = 0;

	fprintf(file,
		"<svg class=\"bar\" viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		BAR);
	fprintf(file, "<rect class=\"rest\" width=\"%d\" height=\"10\"/>", BAR);
	for (size_t i = 0; i < n; i++) {
		double width = whole ? (double)parts[i].value * BAR / (double)whole : 0;

		if (!parts[i].value)
			continue;
		if (width < 4)
			width = 4;
		fprintf(file, "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"10\"/>",
			parts[i].class, x, width);
		x += width;
	}
	fputs("</svg>", file);
}

/**
 * html_key() - draw a patch of a colour, before its name
 * @file: where to
 * @class: of CSS, as in struct part
 */
void html_key(FILE *file, const char *class)
{
	fprintf(file,
		"<svg class=\"key\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"%s\" width=\"1\" height=\"1\"/></svg>",
		class);
}

/**
 * html_heads() - begin a table
 * @file: where to
 * @caption: what it shows
 * @heads: its columns; one that begins with "#" has numbers, and is called what follows
 * @n: how many
 */
void html_heads(FILE *file, const char *caption, const char *const *heads, size_t n)
{
	fputs("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"", file);
	html_put(file, "%s", caption);
	fputs("\">\n<table>\n<caption>", file);
	html_put(file, "%s", caption);
	fputs("</caption>\n<thead><tr>", file);
	for (size_t i = 0; i < n; i++) {
		const bool number = *heads[i] == '#';

		html_element(file, number ? "th scope=\"col\" class=\"n\"" : "th scope=\"col\"",
			     "%s", heads[i] + number);
	}
	fputs("</tr></thead>\n<tbody>\n", file);
}

/**
 * html_section() - begin a section
 * @file: where to
 * @ns: of which namespace, counted from 0
 * @id: what it is called for links
 * @title: for people
 */
void html_section(FILE *file, size_t ns, const char *id, const char *title)
{
	fprintf(file, "<section aria-labelledby=\"%s%zu\">\n<h2 id=\"%s%zu\">%s</h2>\n", id, ns,
		id, ns, title);
}
