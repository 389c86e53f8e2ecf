// SPDX-License-Identifier: GPL-2.0
/*
 * How a connection ended, in words.
 */
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "ending.h"

#define FIN "fin"

static const struct {
	const char *by;
	const char *text;
} ends[] = {
	{ FIN, "closed" },
	{ "reset_in", "reset by the peer" },
	{ "reset_out", "reset by us" },
	{ "timeout", "timed out" },
	{ "refused", "refused" },
};

/* Who sent the first FIN. */
static const struct {
	const char *closed;
	const char *who;
} firsts[] = {
	{ "local", "we" },
	{ "remote", "the peer" },
	{ "both", "both" },
};

/**
 * ending_is_good() - did it end as connections should?
 * @event: an EVENT_CLOSED
 *
 * Return: whether FINs ended it.
 */
bool ending_is_good(const struct event *event)
{
	const char *by = event_word(event, "by");

	return by && !strcmp(by, FIN);
}

/**
 * ending_text() - say how a connection ended
 * @text: where to
 * @event: an EVENT_CLOSED
 *
 * Return: @text, as in "closed, the peer first" or "reset by us after the peer closed".
 */
const char *ending_text(char text[ENDING_SIZE], const struct event *event)
{
	const char *closed = event_word(event, "closed");
	const char *by = event_word(event, "by");
	const char *how = by ? by : "given up";
	const char *who = NULL;

	for (size_t i = 0; by && i < ARRAY_SIZE(ends); i++)
		if (!strcmp(by, ends[i].by))
			how = ends[i].text;
	for (size_t i = 0; closed && i < ARRAY_SIZE(firsts); i++)
		if (!strcmp(closed, firsts[i].closed))
			who = firsts[i].who;
	if (!who)
		snprintf(text, ENDING_SIZE, "%s", how);
	else if (ending_is_good(event))
		snprintf(text, ENDING_SIZE, "%s, %s %s", how, who,
			 strcmp(who, "both") != 0 ? "first" : "at once");
	else
		snprintf(text, ENDING_SIZE, "%s after %s closed", how, who);
	return text;
}
