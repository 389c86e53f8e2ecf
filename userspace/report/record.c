// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "report/record.h"

/**
 * records_open() - find the namespaces
 * @records: @options is set, the rest all zeroes; records_close() it, also after a failure
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status records_open(struct records *records, struct fault *fault)
{
	struct netns_list *list = &records->list;
	enum status status = netns_open(list, records->options, fault);

	if (status)
		return status;
	records->record = calloc(list->n + 1, sizeof(*records->record));
	if (!records->record)
		return fault_memory(fault);
	for (size_t i = 0; i < list->n; i++)
		records->record[i].ns = &list->ns[i];
	return STATUS_OK;
}

/* Takes @now over. */
static void add(struct record *record, const struct summary *now, int64_t now_ns)
{
	int64_t since_ns = 0;

	/* With another module nothing compares: it begins anew. */
	if (record->n && now->loaded_ms < record->last.loaded_ms) {
		record->pulse = (struct pulse){ .since_ns = 0 };
		record->n = 0;
	}
	if (record->n == RECORD_SAMPLES)
		return;
	if (record->n)
		since_ns = now_ns - record->at_ns[record->n - 1];
	pulse_add(&record->pulse, now, record->n ? &record->last : NULL, since_ns);
	record->at_ns[record->n++] = now_ns;
}

static enum status sample(struct record *record, struct fault *fault)
{
	struct summary now;

	/* There is room for the last look, whatever has woken this too often. */
	if (record->n > RECORD_STEPS)
		return STATUS_OK;
	if (summary_read(&now, &record->ns->source, fault))
		return fault->status;
	add(record, &now, moment_now_ns());
	summary_free(&record->last);
	record->last = now;
	return STATUS_OK;
}

/**
 * records_sample() - see how the counters are
 * @records: the namespaces
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status records_sample(struct records *records, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < records->list.n && !status; i++) {
		struct netns *ns = &records->list.ns[i];

		if (ns->fault.status)
			continue;
		status = sample(&records->record[i], fault);
		if (status)
			status = netns_failed(ns, records->options, fault);
	}
	return status;
}

static enum status look(struct record *record, bool last, struct fault *fault)
{
	const struct look *before = record->before.time_ns ? &record->before : NULL;
	enum status status;

	if (!last)
		return look_read(&record->before, record->ns, NULL, fault);
	status = look_read(&record->look, record->ns, before, fault);
	if (!status)
		add(record, &record->look.summary, record->look.time_ns);
	return status;
}

/**
 * records_look() - look closely
 * @records: the namespaces
 * @last: what the report is to tell; else, what to compare that with
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status records_look(struct records *records, bool last, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < records->list.n && !status; i++) {
		struct netns *ns = &records->list.ns[i];

		if (ns->fault.status)
			continue;
		status = look(&records->record[i], last, fault);
		if (status)
			status = netns_failed(ns, records->options, fault);
	}
	return status;
}

/**
 * record_opened() - did a program here open it?
 * @record: the namespace
 * @conn: the connection, NULL if it is not known
 *
 * Return: whether it is known that one did, and so that the peer is a service.
 */
bool record_opened(const struct record *record, const struct conn *conn)
{
	const struct table *table = &record->look.table;
	size_t at;

	return conn && table_find(table, "opened", &at) &&
	       !strcmp(table_row(table, conn->row)[at], "active");
}

/**
 * records_close() - give back what they hold
 * @records: the namespaces
 */
void records_close(struct records *records)
{
	for (size_t i = 0; i < records->list.n && records->record; i++) {
		look_free(&records->record[i].look);
		look_free(&records->record[i].before);
		summary_free(&records->record[i].last);
	}
	free(records->record);
	netns_close(&records->list);
}
