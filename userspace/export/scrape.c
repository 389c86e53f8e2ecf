// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export/exposition.h"
#include "export/scrape.h"
#include "kernel.h"
#include "moment.h"
#include "netns_inside.h"
#include "utf8.h"

#define OWN "own"
#define NUMBER "net:["

enum {
	NAMESPACES_MAX = 1000,	/* each is a hundred time series */
	NS_PER_MS = 1000 * 1000,
};

/* Returns whether it went well; that memory is short is one more thing that may go wrong. */
static bool take(struct scrape *scrape, struct scrape_ns *one, enum status status,
		 const struct fault *fault)
{
	if (!status)
		return true;
	if (fault->gone && one) {
		one->gone = true;
		return false;
	}
	scrape->loaded &= status != STATUS_UNLOADED;
	if (!scrape->fault.status)
		scrape->fault = *fault;
	return false;
}

static void read_netstat(struct scrape *scrape, struct scrape_ns *one)
{
	char *netstat = netns_file(one->ns, "net/netstat");
	struct fault fault;

	one->ok[COLLECTOR_NETSTAT] = netstat;
	/* A saved copy may come without it. */
	if (!netstat && !one->ns->source.saved)
		take(scrape, one, fault_set(&fault, STATUS_FAILED, "cannot read net/netstat"),
		     &fault);
	one->overflows = kernel_counter(netstat, "ListenOverflows");
	one->drops = kernel_counter(netstat, "ListenDrops");
	free(netstat);
}

static void read_one(struct scrape *scrape, struct scrape_ns *one)
{
	const struct source *source = &one->ns->source;
	struct fault fault;

	one->ok[COLLECTOR_SUMMARY] =
		take(scrape, one, summary_read(&one->summary, source, &fault), &fault);
	if (one->ok[COLLECTOR_SUMMARY])
		summary_take_stuck(&one->summary, one->ns);
	one->ok[COLLECTOR_CLOSE_WAIT] =
		take(scrape, one, closewait_read(&one->closewait, source, &fault), &fault);
	for (size_t i = 0; i < one->closewait.n; i++)
		tally_add(&one->total, &one->closewait.rows[i], one->ns->stuck_ms);
	one->ok[COLLECTOR_LISTENERS] =
		take(scrape, one, listeners_read(&one->listeners, source, &fault), &fault) &&
		take(scrape, one, queues_take(&one->queues, &one->listeners, &fault), &fault);
	if (!one->gone)
		read_netstat(scrape, one);
}

/*
 * To find processes costs a look at every descriptor of every process. A socket that is in
 * CLOSE_WAIT for a moment, as there always are some, is not worth that.
 */
static bool are_owners_wanted(const struct scrape_ns *one)
{
	return one->closewait.n && one->closewait.rows[0].wait_ms > one->ns->stuck_ms &&
	       !one->ns->source.saved;
}

static void find_owners(struct scrape *scrape)
{
	struct fault fault;

	scrape->processes_ok = true;
	for (size_t i = 0; i < scrape->n; i++) {
		const struct scrape_ns *one = &scrape->ones[i];

		if (!one->gone && are_owners_wanted(one))
			scrape->processes_ok &=
				take(scrape, NULL,
				     holders_want(&scrape->owners, &one->closewait,
						  &one->listeners, &fault),
				     &fault);
	}
	scrape->processes_ok &=
		take(scrape, NULL, owners_search(&scrape->owners, &fault), &fault);
}

static void make_groups(struct scrape *scrape, struct scrape_ns *one, bool by_cgroup)
{
	const struct group_rules rules = {
		.asked = are_owners_wanted(one) || one->ns->source.saved,
		.by_cgroup = by_cgroup,
	};
	struct holders holders;
	struct fault fault;
	bool ok;

	ok = take(scrape, one,
		  holders_find(&holders, &one->closewait, &one->listeners, &scrape->owners,
			       one->ns->stuck_ms, true, &fault),
		  &fault) &&
	     take(scrape, one, groups_make(&one->groups, &holders, &rules, &fault), &fault);
	one->ok[COLLECTOR_CLOSE_WAIT] &= ok;
	holders_free(&holders);
}

