// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "commands.h"
#include "ending.h"
#include "tail.h"

enum {
	EVENT = OPTION_OF_COMMAND,
	STATE,
};

enum {
	SAID_MAX = 7,
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
			tail_fail(&fault, state);
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

/* " after 3.2s"; nothing if that is not known. */
static const char *span(char text[AGE_SIZE + 16], const char *before, struct number us)
{
	char time[AGE_SIZE];

	if (us.known)
		snprintf(text, AGE_SIZE + 16, "%s%s", before, text_time_us(time, us.value));
	else
		*text = '\0';
	return text;
}

static void say_state(const struct page *page, const struct event *event)
{
	const char *to = event_word(event, "to");
	char after[AGE_SIZE + 16];

	text_paint(page, strcmp(to, "CLOSE_WAIT") != 0 ? PAINT_NONE : PAINT_WARN, "%s -> %s%s",
		   event_word(event, "from"), to,
		   span(after, " after ", event_number(event, "after_us")));
}

/* "opened by us 3.2s ago, in 1 B, out 5 KiB" */
static void say_closed(const struct page *page, const struct event *event)
{
	const struct number in = event_number(event, "bytes_in");
	const struct number out = event_number(event, "bytes_out");
	const struct number again = event_number(event, "retrans");
	const char *opened = event_word(event, "opened");
	char ending[ENDING_SIZE];
	char age[AGE_SIZE + 16];
	char bytes[AGE_SIZE];

	text_paint(page, ending_is_good(event) ? PAINT_NONE : PAINT_BAD, "%s",
		   ending_text(ending, event));
	if (opened)
		fprintf(page->file, "; opened by %s",
			strcmp(opened, "active") != 0 ? "the peer" : "us");
	else
		fputs("; opened", page->file);
	if (*span(age, " ", event_number(event, "age_us")))
		fprintf(page->file, "%s ago", age);
	else
		fputs(" at an unknown time", page->file);
	if (in.known)
		fprintf(page->file, ", in %s", text_bytes(bytes, in.value));
	if (out.known)
		fprintf(page->file, ", out %s", text_bytes(bytes, out.value));
	if (again.known && again.value)
		fprintf(page->file, ", %" PRIu64 " sent again", again.value);
}

static void say_window(const struct page *page, const struct event *event)
{
	const bool closes = event->kind == EVENT_ZERO_WINDOW;
	const char *dir = event_word(event, "dir");
	char after[AGE_SIZE + 16];

	text_paint(page, closes ? PAINT_WARN : PAINT_GOOD, "%s window %s%s",
		   !strcmp(dir, "in") ? "the peer's" : "our", closes ? "closed" : "opened again",
		   span(after, " after ", event_number(event, "after_us")));
}

static void say_syn_blocked(const struct page *page, const struct event *event)
{
	(void)event;
	text_paint(page, PAINT_BAD, "a SYN met this CLOSE_WAIT: the peer cannot connect");
}

static void say_stuck(const struct page *page, const struct event *event)
{
	const struct number wait_ms = event_number(event, "wait_ms");
	char time[AGE_SIZE];

	text_paint(page, PAINT_BAD, "stuck in CLOSE_WAIT");
	if (wait_ms.known)
		fprintf(page->file, " for %s", text_age(time, wait_ms.value));
}

static void say_segment(const struct page *page, const struct event *event)
{
	const char *flags = event_word(event, "flags");

	fprintf(page->file, "segment %s [%s]", event_word(event, "dir"), flags ? flags : "none");
}

/* How an event is said, and what of its keys is in that; the others follow as they are. */
static const struct {
	void (*say)(const struct page *page, const struct event *event);
	const char *keys[SAID_MAX + 1];
} sayings[] = {
	[EVENT_STATE] = { say_state, { "from", "to", "after_us" } },
	[EVENT_CLOSED] = { say_closed,
			   { "age_us", "opened", "closed", "by", "retrans", "bytes_in",
			     "bytes_out" } },
	[EVENT_ZERO_WINDOW] = { say_window, { "dir", "after_us" } },
	[EVENT_WINDOW_OPEN] = { say_window, { "dir", "after_us" } },
	[EVENT_SYN_BLOCKED] = { say_syn_blocked, { NULL } },
	[EVENT_STUCK] = { say_stuck, { "wait_ms" } },
	[EVENT_SEGMENT] = { say_segment, { "dir", "flags" } },
};

static bool is_said(const struct event *event, const char *key)
{
	if (event->kind >= ARRAY_SIZE(sayings))
		return false;
	for (const char *const *said = sayings[event->kind].keys; *said; said++)
		if (!strcmp(*said, key))
			return true;
	return false;
}

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
	if (event->kind < ARRAY_SIZE(sayings))
		sayings[event->kind].say(page, event);
	else
		fputs(event->name, page->file);
	for (size_t i = 0; i < event->n_keys; i++)
		if (!is_said(event, event->keys[i].name))
			fprintf(page->file, " %s=%s", event->keys[i].name,
				event->keys[i].cell.text);
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
