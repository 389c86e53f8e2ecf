// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "array.h"
#include "commands.h"
#include "doc.h"
#include "problem.h"
#include "summary.h"
#include "tally.h"
#include "text.h"
#include "watch.h"
#include "windows.h"

enum {
	CAUSES_TOLD = 4,	/* as many causes are told with what to do */
};

/**
 * struct overview - how one namespace is
 * @ns: the namespace
 * @summary: its counters
 * @closewait: its sockets in CLOSE_WAIT
 * @tally: the same, counted
 * @windows: closed windows now
 * @problems: what is wrong, the worst first
 */
struct overview {
	struct netns *ns;
	struct summary summary;
	struct closewait closewait;
	struct tally tally;
	struct windows windows;
	struct problems problems;
};

/**
 * struct overviews - how all namespaces are that were asked for
 * @list: the namespaces
 * @overview: how each of them is
 */
struct overviews {
	struct netns_list list;
	struct overview *overview;
};

static enum status read_overview(struct overview *overview, struct fault *fault)
{
	struct netns *ns = overview->ns;
	enum status status = summary_read(&overview->summary, &ns->source, fault);

	if (!status)
		status = closewait_read(&overview->closewait, &ns->source, fault);
	if (!status)
		status = windows_read(&overview->windows, &ns->source,
				      overview->summary.connections, fault);
	if (status)
		return status;
	summary_take_stuck(&overview->summary, ns);
	for (size_t i = 0; i < overview->closewait.n; i++)
		tally_add(&overview->tally, &overview->closewait.rows[i], ns->stuck_ms);
	problems_find(&overview->problems, &overview->summary, &overview->tally);
	return STATUS_OK;
}

static void add_summary(const struct summary *summary, struct doc *doc,
			struct json_object *object)
{
	struct json_object *member = doc_object(doc);

	for (size_t i = 0; i < summary->table.n_rows; i++) {
		const char *name, *value;
		struct number number;

		summary_line(summary, i, &name, &value);
		if (strcmp(name, "version") != 0 && number_parse(value, &number))
			doc_add_number(doc, member, name, number);
		else
			doc_add_string(doc, member, name, value);
	}
	doc_add(doc, object, "summary", member);
}

static void print_json_overview(const struct overview *overview, struct doc *doc)
{
	const struct netns *ns = overview->ns;
	const struct number stuck_ms = { .known = ns->stuck_known, .value = ns->stuck_ms };
	struct json_object *object = doc_netns(doc, ns);
	struct json_object *member;

	if (ns->fault.status) {
		doc_element(doc, object);
		return;
	}
	doc_add_bool(doc, object, "healthy", !problems_bad(&overview->problems));
	problems_json(&overview->problems, doc, object);
	doc_add_number(doc, object, "close_wait_stuck_ms", stuck_ms);
	add_summary(&overview->summary, doc, object);
	member = doc_object(doc);
	tally_json(&overview->tally, doc, member);
	doc_add(doc, object, "close_wait", member);
	member = doc_object(doc);
	doc_add_number(doc, member, "closed_by_peer_now", overview->windows.closed_by_peer);
	doc_add_number(doc, member, "closed_by_us_now", overview->windows.closed_by_us);
	doc_add(doc, object, "windows", member);
	doc_element(doc, object);
}

static void print_sentences(const struct overview *overview, const struct page *page)
{
	if (!problems_bad(&overview->problems))
		text_paint(page, PAINT_GOOD, "Nothing is wrong now%s\n",
			   overview->problems.n ? ", but:" : ".");
	problems_print(&overview->problems, page);
}