/* Two that are called alike would make Prometheus refuse all that is said. */
static bool is_taken(const struct scrape *scrape, const char *name)
{
	if (!strcmp(name, OWN) || !strncmp(name, NUMBER, strlen(NUMBER)))
		return true;
	for (size_t i = 0; i < scrape->n; i++)
		if (scrape->ones[i].netns && !strcmp(scrape->ones[i].netns, name))
			return true;
	return false;
}

/*
 * A process is a poor name for a namespace that outlives it. An engine of containers gives
 * none, so that the number is all there is: what readlink says of /proc/PID/ns/net.
 */
static char *call(const struct scrape *scrape, const struct netns *ns)
{
	char *name;

	if (!ns->name)
		return strdup(OWN);
	if (!ns->comm && strspn(ns->name, "0123456789") != strlen(ns->name)) {
		name = strdup(ns->name);
		if (!name || !is_taken(scrape, utf8_clean(name)))
			return name;
		free(name);
	}
	return asprintf(&name, NUMBER "%" PRIu64 "]", ns->inode) < 0 ? NULL : name;
}

static enum status open_all(struct scrape *scrape, const struct scrape_rules *rules,
			    struct fault *fault)
{
	const bool named = rules->options->all_netns || rules->options->netns;
	struct netns_list *list = &scrape->list;
	enum status status = netns_open(list, rules->options, fault);

	scrape->namespaces_ok = take(scrape, NULL, status, fault);
	scrape->n = scrape->namespaces_ok ? list->n : 0;
	if (scrape->n > NAMESPACES_MAX) {
		scrape->omitted = scrape->n - NAMESPACES_MAX;
		scrape->n = NAMESPACES_MAX;
	}
	scrape->ones = calloc(scrape->n + 1, sizeof(*scrape->ones));
	if (!scrape->ones)
		return fault_memory(fault);
	for (size_t i = 0; i < scrape->n; i++)
		scrape->ones[i].ns = &list->ns[i];
	for (size_t i = 0; i < scrape->n && named; i++) {
		struct scrape_ns *one = &scrape->ones[i];

		one->netns = call(scrape, one->ns);
		if (!one->netns)
			return fault_memory(fault);
	}
	return STATUS_OK;
}

/**
 * scrape_take() - look
 * @scrape: what to fill in; scrape_free() it, also after a failure
 * @rules: at what
 * @fault: what went wrong
 *
 * What could not be read is no failure: @scrape says it.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status scrape_take(struct scrape *scrape, const struct scrape_rules *rules,
			struct fault *fault)
{
	const int64_t begin_ns = moment_now_ns();
	enum status status;

	*scrape = (struct scrape){ .loaded = true };
	status = open_all(scrape, rules, fault);
	if (status)
		return status;
	for (size_t i = 0; i < scrape->n; i++) {
		struct scrape_ns *one = &scrape->ones[i];

		if (take(scrape, one, one->ns->fault.status, &one->ns->fault))
			read_one(scrape, one);
	}
	find_owners(scrape);
	for (size_t i = 0; i < scrape->n; i++)
		if (!scrape->ones[i].gone && scrape->ones[i].ok[COLLECTOR_CLOSE_WAIT])
			make_groups(scrape, &scrape->ones[i], rules->by_cgroup);
	scrape->took_ms = (uint64_t)(moment_now_ns() - begin_ns) / NS_PER_MS;
	return STATUS_OK;
}

/**
 * scrape_free() - give back what it holds
 * @scrape: filled in or all zeroes
 */
void scrape_free(struct scrape *scrape)
{
	for (size_t i = 0; i < scrape->n && scrape->ones; i++) {
		struct scrape_ns *one = &scrape->ones[i];

		groups_free(&one->groups);
		queues_free(&one->queues);
		listeners_free(&one->listeners);
		closewait_free(&one->closewait);
		summary_free(&one->summary);
		free(one->netns);
	}
	free(scrape->ones);
	owners_free(&scrape->owners);
	netns_close(&scrape->list);
}
