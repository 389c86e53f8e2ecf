/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where one is in a list whose rows change places all the time.
 */
#ifndef TCPWATCH_TOP_CURSOR_H
#define TCPWATCH_TOP_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct cursor - a place in a list
 * @at: the row that the next key is about
 * @first: the first row that is seen
 * @follows: it stays with what @id is; else it stays at the top
 * @id: what @at is about
 */
struct cursor {
	size_t at;
	size_t first;
	bool follows;
	uint64_t id;
};

typedef uint64_t (*cursor_id_fn)(const void *list, size_t row);

bool cursor_key(struct cursor *cursor, int key, size_t n, size_t page);
void cursor_hold(struct cursor *cursor, const void *list, size_t n, cursor_id_fn id);
void cursor_find(struct cursor *cursor, const void *list, size_t n, cursor_id_fn id);
void cursor_scroll(struct cursor *cursor, size_t n, size_t page);

#endif
