// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "listener.h"

enum column {
	LOCAL,
	UID,
	INODE,
	ACCEPT_QUEUE,
	BACKLOG,
	SYN_QUEUE,
	DROPS,
	UNACCEPTED,
	COLUMNS
};

static const char *const names[COLUMNS] = {
	[LOCAL] = "local",
	[UID] = "uid",
	[INODE] = "inode",
	[ACCEPT_QUEUE] = "accept_queue",
	[BACKLOG] = "backlog",
	[SYN_QUEUE] = "syn_queue",
	[DROPS] = "drops",
	[UNACCEPTED] = "close_wait_unaccepted",
};

static enum status take_row(const struct table *table, const size_t *at, size_t row,
			    struct listener *listener, struct fault *fault)
{
	const char *const *cells = table_row(table, row);
	struct number value[COLUMNS] = { { .known = false } };
	struct number mem_bytes = { .known = false };
	size_t memory;

	if (table_find(table, "mem_bytes", &memory) &&
	    table_number(table, row, memory, &mem_bytes, fault))
		return fault->status;
	for (size_t i = UID; i < COLUMNS; i++)
		if (table_number(table, row, at[i], &value[i], fault))
			return fault->status;
	*listener = (struct listener){
		.local_text = cells[at[LOCAL]],
		.inode = value[INODE].value,
		.accept_queue = value[ACCEPT_QUEUE],
		.backlog = value[BACKLOG],
		.syn_queue = value[SYN_QUEUE],
		.drops = value[DROPS],
		.mem_bytes = mem_bytes,
		.uid = value[UID],
		.unaccepted = value[UNACCEPTED],
	};
	return table_addr(table, row, at[LOCAL], &listener->local, fault);
}

/**
 * listeners_read() - read the file `listeners`, where there is one
 * @listeners: what to fill in; listeners_free() it, also after a failure
 * @source: where the file is
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also without such a file; or the status of @fault.
 */
enum status listeners_read(struct listeners *listeners, const struct source *source,
			   struct fault *fault)
{
	const struct table *table = &listeners->table;
	size_t at[COLUMNS];
	enum status status;

	*listeners = (struct listeners){ .present = source_has(source, "listeners") };
	if (!listeners->present)
		return STATUS_OK;
	status = table_read(&listeners->table, source, "listeners", NULL, fault);
	if (!status)
		status = table_columns(table, names, COLUMNS, at, fault);
	if (!status) {
		listeners->rows = calloc(table->n_rows + 1, sizeof(*listeners->rows));
		status = listeners->rows ? STATUS_OK : fault_memory(fault);
	}
	for (size_t i = 0; i < table->n_rows && !status; i++)
		status = take_row(table, at, i, &listeners->rows[i], fault);
	listeners->n = table->n_rows;
	if (status)
		listeners_free(listeners);
	return status;
}

/*
 * 0.0.0.0 takes IPv4; :: takes IPv6, and, unless told otherwise, IPv4 too. What an IPv6 socket
 * takes is written as IPv6, mapped if it is IPv4; what an IPv4 socket takes never is.
 */
static bool takes(const struct listener *listener, const struct addr *local, bool wildcard)
{
	if (listener->local.port != local->port || listener->local.v4 != local->v4)
		return false;
	return wildcard ? addr_is_any(&listener->local) : addr_same_ip(&listener->local, local);
}

/**
 * listeners_find() - whose accept queue is a connection in?
 * @listeners: the listeners
 * @local: the connection's own end
 * @n: how many it may be: with SO_REUSEPORT several have the same address
 *
 * As the kernel looks: the address itself goes before a wildcard. Of several, one
 * that has such connections goes before one that has none.
 *
 * Return: one that it may be, NULL if there is none.
 */
const struct listener *listeners_find(const struct listeners *listeners, const struct addr *local,
				      size_t *n)
{
	const struct listener *best = NULL;

	*n = 0;
	for (int wildcard = 0; wildcard <= 1 && !best; wildcard++) {
		for (size_t i = 0; i < listeners->n; i++) {
			const struct listener *row = &listeners->rows[i];

			if (!takes(row, local, wildcard))
				continue;
			++*n;
			if (!best || (!best->unaccepted.value && row->unaccepted.value))
				best = row;
		}
	}
	return best;
}

/**
 * listeners_free() - give back what it holds
 * @listeners: filled in or all zeroes
 */
void listeners_free(struct listeners *listeners)
{
	free(listeners->rows);
	listeners->rows = NULL;
	listeners->n = 0;
	table_free(&listeners->table);
}
