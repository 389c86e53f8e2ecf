// SPDX-License-Identifier: GPL-2.0
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "census.h"
#include "moment.h"
#include "owner.h"
#include "table.h"

enum {
	COST_SHARE = 10,			/* looking takes one part in so many of the time */
	ACCEPT_NS = 2 * 1000 * 1000,		/* for a program to call accept() */
	FIRST_WAIT_NS = 20 * 1000 * 1000,	/* then twice as long each time */
	TRIES_MAX = 10,				/* who has not called accept() after 10 s */
};

enum column { ID, INODE, EXACT, LOCAL, REMOTE, COLUMNS };

static const char *const names[COLUMNS] = {
	[ID] = "id",
	[INODE] = "inode",
	[EXACT] = "exact",
	[LOCAL] = "local",
	[REMOTE] = "remote",
};

static int by_id(const void *left, const void *right)
{
	const struct resident *a = left;
	const struct resident *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static struct resident *find(const struct census *census, uint64_t id)
{
	const struct resident key = { .id = id };
	void *found = tfind(&key, &census->tree, by_id);

	return found ? *(struct resident **)found : NULL;
}

/**
 * census_find() - what is known of a connection?
 * @census: the connections
 * @id: its cookie
 *
 * Return: that; NULL if nothing is.
 */
const struct resident *census_find(const struct census *census, uint64_t id)
{
	return find(census, id);
}

static struct resident *add(struct census *census, uint64_t id, struct fault *fault)
{
	struct resident *resident = calloc(1, sizeof(*resident));

	if (resident)
		resident->id = id;
	if (resident && tsearch(resident, &census->tree, by_id))
		return resident;
	free(resident);
	fault_memory(fault);
	return NULL;
}

/* It is not looked for any more. */
static void unlink_sought(struct resident *resident)
{
	if (!resident->link)
		return;
	*resident->link = resident->next;
	if (resident->next)
		resident->next->link = resident->link;
	resident->link = NULL;
}

static void link_sought(struct census *census, struct resident *resident)
{
	if (resident->link)
		return;
	resident->next = census->sought;
	if (resident->next)
		resident->next->link = &resident->next;
	resident->link = &census->sought;
	census->sought = resident;
}

/**
 * census_meet() - something happened to a connection that lives
 * @census: the connections
 * @id: its cookie
 * @born: it has just begun
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status census_meet(struct census *census, uint64_t id, bool born, struct fault *fault)
{
	struct resident *resident = find(census, id);

	if (!resident)
		resident = add(census, id, fault);
	if (!resident)
		return fault->status;
	resident->listed = true;
	if (born)
		resident->exact = "yes";
	return STATUS_OK;
}

/**
 * census_seek() - a connection is likely to have a process now
 * @census: the connections
 * @id: its cookie; census_meet() has it
 *
 * Unless that is known already, it is looked for, from now on or anew.
 */
void census_seek(struct census *census, uint64_t id)
{
	struct resident *resident = find(census, id);
	int64_t soon_ns = moment_now_ns() + ACCEPT_NS;

	if (!resident || resident->pid || !census->searched)
		return;
	resident->tries = 0;
	link_sought(census, resident);
	/* Others that were looked for in vain do not make this one wait, but the cost may. */
	if (soon_ns < census->least_ns)
		soon_ns = census->least_ns;
	if (soon_ns < census->next_ns)
		census->next_ns = soon_ns;
}

/**
 * census_part() - a connection has ended
 * @census: the connections
 * @id: its cookie; what census_find() said of it is not there any more
 */
void census_part(struct census *census, uint64_t id)
{
	struct resident *resident = find(census, id);

	if (!resident)
		return;
	unlink_sought(resident);
	tdelete(resident, &census->tree, by_id);
	free(resident);
}

/**
 * census_lost() - events are lost, and with them the ends of connections
 * @census: the connections
 */
void census_lost(struct census *census)
{
	census->lost = true;
	census->swept = false;
}

/* A constant string for what the table says. */
static const char *exact_of(const char *text)
{
	static const char *const exacts[] = { "yes", "min", "est" };

	for (size_t i = 0; i < ARRAY_SIZE(exacts); i++)
		if (!strcmp(text, exacts[i]))
			return exacts[i];
	return NULL;
}

/**
 * struct wanted - connections that are there already
 * @wants: says which are wanted; NULL if they all have been met
 * @arg: for @wants
 */
struct wanted {
	census_wants_fn wants;
	const void *arg;
};

/* The connection of a row; NULL if it is not wanted. */
static enum status take_row(struct census *census, const struct table *table, size_t row,
			    const size_t *at, const struct wanted *wanted,
			    struct resident **resident, struct fault *fault)
{
	struct addr local, remote;
	struct number id, inode;

	table_row(table, row);
	if (table_number(table, row, at[ID], &id, fault) ||
	    table_number(table, row, at[INODE], &inode, fault))
		return fault->status;
	if (!id.known)
		return table_bad_cell(table, row, at[ID], "is not allowed there", fault);
	*resident = find(census, id.value);
	if (!*resident && wanted) {
		if (table_addr(table, row, at[LOCAL], &local, fault) ||
		    table_addr(table, row, at[REMOTE], &remote, fault))
			return fault->status;
		if (!wanted->wants(wanted->arg, id.value, &local, &remote))
			return STATUS_OK;
		*resident = add(census, id.value, fault);
		if (!*resident)
			return fault->status;
		if (census->searched)
			link_sought(census, *resident);
	}
	if (!*resident)
		return STATUS_OK;
	(*resident)->listed = true;
	(*resident)->inode = inode.value;
	if (!(*resident)->exact)
		(*resident)->exact = exact_of(table->cells[at[EXACT]]);
	return STATUS_OK;
}

static void unlist(const void *node, VISIT visit, void *arg)
{
	struct resident *resident = *(struct resident *const *)node;

	(void)arg;
	if (visit == preorder || visit == leaf)
		resident->listed = false;
}

static enum status take_rows(struct census *census, const struct table *table,
			     const struct wanted *wanted, struct owners *owners,
			     struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t at[COLUMNS];

	if (table_columns(table, names, COLUMNS, at, fault))
		return fault->status;
	twalk_r(census->tree, unlist, NULL);
	for (size_t i = 0; i < table->n_rows && !status; i++) {
		struct resident *resident = NULL;

		status = take_row(census, table, i, at, wanted, &resident, fault);
		if (!status && resident && resident->link)
			status = owners_want(owners, resident->inode, fault);
	}
	return status;
}

/* Whose is it? If that is not seen, and was not often enough, it is still looked for. */
static void take_owner(struct resident *resident, const struct owners *owners)
{
	const struct owned *owned = NULL;
	size_t n = 0;

	if (resident->listed)
		owned = owners_of(owners, resident->inode, &n);
	if (owned) {
		const struct owner *owner = &owners->list[owned->owner];

		resident->pid = owner->pid;
		memcpy(resident->comm, owner->comm, sizeof(resident->comm));
		resident->shared = n - 1;
	}
	resident->tries++;
	if (owned || resident->tries >= TRIES_MAX)
		unlink_sought(resident);
}

/* @start_ns is when the look began. */
static void take_owners(struct census *census, const struct owners *owners, int64_t start_ns)
{
	struct resident *resident = census->sought;
	unsigned int tries = TRIES_MAX;
	int64_t now_ns;

	while (resident) {
		struct resident *next = resident->next;

		take_owner(resident, owners);
		if (resident->tries < tries)
			tries = resident->tries;
		resident = next;
	}
	now_ns = moment_now_ns();
	census->least_ns = now_ns + (now_ns - start_ns) * COST_SHARE;
	census->next_ns = now_ns + ((int64_t)FIRST_WAIT_NS << (tries - 1));
	if (census->next_ns < census->least_ns)
		census->next_ns = census->least_ns;
}

static enum status look(struct census *census, const struct source *source,
			const struct wanted *wanted, struct fault *fault)
{
	const int64_t start_ns = moment_now_ns();
	struct owners owners = { .n = 0 };
	struct table table;
	enum status status = table_read(&table, source, "connections", NULL, fault);

	if (!status)
		status = take_rows(census, &table, wanted, &owners, fault);
	if (!status)
		status = owners_search(&owners, fault);
	if (!status)
		take_owners(census, &owners, start_ns);
	owners_free(&owners);
	table_free(&table);
	return status;
}

/**
 * census_begin() - take in what is there already
 * @census: @searched is set, the rest all zeroes; census_free() it, also after a failure
 * @source: the tables of the namespace, whose events are read already
 * @wants: says which are wanted
 * @arg: for @wants
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status census_begin(struct census *census, const struct source *source,
			 census_wants_fn wants, const void *arg, struct fault *fault)
{
	const struct wanted wanted = { .wants = wants, .arg = arg };

	return look(census, source, &wanted, fault);
}

/**
 * struct sweep - those that have ended without a word
 * @ids: their cookies
 * @n: how many
 * @room: for how many there is room
 * @failed: no memory
 */
struct sweep {
	uint64_t *ids;
	size_t n;
	size_t room;
	bool failed;
};

static void note_gone(const void *node, VISIT visit, void *arg)
{
	const struct resident *resident = *(struct resident *const *)node;
	struct sweep *sweep = arg;
	uint64_t *ids;

	if ((visit != preorder && visit != leaf) || resident->listed)
		return;
	ids = array_fit(sweep->ids, &sweep->room, sweep->n + 1, sizeof(*ids));
	if (!ids) {
		sweep->failed = true;
		return;
	}
	sweep->ids = ids;
	ids[sweep->n++] = resident->id;
}

/* What has ended unheard. */
static enum status drop_gone(struct census *census, struct fault *fault)
{
	struct sweep sweep = { .n = 0 };

	twalk_r(census->tree, note_gone, &sweep);
	for (size_t i = 0; i < sweep.n; i++)
		census_part(census, sweep.ids[i]);
	free(sweep.ids);
	census->lost = false;
	census->swept = false;
	return sweep.failed ? fault_memory(fault) : STATUS_OK;
}

/**
 * census_look() - look for processes, if it is time to
 * @census: the connections
 * @source: the tables of their namespace
 * @rested: all events that had happened were taken
 * @wait_ns: set to how long it takes until it is time again, if ever
 * @fault: what went wrong
 *
 * Reads the table of connections and walks over all processes, and so takes care to use
 * no more than a tenth of the time. A connection is looked for as soon as that allows,
 * and again, more and more seldom, while no process has it, as before accept().
 *
 * Return: STATUS_OK, or the status of @fault. That the module is gone is no fault.
 */
enum status census_look(struct census *census, const struct source *source, bool rested,
			int64_t *wait_ns, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t now_ns;

	/* What was not in the table, and whose end did not follow, has ended unheard. */
	if (census->swept && rested && drop_gone(census, fault))
		return fault->status;
	if (!census->sought && (!census->lost || census->swept))
		return STATUS_OK;
	now_ns = moment_now_ns();
	if (now_ns >= census->next_ns) {
		status = look(census, source, NULL, fault);
		if (status == STATUS_UNLOADED || (status && fault->gone))
			return STATUS_OK;
		census->swept = census->lost;
	}
	*wait_ns = census->next_ns > now_ns ? census->next_ns - now_ns : 0;
	return status;
}

/**
 * census_free() - give back what it holds
 * @census: the connections
 */
void census_free(struct census *census)
{
	tdestroy(census->tree, free);
	*census = (struct census){ .tree = NULL };
}
