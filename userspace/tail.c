// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "outlet.h"
#include "saying.h"
#include "tail.h"

enum {
	LOCAL = OPTION_OF_TAIL,
	REMOTE,
	PORT,
	ID,
	TIME,
	COUNT,
	FOR,
};

enum {
	BATCH = 256,			/* events between two looks for signals */
	WRITE_SIZE = 1 << 15,		/* bytes that are written as soon as they are there */
	NS_PER_S = 1000 * 1000 * 1000,
};

static const double seconds_max = 1e9;

static const struct argp_option argp_options[] = {
	{ "local", LOCAL, "ADDR", 0, "ADDR, ADDR/LEN, ADDR:PORT, [IPv6]:PORT or :PORT", 4 },
	{ "remote", REMOTE, "ADDR", 0, "the peer's end, written likewise", 0 },
	{ "port", PORT, "PORT", 0, "at either end", 0 },
	{ "id", ID, "ID", 0, "the socket's; as ss -e has it: sk:1a", 0 },
	{ "count", COUNT, "N", 0, "end after so many", 5 },
	{ "for", FOR, "SECONDS", 0, "end after so long", 0 },
	{ 0 },
};

static const struct argp_option line_options[] = {
	{ "time", TIME, "HOW", 0, "clock, date (with the date), boot (s since)", 5 },
	{ 0 },
};

static const enum filter_kind filter_kinds[] = {
	FILTER_LOCAL,
	FILTER_REMOTE,
	FILTER_PORT,
	FILTER_ID,
};

static void take_time(struct tail *tail, const char *text, struct argp_state *state)
{
	static const char *const names[] = {
		[MOMENT_CLOCK] = "clock",
		[MOMENT_DATE] = "date",
		[MOMENT_BOOT] = "boot",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(text, names[i])) {
			tail->moments.kind = (enum moment_kind)i;
			return;
		}
	}
	argp_error(state, "--time %.64s: a time is written as clock, date or boot", text);
}

static void take_count(struct tail *tail, const char *text, struct argp_state *state)
{
	struct number number;

	if (!number_parse(text, &number) || !number.known || !number.value)
		argp_error(state, "--count %.64s: N is a number above 0", text);
	tail->count = number.value;
}

static void take_seconds(struct tail *tail, const char *text, struct argp_state *state)
{
	char *end;

	tail->seconds = strtod(text, &end);
	if (end == text || *end || !isfinite(tail->seconds) || tail->seconds <= 0 ||
	    tail->seconds > seconds_max)
		argp_error(state, "--for %.64s: SECONDS is a number above 0, such as 0.5", text);
}

