/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One look at all that is exported. Each part that can't be read is missing, and says so;
 * the rest is there.
 */
#ifndef TCPWATCH_EXPORT_SCRAPE_H
#define TCPWATCH_EXPORT_SCRAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "closewait.h"
#include "export/group.h"
#include "export/queue.h"
#include "fault.h"
#include "holder.h"
#include "listener.h"
#include "netns.h"
#include "options.h"
#include "owner.h"
#include "summary.h"

/**
 * enum collector - what is read of a namespace
 * @COLLECTOR_SUMMARY: the counters
 * @COLLECTOR_CLOSE_WAIT: the sockets in CLOSE_WAIT
 * @COLLECTOR_LISTENERS: the listening sockets
 * @COLLECTOR_NETSTAT: counters of the kernel's own
 */
enum collector {
	COLLECTOR_SUMMARY,
	COLLECTOR_CLOSE_WAIT,
	COLLECTOR_LISTENERS,
	COLLECTOR_NETSTAT,
	COLLECTORS
};

/**
 * struct scrape_ns - one namespace
 * @ns: the namespace
 * @netns: what to call it, however often its processes change; NULL if that was not asked
 * @gone: it ended meanwhile, there is nothing to say
 * @ok: by enum collector, whether that could be read
 * @summary: its counters
 * @closewait: its sockets in CLOSE_WAIT
 * @total: the same, counted
 * @listeners: its listeners
 * @queues: their accept queues
 * @overflows: connections that did not fit an accept queue
 * @drops: those, and others that a listener dropped
 * @groups: who is to close the sockets in CLOSE_WAIT
 */
struct scrape_ns {
	struct netns *ns;
	char *netns;
	bool gone;
	bool ok[COLLECTORS];
	struct summary summary;
	struct closewait closewait;
	struct tally total;
	struct listeners listeners;
	struct queues queues;
	struct number overflows;
	struct number drops;
	struct groups groups;
};

/**
 * struct scrape_rules - what is asked
 * @options: which namespaces
 * @by_cgroup: --cgroup
 */
struct scrape_rules {
	const struct options *options;
	bool by_cgroup;
};

/**
 * struct scrape - all of it
 * @list: the namespaces
 * @n: how many of them are exported
 * @omitted: how many are not, there being too many
 * @owners: the processes
 * @loaded: the module is
 * @namespaces_ok: it could be found out which namespaces there are
 * @processes_ok: likewise with processes
 * @took_ms: how long it took
 * @fault: the first thing that went wrong; its status is STATUS_OK if nothing did
 * @ones: what each namespace says, @n of them
 */
struct scrape {
	struct netns_list list;
	size_t n;
	size_t omitted;
	struct owners owners;
	bool loaded;
	bool namespaces_ok;
	bool processes_ok;
	uint64_t took_ms;
	struct fault fault;
	struct scrape_ns *ones;
};

enum status scrape_take(struct scrape *scrape, const struct scrape_rules *rules,
			struct fault *fault);
void scrape_free(struct scrape *scrape);

#endif
