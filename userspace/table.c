// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "table.h"

enum {
	/* The widest line known is 700 bytes; columns may be added, not novels. */
	LINE_MAX_BYTES = 16384,
};

/* What a byte of a line is: this is looked up for each byte of files that are large. */
enum byte {
	STRANGE,
	PRINTABLE,
	BLANK,
};

static const unsigned char bytes[256] = {
	['!' ... '~'] = PRINTABLE,
	[' '] = BLANK,
	['\t'] = BLANK,
};

/**
 * struct fields - the fields of a line
 * @n: how many
 * @at: where in the line each starts, as far as there is room
 * @room: for how many
 */
struct fields {
	size_t n;
	uint16_t *at;
	size_t room;
};

/*
 * Ends each field of a line with a NUL, in place.
 */
static enum status split_line(const char *name, size_t line, char *start, char *end,
			      struct fields *fields, struct fault *fault)
{
	char *p = start;

	_Static_assert(LINE_MAX_BYTES <= UINT16_MAX, "places in a line are uint16_t");
	if (end - start > LINE_MAX_BYTES)
		return fault_set(fault, STATUS_FAILED, "%s: line %zu is longer than %d bytes", name,
				 line, LINE_MAX_BYTES);
	fields->n = 0;
	/* The newline ends the last field; it is neither printable nor blank. */
	while (p < end) {
		if (bytes[(unsigned char)*p] == BLANK) {
			*p++ = '\0';
			continue;
		}
		if (fields->n < fields->room)
			fields->at[fields->n] = (uint16_t)(p - start);
		fields->n++;
		while (bytes[(unsigned char)*p] == PRINTABLE)
			p++;
		if (p < end && bytes[(unsigned char)*p] == STRANGE)
			return fault_set(fault, STATUS_FAILED,
					 "%s: line %zu has a byte 0x%02x, which no table has", name,
					 line, (unsigned char)*p);
	}
	*end = '\0';
	return STATUS_OK;
}

/* Only where a field is known to follow. */
static const char *next_field(const char *p)
{
	while (!*p)
		p++;
	return p;
}

static enum status make_columns(struct table *table, size_t n, struct fault *fault)
{
	table->columns = calloc(n + 1, sizeof(*table->columns));
	table->cells = calloc(n + 1, sizeof(*table->cells));
	table->n_columns = n;
	return table->columns && table->cells ? STATUS_OK : fault_memory(fault);
}

static enum status take_columns(struct table *table, const char *p, size_t n, struct fault *fault)
{
	if (!n)
		return fault_set(fault, STATUS_FAILED, "%s: the line of column names is empty",
				 table->name);
	if (make_columns(table, n, fault))
		return fault->status;
	for (size_t i = 0; i < n; i++) {
		p = next_field(p);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(table->columns[j], p))
				return fault_set(fault, STATUS_FAILED,
						 "%s: column '%.64s' is there twice", table->name,
						 p);
		table->columns[i] = p;
		p += strlen(p);
	}
	return STATUS_OK;
}

/* The columns of a file that has no line with their names. */
static enum status take_given_columns(struct table *table, const char *const *names,
				      struct fault *fault)
{
	size_t n = 0;

	while (names[n])
		n++;
	if (make_columns(table, n, fault))
		return fault->status;
	memcpy(table->columns, names, n * sizeof(*names));
	return STATUS_OK;
}

static enum status take_row(struct table *table, size_t line, size_t at, size_t n,
			    struct fault *fault)
{
	if (n != table->n_columns)
		return fault_set(fault, STATUS_FAILED, "%s: line %zu has %zu fields, not %zu",
				 table->name, line, n, table->n_columns);
	table->rows[table->n_rows++] = at;
	return STATUS_OK;
}

/* Room for one more row, and for what split_line() says of it. */
static bool row_room(struct table *table, size_t *rows_room, size_t *fields_room,
		     struct fields *fields)
{
	const size_t used = table->n_rows * table->n_columns;
	size_t *rows = array_fit(table->rows, rows_room, table->n_rows + 1, sizeof(*rows));
	uint16_t *places;

	if (!rows)
		return false;
	table->rows = rows;
	places = array_fit(table->fields, fields_room, used + table->n_columns, sizeof(*places));
	if (!places)
		return false;
	table->fields = places;
	*fields = (struct fields){ .at = places + used, .room = table->n_columns };
	return true;
}

static enum status parse_lines(struct table *table, size_t size, struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t fields_room = 0;
	size_t rows_room = 0;
	size_t line = 1;

	for (size_t at = 0; at < size && !status; line++) {
		char *start = table->text + at;
		char *end = memchr(start, '\n', size - at);
		struct fields fields = { 0 };

		if (!end)
			return fault_set(fault, STATUS_FAILED,
					 "%s is cut short: line %zu does not end with a newline",
					 table->name, line);
		if (table->columns && !row_room(table, &rows_room, &fields_room, &fields))
			return fault_memory(fault);
		status = split_line(table->name, line, start, end, &fields, fault);
		if (status)
			return status;
		if (table->columns)
			status = take_row(table, line, at, fields.n, fault);
		else
			status = take_columns(table, start, fields.n, fault);
		at += (size_t)(end - start) + 1;
	}
	if (!status && !table->columns)
		return fault_set(fault, STATUS_FAILED,
				 "%s is empty: not even its line of column names is there",
				 table->name);
	return status;
}