static void print_states(const struct overview *overview, const struct page *page)
{
	const struct summary *s = &overview->summary;
	const struct {
		const char *name;
		uint64_t n;
	} states[] = {
		{ "ESTABLISHED", s->established }, { "CLOSE_WAIT", s->close_wait },
		{ "FIN_WAIT1", s->fin_wait1 },	   { "SYN_SENT", s->syn_sent },
		{ "LAST_ACK", s->last_ack },	   { "FIN_WAIT2", s->fin_wait2 },
		{ "SYN_RECV", s->syn_recv },	   { "CLOSING", s->closing },
		{ "TIME_WAIT", s->time_wait },	   { "LISTEN", s->listen },
	};
	enum { COLUMNS = 3 };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (i % COLUMNS == 0)
			text_paint(page, PAINT_HEAD, "%-*s", TEXT_LABEL, i ? "" : "States");
		fprintf(page->file, "%-12s%7" PRIu64 "%s", states[i].name, states[i].n,
			(i + 1) % COLUMNS && i + 1 < ARRAY_SIZE(states) ? "    " : "\n");
	}
}

static void print_causes(const struct tally *tally, const struct page *page)
{
	enum { NAME = 21 };	/* where a verdict's name ends, and its words begin */
	size_t causes = 0;

	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++)
		causes += tally->verdicts[verdict] != 0;
	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++) {
		const struct word *advice = advice_for(verdict);

		if (!tally->verdicts[verdict])
			continue;
		fprintf(page->file, "%7zu %-13s", tally->verdicts[verdict], tally_name(verdict));
		text_wrap(page, PAINT_NONE, NAME, NAME, advice->what);
		/* With so many, the screen would be too short; leaks says it all. */
		if (causes > CAUSES_TOLD)
			continue;
		fprintf(page->file, "%*s", NAME, "");
		text_wrap(page, PAINT_NONE, NAME, NAME, advice->todo);
	}
	if (causes > CAUSES_TOLD)
		fprintf(page->file, "%*sWhat to do about them: tcpwatch leaks\n", NAME, "");
}

static void print_close_wait(const struct overview *overview, const struct page *page)
{
	const struct tally *tally = &overview->tally;
	char oldest[AGE_SIZE];
	char stuck[AGE_SIZE];

	if (!tally->sockets) {
		text_line(page, "CLOSE_WAIT", "none");
		return;
	}
	text_age_exact(oldest, tally->oldest.ms, tally->oldest.exact);
	text_age(stuck, overview->ns->stuck_ms);
	text_line(page, "CLOSE_WAIT", "%zu, the oldest for %s; %zu stuck, for longer than %s",
		  tally->sockets, oldest, tally->stuck, stuck);
	print_causes(tally, page);
}

static void print_handshakes(const struct overview *overview, const struct page *page)
{
	const struct summary *s = &overview->summary;

	text_line(page, "Handshakes",
		  "connect(): %" PRIu64 " completed, %" PRIu64 " refused, %" PRIu64
		  " unanswered, %" PRIu64 " other",
		  s->opened_active, s->connect_refused, s->connect_timeout, s->connect_failed);
	text_line(page, "", "listeners: %" PRIu64 " completed, %" PRIu64 " half-open now",
		  s->opened_passive, s->syn_recv);
	text_line(page, "",
		  "SYN %" PRIu64 " in, %" PRIu64 " out; SYN-ACK %" PRIu64 " in, %" PRIu64
		  " out, %" PRIu64 " of them again",
		  s->syn_in, s->syn_out, s->synack_in, s->synack_out, s->synack_retrans);
}

static void print_windows(const struct overview *overview, const struct page *page)
{
	const struct windows *w = &overview->windows;
	const struct summary *s = &overview->summary;

	if (w->closed_by_peer.known)
		text_line(page, "Windows",
			  "closed now: %" PRIu64 " by the peer, %" PRIu64
			  " by us; so far: %" PRIu64 " and %" PRIu64 " times",
			  w->closed_by_peer.value, w->closed_by_us.value, s->zero_window_in,
			  s->zero_window_out);
	else
		text_line(page, "Windows",
			  "closed so far: %" PRIu64 " times by a peer, %" PRIu64
			  " by us; now: not counted, with so many connections (tcpwatch list shows snd_wnd and rcv_wnd)",
			  s->zero_window_in, s->zero_window_out);
}

