// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "commands.h"
#include "doc.h"
#include "holder_text.h"
#include "summary.h"
#include "text.h"
#include "watch.h"

enum { ALL = OPTION_OF_COMMAND };

enum {
	BLOCKED_SHOWN = 10,
	BLOCKED_IN_JSON = 1000,
};

/**
 * struct request - what to look for
 * @all: --all
 */
struct request {
	bool all;
};

/**
 * struct leak - the leaks of one namespace
 * @ns: the namespace
 * @closewait: its sockets in CLOSE_WAIT
 * @listeners: its listeners
 * @holders: who is to close the sockets
 */
struct leak {
	const struct netns *ns;
	struct closewait closewait;
	struct listeners listeners;
	struct holders holders;
};

/**
 * struct leaks - the leaks of all namespaces that were asked for
 * @list: the namespaces
 * @all: fresh ones are counted too
 * @saved: they come from a saved copy, whose processes nobody knows
 * @owners: the processes
 * @leak: the leaks of each namespace
 */
struct leaks {
	struct netns_list list;
	bool all;
	bool saved;
	struct owners owners;
	struct leak *leak;
};

static const struct argp_option argp_options[] = {
	{ "all", ALL, NULL, 0, "fresh ones too, which are normal", 1 },
	{ 0 },
};

static const char about[] =
	"Who leaves sockets in CLOSE_WAIT: by process, how many, since when, why, how\n"
	"many descriptors it uses, and when they run out at the present rate.\n"
	"Exit status 1 if a socket is in CLOSE_WAIT for longer than the sysctl\n"
	"net.tcpwatch.close_wait_stuck_ms says, and not because it still sends; or if\n"
	"one, for however long, keeps a client from connecting.";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ALL:
		request->all = true;
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': leaks takes only options", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.options = argp_options,
		.parser = parse,
		.doc = about,
	},
};

static enum status read_one(struct leaks *leaks, struct netns *ns, struct leak *leak,
			    struct fault *fault)
{
	enum status status = closewait_read(&leak->closewait, &ns->source, fault);

	if (!status)
		status = listeners_read(&leak->listeners, &ns->source, fault);
	if (!status)
		status = summary_stuck(ns, fault);
	/* The inodes of a saved copy are other sockets' by now. */
	if (!status && !leaks->saved)
		status = holders_want(&leaks->owners, &leak->closewait, &leak->listeners, fault);
	return status;
}

static enum status read_all(struct leaks *leaks, const struct options *options,
			    struct fault *fault)
{
	enum status status = netns_open(&leaks->list, options, fault);

	if (status)
		return status;
	leaks->leak = calloc(leaks->list.n + 1, sizeof(*leaks->leak));
	if (!leaks->leak)
		return fault_memory(fault);
	for (size_t i = 0; i < leaks->list.n && !status; i++) {
		struct netns *ns = &leaks->list.ns[i];

		leaks->leak[i].ns = ns;
		if (ns->fault.status)
			continue;
		status = read_one(leaks, ns, &leaks->leak[i], fault);
		if (status)
			status = netns_failed(ns, options, fault);
	}
	if (!status)
		status = owners_search(&leaks->owners, fault);
	for (size_t i = 0; i < leaks->list.n && !status; i++) {
		struct leak *leak = &leaks->leak[i];

		if (!leak->ns->fault.status)
			status = holders_find(&leak->holders, &leak->closewait, &leak->listeners,
					      &leaks->owners, leak->ns->stuck_ms, leaks->all,
					      fault);
	}
	return status;
}

static void free_all(struct leaks *leaks)
{
	for (size_t i = 0; i < leaks->list.n && leaks->leak; i++) {
		holders_free(&leaks->leak[i].holders);
		listeners_free(&leaks->leak[i].listeners);
		closewait_free(&leaks->leak[i].closewait);
	}
	free(leaks->leak);
	owners_free(&leaks->owners);
	netns_close(&leaks->list);
}

