// SPDX-License-Identifier: GPL-2.0
/*
 * What is exported, metric by metric, and how it is called. The names are kept for good, as
 * dashboards and alerts know them.
 */
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "export/metrics.h"
#include "version.h"

#define SECONDS "seconds"

static const char *const collector_names[COLLECTORS] = {
	[COLLECTOR_SUMMARY] = "summary",
	[COLLECTOR_CLOSE_WAIT] = "close_wait",
	[COLLECTOR_LISTENERS] = "listeners",
	[COLLECTOR_NETSTAT] = "netstat",
};

/* ---- samples */

/**
 * metrics_sample() - begin a sample of a namespace: more labels and the value follow
 * @exposition: where to
 * @part: as of exposition_sample()
 * @one: the namespace
 */
void metrics_sample(struct exposition *exposition, const char *part, const struct scrape_ns *one)
{
	exposition_sample(exposition, part);
	if (one->netns)
		exposition_label(exposition, "netns", one->netns);
}

static void begin_group(struct exposition *exposition, const struct scrape_ns *one,
			const struct group *group)
{
	metrics_sample(exposition, "", one);
	exposition_label(exposition, "comm", group->comm);
	if (group->cgroup)
		exposition_label(exposition, "cgroup", group->cgroup);
}

/* ---- metrics of every namespace: each writes the samples of one */

static void write_up(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < COLLECTORS; i++) {
		metrics_sample(exposition, "", one);
		exposition_label(exposition, "collector", collector_names[i]);
		exposition_u64(exposition, one->ok[i]);
	}
}

static void write_sockets(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		const struct group *group = &one->groups.list[i];

		for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++) {
			if (!group->tally.verdicts[verdict])
				continue;
			begin_group(exposition, one, group);
			exposition_label(exposition, "verdict", tally_name(verdict));
			exposition_u64(exposition, group->tally.verdicts[verdict]);
		}
	}
}

static void write_stuck(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		begin_group(exposition, one, &one->groups.list[i]);
		exposition_u64(exposition, one->groups.list[i].tally.stuck);
	}
}

static void write_oldest(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		begin_group(exposition, one, &one->groups.list[i]);
		exposition_ms(exposition, one->groups.list[i].tally.oldest.ms);
	}
}

static void write_blocking(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		if (!one->groups.list[i].tally.syn_blocked)
			continue;
		begin_group(exposition, one, &one->groups.list[i]);
		exposition_u64(exposition, one->groups.list[i].tally.syn_blocked);
	}
}

static void write_ages(struct exposition *exposition, const struct scrape_ns *one)
{
	const bool openmetrics = exposition->form == FORM_OPENMETRICS;
	static const struct {
		uint64_t ms;
		const char *le;
	} bounds[] = {
		{ 1000, "1.0" },	{ 10000, "10.0" },	 { 60000, "60.0" },
		{ 300000, "300.0" },	{ 1800000, "1800.0" },	 { 3600000, "3600.0" },
		{ 21600000, "21600.0" }, { 86400000, "86400.0" }, { UINT64_MAX, "+Inf" },
	};
	const struct closewait *closewait = &one->closewait;
	size_t young = closewait->n;
	uint64_t sum_ms = 0;

	if (!one->ok[COLLECTOR_CLOSE_WAIT])
		return;
	/* The oldest stands first. */
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		size_t n;

		while (young && closewait->rows[young - 1].wait_ms <= bounds[i].ms)
			young--;
		n = closewait->n - young;
		metrics_sample(exposition, "_bucket", one);
		exposition_label(exposition, "le", bounds[i].le);
		exposition_u64(exposition, n);
	}
	for (size_t i = 0; i < closewait->n; i++)
		if (__builtin_add_overflow(sum_ms, closewait->rows[i].wait_ms, &sum_ms))
			sum_ms = UINT64_MAX;
	metrics_sample(exposition, openmetrics ? "_gsum" : "_sum", one);
	exposition_ms(exposition, sum_ms);
	metrics_sample(exposition, openmetrics ? "_gcount" : "_count", one);
	exposition_u64(exposition, closewait->n);
}

