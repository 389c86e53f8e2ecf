// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "export/queue.h"

/* Whoever may listen may choose the port, and each port is a time series. */
enum { QUEUES_MAX = 100 };

/* Below 0 if @a is the fuller one. A limit of 0 lets one wait. */
static int fuller(const struct queue *a, const struct queue *b)
{
	const double left = (double)a->waiting * ((double)b->limit + 1);
	const double right = (double)b->waiting * ((double)a->limit + 1);

	if (left != right)
		return left > right ? -1 : 1;
	return (a->limit > b->limit) - (a->limit < b->limit);
}

static int by_port(const void *left, const void *right)
{
	const struct queue *a = left;
	const struct queue *b = right;

	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return fuller(a, b);
}

static int needed_first(const void *left, const void *right)
{
	const struct queue *a = left;
	const struct queue *b = right;

	if (!a->waiting != !b->waiting)
		return a->waiting ? -1 : 1;
	return a->port < b->port ? -1 : 1;
}

static void keep_fullest_of_port(struct queues *queues)
{
	size_t kept = 0;

	qsort(queues->list, queues->n, sizeof(*queues->list), by_port);
	for (size_t i = 0; i < queues->n; i++)
		if (!kept || queues->list[i].port != queues->list[kept - 1].port)
			queues->list[kept++] = queues->list[i];
	queues->n = kept;
}

static void join_others(struct queues *queues)
{
	struct queue *other = &queues->list[QUEUES_MAX - 1];

	for (size_t i = QUEUES_MAX; i < queues->n; i++)
		if (fuller(&queues->list[i], other) < 0)
			*other = queues->list[i];
	other->other = true;
	queues->n = QUEUES_MAX;
}

/**
 * queues_take() - sort accept queues by port
 * @queues: what to fill in; queues_free() it
 * @listeners: whose queues
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status queues_take(struct queues *queues, const struct listeners *listeners,
			struct fault *fault)
{
	*queues = (struct queues){ .n = 0 };
	queues->list = calloc(listeners->n + 1, sizeof(*queues->list));
	if (!queues->list)
		return fault_memory(fault);
	for (size_t i = 0; i < listeners->n; i++) {
		const struct listener *listener = &listeners->rows[i];

		if (!listener->accept_queue.known || !listener->backlog.known)
			continue;
		queues->list[queues->n++] = (struct queue){
			.port = listener->local.port,
			.waiting = listener->accept_queue.value,
			.limit = listener->backlog.value,
		};
	}
	keep_fullest_of_port(queues);
	qsort(queues->list, queues->n, sizeof(*queues->list), needed_first);
	if (queues->n > QUEUES_MAX)
		join_others(queues);
	return STATUS_OK;
}

/**
 * queues_free() - give back what they hold
 * @queues: filled in or all zeroes
 */
void queues_free(struct queues *queues)
{
	free(queues->list);
	*queues = (struct queues){ .n = 0 };
}
