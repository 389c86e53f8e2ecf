// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "array.h"
#include "doc_row.h"

/**
 * doc_row_init() - rows without members yet
 * @row: what to fill in; doc_row_free() it
 * @doc: the document that the rows are for
 */
void doc_row_init(struct doc_row *row, struct doc *doc)
{
	*row = (struct doc_row){ .doc = doc };
}

/**
 * doc_row_free() - give back what rows hold
 * @row: the rows
 */
void doc_row_free(struct doc_row *row)
{
	for (size_t i = 0; i < row->n_names; i++)
		free(row->names[i].text);
	free(row->names);
	free(row->text);
}

/* How json-c writes a string, quotes and all; the text is NULL if there is no memory. */
static struct json_object *quote(struct doc_row *row, const char *value, const char **text,
				 size_t *length)
{
	struct json_object *string = json_object_new_string(value);

	*text = string ? doc_render(row->doc, string, length) : NULL;
	return string;
}

static bool add_name(struct doc_row *row, const char *name)
{
	struct doc_name *names = reallocarray(row->names, row->n_names + 1, sizeof(*names));
	struct json_object *string;
	const char *text;
	int length = -1;
	size_t ignored;

	if (!names)
		return false;
	row->names = names;
	names += row->n_names;
	string = quote(row, name, &text, &ignored);
	if (text)
		length = asprintf(&names->text, ",%s:", text);
	json_object_put(string);
	if (length < 0)
		return false;
	names->length = (size_t)length;
	row->n_names++;
	return true;
}

/**
 * doc_row_name() - rows have one member more
 * @row: the rows
 * @name: its name; the functions below call it by its number, the first being 0
 */
void doc_row_name(struct doc_row *row, const char *name)
{
	if (!add_name(row, name))
		row->doc->failed = true;
}

/**
 * doc_row_begin() - begin the next element of the array that is open
 * @row: the row; its members follow, each of those named, then doc_row_end()
 */
void doc_row_begin(struct doc_row *row)
{
	row->used = 0;
}

/* The next member's name, and room for its value; NULL if that is not to be had. */
static char *put_name(struct doc_row *row, size_t at, size_t length)
{
	const struct doc_name *name = &row->names[at];
	char *text;

	/* Where a name failed the document is worth nothing. */
	if (row->doc->failed)
		return NULL;
	text = array_fit(row->text, &row->room, row->used + name->length + length, 1);
	if (!text) {
		row->doc->failed = true;
		return NULL;
	}
	row->text = text;
	text += row->used;
	row->used += name->length + length;
	return mempcpy(text, name->text, name->length);
}

static void put(struct doc_row *row, size_t name, const char *value, size_t length)
{
	char *at = put_name(row, name, length);

	if (at)
		memcpy(at, value, length);
}

/**
 * doc_row_null() - the next member is null
 * @row: the row
 * @name: the number of the member's name
 */
void doc_row_null(struct doc_row *row, size_t name)
{
	put(row, name, "null", 4);
}

/**
 * doc_row_digits() - the next member is a whole number
 * @row: the row
 * @name: the number of the member's name
 * @digits: the number, in decimal digits and nothing else
 */
void doc_row_digits(struct doc_row *row, size_t name, const char *digits)
{
	/* JSON has no leading zeroes. */
	while (digits[0] == '0' && digits[1])
		digits++;
	put(row, name, digits, strlen(digits));
}

/**
 * doc_row_string() - the next member is a string
 * @row: the row
 * @name: the number of the member's name
 * @value: the string
 */
void doc_row_string(struct doc_row *row, size_t name, const char *value)
{
	struct json_object *string;
	const char *text = value;
	size_t length;
	char *at;

	/* What RFC 8259, 7, wants escaped is left to json-c. */
	while ((unsigned char)*text >= ' ' && *text != '"' && *text != '\\')
		text++;
	length = (size_t)(text - value);
	if (!*text) {
		at = put_name(row, name, length + 2);
		if (at) {
			*at = '"';
			at = mempcpy(at + 1, value, length);
			*at = '"';
		}
		return;
	}
	string = quote(row, value, &text, &length);
	if (text)
		put(row, name, text, length);
	else
		row->doc->failed = true;
	json_object_put(string);
}

/**
 * doc_row_end() - write the row
 * @row: the row, which has at least one member; the next may begin
 */
void doc_row_end(struct doc_row *row)
{
	if (row->doc->failed)
		return;
	/* The comma before the first name is none. */
	row->text[0] = '{';
	doc_element_text(row->doc, row->text, row->used);
	fputc('}', row->doc->file);
}
