// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "holder_text.h"
#include "text.h"

/**
 * holder_pid_text() - the process
 * @text: where to
 * @holder: whose
 *
 * Return: @text: its number, and how many others have one of the sockets, too; "-" if none
 * is seen.
 */
const char *holder_pid_text(char text[HOLDER_TEXT], const struct holder *holder)
{
	if (!holder->owner)
		snprintf(text, HOLDER_TEXT, "-");
	else if (holder->others)
		snprintf(text, HOLDER_TEXT, "%s+%zu", holder->owner->pid_text, holder->others);
	else
		snprintf(text, HOLDER_TEXT, "%s", holder->owner->pid_text);
	return text;
}

/**
 * holder_name_text() - the process's name, or what else it is
 * @text: where to
 * @holder: whose
 *
 * Return: @text.
 */
const char *holder_name_text(char text[HOLDER_TEXT], const struct holder *holder)
{
	if (holder->owner)
		snprintf(text, HOLDER_TEXT, "%s", holder->owner->comm);
	else if (holder->kind == HOLDER_NONE)
		snprintf(text, HOLDER_TEXT, "(no program)");
	else if (holder->kind == HOLDER_LISTENER)
		snprintf(text, HOLDER_TEXT, "(listener)");
	else if (holder->uid.known)
		snprintf(text, HOLDER_TEXT, "(uid %" PRIu64 ")", holder->uid.value);
	else
		snprintf(text, HOLDER_TEXT, "(unseen)");
	return text;
}

/**
 * holder_used_text() - what it has, of what it may have
 * @text: where to
 * @holder: a process, of which it is descriptors, or a listener: places in its accept queue
 *
 * Return: @text; "-" if that is not known.
 */
const char *holder_used_text(char text[HOLDER_TEXT], const struct holder *holder)
{
	const struct listener *listener = holder->listener;
	struct number limit = { .known = false };
	struct number used = limit;

	if (holder->kind == HOLDER_PROCESS) {
		used = (struct number){ .known = true, .value = holder->owner->fds };
		limit = holder->owner->fd_limit;
	} else if (holder->kind == HOLDER_LISTENER && listener) {
		used = listener->accept_queue;
		limit = listener->backlog;
	}
	if (used.known && limit.known)
		snprintf(text, HOLDER_TEXT, "%" PRIu64 "/%" PRIu64, used.value, limit.value);
	else if (used.known)
		snprintf(text, HOLDER_TEXT, "%" PRIu64, used.value);
	else
		snprintf(text, HOLDER_TEXT, "-");
	return text;
}

/**
 * holder_full_text() - when has it no room for another socket?
 * @text: where to
 * @holder: as of holder_full_in()
 *
 * Return: @text.
 */
const char *holder_full_text(char text[HOLDER_TEXT], const struct holder *holder)
{
	const bool still = holder->growth.known && holder->growth.per_hour <= 0;
	char age[AGE_SIZE];
	uint64_t ms;

	if (holder_full_in(holder, &ms))
		snprintf(text, HOLDER_TEXT, "%s", ms ? text_age(age, ms) : "now");
	else
		snprintf(text, HOLDER_TEXT, "%s", still ? "no growth" : "unknown");
	return text;
}

/**
 * holders_text() - is it a leak?
 * @text: where to
 * @holders: whoever is to close the sockets of a namespace
 * @blocked: as of closewait_blocked()
 * @ns: the namespace
 *
 * Return: @text, a sentence.
 */
const char *holders_text(char text[HOLDERS_TEXT], const struct holders *holders, size_t blocked,
			 const struct netns *ns)
{
	const struct tally *total = &holders->total;
	char age[AGE_SIZE];

	text_age(age, ns->stuck_ms);
	if (blocked && !total->stuck)
		snprintf(text, HOLDERS_TEXT,
			 "%zu client%s can't connect because of a socket in CLOSE_WAIT here, though none is stuck there for longer than %s.",
			 blocked, text_plural(blocked), age);
	else if (!total->sockets)
		snprintf(text, HOLDERS_TEXT, "Nothing leaks: no socket is in CLOSE_WAIT.");
	else if (!total->stuck)
		snprintf(text, HOLDERS_TEXT,
			 "Nothing leaks: of %zu socket%s in CLOSE_WAIT none is stuck there for longer than %s.",
			 total->sockets, text_plural(total->sockets), age);
	else
		snprintf(text, HOLDERS_TEXT,
			 "%zu of %zu socket%s in CLOSE_WAIT %s stuck there for longer than %s%s.",
			 total->stuck, total->sockets, text_plural(total->sockets),
			 total->stuck == 1 ? "is" : "are", age,
			 ns->stuck_known ? "" : " (the module's default)");
	return text;
}
