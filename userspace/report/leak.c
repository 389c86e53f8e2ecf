// SPDX-License-Identifier: GPL-2.0
/*
 * Who leaves sockets in CLOSE_WAIT, which, and why.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "advice.h"
#include "array.h"
#include "holder_text.h"
#include "report/html.h"
#include "report/sections.h"
#include "text.h"

enum {
	HOLDERS_SHOWN = 20,
	SOCKETS_SHOWN = 15,
	BLOCKED_SHOWN = 10,
};

static void more_than(FILE *file, size_t n, size_t shown)
{
	if (n > shown)
		fprintf(file, "<p class=\"dim\">and %zu more</p>\n", n - shown);
}

static void end_table(FILE *file)
{
	fputs("</tbody>\n</table>\n</div>\n", file);
}

static void write_room(FILE *file, const struct holder *holder)
{
	const struct owner *owner = holder->owner;
	char text[HOLDER_TEXT];
	struct part used = { .class = "use" };
	uint64_t limit = 0;

	fputs("<td class=\"n\">", file);
	html_put(file, "%s", holder_used_text(text, holder));
	if (holder->kind == HOLDER_PROCESS) {
		used.value = owner->fds;
		limit = owner->fd_limit.value;
	} else if (holder->kind == HOLDER_LISTENER && holder->listener) {
		used.value = holder->listener->accept_queue.value;
		limit = holder->listener->backlog.value;
	}
	if (limit) {
		if (used.value > limit)
			used.value = limit;
		html_bar(file, &used, 1, limit);
	}
	fputs("</td>", file);
}

static void write_holder(const struct report *report, const struct holder *holder)
{
	const struct tally *tally = &holder->tally;
	char verdicts[TALLY_TEXT];
	char local[PEER_TEXT];
	char text[HOLDER_TEXT];
	char age[AGE_SIZE];
	FILE *file = report->file;

	fputs("<tr>", file);
	html_element(file, "th scope=\"row\"", "%s", holder_name_text(text, holder));
	html_element(file, "td class=\"n\"", "%s", holder_pid_text(text, holder));
	fprintf(file, "<td class=\"n\">%zu</td><td class=\"n%s\">%zu</td>", tally->sockets,
		tally->stuck ? " bad" : "", tally->stuck);
	html_element(file, "td class=\"n\"", "%s",
		     text_age_exact(age, tally->oldest.ms, tally->oldest.exact));
	if (holder->growth.known)
		fprintf(file, "<td class=\"n\">%.0f</td>", holder->growth.per_hour);
	else
		fputs("<td class=\"n\">unknown</td>", file);
	write_room(file, holder);
	html_element(file, "td class=\"n\"", "%s", holder_full_text(text, holder));
	fputs("<td class=\"words\">", file);
	html_put(file, "%s", tally_text(verdicts, tally));
	if (holder->kind == HOLDER_LISTENER)
		html_put(file, "; not accepted from %s",
			 peer_own_text(local, &report->peers, holder->listener ?
				       holder->listener->local_text : holder->local_text));
	fputs("</td></tr>\n", file);
}

static void write_holders(const struct report *report, const struct record *record)
{
	static const char *const heads[] = {
		"process", "#pid", "#sockets", "#stuck", "#oldest", "#more an hour",
		"#fds, or queue", "#full in", "verdicts",
	};
	const struct holders *holders = &record->look.holders;
	bool shared = false;
	bool unseen = false;

	if (!holders->n)
		return;
	html_heads(report->file, "Processes with sockets in CLOSE_WAIT", heads,
		   ARRAY_SIZE(heads));
	for (size_t i = 0; i < holders->n && i < HOLDERS_SHOWN; i++) {
		write_holder(report, &holders->list[i]);
		shared |= holders->list[i].others;
		unseen |= holders->list[i].kind == HOLDER_UNSEEN;
	}
	end_table(report->file);
	more_than(report->file, holders->n, HOLDERS_SHOWN);
	if (shared)
		html_element(report->file, "p class=\"dim\"",
			     "pid +N: N other processes have one of these sockets, too (fork).");
	if (unseen && report->saved)
		html_element(report->file, "p class=\"dim\"",
			     "A saved copy does not say which process had a socket.");
	else if (unseen && !owners_sees_all(&record->look.roster->owners))
		html_element(report->file, "p class=\"dim\"",
			     "Whoever made this report may not look into the processes of others: root may.");
}

static void write_owner(const struct report *report, const struct record *record,
			const struct waiting *waiting)
{
	size_t n;
	const struct owners *owners = &record->look.roster->owners;
	const struct owned *owned = owners_of(owners, waiting->inode, &n);
	const struct owner *owner = owned ? &owners->list[owned->owner] : NULL;

	if (owner)
		html_element(report->file, "td", "%s (%s)", owner->comm, owner->pid_text);
	else
		fputs("<td>-</td>", report->file);
}

static void write_ends(struct report *report, const struct record *record,
		       const struct waiting *waiting)
{
	const bool opened = record_opened(record, look_find(&record->look, waiting->id));
	char text[PEER_TEXT];

	html_element(report->file, "td class=\"address\"", "%s",
		     peer_own_text(text, &report->peers, waiting->local_text));
	html_element(report->file, "td class=\"address\"", "%s",
		     peer_text(text, &report->peers, waiting->remote_text, opened));
}

static void write_oldest(struct report *report, const struct record *record)
{
	static const char *const heads[] = { "#for", "verdict", "here", "peer", "process" };
	const struct closewait *closewait = &record->look.closewait;
	char age[AGE_SIZE];

	html_heads(report->file, "The oldest of these sockets", heads, ARRAY_SIZE(heads));
	for (size_t i = 0; i < closewait->n && i < SOCKETS_SHOWN; i++) {
		const struct waiting *waiting = &closewait->rows[i];

		fputs("<tr>", report->file);
		html_element(report->file, "td class=\"n\"", "%s",
			     text_age_exact(age, waiting->wait_ms, waiting->exact));
		html_element(report->file, "td", "%s", waiting->verdict_text);
		write_ends(report, record, waiting);
		write_owner(report, record, waiting);
		fputs("</tr>\n", report->file);
	}
	end_table(report->file);
	more_than(report->file, closewait->n, SOCKETS_SHOWN);
}

static void write_blocked(struct report *report, const struct record *record)
{
	static const char *const heads[] = { "#SYNs", "here", "peer", "process" };
	const struct closewait *closewait = &record->look.closewait;
	const size_t blocked = closewait_blocked(closewait);
	size_t left = BLOCKED_SHOWN;

	if (!blocked)
		return;
	html_heads(report->file,
		   "Clients that could not connect: they use the port of a socket still open here",
		   heads, ARRAY_SIZE(heads));
	for (size_t i = 0; i < closewait->n && left; i++) {
		if (!closewait->rows[i].syn_blocked)
			continue;
		left--;
		fprintf(report->file, "<tr><td class=\"n\">%" PRIu64 "</td>",
			closewait->rows[i].syn_blocked);
		write_ends(report, record, &closewait->rows[i]);
		write_owner(report, record, &closewait->rows[i]);
		fputs("</tr>\n", report->file);
	}
	end_table(report->file);
	more_than(report->file, blocked, BLOCKED_SHOWN);
}

/**
 * section_leak() - who leaves sockets in CLOSE_WAIT?
 * @report: where to
 * @record: the namespace
 */