static void finish(struct tail *tail, struct argp_state *state)
{
	const struct options *options = tail->options;

	if (!options->from)
		return;
	if (tail->seconds > 0)
		argp_error(state, "--for: a saved copy ends by itself");
	tail->moments.foreign = true;
	tail->moments.kind = MOMENT_BOOT;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct tail *tail = state->input;
	struct fault fault;

	switch (key) {
	case LOCAL:
	case REMOTE:
	case PORT:
	case ID:
		if (filter_add(&tail->filter, filter_kinds[key - LOCAL], arg, &fault))
			options_fail(&fault, state);
		return 0;
	case COUNT:
		take_count(tail, arg, state);
		return 0;
	case FOR:
		take_seconds(tail, arg, state);
		return 0;
	case ARGP_KEY_SUCCESS:
		finish(tail, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
};

const struct argp_child tail_children[] = { { &argp, 0, NULL, 0 }, { 0 } };

static error_t parse_line(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case TIME:
		take_time(state->input, arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp line_argp = {
	.options = line_options,
	.parser = parse_line,
	.children = tail_children,
};

const struct argp_child tail_line_children[] = { { &line_argp, 0, NULL, 0 }, { 0 } };

/**
 * tail_wants() - is this connection what is wanted?
 * @tail: has the filter
 * @id: its cookie
 * @local: its own end
 * @remote: the peer's end
 *
 * Return: whether its addresses and its id are.
 */
bool tail_wants(const struct tail *tail, struct number id, const struct addr *local,
		const struct addr *remote)
{
	const struct filter *filter = &tail->filter;

	return filter_id(filter, id) && filter_addr(filter, FILTER_LOCAL, local) &&
	       filter_addr(filter, FILTER_REMOTE, remote) && filter_port(filter, local, remote);
}

/**
 * tail_wants_event() - is the connection that something happened to what is wanted?
 * @tail: has the filter
 * @event: what happened
 *
 * Return: whether it is. An event without addresses is not if these are looked at.
 */
bool tail_wants_event(const struct tail *tail, const struct event *event)
{
	const struct filter *filter = &tail->filter;

	if (event->has_ends)
		return tail_wants(tail, event->id, &event->local.addr, &event->remote.addr);
	return filter_id(filter, event->id) && !filter_has(filter, FILTER_LOCAL) &&
	       !filter_has(filter, FILTER_REMOTE) && !filter_has(filter, FILTER_PORT);
}

/**
 * tail_object() - make an object of an event, with everything that it says
 * @tail: says how times are written
 * @event: the event
 *
 * Return: the object, or NULL, which all functions of doc.h take.
 */
struct json_object *tail_object(struct tail *tail, const struct event *event)
{
	struct json_object *object = doc_object(&tail->doc);

	doc_add_u64(&tail->doc, object, "time_ns", event->time_ns);
	doc_add_number(&tail->doc, object, "time_ms", moment_ms(&tail->moments, event->time_ns));
	doc_add_string(&tail->doc, object, "event", event->name);
	doc_add_number(&tail->doc, object, "id", event->id);
	cell_json(&event->local, &tail->doc, object, "local");
	cell_json(&event->remote, &tail->doc, object, "remote");
	for (size_t i = 0; i < event->n_keys; i++)
		cell_json(&event->keys[i].cell, &tail->doc, object, event->keys[i].name);
	return object;
}

/**
 * tail_lost() - print that events are lost
 * @tail: where to
 * @event: the event that says so
 */
void tail_lost(struct tail *tail, const struct event *event)
{
	char time[MOMENT_SIZE];

	if (tail->options->json) {
		doc_line(&tail->doc, tail_object(tail, event));
		return;
	}
	text_paint(&tail->page, saying_paint(event), "%s  ",
		   moment_text(time, &tail->moments, event->time_ns));
	saying_print(&tail->page, event);
	fputc('\n', tail->page.file);
}

/**
 * struct run - a tail that runs
 * @tail: it
 * @use: what is done with events
 * @arg: for @use
 * @outlet: stdout
 * @text: what has not been written to it yet
 * @size: bytes of @text
 * @until_ns: CLOCK_BOOTTIME, when it is over; 0 if never
 * @counted: how many of --count there have been
 * @unseen: events since signals were looked for
 * @ended: it is over
 */
struct run {
	struct tail *tail;
	const struct tail_use *use;
	void *arg;
	struct outlet outlet;
	char *text;
	size_t size;
	int64_t until_ns;
	uint64_t counted;
	unsigned int unseen;
	bool ended;
};

/* That nobody reads any more is an end like any other. */
static enum status flush(struct run *run, struct fault *fault)
{
	FILE *file = run->tail->page.file;

	/* A stream into memory fails for one reason. */
	if (fflush(file) || ferror(file) || run->tail->doc.failed)
		return fault_memory(fault);
	if (!outlet_put(&run->outlet, run->text, (size_t)ftello(file))) {
		run->ended = true;
		if (errno != EPIPE)
			return fault_set(fault, STATUS_FAILED, "cannot write the answer: %s",
					 strerror(errno));
	}
	rewind(file);
	return STATUS_OK;
}

static void wait_for(struct run *run, int input, int64_t wait_ns)
{
	if (outlet_wait(&run->outlet, input, wait_ns) == OUTLET_ENDED)
		run->ended = true;
	run->unseen = 0;
	moments_sync(&run->tail->moments);
}

static enum status take(struct run *run, const struct event *event, struct fault *fault)
{
	struct tail *tail = run->tail;
	enum status status = STATUS_OK;
	int64_t wait_ns = -1;
	bool counts = false;

	if (run->until_ns && event->time_ns >= (uint64_t)run->until_ns) {
		run->ended = true;
		return STATUS_OK;
	}
	status = run->use->event(run->arg, tail, event, &counts, fault);
	run->counted += counts;
	if (tail->count && run->counted >= tail->count)
		run->ended = true;
	if (!status && ftello(tail->page.file) >= WRITE_SIZE)
		status = flush(run, fault);
	if (status || ++run->unseen < BATCH)
		return status;
	wait_for(run, -1, 0);
	tail->rested = false;
	return run->use->idle ? run->use->idle(run->arg, tail, &wait_ns, fault) : STATUS_OK;
}

/* All that has happened is taken: is there still time, and what to do meanwhile? */
static enum status rest(struct run *run, struct fault *fault)
{
	enum status status = flush(run, fault);
	int64_t wait_ns = -1;
	int64_t left_ns;

	run->tail->rested = true;
	if (!status && run->use->idle && !run->ended)
		status = run->use->idle(run->arg, run->tail, &wait_ns, fault);
	if (status || run->ended)
		return status;
	if (run->until_ns) {
		left_ns = run->until_ns - moment_now_ns();
		if (left_ns <= 0) {
			run->ended = true;
			return STATUS_OK;
		}
		if (wait_ns < 0 || left_ns < wait_ns)
			wait_ns = left_ns;
	}
	wait_for(run, run->tail->stream.fd, wait_ns);
	return STATUS_OK;
}

static enum status go_on(struct run *run, struct fault *fault)
{
	struct event event;
	enum stream_more more;
	enum status status = stream_next(&run->tail->stream, &event, &more, fault);

	if (status)
		return status;
	switch (more) {
	case STREAM_EVENT:
		return take(run, &event, fault);
	case STREAM_WAIT:
		return rest(run, fault);
	default:
		run->ended = true;
		return stream_end(&run->tail->stream, fault);
	}
}

static enum status run_all(struct run *run, struct fault *fault)
{
	struct tail *tail = run->tail;
	enum status status = stream_open(&tail->stream, tail->options, fault);
	struct fault flush_fault;

	if (status)
		return status;
	tail->page.file = open_memstream(&run->text, &run->size);
	if (!tail->page.file)
		return fault_memory(fault);
	tail->doc = (struct doc){ .file = tail->page.file };
	if (!tail->moments.foreign)
		moments_sync(&tail->moments);
	if (tail->seconds > 0)
		run->until_ns = moment_now_ns() + (int64_t)(tail->seconds * NS_PER_S);
	if (run->use->begin)
		status = run->use->begin(run->arg, tail, fault);
	while (!status && !run->ended)
		status = go_on(run, fault);
	/* What came before a bad end is true all the same. */
	if (flush(run, &flush_fault) && !status) {
		*fault = flush_fault;
		status = fault->status;
	}
	return status;
}

/**
 * tail_run() - print events as they happen
 * @tail: what is wanted, of tail_children
 * @use: what is done with them
 * @arg: for @use
 *
 * Ends when --count or --for say so, when a signal asks for it, when nobody reads what
 * is printed, or when there are no more events. Tells the user what went wrong, if
 * something did.
 *
 * Return: the program's exit status.
 */
enum status tail_run(struct tail *tail, const struct tail_use *use, void *arg)
{
	struct run run = { .tail = tail, .use = use, .arg = arg };
	struct fault fault;
	enum status status;

	outlet_open(&run.outlet);
	outlet_catch(&run.outlet);
	tail->page = (struct page){ .color = outlet_color(&run.outlet, tail->options) };
	status = run_all(&run, &fault);
	if (status)
		fault_print(&fault);
	if (tail->page.file)
		fclose(tail->page.file);
	free(run.text);
	stream_close(&tail->stream);
	filter_free(&tail->filter);
	return status;
}
