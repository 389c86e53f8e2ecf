/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which connections of a look are in a list, and in which order.
 */
#ifndef TCPWATCH_TOP_CHOICE_H
#define TCPWATCH_TOP_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "filter.h"
#include "look.h"
#include "top/columns.h"

/**
 * struct chosen - a connection that is in a list
 * @conn: the connection
 * @key: what it is sorted by
 */
struct chosen {
	const struct conn *conn;
	struct cell key;
};

/**
 * struct choice - a list
 * @list: the connections
 * @n: how many
 * @room: for how many there is room
 */
struct choice {
	struct chosen *list;
	size_t n;
	size_t room;
};

bool choice_wants(const struct look *look, const struct conn *conn, const struct filter *filter);
void choice_clear(struct choice *choice);
enum status choice_add(struct choice *choice, const struct conn *conn, struct fault *fault);
void choice_sort(struct choice *choice, const struct look *look, enum top_column sort,
		 bool descending);
void choice_free(struct choice *choice);

#endif
