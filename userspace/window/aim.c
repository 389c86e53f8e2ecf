// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "listing.h"
#include "window/aim.h"

static void copy_text(char *to, size_t size, const struct cell *cell)
{
	*to = '\0';
	strncat(to, cell->text, size - 1);
}

/* The cell of a column that the query asked for, by its place among them. */
static struct cell cell_of(const struct section *section, const struct row *row, size_t place)
{
	struct cell cell;

	listing_load(section, row);
	listing_cell(section, row, &section->picks[place], &cell);
	return cell;
}

/* Bytes that wait at either end: the more there are, the more there is to see. */
static uint64_t weight(const struct section *section, const struct row *row)
{
	uint64_t sum = 0;

	for (size_t place = 3; place < section->n_picks; place++)
		sum += cell_of(section, row, place).number.value;
	return sum;
}

/* Its place in a list with the busiest first, of equals those that were first. */
static bool comes_before(const uint64_t *weights, size_t a, size_t b)
{
	return weights[a] > weights[b] || (weights[a] == weights[b] && a < b);
}

/* The busiest, then the one after it, and so on. */
static size_t nth(const uint64_t *weights, size_t n, size_t skip)
{
	size_t last = n;

	for (size_t turn = 0; turn <= skip; turn++) {
		size_t best = n;

		for (size_t i = 0; i < n; i++)
			if ((last == n || comes_before(weights, last, i)) &&
			    (best == n || comes_before(weights, i, best)))
				best = i;
		last = best;
	}
	return last;
}

static enum status choose(struct aim *aim, const struct section *section, size_t skip,
			  struct fault *fault)
{
	uint64_t *weights = calloc(section->n, sizeof(*weights));
	const struct row *row;
	struct cell cell;

	if (!weights)
		return fault_memory(fault);
	for (size_t i = 0; i < section->n; i++)
		weights[i] = weight(section, &section->rows[i]);
	row = &section->rows[nth(weights, section->n, skip % section->n)];
	free(weights);
	aim->id = cell_of(section, row, 0).number;
	cell = cell_of(section, row, 1);
	copy_text(aim->local, sizeof(aim->local), &cell);
	cell = cell_of(section, row, 2);
	copy_text(aim->remote, sizeof(aim->remote), &cell);
	return STATUS_OK;
}

/**
 * aim_take() - find a connection to follow
 * @aim: where to
 * @filter: which fit; its processes are looked for, too
 * @skip: so many that are busier are passed over; beyond the last it begins again
 * @options: of the command line
 * @list: the namespace
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also if there is none, or the status of @fault.
 */
enum status aim_take(struct aim *aim, const struct filter *filter, size_t skip,
		     const struct options *options, const struct netns_list *list,
		     struct fault *fault)
{
	const struct query query = {
		.filter = *filter,
		.columns = "id,local,remote,snd_unacked,snd_unsent,rcv_unread",
	};
	struct listing listing;
	enum status status = listing_read_again(&listing, &query, options, list, fault);

	*aim = (struct aim){ .fit = 0 };
	if (!status) {
		aim->fit = listing.sections[0].n;
		if (aim->fit)
			status = choose(aim, &listing.sections[0], skip, fault);
	}
	listing_free(&listing);
	return status;
}

#define QUEUES "snd_unacked,snd_unsent,snd_wnd,rcv_unread,rcv_wnd,cwnd_bytes,mss"

/* In the order in which aim_queues() takes them. */
static const char queue_columns[] = "limited,state," QUEUES ",probes,rtt_us,bytes_in,bytes_out";

/**
 * aim_queues() - read what a connection has now
 * @queues: where to
 * @id: its cookie
 * @options: of the command line
 * @list: the namespace
 * @fault: what went wrong
 *
 * Costs what reading all of `connections` does.
 *
 * Return: STATUS_OK, also if it is not there any more, or the status of @fault.
 */
enum status aim_queues(struct queues *queues, struct number id, const struct options *options,
		       const struct netns_list *list, struct fault *fault)
{
	struct alternative only = { .id = id.value };
	const struct query query = {
		.filter.any[FILTER_ID] = &only,
		.columns = queue_columns,
	};
	struct number *const numbers[] = {
		&queues->snd_unacked, &queues->snd_unsent, &queues->snd_wnd, &queues->rcv_unread,
		&queues->rcv_wnd, &queues->cwnd_bytes, &queues->mss, &queues->probes,
		&queues->rtt_us, &queues->bytes_in, &queues->bytes_out,
	};
	const struct section *section;
	struct listing listing;
	enum status status = listing_read_again(&listing, &query, options, list, fault);
	struct cell cell;

	*queues = (struct queues){ .found = false };
	section = status ? NULL : &listing.sections[0];
	if (section && section->n) {
		queues->found = true;
		cell = cell_of(section, section->rows, 0);
		copy_text(queues->limited, sizeof(queues->limited), &cell);
		cell = cell_of(section, section->rows, 1);
		copy_text(queues->state, sizeof(queues->state), &cell);
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
			*numbers[i] = cell_of(section, section->rows, 2 + i).number;
	}
	listing_free(&listing);
	return status;
}
