// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "closewait.h"

enum column { ID, LOCAL, REMOTE, UID, INODE, WAIT_MS, EXACT, VERDICT, SYN_BLOCKED, COLUMNS };

static const char *const names[COLUMNS] = {
	[ID] = "id",
	[LOCAL] = "local",
	[REMOTE] = "remote",
	[UID] = "uid",
	[INODE] = "inode",
	[WAIT_MS] = "wait_ms",
	[EXACT] = "exact",
	[VERDICT] = "verdict",
	[SYN_BLOCKED] = "syn_blocked",
};

static unsigned int verdict_find(const char *name)
{
	unsigned int verdict = 0;

	while (verdict < TCPW_VERDICTS && strcmp(name, tcpw_verdict_name(verdict)) != 0)
		verdict++;
	return verdict;
}

static enum status take_row(const struct table *table, const size_t *at, size_t row,
			    struct waiting *waiting, struct fault *fault)
{
	static const enum column numbers[] = { ID, UID, INODE, WAIT_MS, SYN_BLOCKED };
	const char *const *cells = table_row(table, row);
	struct number value[COLUMNS] = { { .known = false } };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (table_number(table, row, at[numbers[i]], &value[numbers[i]], fault))
			return fault->status;
	if (!value[ID].known)
		return table_bad_cell(table, row, at[ID], "is not allowed there", fault);
	if (!value[WAIT_MS].known)
		return table_bad_cell(table, row, at[WAIT_MS], "is not allowed there", fault);
	*waiting = (struct waiting){
		.id = value[ID].value,
		.local_text = cells[at[LOCAL]],
		.remote_text = cells[at[REMOTE]],
		.inode = value[INODE].value,
		.uid = value[UID],
		.wait_ms = value[WAIT_MS].value,
		.exact = cells[at[EXACT]],
		.verdict = verdict_find(cells[at[VERDICT]]),
		.verdict_text = cells[at[VERDICT]],
		.syn_blocked = value[SYN_BLOCKED].value,
	};
	return table_addr(table, row, at[LOCAL], &waiting->local, fault);
}

/**
 * closewait_read() - read the file `close_wait`
 * @closewait: what to fill in; closewait_free() it, also after a failure
 * @source: where the file is
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status closewait_read(struct closewait *closewait, const struct source *source,
			   struct fault *fault)
{
	const struct table *table = &closewait->table;
	size_t at[COLUMNS];
	enum status status;

	*closewait = (struct closewait){ .n = 0 };
	status = table_read(&closewait->table, source, "close_wait", NULL, fault);
	if (!status)
		status = table_columns(table, names, COLUMNS, at, fault);
	if (!status) {
		closewait->rows = calloc(table->n_rows + 1, sizeof(*closewait->rows));
		status = closewait->rows ? STATUS_OK : fault_memory(fault);
	}
	for (size_t i = 0; i < table->n_rows && !status; i++)
		status = take_row(table, at, i, &closewait->rows[i], fault);
	closewait->n = table->n_rows;
	if (status)
		closewait_free(closewait);
	return status;
}

/**
 * closewait_free() - give back what it holds
 * @closewait: filled in or all zeroes
 */
void closewait_free(struct closewait *closewait)
{
	free(closewait->rows);
	closewait->rows = NULL;
	closewait->n = 0;
	table_free(&closewait->table);
}

/**
 * closewait_blocked() - how many keep a client from connecting?
 * @closewait: the sockets
 *
 * Return: how many have swallowed a SYN.
 */
size_t closewait_blocked(const struct closewait *closewait)
{
	size_t n = 0;

	for (size_t i = 0; i < closewait->n; i++)
		n += closewait->rows[i].syn_blocked != 0;
	return n;
}

/**
 * waiting_is_stuck() - is this socket something to find?
 * @waiting: the socket
 * @stuck_ms: the namespace's threshold
 *
 * Below the threshold every verdict is daily life: a FIN that came a moment ago
 * is not read yet, a connection that came a moment ago not accepted. Above it
 * only `draining` is: the peer reads, the program has more for it, and will close
 * when that is sent.
 *
 * Return: whether it is longer in CLOSE_WAIT than it should be.
 */
bool waiting_is_stuck(const struct waiting *waiting, uint64_t stuck_ms)
{
	return waiting->verdict == TCPW_LEAKED ||
	       (waiting->wait_ms > stuck_ms && waiting->verdict != TCPW_DRAINING);
}