static void write_fds(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		const struct owner *owner = one->groups.list[i].fullest;

		if (!owner)
			continue;
		begin_group(exposition, one, &one->groups.list[i]);
		exposition_u64(exposition, owner->fds);
	}
}

static void write_max_fds(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		const struct owner *owner = one->groups.list[i].fullest;

		if (!owner || !owner->fd_limit.known)
			continue;
		begin_group(exposition, one, &one->groups.list[i]);
		exposition_u64(exposition, owner->fd_limit.value);
	}
}

static void write_full(struct exposition *exposition, const struct scrape_ns *one)
{
	for (size_t i = 0; i < one->groups.n; i++) {
		const struct number full_ms = one->groups.list[i].full_ms;

		if (!full_ms.known)
			continue;
		begin_group(exposition, one, &one->groups.list[i]);
		exposition_ms(exposition, full_ms.value);
	}
}

static void write_queue(struct exposition *exposition, const struct scrape_ns *one, bool limit)
{
	for (size_t i = 0; i < one->queues.n; i++) {
		const struct queue *queue = &one->queues.list[i];
		char port[8] = "other";

		if (!queue->other)
			snprintf(port, sizeof(port), "%u", queue->port);
		metrics_sample(exposition, "", one);
		exposition_label(exposition, "port", port);
		exposition_u64(exposition, limit ? queue->limit : queue->waiting);
	}
}

static void write_queued(struct exposition *exposition, const struct scrape_ns *one)
{
	write_queue(exposition, one, false);
}

static void write_backlog(struct exposition *exposition, const struct scrape_ns *one)
{
	write_queue(exposition, one, true);
}

static void write_overflows(struct exposition *exposition, const struct scrape_ns *one)
{
	if (!one->overflows.known)
		return;
	metrics_sample(exposition, "", one);
	exposition_u64(exposition, one->overflows.value);
}

static void write_drops(struct exposition *exposition, const struct scrape_ns *one)
{
	if (!one->drops.known)
		return;
	metrics_sample(exposition, "", one);
	exposition_u64(exposition, one->drops.value);
}

static const struct {
	struct family family;
	void (*write)(struct exposition *exposition, const struct scrape_ns *one);
} of_namespace[] = {
	{ { "tcpwatch_collector_success", FAMILY_GAUGE, NULL,
	    "Whether each part could be read: where it is 0, that part is missing." },
	  write_up },
	{ { "tcpwatch_close_wait_sockets", FAMILY_GAUGE, NULL,
	    "Sockets in CLOSE_WAIT, why, and who is to close them, if one is there for long." },
	  write_sockets },
	{ { "tcpwatch_close_wait_stuck_sockets", FAMILY_GAUGE, NULL,
	    "Those that are there for too long, and not because they still send." },
	  write_stuck },
	{ { "tcpwatch_close_wait_oldest_seconds", FAMILY_GAUGE, SECONDS,
	    "How long the oldest of them has been there." },
	  write_oldest },
	{ { "tcpwatch_close_wait_blocked_syns", FAMILY_GAUGE, NULL,
	    "SYNs that those which are there now have swallowed." },
	  write_blocking },
	{ { "tcpwatch_close_wait_age_seconds", FAMILY_AGES, SECONDS,
	    "Sockets in CLOSE_WAIT now, by how long they have been there." },
	  write_ages },
	{ { "tcpwatch_process_open_fds", FAMILY_GAUGE, NULL,
	    "Descriptors of a process with such sockets: of that name, with the fewest left." },
	  write_fds },
	{ { "tcpwatch_process_max_fds", FAMILY_GAUGE, NULL,
	    "How many descriptors that process may have." },
	  write_max_fds },
	{ { "tcpwatch_process_fds_exhausted_in_seconds", FAMILY_GAUGE, SECONDS,
	    "When it has none left, its sockets in CLOSE_WAIT growing as they do now." },
	  write_full },
	{ { "tcpwatch_accept_queue_connections", FAMILY_GAUGE, NULL,
	    "Connections that wait for accept(), in the fullest queue of each port." },
	  write_queued },
	{ { "tcpwatch_accept_queue_max_connections", FAMILY_GAUGE, NULL,
	    "How many may wait in that queue; one more, and it is full." },
	  write_backlog },
	{ { "tcpwatch_accept_queue_overflows", FAMILY_COUNTER, NULL,
	    "Times a connection did not fit an accept queue (the kernel's ListenOverflows)." },
	  write_overflows },
	{ { "tcpwatch_listen_drops", FAMILY_COUNTER, NULL,
	    "SYNs and ACKs that listeners dropped (the kernel's ListenDrops)." },
	  write_drops },
};

