// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "census.h"
#include "commands.h"
#include "ending.h"
#include "tail.h"

enum {
	BY = OPTION_OF_COMMAND,
	PID,
	COMM,
	NO_OWNER,
};

/**
 * struct life - the lives that are told
 * @tail: the events
 * @census: the connections that live
 */
struct life {
	struct tail tail;
	struct census census;
};

static const struct argp_option argp_options[] = {
	{ "by", BY, "HOW", 0, "fin, reset_in, reset_out, timeout, refused, or -", 3 },
	{ "pid", PID, "PID", 0, "of a process that had the socket", 0 },
	{ "comm", COMM, "NAME", 0, "of such a process; 'ngi*' works", 0 },
	{ "no-owner", NO_OWNER, NULL, 0, "do not look for the process", 5 },
	{ 0 },
};

static const char about[] =
	"A line for each connection that ends, until Ctrl-C: whose it was (- if it was\n"
	"too short to see), with whom, who opened it (-> we, <- the peer), how long it\n"
	"lasted (> at least, ~ about), bytes received and sent, segments sent again,\n"
	"who closed it and how. A filter that is given twice, or with commas, has\n"
	"alternatives; different filters must all hold. Takes root.";

static const enum filter_kind filter_kinds[] = { FILTER_BY, FILTER_PID, FILTER_COMM };

static void finish(const struct life *life, struct argp_state *state)
{
	const struct filter *filter = &life->tail.filter;

	if ((!life->census.searched || life->tail.options->from) &&
	    (filter_has(filter, FILTER_PID) || filter_has(filter, FILTER_COMM)))
		argp_error(state, "%s: no process is looked for, so --pid and --comm find none",
			   life->tail.options->from ? "--from" : "--no-owner");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct life *life = state->input;
	struct fault fault;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &life->tail;
		return 0;
	case BY:
	case PID:
	case COMM:
		if (filter_add(&life->tail.filter, filter_kinds[key - BY], arg, &fault))
			options_fail(&fault, state);
		return 0;
	case NO_OWNER:
		life->census.searched = false;
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': filters are options, such as --port %s", arg, arg);
		return 0;
	case ARGP_KEY_SUCCESS:
		finish(life, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.options = argp_options,
		.parser = parse,
		.doc = about,
		.children = tail_line_children,
	},
	.refuses = {
		STREAM_REFUSES,
	},
};

/* All but the last, which says how it ended. */
static void print_cells(const struct page *page, const char *time, const char *pid,
			const char *comm, const char *local, const char *arrow,
			const char *remote, const char *lasted, const char *in, const char *out,
			const char *again)
{
	fprintf(page->file, "%-15s %7s %-15s %21s %2s %-21s %7s %10s %10s %5s  ", time, pid, comm,
		local, arrow, remote, lasted, in, out, again);
}

static void print_head(const struct page *page)
{
	print_cells(page, "ended", "pid", "name", "local", "", "remote", "lasted", "in", "out",
		    "again");
	fputs("how\n", page->file);
}

static const char *arrow(const struct event *event)
{
	const char *opened = event_word(event, "opened");

	if (!opened)
		return "--";
	return strcmp(opened, "active") != 0 ? "<-" : "->";
}

static const char *lasted(char text[AGE_SIZE], const struct event *event, const char *exact)
{
	const struct number us = event_number(event, "age_us");

	if (!us.known)
		return "-";
	if (exact && strcmp(exact, "yes") != 0)
		return text_age_exact(text, us.value / 1000, exact);
	return text_time_us(text, us.value);
}

static const char *bytes(char text[AGE_SIZE], struct number number)
{
	return number.known ? text_bytes(text, number.value) : "-";
}

static void print_text(struct tail *tail, const struct event *event,
		       const struct resident *resident)
{
	const struct number retrans = event_number(event, "retrans");
	char time[MOMENT_SIZE], age[AGE_SIZE], in[AGE_SIZE], out[AGE_SIZE];
	char ending[ENDING_SIZE];
	char again[24] = "-";
	char pid[32] = "-";

	if (resident && resident->pid && resident->shared)
		snprintf(pid, sizeof(pid), "%d+%zu", resident->pid, resident->shared);
	else if (resident && resident->pid)
		snprintf(pid, sizeof(pid), "%d", resident->pid);
	if (retrans.known)
		snprintf(again, sizeof(again), "%" PRIu64, retrans.value);
	print_cells(&tail->page, moment_text(time, &tail->moments, event->time_ns), pid,
		    resident && resident->pid ? resident->comm : "-", event->local.text,
		    arrow(event), event->remote.text,
		    lasted(age, event, resident ? resident->exact : NULL),
		    bytes(in, event_number(event, "bytes_in")),
		    bytes(out, event_number(event, "bytes_out")), again);
	text_paint(&tail->page, ending_is_good(event) ? PAINT_NONE : PAINT_BAD, "%s",
		   ending_text(ending, event));
	fputc('\n', tail->page.file);
}

