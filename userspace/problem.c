// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "problem.h"

enum {
	FAILED_LEAST = 10,	/* failed connect() calls before their share means anything */
	FAILED_SHARE = 10,	/* one in so many is a problem */
};

/**
 * problems_add() - note what is wrong
 * @problems: what is wrong already; all zeroes at first
 * @name: for programs
 * @bad: it is wrong now, not merely worth knowing
 * @format: for people, as of printf()
 */
void problems_add(struct problems *problems, const char *name, bool bad, const char *format, ...)
{
	struct problem *problem = &problems->list[problems->n];
	va_list args;

	if (problems->n == PROBLEMS_MAX)
		return;
	problems->n++;
	problem->name = name;
	problem->bad = bad;
	va_start(args, format);
	vsnprintf(problem->text, sizeof(problem->text), format, args);
	va_end(args);
}

/**
 * problems_add_connects() - note that many connect() calls fail, if they do
 * @problems: what is wrong already
 * @summary: says how many
 */
void problems_add_connects(struct problems *problems, const struct summary *summary)
{
	const uint64_t all = summary_connects(summary);
	const uint64_t failed = all - summary->opened_active;

	if (failed >= FAILED_LEAST && failed >= all / FAILED_SHARE)
		problems_add(problems, "connects_fail", false,
			     "%" PRIu64 " of %" PRIu64
			     " connect() calls failed since the module was loaded.",
			     failed, all);
}

static void find_stuck(struct problems *problems, const struct tally *tally)
{
	char age[AGE_SIZE];

	if (!tally->stuck)
		return;
	problems_add(problems, "close_wait_stuck", true,
		     "%zu socket%s stuck in CLOSE_WAIT, the oldest for %s. Whose: tcpwatch leaks",
		     tally->stuck, tally->stuck == 1 ? " is" : "s are",
		     text_age_exact(age, tally->oldest_stuck.ms, tally->oldest_stuck.exact));
}

/**
 * problems_find() - note all that is wrong in a namespace
 * @problems: what is wrong already; all zeroes at first
 * @summary: its counters
 * @tally: its sockets in CLOSE_WAIT
 */
void problems_find(struct problems *problems, const struct summary *summary,
		   const struct tally *tally)
{
	const struct summary *s = summary;

	find_stuck(problems, tally);
	if (s->illegal_transitions)
		problems_add(problems, "illegal_transitions", true,
			     "%" PRIu64
			     " change%s of state that TCP does not have: a bug of the kernel or the module.",
			     s->illegal_transitions, text_plural(s->illegal_transitions));
	if (s->untracked)
		problems_add(problems, "untracked", true,
			     "%" PRIu64
			     " socket%s not tracked (no memory, max_connections, or held by a system call all while the module was loaded): what is shown is short.",
			     s->untracked, s->untracked == 1 ? " is" : "s are");
	if (s->syn_on_close_wait)
		problems_add(problems, "syn_on_close_wait", false,
			     "%" PRIu64
			     " SYN%s met a socket still in CLOSE_WAIT since the module was loaded: such a client connects once it has reset that socket, and never where its reset is lost.",
			     s->syn_on_close_wait, text_plural(s->syn_on_close_wait));
	problems_add_connects(problems, s);
}

/**
 * problems_bad() - is something wrong now?
 * @problems: all that is noted
 *
 * Return: whether one of them is.
 */
bool problems_bad(const struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		if (problems->list[i].bad)
			return true;
	return false;
}

/**
 * problems_json() - make them a member of an object
 * @problems: all that is noted
 * @doc: the document
 * @object: the object
 */
void problems_json(const struct problems *problems, struct doc *doc, struct json_object *object)
{
	struct json_object *array = doc_array(doc);

	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *problem = &problems->list[i];
		struct json_object *member = doc_object(doc);

		doc_add_string(doc, member, "name", problem->name);
		doc_add_bool(doc, member, "bad", problem->bad);
		doc_add_string(doc, member, "text", problem->text);
		doc_append(doc, array, member);
	}
	doc_add(doc, object, "problems", array);
}

/**
 * problems_print() - a sentence for each
 * @problems: all that is noted
 * @page: where to
 */
void problems_print(const struct problems *problems, const struct page *page)
{
	for (size_t i = 0; i < problems->n; i++)
		text_wrap(page, problems->list[i].bad ? PAINT_BAD : PAINT_WARN, 0, 2,
			  problems->list[i].text);
}