static void add_owner(const struct holder *holder, struct doc *doc, struct json_object *object)
{
	const struct owner *owner = holder->owner;
	struct number none = { .known = false };
	struct number fds = { .known = owner, .value = owner ? owner->fds : 0 };

	owner_json(owner, doc, object);
	doc_add_number(doc, object, "fds", fds);
	doc_add_number(doc, object, "fds_limit", owner ? owner->fd_limit : none);
	doc_add_u64(doc, object, "shared_with", holder->others);
	doc_add_number(doc, object, "uid", holder->uid);
}

static void add_listener(const struct holder *holder, struct doc *doc,
			 struct json_object *object)
{
	const struct listener *listener = holder->listener;
	struct json_object *member;

	if (!listener) {
		doc_add_null(doc, object, "listener");
		return;
	}
	member = doc_object(doc);
	doc_add_string(doc, member, "local", listener->local_text);
	doc_add_number(doc, member, "accept_queue", listener->accept_queue);
	doc_add_number(doc, member, "backlog", listener->backlog);
	doc_add_u64(doc, member, "candidates", holder->n_listeners);
	doc_add(doc, object, "listener", member);
}

static struct json_object *holder_json(const struct holder *holder, struct doc *doc)
{
	static const char *const kinds[] = {
		[HOLDER_PROCESS] = "process",
		[HOLDER_LISTENER] = "listener",
		[HOLDER_UNSEEN] = "unseen",
		[HOLDER_NONE] = "none",
	};
	struct json_object *object = doc_object(doc);
	struct number full = { .known = false };

	doc_add_string(doc, object, "kind", kinds[holder->kind]);
	add_owner(holder, doc, object);
	doc_add_string(doc, object, "local",
		       holder->kind == HOLDER_LISTENER ? holder->local_text : NULL);
	add_listener(holder, doc, object);
	tally_json(&holder->tally, doc, object);
	if (holder->growth.known)
		doc_add_double(doc, object, "growth_per_hour", holder->growth.per_hour);
	else
		doc_add_null(doc, object, "growth_per_hour");
	full.known = holder_full_in(holder, &full.value);
	doc_add_number(doc, object, "full_in_ms", full);
	return object;
}

static const struct owner *owner_of(const struct leaks *leaks, const struct waiting *waiting)
{
	size_t n;
	const struct owned *owned = owners_of(&leaks->owners, waiting->inode, &n);

	return n ? &leaks->owners.list[owned->owner] : NULL;
}

static void add_blocked(const struct leaks *leaks, const struct leak *leak, struct doc *doc,
			struct json_object *object)
{
	struct json_object *array = doc_array(doc);
	size_t left = BLOCKED_IN_JSON;

	for (size_t i = 0; i < leak->closewait.n && left; i++) {
		const struct waiting *waiting = &leak->closewait.rows[i];
		struct json_object *member;

		if (!waiting->syn_blocked)
			continue;
		left--;
		member = doc_object(doc);
		doc_add_string(doc, member, "remote", waiting->remote_text);
		doc_add_string(doc, member, "local", waiting->local_text);
		doc_add_u64(doc, member, "syn_blocked", waiting->syn_blocked);
		owner_json(owner_of(leaks, waiting), doc, member);
		doc_append(doc, array, member);
	}
	doc_add_u64(doc, object, "blocked_total", closewait_blocked(&leak->closewait));
	doc_add(doc, object, "blocked", array);
}

