// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "commands.h"
#include "saying.h"
#include "tail.h"

enum {
	EVENT = OPTION_OF_COMMAND,
	STATE,
};

enum {
	ENDS_WIDTH = 21,	/* of an IPv4 address with a port */
};

static const struct argp_option argp_options[] = {
	{ "event", EVENT, "EVENT", 0, "such as closed, zero_window", 3 },
	{ "state", STATE, "STATE", 0, "changes of state from this one, or to it", 0 },
	{ 0 },
};

static const char about[] =
	"What happens to connections, as it happens, a line each, until Ctrl-C. A\n"
	"filter that is given twice, or with commas, has alternatives; different\n"
	"filters must all hold. That events are lost is said always. What they mean:\n"
	"tcpwatch explain EVENT. Takes root.";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct tail *tail = state->input;
	struct fault fault;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = tail;
		return 0;
	case EVENT:
	case STATE:
		if (filter_add(&tail->filter, key == EVENT ? FILTER_EVENT : FILTER_STATE, arg,
			       &fault))
			options_fail(&fault, state);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': filters are options, such as --port %s", arg, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &tail_argp, 0, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.doc = about,
	.children = children,
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

static enum status show(void *arg, struct tail *tail, const struct event *event, bool *counts,
			struct fault *fault)
{
	(void)arg;
	(void)fault;
	*counts = tail_wants_event(tail, event) && wants_state(&tail->filter, event) &&
		  filter_word(&tail->filter, FILTER_EVENT, event->name);
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
	static const struct tail_use use = { .event = show };
	struct tail tail = { .options = options };
	char name[] = "tcpwatch events";

	argv[0] = name;
	options_parse(&argp, argc, argv, 0, &tail);
	return tail_run(&tail, &use, NULL);
}
