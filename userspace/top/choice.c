// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "top/choice.h"

static bool wants_owner(const struct look *look, const struct conn *conn,
			const struct filter *filter)
{
	const struct owners *owners = &look->roster->owners;
	const struct owned *owned;
	size_t n;

	if (!filter_has(filter, FILTER_PID) && !filter_has(filter, FILTER_COMM))
		return true;
	owned = owners_of(owners, conn->inode, &n);
	for (size_t i = 0; i < n; i++) {
		const struct owner *owner = &owners->list[owned[i].owner];

		if (filter_pid(filter, owner->pid) &&
		    filter_word(filter, FILTER_COMM, owner->comm))
			return true;
	}
	return false;
}

static bool wants_ends(const struct look *look, const struct conn *conn,
		       const struct filter *filter)
{
	struct cell local, remote;

	if (!filter_has(filter, FILTER_LOCAL) && !filter_has(filter, FILTER_REMOTE) &&
	    !filter_has(filter, FILTER_PORT))
		return true;
	top_cell(look, conn, TOP_LOCAL, &local);
	top_cell(look, conn, TOP_REMOTE, &remote);
	return filter_addr(filter, FILTER_LOCAL, &local.addr) &&
	       filter_addr(filter, FILTER_REMOTE, &remote.addr) &&
	       filter_port(filter, &local.addr, &remote.addr);
}

static bool filters(const struct filter *filter)
{
	for (enum filter_kind kind = 0; kind < FILTER_KINDS; kind++)
		if (filter_has(filter, kind))
			return true;
	return false;
}

/**
 * choice_wants() - is a connection what is wanted?
 * @look: the look
 * @conn: the connection
 * @filter: what is wanted
 *
 * Return: whether it is.
 */
bool choice_wants(const struct look *look, const struct conn *conn, const struct filter *filter)
{
	const char *verdict = conn->waiting ? conn->waiting->verdict_text : "-";
	struct cell state;

	if (!filters(filter))
		return true;
	table_row(&look->table, conn->row);
	top_cell(look, conn, TOP_STATE, &state);
	return filter_word(filter, FILTER_STATE, state.text) &&
	       filter_word(filter, FILTER_VERDICT, verdict) && wants_ends(look, conn, filter) &&
	       wants_owner(look, conn, filter);
}

/**
 * choice_clear() - make a list empty
 * @choice: the list, all zeroes at first
 */
void choice_clear(struct choice *choice)
{
	choice->n = 0;
}

/**
 * choice_add() - put a connection into a list
 * @choice: the list
 * @conn: the connection
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status choice_add(struct choice *choice, const struct conn *conn, struct fault *fault)
{
	struct chosen *list = array_fit(choice->list, &choice->room, choice->n + 1,
					sizeof(*list));

	if (!list)
		return fault_memory(fault);
	choice->list = list;
	list[choice->n++] = (struct chosen){ .conn = conn };
	return STATUS_OK;
}

/* Those without a value are the last, whichever way the others go. */
static int compare(const struct chosen *a, const struct chosen *b, int sign)
{
	const bool a_unknown = cell_unknown(&a->key);
	const bool b_unknown = cell_unknown(&b->key);
	int order;

	if (a_unknown || b_unknown)
		order = a_unknown - b_unknown;
	else
		order = cell_compare(&a->key, &b->key) * sign;
	/* The same order again where nothing tells them apart: the youngest first. */
	return order ? order : (a->conn->id < b->conn->id) - (a->conn->id > b->conn->id);
}

static int upwards(const void *left, const void *right)
{
	return compare(left, right, 1);
}

static int downwards(const void *left, const void *right)
{
	return compare(left, right, -1);
}

/**
 * choice_sort() - bring a list into its order
 * @choice: the list
 * @look: the look that its connections are of
 * @sort: the column to sort by
 * @descending: the greatest first
 */
void choice_sort(struct choice *choice, const struct look *look, enum top_column sort,
		 bool descending)
{
	for (size_t i = 0; i < choice->n; i++) {
		if (top_needs_row(sort))
			table_row(&look->table, choice->list[i].conn->row);
		top_cell(look, choice->list[i].conn, sort, &choice->list[i].key);
	}
	if (choice->n)
		qsort(choice->list, choice->n, sizeof(*choice->list),
		      descending ? downwards : upwards);
}

/**
 * choice_free() - give back what a list holds
 * @choice: the list
 */
void choice_free(struct choice *choice)
{
	free(choice->list);
	*choice = (struct choice){ .n = 0 };
}