static void print_json_leak(const struct leaks *leaks, const struct leak *leak, struct doc *doc)
{
	const struct netns *ns = leak->ns;
	const struct number stuck_ms = { .known = ns->stuck_known, .value = ns->stuck_ms };
	struct json_object *object = doc_netns(doc, ns);

	if (!ns->fault.status) {
		struct json_object *total = doc_object(doc);

		doc_add_number(doc, object, "close_wait_stuck_ms", stuck_ms);
		tally_json(&leak->holders.total, doc, total);
		doc_add(doc, object, "close_wait", total);
		doc_add_u64(doc, object, "fresh_left_out", leak->holders.fresh);
		add_blocked(leaks, leak, doc, object);
	}
	doc_open_array(doc, object, "holders");
	for (size_t i = 0; i < leak->holders.n; i++)
		if (leak->holders.list[i].tally.sockets)
			doc_element(doc, holder_json(&leak->holders.list[i], doc));
	doc_close_array(doc);
}

static enum status print_json(const struct leaks *leaks, const struct page *page,
			      struct fault *fault)
{
	struct doc doc;

	doc_begin(&doc, page->file, "leaks");
	for (size_t i = 0; i < leaks->list.n; i++)
		if (!leaks->list.ns[i].fault.gone)
			print_json_leak(leaks, &leaks->leak[i], &doc);
	return doc_end(&doc, &leaks->list, fault);
}

static size_t count_kind(const struct holders *holders, enum holder_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < holders->n; i++)
		n += holders->list[i].kind == kind && holders->list[i].tally.sockets;
	return n;
}

static enum status print_processes(const struct holders *holders, const struct page *page,
				   struct fault *fault)
{
	size_t shared = 0;
	struct grid grid;

	if (!count_kind(holders, HOLDER_PROCESS))
		return STATUS_OK;
	grid_init(&grid, 7);
	grid_head(&grid, "pid", true);
	grid_head(&grid, "name", false);
	grid_head(&grid, "sockets", true);
	grid_head(&grid, "oldest", true);
	grid_head(&grid, "fds", true);
	grid_head(&grid, "full in", true);
	grid_head(&grid, "verdicts", false);
	for (size_t i = 0; i < holders->n; i++) {
		const struct holder *holder = &holders->list[i];
		const struct tally *tally = &holder->tally;
		char verdicts[TALLY_TEXT];
		char text[HOLDER_TEXT];
		char age[AGE_SIZE];

		if (holder->kind != HOLDER_PROCESS || !tally->sockets)
			continue;
		shared += holder->others;
		grid_cell(&grid, "%s", holder_pid_text(text, holder));
		grid_cell(&grid, "%s", holder->owner ? holder->owner->comm : "-");
		grid_cell(&grid, "%zu", tally->sockets);
		grid_cell(&grid, "%s",
			  text_age_exact(age, tally->oldest.ms, tally->oldest.exact));
		grid_cell(&grid, "%s", holder_used_text(text, holder));
		grid_cell(&grid, "%s", holder_full_text(text, holder));
		grid_cell(&grid, "%s", tally_text(verdicts, tally));
	}
	fputc('\n', page->file);
	if (grid_print(&grid, page, 0, fault))
		return fault->status;
	if (shared)
		fputs("+N: N other processes have one of these sockets too (fork).\n", page->file);
	return STATUS_OK;
}

static enum status print_listeners(const struct leak *leak, const struct page *page,
				   struct fault *fault)
{
	const struct holders *holders = &leak->holders;
	bool unknown = false;
	size_t shared = 0;
	struct grid grid;

