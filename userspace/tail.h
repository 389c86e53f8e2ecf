/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the subcommands share that print events as they happen: the options, the filters
 * of connections, and the way to the end.
 */
#ifndef TCPWATCH_TAIL_H
#define TCPWATCH_TAIL_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "doc.h"
#include "event.h"
#include "filter.h"
#include "moment.h"
#include "options.h"
#include "stream.h"
#include "text.h"

/* Keys of the options here are from this one on, a subcommand's own are below. */
enum { OPTION_OF_TAIL = OPTION_OF_COMMAND + 0x80 };

/**
 * struct tail - events that are printed as they happen
 * @options: as everywhere
 * @filter: the connections wanted
 * @moments: how times are written
 * @count: end after so many; 0 for no end
 * @seconds: end after so long; 0 for no end
 * @rested: all that had happened was taken when @idle was called
 * @stream: the events
 * @page: where what is said of them goes
 * @doc: the same for JSON
 *
 * The last three are there once tail_run() calls somebody.
 */
struct tail {
	struct options *options;
	struct filter filter;
	struct moments moments;
	uint64_t count;
	double seconds;
	bool rested;
	struct stream stream;
	struct page page;
	struct doc doc;
};

/*
 * The options that commands have which follow events. Their input is a struct tail, whose @options
 * are set. Those that print a line for each have how its time is written, too.
 */
extern const struct argp_child tail_children[];
extern const struct argp_child tail_line_children[];

/**
 * struct tail_use - what a subcommand does with events
 * @begin: called first, once the stream is open; NULL if there is nothing to do
 * @event: called with each event. May print it, and sets @counts, false at first, if it
 *	is one of those that --count is about
 * @idle: called when nothing more has happened for now, and now and then while events
 *	keep coming. Sets @wait_ns, -1 at first, if it is to be called again after so
 *	long, also where nothing happens. NULL as above
 *
 * Each returns STATUS_OK, or the status of @fault.
 */
struct tail_use {
	enum status (*begin)(void *arg, struct tail *tail, struct fault *fault);
	enum status (*event)(void *arg, struct tail *tail, const struct event *event,
			     bool *counts, struct fault *fault);
	enum status (*idle)(void *arg, struct tail *tail, int64_t *wait_ns, struct fault *fault);
};

bool tail_wants(const struct tail *tail, struct number id, const struct addr *local,
		const struct addr *remote);
bool tail_wants_event(const struct tail *tail, const struct event *event);
struct json_object *tail_object(struct tail *tail, const struct event *event);
void tail_lost(struct tail *tail, const struct event *event);
enum status tail_run(struct tail *tail, const struct tail_use *use, void *arg);

#endif
