// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <paths.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "commands.h"
#include "saying.h"
#include "tail.h"

enum {
	EVENT = OPTION_OF_COMMAND,
	STATE,
	SYSLOG,
};

enum {
	ENDS_WIDTH = 21,	/* of an IPv4 address with a port */
};

static const struct argp_option argp_options[] = {
	{ "event", EVENT, "EVENT", 0, "such as closed, zero_window", 3 },
	{ "state", STATE, "STATE", 0, "changes of state from this one, or to it", 0 },
	{ "syslog", SYSLOG, NULL, 0, "to the system's log, not to stdout", 5 },
	{ 0 },
};

static const char about[] =
	"What happens to connections, as it happens, a line each, until Ctrl-C. A\n"
	"filter that is given twice, or with commas, has alternatives; different\n"
	"filters must all hold. That events are lost is said always. What they mean:\n"
	"tcpwatch explain EVENT. Takes root.";

/**
 * struct events - the events that are told
 * @tail: as they happen
 * @syslog: they go to the system's log
 * @line: the one for it that is being written, without colours
 * @text: what @line has
 * @size: how much that is
 */
struct events {
	struct tail tail;
	bool syslog;
	struct page line;
	char *text;
	size_t size;
};

static void check_syslog(const struct options *options, struct argp_state *state)
{
	if (options->json)
		argp_error(state, "--syslog: a log has no JSON");
	if (options->from)
		argp_error(state, "--syslog: a saved copy is of another time");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct events *events = state->input;
	struct fault fault;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &events->tail;
		return 0;
	case SYSLOG:
		events->syslog = true;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (events->syslog)
			check_syslog(events->tail.options, state);
		return 0;
	case EVENT:
	case STATE:
		if (filter_add(&events->tail.filter,
			       key == EVENT ? FILTER_EVENT : FILTER_STATE, arg, &fault))
			options_fail(&fault, state);
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': filters are options, such as --port %s", arg, arg);
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

static void print_text(struct tail *tail, const struct event *event)
{
	const struct page *page = &tail->page;
	char time[MOMENT_SIZE];

	text_paint(page, PAINT_HEAD, "%s", moment_text(time, &tail->moments, event->time_ns));
	if (event->id.known)
		fprintf(page->file, " %7" PRIu64, event->id.value);
	else
		fprintf(page->file, " %7s", "-");
	fprintf(page->file, "  %-*s %-*s  ", ENDS_WIDTH, event->local.text, ENDS_WIDTH,
		event->remote.text);
	saying_print(page, event);
	fputc('\n', page->file);
}

static bool wants_state(const struct filter *filter, const struct event *event)
{
	if (!filter_has(filter, FILTER_STATE))
		return true;
	return event->kind == EVENT_STATE &&
	       (filter_word(filter, FILTER_STATE, event_word(event, "from")) ||
		filter_word(filter, FILTER_STATE, event_word(event, "to")));
}

static int priority(const struct event *event)
{
	switch (event->kind) {
	case EVENT_STUCK:
	case EVENT_SYN_BLOCKED:
	case EVENT_ZERO_WINDOW:
	case EVENT_LOST:
		return LOG_WARNING;
	default:
		return LOG_INFO;
	}
}

/* When it happened the log says itself. */
static enum status print_syslog(struct events *events, const struct event *event,
				struct fault *fault)
{
	FILE *file = events->line.file;

	rewind(file);
	if (event->kind != EVENT_LOST)
		fprintf(file, "%s local=%s remote=%s", event->name, event->local.text,
			event->remote.text);
	if (event->id.known)
		fprintf(file, " id=%" PRIu64, event->id.value);
	if (event->kind != EVENT_LOST)
		fputs(": ", file);
	saying_print(&events->line, event);
	if (fflush(file) || ferror(file))
		return fault_memory(fault);
	syslog(priority(event), "%.*s", (int)ftello(file), events->text);
	return STATUS_OK;
}

static enum status begin(void *arg, struct tail *tail, struct fault *fault)
{
	struct events *events = arg;

	(void)tail;
	if (!events->syslog)
		return STATUS_OK;
	if (access(_PATH_LOG, F_OK))
		return fault_set(fault, STATUS_FAILED,
				 "--syslog: there is no %s; does a logger run?", _PATH_LOG);
	events->line.file = open_memstream(&events->text, &events->size);
	if (!events->line.file)
		return fault_memory(fault);
	openlog("tcpwatch", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return STATUS_OK;
}

static enum status show(void *arg, struct tail *tail, const struct event *event, bool *counts,
			struct fault *fault)
{
	struct events *events = arg;

	*counts = tail_wants_event(tail, event) && wants_state(&tail->filter, event) &&
		  filter_word(&tail->filter, FILTER_EVENT, event->name);
	if (events->syslog && (*counts || event->kind == EVENT_LOST))
		return print_syslog(events, event, fault);
	if (event->kind == EVENT_LOST)
		tail_lost(tail, event);
	else if (*counts && tail->options->json)
		doc_line(&tail->doc, tail_object(tail, event));
	else if (*counts)
		print_text(tail, event);
	return STATUS_OK;
}

enum status events_main(struct options *options, int argc, char **argv)
{
	static const struct tail_use use = { .begin = begin, .event = show };
	struct events events = { .tail.options = options };
	char name[] = "tcpwatch events";
	enum status status;

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &events);
	status = tail_run(&events.tail, &use, &events);
	if (events.line.file)
		fclose(events.line.file);
	free(events.text);
	return status;
}
