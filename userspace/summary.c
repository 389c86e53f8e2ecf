// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "array.h"
#include "summary.h"

enum { NAME, VALUE };

static const char *const columns[] = { "name", "value", NULL };

#define LINE(name) { #name, offsetof(struct summary, name) }

static const struct line {
	const char *name;
	size_t offset;
} lines[] = {
	LINE(loaded_ms),
	LINE(connections),
	LINE(established),
	LINE(syn_sent),
	LINE(syn_recv),
	LINE(fin_wait1),
	LINE(fin_wait2),
	LINE(time_wait),
	LINE(close_wait),
	LINE(last_ack),
	LINE(closing),
	LINE(listen),
	LINE(opened_active),
	LINE(opened_passive),
	LINE(connect_refused),
	LINE(connect_timeout),
	LINE(connect_failed),
	LINE(syn_in),
	LINE(syn_out),
	LINE(synack_in),
	LINE(synack_out),
	LINE(synack_retrans),
	LINE(fin_in),
	LINE(fin_out),
	LINE(rst_in),
	LINE(rst_out),
	LINE(closed_local_first),
	LINE(closed_remote_first),
	LINE(closed_simultaneous),
	LINE(closed_reset),
	LINE(closed_timeout),
	LINE(zero_window_in),
	LINE(zero_window_out),
	LINE(syn_on_close_wait),
	LINE(illegal_transitions),
	LINE(untracked),
	LINE(memory_bytes),
};

static uint64_t *field(struct summary *summary, const struct line *line)
{
	return (uint64_t *)((char *)summary + line->offset);
}

static enum status take_line(struct summary *summary, size_t row, bool *seen, struct fault *fault)
{
	const char *const *cells = table_row(&summary->table, row);
	struct number number;

	if (!strcmp(cells[NAME], "version"))
		summary->version = cells[VALUE];
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (strcmp(cells[NAME], lines[i].name) != 0)
			continue;
		if (seen[i])
			return fault_set(fault, STATUS_FAILED, "summary: '%s' is there twice",
					 lines[i].name);
		if (!number_parse(cells[VALUE], &number) || !number.known)
			return fault_set(fault, STATUS_FAILED,
					 "summary: line %zu, '%s': '%.64s' is no number", row + 1,
					 lines[i].name, cells[VALUE]);
		*field(summary, &lines[i]) = number.value;
		seen[i] = true;
	}
	return STATUS_OK;
}

static enum status take_lines(struct summary *summary, struct fault *fault)
{
	bool seen[ARRAY_SIZE(lines)] = { false };
	enum status status;

	for (size_t i = 0; i < summary->table.n_rows; i++) {
		status = take_line(summary, i, seen, fault);
		if (status)
			return status;
	}
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!seen[i])
			return fault_set(fault, STATUS_FAILED,
					 "summary: the line '%s' is missing; is the file whole, and of a module as new as this program?",
					 lines[i].name);
	return STATUS_OK;
}

/**
 * summary_read() - read the file `summary`
 * @summary: what to fill in; summary_free() it, also after a failure
 * @source: where the file is
 * @fault: what went wrong
 *
 * Lines that this program does not know are kept; one that it needs and that is
 * missing is a fault that names it.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status summary_read(struct summary *summary, const struct source *source,
			 struct fault *fault)
{
	enum status status;

	*summary = (struct summary){ .version = "-" };
	status = table_read(&summary->table, source, "summary", columns, fault);
	if (!status)
		status = take_lines(summary, fault);
	if (status)
		summary_free(summary);
	return status;
}

/**
 * summary_line() - one line, as it stands there
 * @summary: the summary
 * @line: which, from 0, up to @summary->table.n_rows
 * @name: its name
 * @value: its value
 */
void summary_line(const struct summary *summary, size_t line, const char **name,
		  const char **value)
{
	const char *const *cells = table_row(&summary->table, line);

	*name = cells[NAME];
	*value = cells[VALUE];
}

/**
 * summary_find() - a line that only later modules have
 * @summary: the summary
 * @name: the line's name
 *
 * Return: its number; unknown where there is no such line, or it holds none.
 */
struct number summary_find(const struct summary *summary, const char *name)
{
	struct number number = { .known = false };

	for (size_t i = 0; i < summary->table.n_rows; i++) {
		const char *const *cells = table_row(&summary->table, i);

		if (!strcmp(cells[NAME], name) && number_parse(cells[VALUE], &number))
			return number;
	}
	return (struct number){ .known = false };
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	uint64_t both;

	return __builtin_add_overflow(a, b, &both) ? UINT64_MAX : both;
}

/**
 * summary_connects() - how many connect() calls have ended, well or not?
 * @summary: the summary
 *
 * Return: the number; never less than @summary->opened_active.
 */
uint64_t summary_connects(const struct summary *summary)
{
	uint64_t failed = sum(summary->connect_timeout, summary->connect_failed);

	return sum(summary->opened_active, sum(summary->connect_refused, failed));
}

/**
 * summary_take_stuck() - let a namespace's threshold be what its summary says
 * @summary: the summary
 * @ns: whose it is; without such a line it stays what the sysctl said
 *
 * The module itself goes before the sysctl: a saved copy has no sysctl, and that of
 * another namespace is not for every user to read.
 */
void summary_take_stuck(const struct summary *summary, struct netns *ns)
{
	const struct number stuck_ms = summary_find(summary, "close_wait_stuck_ms");

	if (!stuck_ms.known)
		return;
	ns->stuck_known = true;
	ns->stuck_ms = stuck_ms.value;
}

/**
 * summary_stuck() - summary_take_stuck() for those who want nothing else of a summary
 * @ns: the namespace
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also where there is no such file; or the status of @fault.
 */
enum status summary_stuck(struct netns *ns, struct fault *fault)
{
	struct summary summary;

	if (!source_has(&ns->source, "summary"))
		return STATUS_OK;
	if (summary_read(&summary, &ns->source, fault))
		return fault->status;
	summary_take_stuck(&summary, ns);
	summary_free(&summary);
	return STATUS_OK;
}

/**
 * summary_free() - give back what a summary holds
 * @summary: filled in or all zeroes
 */
void summary_free(struct summary *summary)
{
	table_free(&summary->table);
}