static void print_ends(const struct overview *overview, const struct page *page)
{
	const struct summary *s = &overview->summary;

	text_line(page, "Ended",
		  "the first FIN: %" PRIu64 " ours, %" PRIu64 " the peer's, %" PRIu64
		  " both at once",
		  s->closed_local_first, s->closed_remote_first, s->closed_simultaneous);
	text_line(page, "",
		  "reset %" PRIu64 ", timed out %" PRIu64 "; FIN %" PRIu64 " in, %" PRIu64
		  " out; RST %" PRIu64 " in, %" PRIu64 " out",
		  s->closed_reset, s->closed_timeout, s->fin_in, s->fin_out, s->rst_in,
		  s->rst_out);
}

static void print_overview(const struct overview *overview, const struct page *page)
{
	const struct summary *s = &overview->summary;
	char loaded[AGE_SIZE];

	print_sentences(overview, page);
	fputc('\n', page->file);
	print_states(overview, page);
	print_close_wait(overview, page);
	print_handshakes(overview, page);
	print_windows(overview, page);
	print_ends(overview, page);
	text_line(page, "Module",
		  "%s, loaded %s ago, which all counts are since; takes %" PRIu64 " KiB",
		  s->version, text_age(loaded, s->loaded_ms), s->memory_bytes / 1024);
}

static void print_text(const struct overviews *overviews, const struct options *options,
		       const struct page *page)
{
	const struct netns_list *list = &overviews->list;
	bool first = true;

	for (size_t i = 0; i < list->n; i++) {
		char title[NETNS_TITLE_SIZE];

		if (list->ns[i].fault.status)
			continue;
		if (options->all_netns)
			text_paint(page, PAINT_HEAD, "%sNamespace %s\n", first ? "" : "\n",
				   netns_title(&list->ns[i], title));
		first = false;
		print_overview(&overviews->overview[i], page);
	}
	text_unseen(page, list);
}

static enum status print_json(const struct overviews *overviews, const struct page *page,
			      struct fault *fault)
{
	struct doc doc;

	doc_begin(&doc, page->file, "overview");
	for (size_t i = 0; i < overviews->list.n; i++)
		if (!overviews->list.ns[i].fault.gone)
			print_json_overview(&overviews->overview[i], &doc);
	return doc_end(&doc, &overviews->list, fault);
}

static enum status read_all(struct overviews *overviews, const struct options *options,
			    struct fault *fault)
{
	struct netns_list *list = &overviews->list;
	enum status status = netns_open(list, options, fault);

	if (status)
		return status;
	overviews->overview = calloc(list->n + 1, sizeof(*overviews->overview));
	if (!overviews->overview)
		return fault_memory(fault);
	for (size_t i = 0; i < list->n && !status; i++) {
		struct overview *overview = &overviews->overview[i];

		overview->ns = &list->ns[i];
		if (overview->ns->fault.status)
			continue;
		status = read_overview(overview, fault);
		if (status)
			status = netns_failed(&list->ns[i], options, fault);
	}
	return status;
}

static void free_all(struct overviews *overviews)
{
	for (size_t i = 0; i < overviews->list.n && overviews->overview; i++) {
		summary_free(&overviews->overview[i].summary);
		closewait_free(&overviews->overview[i].closewait);
	}
	free(overviews->overview);
	netns_close(&overviews->list);
}

static enum status look(void *arg, const struct options *options, const struct page *page,
			enum status *answer, struct fault *fault)
{
	struct overviews overviews = { .overview = NULL };
	enum status status = read_all(&overviews, options, fault);

	(void)arg;
	if (!status && options->json)
		status = print_json(&overviews, page, fault);
	else if (!status)
		print_text(&overviews, options, page);
	if (!status)
		*answer = netns_status(&overviews.list, STATUS_OK);
	free_all(&overviews);
	return status;
}

enum status overview_main(struct options *options)
{
	return watch_run(options, look, NULL);
}
