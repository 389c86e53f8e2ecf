// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "array.h"
#include "holder.h"

static bool is_unaccepted(const struct waiting *waiting)
{
	return !waiting->inode && waiting->verdict == TCPW_UNACCEPTED;
}

/**
 * holders_want() - ask for the owners that holders_find() needs
 * @owners: the question
 * @closewait: the sockets
 * @listeners: the listeners of the same namespace
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status holders_want(struct owners *owners, const struct closewait *closewait,
			 const struct listeners *listeners, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < closewait->n && !status; i++) {
		const struct waiting *waiting = &closewait->rows[i];
		const struct listener *listener;
		size_t n;

		status = owners_want(owners, waiting->inode, fault);
		if (status || !is_unaccepted(waiting))
			continue;
		listener = listeners_find(listeners, &waiting->local, &n);
		if (listener)
			status = owners_want(owners, listener->inode, fault);
	}
	return status;
}

static const struct owner *first_owner(const struct owners *owners, uint64_t inode)
{
	size_t n;
	const struct owned *owned = owners_of(owners, inode, &n);

	return n ? &owners->list[owned[0].owner] : NULL;
}

/* What tells one holder from another, as far as a single socket shows it. */
static void describe(struct holder *like, const struct waiting *waiting,
		     const struct listeners *listeners, const struct owners *owners)
{
	*like = (struct holder){ .owner = first_owner(owners, waiting->inode) };
	if (like->owner)
		return;
	like->local = waiting->local;
	like->local_text = waiting->local_text;
	if (!is_unaccepted(waiting)) {
		like->kind = waiting->inode ? HOLDER_UNSEEN : HOLDER_NONE;
		like->uid = waiting->uid;
		return;
	}
	like->kind = HOLDER_LISTENER;
	like->listener = listeners_find(listeners, &waiting->local, &like->n_listeners);
	if (like->listener)
		like->owner = first_owner(owners, like->listener->inode);
}

static bool same_holder(const struct holder *a, const struct holder *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case HOLDER_PROCESS:
		return a->owner == b->owner;
	case HOLDER_LISTENER:
		return a->listener == b->listener &&
		       (a->listener || !addr_compare(&a->local, &b->local));
	default:
		return a->uid.known == b->uid.known && a->uid.value == b->uid.value;
	}
}

static struct holder *find_holder(struct holders *holders, const struct holder *like)
{
	struct holder *list;

	/* The sockets of one holder often stand together, the newest holder last. */
	for (size_t i = holders->n; i-- > 0;)
		if (same_holder(&holders->list[i], like))
			return &holders->list[i];
	list = array_fit(holders->list, &holders->room, holders->n + 1, sizeof(*list));
	if (!list)
		return NULL;
	holders->list = list;
	list[holders->n] = *like;
	return &list[holders->n++];
}

/* What others may have, too: the socket itself, or the listener that it waits at. */
static uint64_t shared_inode(const struct holder *holder, const struct waiting *waiting)
{
	return holder->listener ? holder->listener->inode : waiting->inode;
}

static enum status note_sharing(struct holder *holder, const struct owners *owners,
				uint64_t inode, struct fault *fault)
{
	size_t n;
	const struct owned *owned = owners_of(owners, inode, &n);

	if (n > 1 && !holder->sharing)
		holder->sharing = calloc(owners->n, sizeof(*holder->sharing));
	if (n > 1 && !holder->sharing)
		return fault_memory(fault);
	for (size_t i = 1; i < n; i++) {
		holder->others += !holder->sharing[owned[i].owner];
		holder->sharing[owned[i].owner] = true;
	}
	return STATUS_OK;
}

static bool note_arrival(struct holder *holder, const struct waiting *waiting)
{
	struct arrival *arrivals = array_fit(holder->arrivals, &holder->room, holder->n + 1,
					     sizeof(*arrivals));

	if (!arrivals)
		return false;
	holder->arrivals = arrivals;
	arrivals[holder->n++] = (struct arrival){
		.ago_ms = waiting->wait_ms,
		.least = *waiting->exact == 'm',
	};
	return true;
}