	if (!count_kind(holders, HOLDER_LISTENER))
		return STATUS_OK;
	fputs("\nNot accepted yet, and so in no process:\n", page->file);
	grid_init(&grid, 7);
	grid_head(&grid, "pid", true);
	grid_head(&grid, "name", false);
	grid_head(&grid, "sockets", true);
	grid_head(&grid, "oldest", true);
	grid_head(&grid, "queue", true);
	grid_head(&grid, "full in", true);
	grid_head(&grid, "listener", false);
	for (size_t i = 0; i < holders->n; i++) {
		const struct holder *holder = &holders->list[i];
		const struct listener *listener = holder->listener;
		char text[HOLDER_TEXT];
		char age[AGE_SIZE];

		if (holder->kind != HOLDER_LISTENER || !holder->tally.sockets)
			continue;
		grid_cell(&grid, "%s", holder_pid_text(text, holder));
		grid_cell(&grid, "%s", holder->owner ? holder->owner->comm : "-");
		grid_cell(&grid, "%zu", holder->tally.sockets);
		grid_cell(&grid, "%s", text_age_exact(age, holder->tally.oldest.ms,
						      holder->tally.oldest.exact));
		grid_cell(&grid, "%s", holder_used_text(text, holder));
		grid_cell(&grid, "%s", holder_full_text(text, holder));
		shared += holder->others;
		unknown |= !listener;
		if (!listener)
			grid_cell(&grid, "(?) at %s", holder->local_text);
		else if (holder->n_listeners > 1)
			grid_cell(&grid, "%s, one of %zu there", listener->local_text,
				  holder->n_listeners);
		else
			grid_cell(&grid, "%s", listener->local_text);
	}
	if (grid_print(&grid, page, 0, fault))
		return fault->status;
	if (shared)
		fputs("+N: N other processes have the listener too (fork, or passed on).\n",
		      page->file);
	if (!leak->listeners.present)
		fputs("(?): this module has no file 'listeners', which would name it.\n",
		      page->file);
	else if (unknown)
		fputs("(?): no listener is seen there any more.\n", page->file);
	return STATUS_OK;
}

static void print_unseen(const struct leaks *leaks, const struct holders *holders,
			 const struct page *page)
{
	size_t unseen = count_kind(holders, HOLDER_UNSEEN);

	if (unseen || count_kind(holders, HOLDER_NONE))
		fputs("\nNo process seen that has them:\n", page->file);
	for (size_t i = 0; i < holders->n; i++) {
		const struct holder *holder = &holders->list[i];
		const struct tally *tally = &holder->tally;
		char verdicts[TALLY_TEXT];
		char age[AGE_SIZE];
		char uid[32] = "";
		char line[512];

		if ((holder->kind != HOLDER_UNSEEN && holder->kind != HOLDER_NONE) ||
		    !tally->sockets)
			continue;
		if (holder->uid.known)
			snprintf(uid, sizeof(uid), " of uid %" PRIu64, holder->uid.value);
		snprintf(line, sizeof(line), "%zu%s%s, the oldest %s: %s", tally->sockets, uid,
			 holder->kind == HOLDER_NONE ? ", in no program any more" : "",
			 text_age_exact(age, tally->oldest.ms, tally->oldest.exact),
			 tally_text(verdicts, tally));
		fputs("  ", page->file);
		text_wrap(page, PAINT_NONE, 2, 4, line);
	}
	if (unseen && leaks->saved)
		text_wrap(page, PAINT_NONE, 0, 0,
			  "A saved copy does not say which process had a socket.");
	else if (unseen)
		text_wrap(page, PAINT_NONE, 0, 0, owners_why_unseen(&leaks->owners));
}

static void print_advice(const struct tally *tally, bool fresh, const struct page *page)
{
	bool first = true;

	for (unsigned int verdict = 0; verdict < VERDICT_COUNTS; verdict++) {
		const struct word *advice = advice_for(verdict);
		char line[256];

		if (!tally->verdicts[verdict] || (verdict == TCPW_FRESH && !fresh))
			continue;
		if (first)
			fputc('\n', page->file);
		first = false;
		text_paint(page, PAINT_HEAD, "%-13s", tally_name(verdict));
		snprintf(line, sizeof(line), "%s. %s", advice->what, advice->todo);
		text_wrap(page, PAINT_NONE, 13, 13, line);
	}
}

static void print_sentence(const struct leak *leak, const struct page *page)
{
	const size_t blocked = closewait_blocked(&leak->closewait);
	const bool found = leak->holders.total.stuck || blocked;
	char text[HOLDERS_TEXT];

	text_wrap(page, found ? PAINT_BAD : PAINT_GOOD, 0, 0,
		  holders_text(text, &leak->holders, blocked, leak->ns));
}