/* ---- metrics of the whole */

static void write_value(struct exposition *exposition, const struct family *family,
			uint64_t value)
{
	exposition_family(exposition, family);
	exposition_sample(exposition, "");
	exposition_u64(exposition, value);
}

static void write_versions(struct exposition *exposition, const struct scrape *scrape)
{
	static const struct family module = { "tcpwatch_module", FAMILY_INFO, NULL,
					      "The module that is loaded." };
	static const struct family build = { "tcpwatch_exporter_build", FAMILY_INFO, NULL,
					     "This program." };
	const struct scrape_ns *one = scrape->n ? &scrape->ones[0] : NULL;

	exposition_family(exposition, &build);
	exposition_sample(exposition, "");
	exposition_label(exposition, "version", TCPWATCH_VERSION);
	exposition_u64(exposition, 1);
	exposition_family(exposition, &module);
	if (!one || !one->ok[COLLECTOR_SUMMARY])
		return;
	exposition_sample(exposition, "");
	exposition_label(exposition, "version", one->summary.version);
	exposition_u64(exposition, 1);
}

static void write_whole(struct exposition *exposition, const struct scrape *scrape)
{
	static const struct family loaded = {
		"tcpwatch_module_loaded", FAMILY_GAUGE, NULL,
		"Whether the module is loaded; if not, most of the rest is missing."
	};
	static const struct family ok = {
		"tcpwatch_scrape_success", FAMILY_GAUGE, NULL,
		"Whether everything could be read."
	};
	static const struct family took = {
		"tcpwatch_scrape_duration_seconds", FAMILY_GAUGE, SECONDS,
		"How long it took to read it."
	};
	static const struct family processes = {
		"tcpwatch_scrape_hidden_processes", FAMILY_GAUGE, NULL,
		"Processes whose descriptors this program may not see."
	};
	static const struct family omitted = {
		"tcpwatch_scrape_omitted_namespaces", FAMILY_GAUGE, NULL,
		"Network namespaces left out, there being too many."
	};

	write_value(exposition, &loaded, scrape->loaded);
	write_value(exposition, &ok, !scrape->fault.status);
	exposition_family(exposition, &took);
	exposition_sample(exposition, "");
	exposition_ms(exposition, scrape->took_ms);
	write_value(exposition, &processes, scrape->owners.hidden);
	write_value(exposition, &omitted, scrape->omitted);
	write_versions(exposition, scrape);
}

/**
 * metrics_write() - write all metrics
 * @exposition: where to, and how
 * @scrape: what they say
 */
void metrics_write(struct exposition *exposition, const struct scrape *scrape)
{
	write_whole(exposition, scrape);
	metrics_write_lines(exposition, scrape);
	for (size_t i = 0; i < ARRAY_SIZE(of_namespace); i++) {
		exposition_family(exposition, &of_namespace[i].family);
		for (size_t j = 0; j < scrape->n; j++)
			if (!scrape->ones[j].gone)
				of_namespace[i].write(exposition, &scrape->ones[j]);
	}
	exposition_end(exposition);
}