void section_leak(struct report *report, const struct record *record)
{
	html_section(report->file, report->ns, "leak", "The leak");
	if (!record->look.closewait.n) {
		fputs("<p>No socket is in CLOSE_WAIT.</p>\n", report->file);
	} else {
		write_holders(report, record);
		write_blocked(report, record);
		write_oldest(report, record);
	}
	fputs("</section>\n", report->file);
}

static void write_cause(FILE *file, const struct tally *total, unsigned int verdict)
{
	const struct word *word = advice_for(verdict);
	const struct part part = { "use", total->verdicts[verdict] };
	const struct oldest *oldest = &total->oldest_of[verdict];
	char age[AGE_SIZE];

	fprintf(file, "<li>\n<h3>%zu %s</h3>\n", total->verdicts[verdict], tally_name(verdict));
	html_bar(file, &part, 1, total->sockets);
	fputs("\n<p>", file);
	html_put(file, "%c%s; the oldest for %s.", toupper(*word->what), word->what + 1,
		 text_age_exact(age, oldest->ms, oldest->exact));
	fputs("</p>\n", file);
	if (word->cause)
		html_element(file, "p class=\"dim\"", "Cause: %s.", word->cause);
	if (word->look && strcmp(word->look, "nothing") != 0)
		html_element(file, "p class=\"dim\"", "Look at: %s.", word->look);
	fputs("<p><b>To do:</b> ", file);
	html_put(file, "%s", word->todo);
	fputs("</p>\n</li>\n", file);
}

/* Of those that are not written yet the most frequent one; VERDICT_COUNTS if there is none. */
static unsigned int next_cause(const struct tally *total, const bool *written)
{
	unsigned int best = VERDICT_COUNTS;

	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++)
		if (!written[verdict] && total->verdicts[verdict] &&
		    (best == VERDICT_COUNTS || total->verdicts[verdict] > total->verdicts[best]))
			best = verdict;
	return best;
}

/**
 * section_causes() - why are they there, and what is to be done?
 * @report: where to
 * @record: the namespace
 */
void section_causes(struct report *report, const struct record *record)
{
	const struct tally *total = &record->look.holders.total;
	bool written[VERDICT_COUNTS] = { false };
	unsigned int verdict;

	if (!total->sockets)
		return;
	html_section(report->file, report->ns, "causes", "Causes");
	fputs("<ul class=\"cards\">\n", report->file);
	while ((verdict = next_cause(total, written)) < VERDICT_COUNTS) {
		written[verdict] = true;
		write_cause(report->file, total, verdict);
	}
	fputs("</ul>\n</section>\n", report->file);
}