static enum status print_blocked(const struct leaks *leaks, const struct leak *leak,
				 const struct page *page, struct fault *fault)
{
	const size_t blocked = closewait_blocked(&leak->closewait);
	size_t left = BLOCKED_SHOWN;
	struct grid grid;

	if (!blocked)
		return STATUS_OK;
	fputs("\nThese clients could not connect: they use the port of a socket still open here.\n",
	      page->file);
	grid_init(&grid, 5);
	grid_head(&grid, "client", false);
	grid_head(&grid, "to", false);
	grid_head(&grid, "SYNs", true);
	grid_head(&grid, "pid", true);
	grid_head(&grid, "name", false);
	for (size_t i = 0; i < leak->closewait.n && left; i++) {
		const struct waiting *waiting = &leak->closewait.rows[i];
		const struct owner *owner = owner_of(leaks, waiting);

		if (!waiting->syn_blocked)
			continue;
		left--;
		grid_cell(&grid, "%s", waiting->remote_text);
		grid_cell(&grid, "%s", waiting->local_text);
		grid_cell(&grid, "%" PRIu64, waiting->syn_blocked);
		grid_cell(&grid, "%s", owner ? owner->pid_text : "-");
		grid_cell(&grid, "%s", owner ? owner->comm : "-");
	}
	if (grid_print(&grid, page, 0, fault))
		return fault->status;
	if (blocked > BLOCKED_SHOWN)
		fprintf(page->file, "and %zu more\n", blocked - BLOCKED_SHOWN);
	return STATUS_OK;
}

static enum status print_leak(const struct leaks *leaks, const struct leak *leak,
			      const struct page *page, struct fault *fault)
{
	const struct holders *holders = &leak->holders;
	const struct tally *total = &holders->total;

	print_sentence(leak, page);
	if (print_processes(holders, page, fault) || print_listeners(leak, page, fault))
		return fault->status;
	print_unseen(leaks, holders, page);
	print_advice(total, leaks->all, page);
	if (print_blocked(leaks, leak, page, fault))
		return fault->status;
	if (holders->fresh)
		fprintf(page->file, "\n%zu more %s fresh, which is normal (--all shows %s).\n",
			holders->fresh, holders->fresh == 1 ? "is" : "are",
			holders->fresh == 1 ? "it" : "them");
	return STATUS_OK;
}

static enum status print_text(const struct leaks *leaks, const struct page *page,
			      const struct options *options, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < leaks->list.n && !status; i++) {
		char title[NETNS_TITLE_SIZE];

		if (leaks->list.ns[i].fault.status)
			continue;
		if (options->all_netns)
			text_paint(page, PAINT_HEAD, "%sNamespace %s\n", i ? "\n" : "",
				   netns_title(&leaks->list.ns[i], title));
		status = print_leak(leaks, &leaks->leak[i], page, fault);
	}
	text_unseen(page, &leaks->list);
	return status;
}

static enum status look(void *arg, const struct options *options, const struct page *page,
			enum status *answer, struct fault *fault)
{
	const struct request *request = arg;
	struct leaks leaks = { .all = request->all, .saved = options->from };
	enum status status = read_all(&leaks, options, fault);

	if (!status)
		status = options->json ? print_json(&leaks, page, fault) :
					 print_text(&leaks, page, options, fault);
	for (size_t i = 0; i < leaks.list.n && !status; i++) {
		const struct leak *leak = &leaks.leak[i];

		if (leak->holders.total.stuck || closewait_blocked(&leak->closewait))
			*answer = STATUS_FOUND;
	}
	if (!status)
		*answer = netns_status(&leaks.list, *answer);
	free_all(&leaks);
	return status;
}

enum status leaks_main(struct options *options, int argc, char **argv)
{
	char name[] = "tcpwatch leaks";
	struct request request = { .all = false };

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	return watch_run(options, look, &request);
}
