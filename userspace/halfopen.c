// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "halfopen.h"
#include "table.h"

enum column { LOCAL, REMOTE, AGE_MS, RETRANS, COLUMNS };

static const char *const names[COLUMNS] = {
	[LOCAL] = "local",
	[REMOTE] = "remote",
	[AGE_MS] = "age_ms",
	[RETRANS] = "retrans",
};

static enum status take_row(const struct table *table, const size_t *at, size_t row,
			    struct request_row *request, struct fault *fault)
{
	struct number age_ms, retrans;

	table_row(table, row);
	if (table_addr(table, row, at[LOCAL], &request->local, fault) ||
	    table_addr(table, row, at[REMOTE], &request->remote, fault) ||
	    table_number(table, row, at[AGE_MS], &age_ms, fault) ||
	    table_number(table, row, at[RETRANS], &retrans, fault))
		return fault->status;
	request->age_ms = age_ms.value;
	request->retrans = retrans.value;
	return STATUS_OK;
}

/**
 * requests_read() - read the file `syn_recv`, where there is one
 * @requests: what to fill in; requests_free() it, also after a failure
 * @source: where the file is
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also without such a file; or the status of @fault.
 */
enum status requests_read(struct requests *requests, const struct source *source,
			  struct fault *fault)
{
	size_t at[COLUMNS];
	struct table table;
	enum status status;

	*requests = (struct requests){ .present = source_has(source, "syn_recv") };
	if (!requests->present)
		return STATUS_OK;
	status = table_read(&table, source, "syn_recv", NULL, fault);
	if (!status)
		status = table_columns(&table, names, COLUMNS, at, fault);
	if (!status) {
		requests->rows = calloc(table.n_rows + 1, sizeof(*requests->rows));
		status = requests->rows ? STATUS_OK : fault_memory(fault);
	}
	for (size_t i = 0; requests->rows && i < table.n_rows && !status; i++)
		status = take_row(&table, at, i, &requests->rows[requests->n++], fault);
	table_free(&table);
	return status;
}

/**
 * requests_free() - give back what it holds
 * @requests: filled in or all zeroes
 */
void requests_free(struct requests *requests)
{
	free(requests->rows);
	*requests = (struct requests){ .n = 0 };
}

/**
 * halfopen_add() - count a half-open connection
 * @halfopen: the count, all zeroes at first
 * @row: the connection
 */
void halfopen_add(struct halfopen *halfopen, const struct request_row *row)
{
	halfopen->n++;
	halfopen->again += row->retrans != 0;
	if (row->age_ms > halfopen->oldest_ms)
		halfopen->oldest_ms = row->age_ms;
}

/**
 * halfopen_json() - make a count members of an object
 * @halfopen: the count
 * @doc: the document
 * @object: the object
 */
void halfopen_json(const struct halfopen *halfopen, struct doc *doc, struct json_object *object)
{
	const struct number oldest = { .known = halfopen->n != 0, .value = halfopen->oldest_ms };

	doc_add_u64(doc, object, "half_open", halfopen->n);
	doc_add_u64(doc, object, "unanswered", halfopen->again);
	doc_add_number(doc, object, "oldest_ms", oldest);
}