static int oldest_first(const void *left, const void *right)
{
	const struct arrival *a = left;
	const struct arrival *b = right;

	return (a->ago_ms < b->ago_ms) - (a->ago_ms > b->ago_ms);
}

static pid_t pid_of(const struct holder *holder)
{
	return holder->owner ? holder->owner->pid : 0;
}

static int worst_first(const void *left, const void *right)
{
	const struct holder *a = left;
	const struct holder *b = right;

	if (a->tally.stuck != b->tally.stuck)
		return a->tally.stuck < b->tally.stuck ? 1 : -1;
	if (a->tally.sockets != b->tally.sockets)
		return a->tally.sockets < b->tally.sockets ? 1 : -1;
	if (a->tally.oldest.ms != b->tally.oldest.ms)
		return a->tally.oldest.ms < b->tally.oldest.ms ? 1 : -1;
	return pid_of(a) - pid_of(b);
}

/**
 * holders_find() - sort sockets by who is to close them
 * @holders: the answer; holders_free() it, also after a failure
 * @closewait: the sockets
 * @listeners: the listeners of the same namespace
 * @owners: the processes, searched for what holders_want() asked
 * @stuck_ms: the namespace's threshold
 * @all: count fresh ones too
 * @fault: what went wrong
 *
 * Each socket is in one holder's tally, or in @holders->fresh; of several processes
 * that share it, the first has it, as of owners_of().
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status holders_find(struct holders *holders, const struct closewait *closewait,
			 const struct listeners *listeners, const struct owners *owners,
			 uint64_t stuck_ms, bool all, struct fault *fault)
{
	*holders = (struct holders){ .n = 0 };
	for (size_t i = 0; i < closewait->n; i++) {
		const struct waiting *waiting = &closewait->rows[i];
		struct holder *holder;
		struct holder like;

		tally_add(&holders->total, waiting, stuck_ms);
		describe(&like, waiting, listeners, owners);
		holder = find_holder(holders, &like);
		if (!holder || !note_arrival(holder, waiting))
			return fault_memory(fault);
		if (!all && waiting->verdict == TCPW_FRESH) {
			holders->fresh++;
			continue;
		}
		tally_add(&holder->tally, waiting, stuck_ms);
		if (note_sharing(holder, owners, shared_inode(holder, waiting), fault))
			return fault->status;
	}
	for (size_t i = 0; i < holders->n; i++) {
		struct holder *holder = &holders->list[i];

		qsort(holder->arrivals, holder->n, sizeof(*holder->arrivals), oldest_first);
		holder->growth = growth_of(holder->arrivals, holder->n, stuck_ms);
	}
	if (holders->n)
		qsort(holders->list, holders->n, sizeof(*holders->list), worst_first);
	return STATUS_OK;
}

/**
 * holder_full_in() - when has it no room for another socket?
 * @holder: a process, which runs out of descriptors, or a listener, whose accept
 *	queue fills up
 * @ms: in how many milliseconds, at the present rate
 *
 * Return: false if that is not known, or never at this rate.
 */
bool holder_full_in(const struct holder *holder, uint64_t *ms)
{
	struct number used = { .known = false };
	struct number limit = { .known = false };

	if (holder->kind == HOLDER_PROCESS) {
		used = (struct number){ .known = true, .value = holder->owner->fds };
		limit = holder->owner->fd_limit;
	} else if (holder->listener) {
		used = holder->listener->accept_queue;
		limit = holder->listener->backlog;
	}
	if (!used.known || !limit.known)
		return false;
	return growth_full_in(&holder->growth,
			      limit.value > used.value ? limit.value - used.value : 0, ms);
}

/**
 * holders_free() - give back what they hold
 * @holders: the holders
 */
void holders_free(struct holders *holders)
{
	for (size_t i = 0; i < holders->n; i++) {
		free(holders->list[i].arrivals);
		free(holders->list[i].sharing);
	}
	free(holders->list);
	*holders = (struct holders){ .n = 0 };
}
