/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements of a long array that all have the same members, as a million connections have. json-c
 * says how a name and a word are written, the names once for all rows; there is no object for each
 * row and no value for each field, which would cost more than all else that is done for a row.
 */
#ifndef TCPWATCH_DOC_ROW_H
#define TCPWATCH_DOC_ROW_H

#include <stddef.h>

#include "doc.h"

/**
 * struct doc_name - a member's name, as it is written
 * @text: a comma, the name in its quotes, a colon; owned
 * @length: of that
 */
struct doc_name {
	char *text;
	size_t length;
};

/**
 * struct doc_row - the row that is being written
 * @doc: the document, whose array is open
 * @n_names: how many members rows may have
 * @names: their names; owned
 * @text: what is written of the row; owned
 * @used: how much of it
 * @room: for how much there is room
 */
struct doc_row {
	struct doc *doc;
	size_t n_names;
	struct doc_name *names;
	char *text;
	size_t used;
	size_t room;
};

void doc_row_init(struct doc_row *row, struct doc *doc);
void doc_row_name(struct doc_row *row, const char *name);
void doc_row_free(struct doc_row *row);

void doc_row_begin(struct doc_row *row);
void doc_row_null(struct doc_row *row, size_t name);
void doc_row_digits(struct doc_row *row, size_t name, const char *digits);
void doc_row_string(struct doc_row *row, size_t name, const char *value);
void doc_row_end(struct doc_row *row);

#endif
