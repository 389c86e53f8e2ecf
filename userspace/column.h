/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_COLUMN_H
#define TCPWATCH_COLUMN_H

#include "addr.h"
#include "doc.h"
#include "number.h"
#include "text.h"

/**
 * enum column_kind - what a column's fields are
 * @COLUMN_WORD: words, such as a state
 * @COLUMN_ADDR: an address with a port
 * @COLUMN_NUMBER: a number; anything else is a mistake
 * @COLUMN_MS: milliseconds
 * @COLUMN_US: microseconds
 * @COLUMN_ANY: unknown to this program: a number where it looks like one
 */
enum column_kind {
	COLUMN_WORD,
	COLUMN_ADDR,
	COLUMN_NUMBER,
	COLUMN_MS,
	COLUMN_US,
	COLUMN_ANY,
};

/**
 * struct cell - what a field says
 * @text: the field
 * @kind: of its column
 * @number: its number, if it is one
 * @addr: its address, of a COLUMN_ADDR
 */
struct cell {
	const char *text;
	enum column_kind kind;
	struct number number;
	struct addr addr;
};

enum column_kind column_kind(const char *name);
bool column_is_right(enum column_kind kind);

bool cell_check(enum column_kind kind, const char *text);
bool cell_parse(struct cell *cell, enum column_kind kind, const char *text);
const char *cell_mistake(enum column_kind kind);
int cell_compare(const struct cell *a, const struct cell *b);
bool cell_unknown(const struct cell *cell);
void cell_text(const struct cell *cell, struct grid *grid);
void cell_json(const struct cell *cell, struct doc *doc, struct json_object *object,
	       const char *name);

#endif
