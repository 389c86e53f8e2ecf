// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "ending.h"
#include "saying.h"

enum { SAID_MAX = 7 };	/* keys that one saying has */

/**
 * saying_paint() - is it good or bad?
 * @event: what happened
 *
 * Return: what it is written in.
 */
enum paint saying_paint(const struct event *event)
{
	switch (event->kind) {
	case EVENT_STATE:
		return strcmp(event_word(event, "to"), "CLOSE_WAIT") != 0 ? PAINT_NONE :
									    PAINT_WARN;
	case EVENT_CLOSED:
		return ending_is_good(event) ? PAINT_NONE : PAINT_BAD;
	case EVENT_ZERO_WINDOW:
		return PAINT_WARN;
	case EVENT_WINDOW_OPEN:
		return PAINT_GOOD;
	case EVENT_SYN_BLOCKED:
	case EVENT_STUCK:
	case EVENT_LOST:
		return PAINT_BAD;
	default:
		return PAINT_NONE;
	}
}

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

	text_paint(page, saying_paint(event), "%s -> %s%s", event_word(event, "from"), to,
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

	text_paint(page, saying_paint(event), "%s", ending_text(ending, event));
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

	text_paint(page, saying_paint(event), "%s window %s%s",
		   !strcmp(dir, "in") ? "the peer's" : "our", closes ? "closed" : "opened again",
		   span(after, " after ", event_number(event, "after_us")));
}

static void say_syn_blocked(const struct page *page, const struct event *event)
{
	(void)event;
	text_paint(page, saying_paint(event),
		   "a SYN met this CLOSE_WAIT: the peer connects once it has reset it");
}

static void say_stuck(const struct page *page, const struct event *event)
{
	const struct number wait_ms = event_number(event, "wait_ms");
	char time[AGE_SIZE];

	text_paint(page, saying_paint(event), "stuck in CLOSE_WAIT");
	if (wait_ms.known)
		fprintf(page->file, " for %s", text_age(time, wait_ms.value));
}

static void say_segment(const struct page *page, const struct event *event)
{
	const char *flags = event_word(event, "flags");

	fprintf(page->file, "segment %s [%s]", event_word(event, "dir"), flags ? flags : "none");
}

static void say_lost(const struct page *page, const struct event *event)
{
	const uint64_t n = event_number(event, "n").value;

	text_paint(page, saying_paint(event),
		   "lost: %" PRIu64 " event%s, overwritten before this program could read them", n,
		   text_plural(n));
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
	[EVENT_LOST] = { say_lost, { "n" } },
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

/**
 * saying_print() - put an event into words
 * @page: where to
 * @event: what happened; no newline follows
 */
void saying_print(const struct page *page, const struct event *event)
{
	if (event->kind < ARRAY_SIZE(sayings))
		sayings[event->kind].say(page, event);
	else
		fputs(event->name, page->file);
	for (size_t i = 0; i < event->n_keys; i++)
		if (!is_said(event, event->keys[i].name))
			fprintf(page->file, " %s=%s", event->keys[i].name,
				event->keys[i].cell.text);
}
