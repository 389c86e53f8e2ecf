/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is to close the sockets in CLOSE_WAIT, by names of which there are never many:
 * processes that are called alike, in the same cgroup if that is asked for.
 */
#ifndef TCPWATCH_EXPORT_GROUP_H
#define TCPWATCH_EXPORT_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "holder.h"
#include "process.h"
#include "tally.h"

/**
 * struct group - processes that have one name
 * @comm: the name; one in parentheses is of no process
 * @cgroup: where they are; NULL if that is not asked for, or not known
 * @tally: their sockets in CLOSE_WAIT
 * @fullest: which of them has the fewest descriptors left; NULL if none is a process
 * @full_ms: when the first of them has no descriptor left, if that is known
 */
struct group {
	char comm[COMM_SIZE];
	char *cgroup;
	struct tally tally;
	const struct owner *fullest;
	struct number full_ms;
};

/**
 * struct groups - those of a namespace
 * @n: how many; never many
 * @list: they, those with the most stuck sockets first
 */
struct groups {
	size_t n;
	struct group *list;
};

/**
 * struct group_rules - what makes a group
 * @asked: it was asked which processes there are
 * @by_cgroup: processes in different cgroups are in different groups
 */
struct group_rules {
	bool asked;
	bool by_cgroup;
};

enum status groups_make(struct groups *groups, const struct holders *holders,
			const struct group_rules *rules, struct fault *fault);
void groups_free(struct groups *groups);

#endif
