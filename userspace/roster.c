// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "moment.h"
#include "roster.h"

enum {
	NS_PER_S = 1000 * 1000 * 1000,
	COST_SHARE = 10,	/* searching takes one part in so many of the time */
	STALE_S = 10,		/* so long a socket that was handed on is shown with the first */
};

/**
 * roster_new() - ask for owners, anew
 * @fault: no memory
 *
 * Return: an empty one for owners_want(), with one user; NULL with @fault.
 */
struct roster *roster_new(struct fault *fault)
{
	struct roster *roster = calloc(1, sizeof(*roster));

	if (roster)
		roster->users = 1;
	else
		fault_memory(fault);
	return roster;
}

/**
 * roster_get() - be another user of it
 * @roster: it
 *
 * Return: @roster.
 */
struct roster *roster_get(struct roster *roster)
{
	roster->users++;
	return roster;
}

/**
 * roster_put() - one user less
 * @roster: it, NULL if there is none; the last user frees it
 */
void roster_put(struct roster *roster)
{
	if (!roster || --roster->users)
		return;
	owners_free(&roster->owners);
	free(roster);
}

/**
 * roster_knows() - was this socket asked for?
 * @roster: after a roster_search()
 * @inode: the socket's, 0 if it has none
 *
 * Return: whether there is no need to ask.
 */
bool roster_knows(const struct roster *roster, uint64_t inode)
{
	const struct owners *owners = &roster->owners;
	size_t low = 0;
	size_t high = owners->n_wanted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owners->wanted[middle] < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return !inode || (low < owners->n_wanted && owners->wanted[low] == inode);
}

/**
 * roster_is_due() - is it time to ask again?
 * @roster: the answer so far
 * @strangers: there are sockets that it does not know
 *
 * Return: whether it is, what it costs considered.
 */
bool roster_is_due(const struct roster *roster, bool strangers)
{
	const int64_t now_ns = moment_now_ns();

	return now_ns >= (strangers ? roster->next_ns : roster->stale_ns);
}

/**
 * roster_search() - find the owners of all that was asked for
 * @roster: the question, and then the answer
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status roster_search(struct roster *roster, struct fault *fault)
{
	const int64_t start_ns = moment_now_ns();
	int64_t now_ns;

	if (owners_search(&roster->owners, fault))
		return fault->status;
	now_ns = moment_now_ns();
	roster->next_ns = now_ns + (now_ns - start_ns) * COST_SHARE;
	roster->stale_ns = now_ns + (int64_t)STALE_S * NS_PER_S;
	if (roster->stale_ns < roster->next_ns)
		roster->stale_ns = roster->next_ns;
	return STATUS_OK;
}
