// SPDX-License-Identifier: GPL-2.0
/*
 * Which form a client wants, by the header Accept (RFC 9110, 12.5.1).
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "export/accept.h"

#define BLANKS " \t"

enum { LIST_MAX = 2048 };	/* what is longer is no list of what a client takes */

/* Without the blanks around it. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, BLANKS);
	length = strlen(text);
	while (length && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
	return text;
}

static bool is_version(char *value, const char *version)
{
	const size_t length = strlen(value);

	if (length >= 2 && *value == '"' && value[length - 1] == '"') {
		value[length - 1] = '\0';
		value++;
	}
	return !strcmp(value, version);
}

/*
 * How much one media range is wanted, 0 to 1: of @version, or of none that is told; below 0
 * if it is of another.
 */
static double weight(char *parameters, const char *version)
{
	double q = 1;
	char *next;

	while ((next = strsep(&parameters, ";"))) {
		char *name = trim(next);
		char *value = strchr(name, '=');

		if (!value)
			continue;
		*value++ = '\0';
		name = trim(name);
		value = trim(value);
		if (!strcasecmp(name, "version") && !is_version(value, version))
			return -1;
		if (!strcasecmp(name, "q"))
			q = strtod(value, NULL);
	}
	return q >= 0 && q <= 1 ? q : 0;
}

static void raise_to(double *most, double q)
{
	if (q > *most)
		*most = q;
}

/**
 * accept_form() - which form is wanted?
 * @accept: the header's value, NULL without one
 *
 * Return: OpenMetrics if it is named, and wanted no less than plain text; whoever takes
 * anything gets the text that every reader knows.
 */
enum form accept_form(const char *accept)
{
	double openmetrics = 0;
	double text = 0;
	char list[LIST_MAX];
	char *rest = list;
	char *range;

	if (!accept || strlen(accept) >= sizeof(list))
		return FORM_TEXT;
	memcpy(list, accept, strlen(accept) + 1);
	while ((range = strsep(&rest, ","))) {
		char *type = trim(strsep(&range, ";"));

		if (!strcasecmp(type, "application/openmetrics-text"))
			raise_to(&openmetrics, weight(range, "1.0.0"));
		else if (!strcasecmp(type, "text/plain"))
			raise_to(&text, weight(range, "0.0.4"));
	}
	return openmetrics > 0 && openmetrics >= text ? FORM_OPENMETRICS : FORM_TEXT;
}

/**
 * accept_type() - what to call a form
 * @form: the form
 *
 * Return: its Content-Type.
 */
const char *accept_type(enum form form)
{
	if (form == FORM_OPENMETRICS)
		return "application/openmetrics-text; version=1.0.0; charset=utf-8";
	return "text/plain; version=0.0.4; charset=utf-8";
}
