// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "array.h"
#include "column.h"

/* Those whose unit is not in their name. */
static const struct {
	const char *name;
	enum column_kind kind;
} known[] = {
	{ "id", COLUMN_NUMBER },
	{ "state", COLUMN_WORD },
	{ "exact", COLUMN_WORD },
	{ "opened", COLUMN_WORD },
	{ "closed", COLUMN_WORD },
	{ "local", COLUMN_ADDR },
	{ "remote", COLUMN_ADDR },
	{ "uid", COLUMN_NUMBER },
	{ "inode", COLUMN_NUMBER },
	{ "limited", COLUMN_WORD },
	{ "verdict", COLUMN_WORD },
	{ "comm", COLUMN_WORD },
	{ "netns", COLUMN_WORD },
	{ "pid", COLUMN_NUMBER },
	{ "rcv_unread", COLUMN_NUMBER },
	{ "rcv_wnd", COLUMN_NUMBER },
	{ "rcv_wscale", COLUMN_NUMBER },
	{ "snd_unacked", COLUMN_NUMBER },
	{ "snd_unsent", COLUMN_NUMBER },
	{ "snd_wnd", COLUMN_NUMBER },
	{ "snd_wscale", COLUMN_NUMBER },
	{ "snd_usable", COLUMN_NUMBER },
	{ "mss", COLUMN_NUMBER },
	{ "retrans", COLUMN_NUMBER },
	{ "zero_in", COLUMN_NUMBER },
	{ "zero_out", COLUMN_NUMBER },
	{ "probes", COLUMN_NUMBER },
	{ "bytes_in", COLUMN_NUMBER },
	{ "bytes_out", COLUMN_NUMBER },
};

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length > strlen(end) && !strcmp(name + length - strlen(end), end);
}

/**
 * column_kind() - what are a column's fields?
 * @name: the column
 *
 * Return: by its name, or by the unit at its name's end; COLUMN_ANY for what a
 * later module may have.
 */
enum column_kind column_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(name, known[i].name))
			return known[i].kind;
	if (ends_with(name, "_ms"))
		return COLUMN_MS;
	if (ends_with(name, "_us"))
		return COLUMN_US;
	if (ends_with(name, "_bytes"))
		return COLUMN_NUMBER;
	return COLUMN_ANY;
}

/**
 * column_is_right() - is it aligned right?
 * @kind: what its fields are
 *
 * Return: whether they are all numbers.
 */
bool column_is_right(enum column_kind kind)
{
	return kind == COLUMN_NUMBER || kind == COLUMN_MS || kind == COLUMN_US;
}

/**
 * cell_parse() - read a field
 * @cell: what it says
 * @kind: of its column
 * @text: the field, which must live as long as the cell
 *
 * Return: false where the field is nothing that its column may hold.
 */
bool cell_parse(struct cell *cell, enum column_kind kind, const char *text)
{
	*cell = (struct cell){ .text = text, .kind = kind };
	switch (kind) {
	case COLUMN_WORD:
		return true;
	case COLUMN_ADDR:
		return addr_parse(text, &cell->addr);
	case COLUMN_ANY:
		if (!number_parse(text, &cell->number))
			cell->number.known = false;
		return true;
	default:
		return number_parse(text, &cell->number);
	}
}

/**
 * cell_check() - may a column hold this?
 * @kind: of the column
 * @text: the field
 *
 * Return: what cell_parse() returns.
 */
bool cell_check(enum column_kind kind, const char *text)
{
	struct addr addr;

	switch (kind) {
	case COLUMN_WORD:
	case COLUMN_ANY:
		return true;
	case COLUMN_ADDR:
		return addr_parse(text, &addr);
	default:
		return number_is(text);
	}
}

/**
 * cell_mistake() - why a column may not hold it
 * @kind: what the field should be
 *
 * Return: words for table_bad_cell().
 */
const char *cell_mistake(enum column_kind kind)
{
	return kind == COLUMN_ADDR ? "is no address with a port" : "is no number";
}

/**
 * cell_unknown() - is there no value?
 * @cell: the field
 *
 * Return: whether it is "-".
 */
bool cell_unknown(const struct cell *cell)
{
	return !strcmp(cell->text, "-");
}

/**
 * cell_compare() - an order of fields of one column, as for qsort()
 * @a: one
 * @b: the other
 *
 * Return: below, above or equal to 0.
 */
int cell_compare(const struct cell *a, const struct cell *b)
{
	if (a->kind == COLUMN_ADDR)
		return addr_compare(&a->addr, &b->addr);
	if (a->number.known && b->number.known)
		return (a->number.value > b->number.value) - (a->number.value < b->number.value);
	return strcmp(a->text, b->text);
}

/**
 * cell_text() - put a field into a table for people
 * @cell: the field
 * @grid: the table
 */
void cell_text(const struct cell *cell, struct grid *grid)
{
	char time[AGE_SIZE];

	if (cell->kind == COLUMN_MS && cell->number.known)
		grid_cell(grid, "%s", text_age(time, cell->number.value));
	else if (cell->kind == COLUMN_US && cell->number.known)
		grid_cell(grid, "%s", text_time_us(time, cell->number.value));
	else
		grid_cell(grid, "%s", cell->text);
}

/**
 * cell_json() - make a field a member of an object
 * @cell: the field
 * @doc: the document
 * @object: the object
 * @name: the member's name
 */
void cell_json(const struct cell *cell, struct doc *doc, struct json_object *object,
	       const char *name)
{
	if (cell_unknown(cell))
		doc_add_null(doc, object, name);
	else if (cell->number.known)
		doc_add_u64(doc, object, name, cell->number.value);
	else
		doc_add_string(doc, object, name, cell->text);
}
