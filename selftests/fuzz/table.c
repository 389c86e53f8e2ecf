// SPDX-License-Identifier: GPL-2.0
/* A table of any bytes: whatever is taken from it can be asked for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct table *table, size_t row, size_t column)
{
	struct fault fault = { 0 };
	struct number number;
	struct cell cell;
	struct addr addr;

	if (!strlen(table_row(table, row)[column]))
		abort();
	table_number(table, row, column, &number, &fault);
	table_addr(table, row, column, &addr, &fault);
	if (table->header)
		cell_parse(&cell, column_kind(table->columns[column]), table->cells[column]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "name", "value", NULL };
	struct fault fault = { 0 };
	struct table table;
	char *text;

	if (!size)
		return 0;
	/* Its last byte is to spare, as table_parse() wants it; it gives TEXT back. */
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	if (!table_parse(&table, "fuzz", *data & 1 ? names : NULL, text, size - 1, &fault))
		for (size_t row = 0; row < table.n_rows; row++)
			for (size_t column = 0; column < table.n_columns; column++)
				look_at(&table, row, column);
	table_free(&table);
	return 0;
}
