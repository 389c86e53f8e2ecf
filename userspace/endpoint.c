// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"

enum column { LOCAL, REMOTE, STATE, COLUMNS };

static const char *const names[COLUMNS] = {
	[LOCAL] = "local",
	[REMOTE] = "remote",
	[STATE] = "state",
};

static void take_listeners(struct endpoints *endpoints)
{
	for (size_t i = 0; i < endpoints->listeners.n; i++) {
		const struct listener *listener = &endpoints->listeners.rows[i];

		endpoints->list[endpoints->n++] = (struct endpoint){
			.kind = ENDPOINT_LISTENER,
			.state = "LISTEN",
			.local = listener->local,
			.local_text = listener->local_text,
			.inode = listener->inode,
		};
	}
}

/* The two tables differ in one column: @extra. */
static enum status take_rows(struct endpoints *endpoints, const struct table *table,
			     enum endpoint_kind kind, const char *extra, struct fault *fault)
{
	size_t at[COLUMNS], extra_at, opened_at;
	const bool has_opened = table_find(table, "opened", &opened_at);

	if (table_columns(table, names, COLUMNS, at, fault) ||
	    table_column(table, extra, &extra_at, fault))
		return fault->status;
	for (size_t i = 0; i < table->n_rows; i++) {
		const char *const *cells = table_row(table, i);
		struct endpoint *endpoint = &endpoints->list[endpoints->n];
		struct number number;

		*endpoint = (struct endpoint){
			.kind = kind,
			.state = cells[at[STATE]],
			.local_text = cells[at[LOCAL]],
			.remote_text = cells[at[REMOTE]],
		};
		if (table_addr(table, i, at[LOCAL], &endpoint->local, fault) ||
		    table_addr(table, i, at[REMOTE], &endpoint->remote, fault) ||
		    table_number(table, i, extra_at, &number, fault))
			return fault->status;
		if (kind == ENDPOINT_MINI)
			endpoint->left_ms = number.value;
		else
			endpoint->inode = number.value;
		endpoint->passive = has_opened && !strcmp(cells[opened_at], "passive");
		endpoints->n++;
	}
	return STATUS_OK;
}

/**
 * endpoints_read() - read all that has a port
 * @endpoints: what to fill in; endpoints_free() it, also after a failure
 * @source: where the files are
 * @fault: what went wrong
 *
 * Half-open requests are left out: they have no port of their own, but their listener's.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status endpoints_read(struct endpoints *endpoints, const struct source *source,
			   struct fault *fault)
{
	enum status status;

	*endpoints = (struct endpoints){ .n = 0 };
	status = listeners_read(&endpoints->listeners, source, fault);
	if (!status)
		status = table_read(&endpoints->connections, source, "connections", NULL, fault);
	if (!status)
		status = table_read(&endpoints->minis, source, "time_wait", NULL, fault);
	if (status)
		return status;
	endpoints->list = calloc(endpoints->listeners.n + endpoints->connections.n_rows +
					 endpoints->minis.n_rows + 1,
				 sizeof(*endpoints->list));
	if (!endpoints->list)
		return fault_memory(fault);
	take_listeners(endpoints);
	status = take_rows(endpoints, &endpoints->connections, ENDPOINT_CONNECTION, "inode",
			   fault);
	if (!status)
		status = take_rows(endpoints, &endpoints->minis, ENDPOINT_MINI, "left_ms", fault);
	return status;
}

/**
 * endpoints_free() - give back what it holds
 * @endpoints: filled in or all zeroes
 */
void endpoints_free(struct endpoints *endpoints)
{
	listeners_free(&endpoints->listeners);
	table_free(&endpoints->connections);
	table_free(&endpoints->minis);
	free(endpoints->list);
	*endpoints = (struct endpoints){ .n = 0 };
}
