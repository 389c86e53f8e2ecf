/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one reader of the module's tables. It knows their form (shared by all of
 * them, and by all later versions) and nothing of what they mean.
 */
#ifndef TCPWATCH_TABLE_H
#define TCPWATCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "fault.h"
#include "number.h"
#include "source.h"

/**
 * struct table - one file of the module, read whole
 * @name: the file's name, for messages; not owned
 * @text: what it holds, each field ended by a NUL; owned
 * @header: @text's first line has the names, not values
 * @n_columns: how many columns
 * @columns: their names, in the file's order
 * @n_rows: how many rows
 * @rows: where in @text each row starts
 * @fields: where in its row each field starts, @n_columns of them for each row
 * @cells: the fields of the row that table_row() was asked for last
 */
struct table {
	const char *name;
	char *text;
	bool header;
	size_t n_columns;
	const char **columns;
	size_t n_rows;
	size_t *rows;
	uint16_t *fields;
	const char **cells;
};

enum status table_parse(struct table *table, const char *name, const char *const *columns,
			char *text, size_t size, struct fault *fault);
enum status table_read(struct table *table, const struct source *source, const char *name,
		       const char *const *columns, struct fault *fault);
void table_free(struct table *table);

bool table_find(const struct table *table, const char *column, size_t *index);
enum status table_column(const struct table *table, const char *column, size_t *index,
			 struct fault *fault);
enum status table_columns(const struct table *table, const char *const *columns, size_t n,
			  size_t *indexes, struct fault *fault);
const char *const *table_row(const struct table *table, size_t row);

enum status table_number(const struct table *table, size_t row, size_t column,
			 struct number *number, struct fault *fault);
enum status table_addr(const struct table *table, size_t row, size_t column, struct addr *addr,
		       struct fault *fault);
enum status table_bad_cell(const struct table *table, size_t row, size_t column, const char *why,
			   struct fault *fault);

#endif