/**
 * table_parse() - make a table of a file's text
 * @table: what to fill in; table_free() it, also after a failure
 * @name: the file's name, which must live as long as the table
 * @columns: the names of its columns, a NULL at the end, where the file has no
 *	line for them; NULL where it has
 * @text: from malloc(), with room for @size + 1 bytes; belongs to the table now
 * @size: how many bytes the text has
 * @fault: what is wrong with the text
 *
 * All or nothing: each row has each column and nothing but printable ASCII, or
 * the whole is refused, with the line's number. What the fields say is not judged.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status table_parse(struct table *table, const char *name, const char *const *columns,
			char *text, size_t size, struct fault *fault)
{
	enum status status = STATUS_OK;

	*table = (struct table){ .name = name, .text = text, .header = !columns };
	text[size] = '\0';
	if (columns)
		status = take_given_columns(table, columns, fault);
	if (!status)
		status = parse_lines(table, size, fault);
	if (status)
		table_free(table);
	return status;
}

/**
 * table_read() - read a file and make a table of it
 * @table: what to fill in; table_free() it, also after a failure
 * @source: where the file is
 * @name: the file's name, which must live as long as the table
 * @columns: as for table_parse()
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status table_read(struct table *table, const struct source *source, const char *name,
		       const char *const *columns, struct fault *fault)
{
	enum status status;
	char *text;
	size_t size;

	*table = (struct table){ .name = name };
	status = source_read(source, name, &text, &size, fault);
	if (status)
		return status;
	return table_parse(table, name, columns, text, size, fault);
}

/**
 * table_free() - give back what a table holds
 * @table: filled in or all zeroes
 */
void table_free(struct table *table)
{
	free(table->text);
	free(table->columns);
	free(table->rows);
	free(table->fields);
	free(table->cells);
	*table = (struct table){ .name = table->name };
}

/**
 * table_find() - where is a column?
 * @table: the table
 * @column: its name
 * @index: its place
 *
 * Return: whether there is one of that name.
 */
bool table_find(const struct table *table, const char *column, size_t *index)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		if (!strcmp(table->columns[i], column)) {
			*index = i;
			return true;
		}
	}
	return false;
}

/**
 * table_column() - where is a column that must be there?
 * @table: the table
 * @column: its name
 * @index: its place
 * @fault: says which one is missing
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status table_column(const struct table *table, const char *column, size_t *index,
			 struct fault *fault)
{
	if (table_find(table, column, index))
		return STATUS_OK;
	return fault_set(fault, STATUS_FAILED,
			 "%s: column '%s' is missing; is this the file of another program, or of a module older than this one?",
			 table->name, column);
}

/**
 * table_columns() - where are columns that must be there?
 * @table: the table
 * @columns: their names
 * @n: how many
 * @indexes: their places, in the order of @columns
 * @fault: says which one is missing
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status table_columns(const struct table *table, const char *const *columns, size_t n,
			  size_t *indexes, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < n && !status; i++)
		status = table_column(table, columns[i], &indexes[i], fault);
	return status;
}

/**
 * table_row() - the fields of a row
 * @table: the table
 * @row: which, from 0
 *
 * Return: the fields, in the columns' order, until the next call. What they point
 * to lives as long as the table.
 */
const char *const *table_row(const struct table *table, size_t row)
{
	const char *start = table->text + table->rows[row];
	const uint16_t *fields = table->fields + row * table->n_columns;

	for (size_t i = 0; i < table->n_columns; i++)
		table->cells[i] = start + fields[i];
	return table->cells;
}

/**
 * table_bad_cell() - say that a field makes no sense
 * @table: the table
 * @row: the row that table_row() was asked for last
 * @column: the field's column
 * @why: what is wrong with it, as in "is no number"
 * @fault: where to
 *
 * Return: STATUS_FAILED.
 */
enum status table_bad_cell(const struct table *table, size_t row, size_t column, const char *why,
			   struct fault *fault)
{
	return fault_set(fault, STATUS_FAILED, "%s: line %zu, column '%.64s': '%.64s' %s",
			 table->name, row + 1 + table->header, table->columns[column],
			 table->cells[column], why);
}

/**
 * table_number() - read a field that holds a number
 * @table: the table
 * @row: the row that table_row() was asked for last
 * @column: the field's column
 * @number: what it says
 * @fault: what is wrong with it, with its line and column
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status table_number(const struct table *table, size_t row, size_t column,
			 struct number *number, struct fault *fault)
{
	if (number_parse(table->cells[column], number))
		return STATUS_OK;
	return table_bad_cell(table, row, column, "is no number", fault);
}

/**
 * table_addr() - read a field that holds an address
 * @table: the table
 * @row: the row that table_row() was asked for last
 * @column: the field's column
 * @addr: what it says
 * @fault: what is wrong with it, with its line and column
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status table_addr(const struct table *table, size_t row, size_t column, struct addr *addr,
		       struct fault *fault)
{
	if (addr_parse(table->cells[column], addr))
		return STATUS_OK;
	return table_bad_cell(table, row, column, "is no address with a port", fault);
}
