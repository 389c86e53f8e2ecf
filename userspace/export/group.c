// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/exposition.h"
#include "export/group.h"
#include "utf8.h"

/* A process chooses its name, and each name is several time series. */
enum { GROUPS_MAX = 50 };

#define OTHER "(other)"

/* No process has such a name that does not want to be taken for these. */
static const char *name_of(const struct holder *holder, const struct group_rules *rules)
{
	if (holder->owner)
		return holder->owner->comm;
	if (holder->kind == HOLDER_NONE)
		return "(none)";
	return rules->asked ? "(unseen)" : "(unasked)";
}

static struct group *find(const struct groups *groups, const char *comm, const char *cgroup)
{
	for (size_t i = 0; i < groups->n; i++) {
		struct group *group = &groups->list[i];

		if (!strcmp(group->comm, comm) && !group->cgroup == !cgroup &&
		    (!cgroup || !strcmp(group->cgroup, cgroup)))
			return group;
	}
	return NULL;
}

/* Takes @cgroup over. The holders come with the worst first, so that these keep their name. */
static struct group *find_or_add(struct groups *groups, const char *comm, char *cgroup)
{
	struct group *group = find(groups, comm, cgroup);

	if (!group && groups->n >= GROUPS_MAX - 1) {
		free(cgroup);
		comm = OTHER;
		cgroup = NULL;
		group = find(groups, comm, cgroup);
	}
	if (group) {
		free(cgroup);
		return group;
	}
	group = &groups->list[groups->n++];
	snprintf(group->comm, sizeof(group->comm), "%s", comm);
	group->cgroup = cgroup;
	return group;
}

static bool has_fewer_left(const struct owner *a, const struct owner *b)
{
	if (!a->fd_limit.known || !b->fd_limit.known)
		return a->fd_limit.known;
	return (double)a->fd_limit.value - (double)a->fds <
	       (double)b->fd_limit.value - (double)b->fds;
}

static void add_descriptors(struct group *group, const struct holder *holder)
{
	uint64_t ms;

	if (holder->kind != HOLDER_PROCESS || !holder->owner)
		return;
	if (!group->fullest || has_fewer_left(holder->owner, group->fullest))
		group->fullest = holder->owner;
	if (!holder_full_in(holder, &ms))
		return;
	if (!group->full_ms.known || ms < group->full_ms.value)
		group->full_ms = (struct number){ .known = true, .value = ms };
}

/**
 * groups_make() - sort holders by their names
 * @groups: what to fill in; groups_free() it, also after a failure
 * @holders: who is to close the sockets; their owners must outlive @groups
 * @rules: what makes a group
 * @fault: what went wrong
 *
 * No two groups have the same names, and each socket is in one.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status groups_make(struct groups *groups, const struct holders *holders,
			const struct group_rules *rules, struct fault *fault)
{
	*groups = (struct groups){ .n = 0 };
	groups->list = calloc(GROUPS_MAX, sizeof(*groups->list));
	if (!groups->list)
		return fault_memory(fault);
	for (size_t i = 0; i < holders->n; i++) {
		const struct holder *holder = &holders->list[i];
		char *cgroup = NULL;
		struct group *group;

		if (rules->by_cgroup && holder->owner)
			cgroup = process_cgroup(holder->owner->pid);
		/* Before it is compared: what is not the same is not to look the same. */
		if (cgroup)
			utf8_clean(cgroup);
		group = find_or_add(groups, name_of(holder, rules), cgroup);
		tally_merge(&group->tally, &holder->tally);
		add_descriptors(group, holder);
	}
	return STATUS_OK;
}

/**
 * groups_free() - give back what they hold
 * @groups: filled in or all zeroes
 */
void groups_free(struct groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		free(groups->list[i].cgroup);
	free(groups->list);
	*groups = (struct groups){ .n = 0 };
}