static void print_json(struct tail *tail, const struct event *event,
		       const struct resident *resident)
{
	struct json_object *object = tail_object(tail, event);
	const bool owned = resident && resident->pid;
	const struct number pid = { .known = owned, .value = owned ? (uint64_t)resident->pid : 0 };
	const struct number shared = { .known = owned, .value = owned ? resident->shared : 0 };

	doc_add_string(&tail->doc, object, "age_exact", resident ? resident->exact : NULL);
	doc_add_number(&tail->doc, object, "pid", pid);
	doc_add_string(&tail->doc, object, "comm", owned ? resident->comm : NULL);
	doc_add_number(&tail->doc, object, "shared_with", shared);
	doc_line(&tail->doc, object);
}

/* A process that is not known is not the one that is asked for. */
static bool wants_owner(const struct filter *filter, const struct resident *resident)
{
	if (!resident || !resident->pid)
		return !filter_has(filter, FILTER_PID) && !filter_has(filter, FILTER_COMM);
	return filter_pid(filter, resident->pid) &&
	       filter_word(filter, FILTER_COMM, resident->comm);
}

static bool wants_ending(const struct filter *filter, const struct event *event)
{
	return filter_word(filter, FILTER_BY, event_cell(event, "by")->text);
}

/* Returns whether it was printed. */
static bool end(struct life *life, const struct event *event)
{
	const struct resident *resident = NULL;
	struct tail *tail = &life->tail;
	bool wanted;

	if (event->id.known)
		resident = census_find(&life->census, event->id.value);
	wanted = wants_ending(&tail->filter, event) && wants_owner(&tail->filter, resident);
	if (wanted && tail->options->json)
		print_json(tail, event, resident);
	else if (wanted)
		print_text(tail, event, resident);
	if (resident)
		census_part(&life->census, event->id.value);
	return wanted;
}

static bool is_any(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/* A connection goes from one state to another, and lives on. */
static enum status go_on(struct life *life, const struct event *event, struct fault *fault)
{
	static const char *const births[] = { "CLOSE", "LISTEN" };
	static const char *const over[] = { "CLOSE", "TIME_WAIT", "LISTEN" };
	/* In others a program is about to let it go, or has. */
	static const char *const owned[] = { "SYN_SENT", "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT" };
	const char *from = event_word(event, "from");
	const char *to = event_word(event, "to");

	if (!event->id.known || is_any(to, over, ARRAY_SIZE(over)))
		return STATUS_OK;
	if (census_meet(&life->census, event->id.value, is_any(from, births, ARRAY_SIZE(births)),
			fault))
		return fault->status;
	if (is_any(to, owned, ARRAY_SIZE(owned)))
		census_seek(&life->census, event->id.value);
	return STATUS_OK;
}

static enum status take(void *arg, struct tail *tail, const struct event *event, bool *counts,
			struct fault *fault)
{
	struct life *life = arg;

	if (event->kind == EVENT_LOST) {
		tail_lost(tail, event);
		census_lost(&life->census);
		return STATUS_OK;
	}
	if (!tail_wants_event(tail, event))
		return STATUS_OK;
	if (event->kind == EVENT_STATE)
		return go_on(life, event, fault);
	if (event->kind == EVENT_CLOSED)
		*counts = end(life, event);
	return STATUS_OK;
}

static enum status idle(void *arg, struct tail *tail, int64_t *wait_ns, struct fault *fault)
{
	struct life *life = arg;

	if (tail->options->from)
		return STATUS_OK;
	return census_look(&life->census, &tail->stream.list.ns[0].source, tail->rested, wait_ns,
			   fault);
}

static bool wants(const void *arg, uint64_t id, const struct addr *local,
		  const struct addr *remote)
{
	const struct number number = { .known = true, .value = id };

	return tail_wants(arg, number, local, remote);
}

static enum status begin(void *arg, struct tail *tail, struct fault *fault)
{
	struct life *life = arg;
	enum status status = STATUS_OK;

	if (!tail->options->from)
		status = census_begin(&life->census, &tail->stream.list.ns[0].source, wants, tail,
				      fault);
	if (!status && !tail->options->json)
		print_head(&tail->page);
	return status;
}

enum status life_main(struct options *options, int argc, char **argv)
{
	static const struct tail_use use = { .begin = begin, .event = take, .idle = idle };
	struct life life = { .tail.options = options, .census.searched = true };
	char name[] = "tcpwatch life";
	enum status status;

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &life);
	status = tail_run(&life.tail, &use, &life);
	census_free(&life.census);
	return status;
}
