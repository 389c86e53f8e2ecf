// SPDX-License-Identifier: GPL-2.0
/*
 * How a namespace is: in a sentence, in numbers, in all numbers.
 */
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "holder_text.h"
#include "report/html.h"
#include "report/sections.h"
#include "text.h"
#include "word.h"

static void write_sentence(FILE *file, bool bad, const char *text)
{
	fprintf(file, "<p class=\"%s\"><strong>%s</strong> ", bad ? "bad" : "warn",
		bad ? "Wrong:" : "Note:");
	html_put(file, "%s", text);
	fputs("</p>\n", file);
}

/**
 * section_verdict() - is something wrong?
 * @report: where to
 * @record: the namespace
 */
void section_verdict(struct report *report, const struct record *record)
{
	const struct look *look = &record->look;
	const struct problems *problems = &look->problems;
	const struct tally *total = &look->holders.total;
	const struct oldest *oldest = total->stuck ? &total->oldest_stuck : &total->oldest;
	const size_t blocked = closewait_blocked(&look->closewait);
	char text[HOLDERS_TEXT];
	char age[AGE_SIZE];

	fputs("<div class=\"verdict\">\n", report->file);
	holders_text(text, &look->holders, blocked, record->ns);
	if (total->stuck || blocked) {
		fputs("<p class=\"bad\"><strong>Wrong:</strong> ", report->file);
		html_put(report->file, "%s The oldest has been there for %s.", text,
			 text_age_exact(age, oldest->ms, oldest->exact));
	} else {
		fprintf(report->file, "<p class=\"%s\"><strong>%s</strong> ",
			problems_bad(problems) ? "warn" : "good",
			problems_bad(problems) ? "Note:" : "Fine:");
		html_put(report->file, "%s", text);
	}
	fputs("</p>\n", report->file);
	/* What it says of those that are stuck, and of whom to ask, is told above. */
	for (size_t i = 0; i < problems->n; i++)
		if (strcmp(problems->list[i].name, "close_wait_stuck") != 0)
			write_sentence(report->file, problems->list[i].bad,
				       problems->list[i].text);
	fputs("</div>\n", report->file);
}

static void write_state(FILE *file, const char *name, uint64_t n, bool bad)
{
	fprintf(file, "<li%s>%s <b>%" PRIu64 "</b></li>\n", bad ? " class=\"bad\"" :
		n ? "" : " class=\"none\"", name, n);
}

static void write_counts(FILE *file, const struct summary *s)
{
	char loaded[AGE_SIZE];

	fprintf(file, "<h3>Since the module was loaded %s ago</h3>\n<table class=\"facts\">\n",
		text_age(loaded, s->loaded_ms));
	fprintf(file, "<tr><th scope=\"row\">Opened</th><td>%" PRIu64 " by listeners, %" PRIu64
		" by connect(); of connect(), %" PRIu64 " were refused, %" PRIu64
		" not answered, %" PRIu64 " failed otherwise</td></tr>\n",
		s->opened_passive, s->opened_active, s->connect_refused, s->connect_timeout,
		s->connect_failed);
	fprintf(file, "<tr><th scope=\"row\">Ended</th><td>first FIN: %" PRIu64
		" ours, %" PRIu64 " the peer\u2019s, %" PRIu64 " both at once; %" PRIu64
		" reset, %" PRIu64 " timed out</td></tr>\n",
		s->closed_local_first, s->closed_remote_first, s->closed_simultaneous,
		s->closed_reset, s->closed_timeout);
	fprintf(file, "<tr><th scope=\"row\">SYN-ACK</th><td>%" PRIu64 " sent, %" PRIu64
		" of them again</td></tr>\n", s->synack_out, s->synack_retrans);
	fprintf(file, "<tr><th scope=\"row\">Windows closed</th><td>%" PRIu64
		" by the peer, %" PRIu64 " by us</td></tr>\n</table>\n", s->zero_window_in,
		s->zero_window_out);
}

/**
 * section_states() - how many are in each state, and what has happened so far
 * @report: where to
 * @record: the namespace
 */
void section_states(struct report *report, const struct record *record)
{
	const struct summary *s = &record->look.summary;
	const struct {
		const char *name;
		uint64_t n;
	} states[] = {
		{ "LISTEN", s->listen },	   { "SYN_SENT", s->syn_sent },
		{ "SYN_RECV", s->syn_recv },	   { "ESTABLISHED", s->established },
		{ "CLOSE_WAIT", s->close_wait },   { "LAST_ACK", s->last_ack },
		{ "FIN_WAIT1", s->fin_wait1 },	   { "FIN_WAIT2", s->fin_wait2 },
		{ "CLOSING", s->closing },	   { "TIME_WAIT", s->time_wait },
	};

	html_section(report->file, report->ns, "states", "State now");
	fputs("<ul class=\"states\">\n", report->file);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		write_state(report->file, states[i].name, states[i].n,
			    record->look.holders.total.stuck &&
			    !strcmp(states[i].name, "CLOSE_WAIT"));
	fputs("</ul>\n", report->file);
	write_counts(report->file, s);
	fputs("</section>\n", report->file);
}

/**
 * section_counters() - all that the module counts
 * @report: where to
 * @record: the namespace
 */
void section_counters(struct report *report, const struct record *record)
{
	static const char *const heads[] = { "line", "#value", "what it is" };
	const struct summary *summary = &record->look.summary;
	FILE *file = report->file;

	html_section(file, report->ns, "counters", "All counters");
	html_heads(file, "The file summary", heads, ARRAY_SIZE(heads));
	for (size_t i = 0; i < summary->table.n_rows; i++) {
		const char *name, *value;
		const struct word *word;

		summary_line(summary, i, &name, &value);
		word = word_find(name, NULL);
		fputs("<tr>", file);
		html_element(file, "th scope=\"row\"", "%s", name);
		html_element(file, "td class=\"n\"", "%s", value);
		html_element(file, "td class=\"words\"", "%s", word ? word->what : "");
		fputs("</tr>\n", file);
	}
	fputs("</tbody>\n</table>\n</div>\n</section>\n", file);
}
