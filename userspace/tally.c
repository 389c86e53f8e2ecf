// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "tally.h"

static void add_blocked(struct tally *tally, uint64_t more)
{
	if (__builtin_add_overflow(tally->syn_blocked, more, &tally->syn_blocked))
		tally->syn_blocked = UINT64_MAX;
}

static void take_older(struct oldest *oldest, const struct oldest *other)
{
	if (other->exact && (!oldest->exact || other->ms > oldest->ms))
		*oldest = *other;
}

/**
 * tally_add() - count a socket
 * @tally: the count, all zeroes at first
 * @waiting: the socket
 * @stuck_ms: its namespace's threshold
 */
void tally_add(struct tally *tally, const struct waiting *waiting, uint64_t stuck_ms)
{
	const struct oldest age = { .ms = waiting->wait_ms, .exact = waiting->exact };
	const unsigned int verdict = waiting->verdict;

	take_older(&tally->oldest, &age);
	take_older(&tally->oldest_of[verdict], &age);
	if (waiting_is_stuck(waiting, stuck_ms)) {
		take_older(&tally->oldest_stuck, &age);
		tally->stuck++;
	}
	tally->sockets++;
	tally->verdicts[verdict]++;
	add_blocked(tally, waiting->syn_blocked);
}

/**
 * tally_merge() - count the sockets of another count
 * @tally: the count, all zeroes at first
 * @more: the other
 */
void tally_merge(struct tally *tally, const struct tally *more)
{
	take_older(&tally->oldest, &more->oldest);
	take_older(&tally->oldest_stuck, &more->oldest_stuck);
	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++) {
		take_older(&tally->oldest_of[verdict], &more->oldest_of[verdict]);
		tally->verdicts[verdict] += more->verdicts[verdict];
	}
	tally->sockets += more->sockets;
	tally->stuck += more->stuck;
	add_blocked(tally, more->syn_blocked);
}

/**
 * tally_name() - a verdict's name
 * @verdict: enum tcpw_verdict, or VERDICT_OTHER
 *
 * Return: a constant string.
 */
const char *tally_name(unsigned int verdict)
{
	return verdict < TCPW_VERDICTS ? tcpw_verdict_name(verdict) : "other";
}

/**
 * tally_text() - which verdicts, and how often
 * @text: where to
 * @tally: the count
 *
 * Return: @text.
 */
const char *tally_text(char text[TALLY_TEXT], const struct tally *tally)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS && used < TALLY_TEXT; verdict++)
		if (tally->verdicts[verdict])
			used += (size_t)snprintf(text + used, TALLY_TEXT - used, "%s%s %zu",
						 used ? ", " : "", tally_name(verdict),
						 tally->verdicts[verdict]);
	return text;
}

/**
 * tally_json() - make a count members of an object
 * @tally: the count
 * @doc: the document
 * @object: the object
 */
void tally_json(const struct tally *tally, struct doc *doc, struct json_object *object)
{
	struct json_object *verdicts = doc_object(doc);
	struct number oldest = { .known = tally->sockets != 0, .value = tally->oldest.ms };

	doc_add_u64(doc, object, "sockets", tally->sockets);
	doc_add_u64(doc, object, "stuck", tally->stuck);
	doc_add_number(doc, object, "oldest_ms", oldest);
	doc_add_string(doc, object, "oldest_exact", tally->oldest.exact);
	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++)
		doc_add_u64(doc, verdicts, tally_name(verdict), tally->verdicts[verdict]);
	doc_add(doc, object, "verdicts", verdicts);
	doc_add_u64(doc, object, "syn_blocked", tally->syn_blocked);
}
