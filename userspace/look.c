// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "look.h"
#include "moment.h"
#include "stall.h"

enum { NS_PER_S = 1000 * 1000 * 1000 };

static const char *const names[LOOK_COLUMNS] = {
	[LOOK_ID] = "id",
	[LOOK_STATE] = "state",
	[LOOK_STATE_MS] = "state_ms",
	[LOOK_INODE] = "inode",
	[LOOK_RCV_UNREAD] = "rcv_unread",
	[LOOK_RCV_WND] = "rcv_wnd",
	[LOOK_SND_UNACKED] = "snd_unacked",
	[LOOK_SND_UNSENT] = "snd_unsent",
	[LOOK_SND_WND] = "snd_wnd",
	[LOOK_BYTES_IN] = "bytes_in",
	[LOOK_BYTES_OUT] = "bytes_out",
	[LOOK_IDLE_IN_MS] = "idle_in_ms",
	[LOOK_IDLE_OUT_MS] = "idle_out_ms",
};

static int by_id(const void *left, const void *right)
{
	const struct conn *a = left;
	const struct conn *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static struct conn *find(const struct look *look, uint64_t id)
{
	const struct conn key = { .id = id };

	return look->n ? bsearch(&key, look->conns, look->n, sizeof(key), by_id) : NULL;
}

/**
 * look_find() - a connection by its cookie
 * @look: the look
 * @id: the cookie
 *
 * Return: the connection, NULL if there is none.
 */
const struct conn *look_find(const struct look *look, uint64_t id)
{
	return find(look, id);
}

/**
 * look_owner() - who has a connection?
 * @look: the look
 * @conn: the connection
 * @n: how many have it
 *
 * Return: the first of them, as of owners_of(), NULL if none is seen.
 */
const struct owner *look_owner(const struct look *look, const struct conn *conn, size_t *n)
{
	const struct owners *owners = &look->roster->owners;
	const struct owned *owned = owners_of(owners, conn->inode, n);

	return owned ? &owners->list[owned->owner] : NULL;
}

static uint64_t rate(uint64_t now, uint64_t before, int64_t since_ns)
{
	if (now <= before || since_ns <= 0)
		return 0;
	return (uint64_t)((double)(now - before) * NS_PER_S / (double)since_ns);
}

/* What has moved since @before, the same connection a look ago, if it was there. */
static void compare(struct conn *conn, const struct conn *before, int64_t since_ns)
{
	if (!before)
		return;
	conn->in_rate = rate(conn->bytes_in, before->bytes_in, since_ns);
	conn->out_rate = rate(conn->bytes_out, before->bytes_out, since_ns);
}

static enum status take_row(struct look *look, const size_t *at, size_t row,
			    const struct look *before, struct fault *fault)
{
	struct number value[LOOK_COLUMNS] = { { .known = false } };
	struct conn *conn = &look->conns[row];
	const struct conn *then;

	table_row(&look->table, row);
	for (size_t i = 0; i < LOOK_COLUMNS; i++)
		if (i != LOOK_STATE && table_number(&look->table, row, at[i], &value[i], fault))
			return fault->status;
	if (!value[LOOK_ID].known)
		return table_bad_cell(&look->table, row, at[LOOK_ID], "is not allowed there",
				      fault);
	*conn = (struct conn){
		.id = value[LOOK_ID].value,
		.row = row,
		.inode = value[LOOK_INODE].value,
		.bytes_in = value[LOOK_BYTES_IN].value,
		.bytes_out = value[LOOK_BYTES_OUT].value,
		.acked = value[LOOK_BYTES_OUT].value - value[LOOK_SND_UNACKED].value,
	};
	then = before ? look_find(before, conn->id) : NULL;
	compare(conn, then, look->since_ns);
	stall_judge(conn, then, value, look->table.cells[at[LOOK_STATE]], look->time_ns);
	return STATUS_OK;
}

static enum status take_rows(struct look *look, const struct look *before, struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t at[LOOK_COLUMNS];

	if (table_columns(&look->table, names, LOOK_COLUMNS, at, fault))
		return fault->status;
	look->conns = calloc(look->table.n_rows + 1, sizeof(*look->conns));
	if (!look->conns)
		return fault_memory(fault);
	for (size_t i = 0; i < look->table.n_rows && !status; i++)
		status = take_row(look, at, i, before, fault);
	look->n = look->table.n_rows;
	if (look->n)
		qsort(look->conns, look->n, sizeof(*look->conns), by_id);
	return status;
}

static void join_close_wait(struct look *look)
{
	for (size_t i = 0; i < look->closewait.n; i++) {
		struct conn *conn = find(look, look->closewait.rows[i].id);

		if (conn)
			conn->waiting = &look->closewait.rows[i];
	}
}

static bool has_strangers(const struct look *look, const struct roster *roster)
{
	for (size_t i = 0; i < look->n; i++)
		if (!roster_knows(roster, look->conns[i].inode))
			return true;
	return false;
}

/* The roster of the look before, as long as it will do. */
static enum status know_owners(struct look *look, const struct look *before, bool saved,
			       struct fault *fault)
{
	struct owners *owners;

	if (before && !roster_is_due(before->roster, has_strangers(look, before->roster))) {
		look->roster = roster_get(before->roster);
		return STATUS_OK;
	}
	look->roster = roster_new(fault);
	if (!look->roster)
		return fault->status;
	/* The inodes of a saved copy are other sockets' by now. */
	if (saved)
		return STATUS_OK;
	owners = &look->roster->owners;
	for (size_t i = 0; i < look->n; i++)
		if (owners_want(owners, look->conns[i].inode, fault))
			return fault->status;
	if (holders_want(owners, &look->closewait, &look->listeners, fault))
		return fault->status;
	return roster_search(look->roster, fault);
}

static enum status read_files(struct look *look, struct netns *ns, const struct look *before,
			      struct fault *fault)
{
	const struct source *source = &ns->source;
	enum status status = summary_read(&look->summary, source, fault);

	if (!status)
		status = closewait_read(&look->closewait, source, fault);
	if (!status)
		status = listeners_read(&look->listeners, source, fault);
	if (status)
		return status;
	summary_take_stuck(&look->summary, ns);
	look->stuck_ms = ns->stuck_ms;
	look->time_ns = moment_now_ns();
	/* With another module in between nothing compares. */
	if (before && look->summary.loaded_ms >= before->summary.loaded_ms)
		look->since_ns = look->time_ns - before->time_ns;
	return table_read(&look->table, source, "connections", NULL, fault);
}

/**
 * look_read() - look
 * @look: what to fill in; look_free() it, also after a failure
 * @ns: the namespace
 * @before: the look before, which stays as it is; NULL if there is none
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status look_read(struct look *look, struct netns *ns, const struct look *before,
		      struct fault *fault)
{
	const int64_t start_ns = moment_now_ns();
	enum status status;

	*look = (struct look){ .n = 0 };
	status = read_files(look, ns, before, fault);
	if (!status)
		status = take_rows(look, before, fault);
	if (status)
		return status;
	join_close_wait(look);
	status = know_owners(look, before, ns->source.saved, fault);
	if (!status)
		status = holders_find(&look->holders, &look->closewait, &look->listeners,
				      &look->roster->owners, look->stuck_ms, true, fault);
	if (!status)
		problems_find(&look->problems, &look->summary, &look->holders.total);
	look->cost_ns = moment_now_ns() - start_ns;
	return status;
}

/**
 * look_free() - give back what a look holds
 * @look: filled in or all zeroes
 */
void look_free(struct look *look)
{
	summary_free(&look->summary);
	closewait_free(&look->closewait);
	listeners_free(&look->listeners);
	holders_free(&look->holders);
	table_free(&look->table);
	roster_put(look->roster);
	free(look->conns);
	*look = (struct look){ .n = 0 };
}
