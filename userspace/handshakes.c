// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>

#include "array.h"
#include "commands.h"
#include "halfopen.h"
#include "kernel.h"
#include "listener.h"
#include "netns_inside.h"
#include "network.h"
#include "problem.h"
#include "summary.h"
#include "survey.h"

enum {
	NETWORKS_SHOWN = 10,
	NETWORKS_IN_JSON = 100,
	FLOOD_LEAST = 32,	/* unanswered ones that are a flood even where no queue is full */
	FLOOD_LEAST_FULL = 5,	/* and where one is: a small queue holds no more */
	COOKIES_LEAST = 100,	/* SYN cookies sent before their share of answers means anything */
	LOSS_LEAST = 20,	/* segments sent before a share of them means anything */
	LOSS_SHARE = 20,	/* one in so many sent again is a lossy path */
};

/**
 * enum narrow - which queue of a listener is full
 * @NARROW_NONE: none
 * @NARROW_ACCEPT: that of complete connections: the program does not accept()
 * @NARROW_SYN: that of half-open ones
 */
enum narrow { NARROW_NONE, NARROW_ACCEPT, NARROW_SYN };

/**
 * struct front - a listener and what is half-open there
 * @listener: the listener
 * @owner: who has it, NULL if not seen
 * @halfopen: its half-open connections; with SO_REUSEPORT all those of its address are
 *	with one of the listeners there
 * @narrow: the queue that is full
 */
struct front {
	const struct listener *listener;
	const struct owner *owner;
	struct halfopen halfopen;
	enum narrow narrow;
};

/**
 * struct cookies - how the kernel meets a queue that is full
 * @setting: net.ipv4.tcp_syncookies: 0 off, 1 when the SYN queue is full, 2 always
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 * @sent: SYN cookies sent
 * @valid: answers with a valid one: clients that got through
 * @invalid: answers with a wrong one
 * @full_cookies: SYNs that met a full SYN queue and were answered with a cookie
 * @full_drops: SYNs that met one and were dropped
 * @overflows: SYNs and ACKs dropped because an accept queue was full
 * @drops: SYNs dropped, for whatever reason
 */
struct cookies {
	struct number setting;
	struct number max_syn_backlog;
	struct number sent;
	struct number valid;
	struct number invalid;
	struct number full_cookies;
	struct number full_drops;
	struct number overflows;
	struct number drops;
};

/**
 * struct handshakes - the handshakes of one namespace
 * @summary: its counters
 * @listeners: its listeners
 * @fronts: the same, in the same order, with what is half-open there
 * @requests: its half-open connections
 * @networks: where they come from
 * @cookies: what the kernel does about them
 * @all: all half-open ones
 * @problems: what is wrong
 */
struct handshakes {
	struct summary summary;
	struct listeners listeners;
	struct front *fronts;
	struct requests requests;
	struct networks networks;
	struct cookies cookies;
	struct halfopen all;
	struct problems problems;
};

/**
 * struct share - how many of how many
 * @part: so many
 * @whole: of so many
 */
struct share {
	uint64_t part;
	uint64_t whole;
};

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static struct share active(const struct summary *s)
{
	return (struct share){ s->opened_active, summary_connects(s) };
}

static uint64_t answered(const struct summary *s)
{
	return less(s->synack_out, s->synack_retrans);
}

/* Those which are half-open now may still complete: they are in neither. */
static struct share passive(const struct summary *s)
{
	uint64_t done = less(answered(s), s->syn_recv);

	/* One that was half-open when the module came has no SYN-ACK that it saw. */
	return (struct share){ s->opened_passive,
			       done > s->opened_passive ? done : s->opened_passive };
}

static void read_cookies(struct cookies *cookies, const struct netns *ns)
{
	char *netstat = netns_file(ns, "net/netstat");

	*cookies = (struct cookies){
		.setting = kernel_sysctl(ns, "tcp_syncookies"),
		.max_syn_backlog = kernel_sysctl(ns, "tcp_max_syn_backlog"),
		.sent = kernel_counter(netstat, "SyncookiesSent"),
		.valid = kernel_counter(netstat, "SyncookiesRecv"),
		.invalid = kernel_counter(netstat, "SyncookiesFailed"),
		.full_cookies = kernel_counter(netstat, "TCPReqQFullDoCookies"),
		.full_drops = kernel_counter(netstat, "TCPReqQFullDrop"),
		.overflows = kernel_counter(netstat, "ListenOverflows"),
		.drops = kernel_counter(netstat, "ListenDrops"),
	};
	free(netstat);
}

static enum status read_one(void *one, struct netns *ns, struct owners *owners, const void *arg,
			    struct fault *fault)
{
	struct handshakes *h = one;
	enum status status = summary_read(&h->summary, &ns->source, fault);

	(void)arg;
	if (!status)
		status = listeners_read(&h->listeners, &ns->source, fault);
	if (!status)
		status = requests_read(&h->requests, &ns->source, fault);
	if (!status)
		read_cookies(&h->cookies, ns);
	/* The inodes of a saved copy are other sockets' by now. */
	for (size_t i = 0; i < h->listeners.n && !status && !ns->source.saved; i++)
		status = owners_want(owners, h->listeners.rows[i].inode, fault);
	return status;
}

static bool cookies_off(const struct cookies *cookies)
{
	return cookies->setting.known && !cookies->setting.value;
}

/*
 * How many half-open connections a listener may have, as tcp_conn_request() has it:
 * as many as its backlog (later kernels: one more); and, without SYN cookies, one more
 * than three quarters of tcp_max_syn_backlog, the rest being for clients that the
 * kernel knows.
 */
static struct number syn_limit(const struct cookies *cookies, const struct listener *listener)
{
	struct number limit = listener->backlog;
	const struct number *max = &cookies->max_syn_backlog;

	if (limit.known && cookies_off(cookies) && max->known &&
	    max->value - max->value / 4 < limit.value)
		limit.value = max->value - max->value / 4 + 1;
	return limit;
}

/* The accept queue first: while it is full the other one fills up in its wake. */
static enum narrow find_narrow(const struct cookies *cookies, const struct listener *listener)
{
	const struct number limit = syn_limit(cookies, listener);

	if (listener->accept_queue.known && listener->backlog.known &&
	    listener->accept_queue.value > listener->backlog.value)
		return NARROW_ACCEPT;
	if (listener->syn_queue.known && limit.known && limit.value &&
	    listener->syn_queue.value >= limit.value)
		return NARROW_SYN;
	return NARROW_NONE;
}

static const struct front *find_full(const struct handshakes *h, enum narrow which, size_t *n)
{
	const struct front *worst = NULL;

	*n = 0;
	for (size_t i = 0; i < h->listeners.n; i++) {
		const struct front *front = &h->fronts[i];

		if (front->narrow != which)
			continue;
		++*n;
		if (!worst || front->halfopen.n > worst->halfopen.n)
			worst = front;
	}
	return worst;
}

static void find_full_accept(struct handshakes *h)
{
	size_t n;
	const struct front *front = find_full(h, NARROW_ACCEPT, &n);

	if (!front)
		return;
	problems_add(&h->problems, "accept_queue_full", true,
		     "The accept queue of %s%s is full (%" PRIu64 " wait, the backlog is %" PRIu64
		     "): new clients and final ACKs are dropped. The program must call accept() faster; a larger backlog helps against short bursts only.",
		     front->listener->local_text, n > 1 ? " and others" : "",
		     front->listener->accept_queue.value, front->listener->backlog.value);
}

static void find_full_syn(struct handshakes *h)
{
	static const char *const answers[] = {
		"SYN cookies are off, so new clients get no answer: sysctl -w net.ipv4.tcp_syncookies=1.",
		"SYN cookies answer: clients still get through.",
		"SYN cookies answer all: clients still get through.",
	};
	size_t n;
	const struct front *front = find_full(h, NARROW_SYN, &n);
	const struct number *setting = &h->cookies.setting;
	const char *answer = "Whether SYN cookies answer is not known (net.ipv4.tcp_syncookies).";

	if (!front)
		return;
	if (setting->known && setting->value < ARRAY_SIZE(answers))
		answer = answers[setting->value];
	problems_add(&h->problems, "syn_queue_full", cookies_off(&h->cookies),
		     "The SYN queue of %s%s is full (%" PRIu64 " half-open, the limit is %" PRIu64
		     "). %s",
		     front->listener->local_text, n > 1 ? " and others" : "",
		     front->listener->syn_queue.value,
		     syn_limit(&h->cookies, front->listener).value, answer);
}

/* With SO_REUSEPORT half-open connections of all listeners of an address are with one of them. */
static bool accept_full_there(const struct handshakes *h, const struct front *front)
{
	for (size_t i = 0; i < h->listeners.n; i++)
		if (h->fronts[i].narrow == NARROW_ACCEPT &&
		    !addr_compare(&h->fronts[i].listener->local, &front->listener->local))
			return true;
	return false;
}

/*
 * Clients that exist answer a SYN-ACK within a second. Where an accept queue is full
 * they have, and their ACK was dropped: that is no flood.
 */
static bool is_flooded(const struct handshakes *h, const struct front *front)
{
	const bool full = front->narrow == NARROW_SYN;
	const struct halfopen *halfopen = &front->halfopen;

	return halfopen->again >= halfopen->n / 2 &&
	       halfopen->again >= (full ? FLOOD_LEAST_FULL : FLOOD_LEAST) &&
	       !accept_full_there(h, front);
}

static void find_flood(struct handshakes *h)
{
	const char *answer = " SYN cookies answer what the SYN queue has no room for.";
	const struct front *worst = NULL;
	struct halfopen all = { .n = 0 };
	size_t n = 0;

	for (size_t i = 0; i < h->listeners.n; i++) {
		const struct front *front = &h->fronts[i];

		if (!is_flooded(h, front))
			continue;
		n++;
		all.n += front->halfopen.n;
		all.again += front->halfopen.again;
		if (!worst || front->halfopen.again > worst->halfopen.again)
			worst = front;
	}
	if (!worst)
		return;
	if (!h->cookies.setting.known)
		answer = "";
	else if (cookies_off(&h->cookies))
		answer = " SYN cookies, which would answer it, are off.";
	problems_add(&h->problems, "syn_flood", true,
		     "It looks like a SYN flood at %s%s: %zu of %zu half-open connections have not answered a SYN-ACK for a second or more. Half-open connections come from %zu network%s.%s%s",
		     worst->listener->local_text, n > 1 ? " and others" : "", all.again, all.n,
		     h->networks.n, text_plural(h->networks.n),
		     h->networks.n < all.n / 8 ? " So few can be shut out by a packet filter." :
						 "",
		     answer);
}

/* Those that a SYN cookie answers are not half-open: these counters alone show them. */
static void find_unanswered_cookies(struct handshakes *h)
{
	const struct cookies *c = &h->cookies;

	if (!c->sent.known || !c->valid.known || c->sent.value < COOKIES_LEAST ||
	    c->valid.value >= c->sent.value / 2)
		return;
	problems_add(&h->problems, "cookies_unanswered", false,
		     "%" PRIu64 " of %" PRIu64
		     " SYN cookies sent since the namespace was made got no answer: forged sources. If these numbers grow, a SYN flood is under way.",
		     less(c->sent.value, c->valid.value), c->sent.value);
}

static bool is_share(uint64_t part, uint64_t whole, uint64_t least, uint64_t share)
{
	return whole >= least && part && part >= whole / share;
}

static void find_losses(struct handshakes *h)
{
	const struct summary *s = &h->summary;
	const struct number again = summary_find(s, "syn_retrans");

	problems_add_connects(&h->problems, s);
	if (again.known && is_share(again.value, s->syn_out, LOSS_LEAST, LOSS_SHARE))
		problems_add(&h->problems, "syn_lost", false,
			     "%" PRIu64 " of %" PRIu64
			     " SYNs had to be sent again, which makes a connect() a second or more slower: a server or the path to it drops them.",
			     again.value, s->syn_out);
	if (is_share(s->synack_retrans, s->synack_out, LOSS_LEAST, LOSS_SHARE))
		problems_add(&h->problems, "synack_lost", false,
			     "%" PRIu64 " of %" PRIu64
			     " SYN-ACKs had to be sent again: forged sources, a full accept queue, or a path that loses them or the final ACK.",
			     s->synack_retrans, s->synack_out);
}

static enum status digest(void *one, const struct owners *owners, const void *arg,
			  struct fault *fault)
{
	struct handshakes *h = one;

	(void)arg;
	h->fronts = calloc(h->listeners.n + 1, sizeof(*h->fronts));
	if (!h->fronts)
		return fault_memory(fault);
	for (size_t i = 0; i < h->listeners.n; i++) {
		const struct listener *listener = &h->listeners.rows[i];
		size_t n;
		const struct owned *owned = owners_of(owners, listener->inode, &n);

		h->fronts[i] = (struct front){
			.listener = listener,
			.owner = n ? &owners->list[owned->owner] : NULL,
			.narrow = find_narrow(&h->cookies, listener),
		};
	}
	for (size_t i = 0; i < h->requests.n; i++) {
		const struct request_row *row = &h->requests.rows[i];
		size_t n;
		const struct listener *listener = listeners_find(&h->listeners, &row->local, &n);

		halfopen_add(&h->all, row);
		if (listener)
			halfopen_add(&h->fronts[listener - h->listeners.rows].halfopen, row);
	}
	if (networks_find(&h->networks, &h->requests, fault))
		return fault->status;
	find_flood(h);
	find_full_accept(h);
	find_full_syn(h);
	find_unanswered_cookies(h);
	find_losses(h);
	return STATUS_OK;
}

static void free_one(void *one)
{
	struct handshakes *h = one;

	summary_free(&h->summary);
	listeners_free(&h->listeners);
	requests_free(&h->requests);
	networks_free(&h->networks);
	free(h->fronts);
}

static void add_share(struct doc *doc, struct json_object *object, struct share share)
{
	if (share.whole)
		doc_add_double(doc, object, "success_percent",
			       100.0 * (double)share.part / (double)share.whole);
	else
		doc_add_null(doc, object, "success_percent");
}

static void add_counts(const struct handshakes *h, struct doc *doc, struct json_object *object)
{
	const struct summary *s = &h->summary;
	struct json_object *member = doc_object(doc);

	doc_add_u64(doc, member, "completed", s->opened_active);
	doc_add_u64(doc, member, "refused", s->connect_refused);
	doc_add_u64(doc, member, "no_answer", s->connect_timeout);
	doc_add_u64(doc, member, "other", s->connect_failed);
	doc_add_u64(doc, member, "syn_sent_now", s->syn_sent);
	doc_add_u64(doc, member, "syn_out", s->syn_out);
	doc_add_number(doc, member, "syn_retrans", summary_find(s, "syn_retrans"));
	add_share(doc, member, active(s));
	doc_add(doc, object, "active", member);

	member = doc_object(doc);
	doc_add_u64(doc, member, "answered", answered(s));
	doc_add_u64(doc, member, "completed", s->opened_passive);
	doc_add_u64(doc, member, "half_open_now", s->syn_recv);
	doc_add_u64(doc, member, "never_completed", passive(s).whole - passive(s).part);
	doc_add_u64(doc, member, "synack_out", s->synack_out);
	doc_add_u64(doc, member, "synack_retrans", s->synack_retrans);
	add_share(doc, member, passive(s));
	doc_add(doc, object, "passive", member);
}

static void add_cookies(const struct cookies *cookies, struct doc *doc,
			struct json_object *object)
{
	struct json_object *member = doc_object(doc);

	doc_add_number(doc, member, "tcp_syncookies", cookies->setting);
	doc_add_number(doc, member, "tcp_max_syn_backlog", cookies->max_syn_backlog);
	doc_add_number(doc, member, "sent", cookies->sent);
	doc_add_number(doc, member, "valid", cookies->valid);
	doc_add_number(doc, member, "invalid", cookies->invalid);
	doc_add_number(doc, member, "queue_full_answered", cookies->full_cookies);
	doc_add_number(doc, member, "queue_full_dropped", cookies->full_drops);
	doc_add_number(doc, member, "accept_queue_overflows", cookies->overflows);
	doc_add_number(doc, member, "listener_drops", cookies->drops);
	doc_add(doc, object, "kernel", member);
}

static void add_fronts(const struct handshakes *h, struct doc *doc, struct json_object *object)
{
	static const char *const narrow[] = {
		[NARROW_NONE] = NULL,
		[NARROW_ACCEPT] = "accept",
		[NARROW_SYN] = "syn",
	};
	struct json_object *array = doc_array(doc);

	for (size_t i = 0; i < h->listeners.n; i++) {
		const struct front *front = &h->fronts[i];
		const struct listener *listener = front->listener;
		struct json_object *member = doc_object(doc);

		doc_add_string(doc, member, "local", listener->local_text);
		owner_json(front->owner, doc, member);
		halfopen_json(&front->halfopen, doc, member);
		doc_add_number(doc, member, "syn_queue", listener->syn_queue);
		doc_add_number(doc, member, "syn_queue_limit", syn_limit(&h->cookies, listener));
		doc_add_number(doc, member, "accept_queue", listener->accept_queue);
		doc_add_number(doc, member, "backlog", listener->backlog);
		doc_add_number(doc, member, "drops", listener->drops);
		doc_add_string(doc, member, "full", narrow[front->narrow]);
		doc_append(doc, array, member);
	}
	doc_add(doc, object, "listeners", array);
}

static void print_json(const void *one, struct doc *doc, struct json_object *object)
{
	const struct handshakes *h = one;
	struct json_object *array = doc_array(doc);

	problems_json(&h->problems, doc, object);
	add_counts(h, doc, object);
	add_cookies(&h->cookies, doc, object);
	add_fronts(h, doc, object);
	for (size_t i = 0; i < h->networks.n && i < NETWORKS_IN_JSON; i++) {
		struct json_object *member = doc_object(doc);
		char text[NETWORK_SIZE];

		doc_add_string(doc, member, "network", network_text(text, &h->networks.list[i]));
		halfopen_json(&h->networks.list[i].halfopen, doc, member);
		doc_append(doc, array, member);
	}
	doc_add_u64(doc, object, "networks_total", h->networks.n);
	doc_add(doc, object, "networks", array);
}

static const char *percent(char text[AGE_SIZE], struct share share)
{
	if (!share.whole)
		snprintf(text, AGE_SIZE, "none yet");
	else
		snprintf(text, AGE_SIZE, "%.1f %% succeeded",
			 100.0 * (double)share.part / (double)share.whole);
	return text;
}

static void print_counts(const struct handshakes *h, const struct page *page)
{
	const struct summary *s = &h->summary;
	const struct number again = summary_find(s, "syn_retrans");
	char text[AGE_SIZE];

	text_line(page, "connect()",
		  "%s: %" PRIu64 " completed, %" PRIu64 " refused, %" PRIu64
		  " without an answer, %" PRIu64 " failed otherwise; %" PRIu64 " under way",
		  percent(text, active(s)), s->opened_active, s->connect_refused,
		  s->connect_timeout, s->connect_failed, s->syn_sent);
	if (again.known)
		text_line(page, "", "%" PRIu64 " SYN%s sent, %" PRIu64 " of them again",
			  s->syn_out, text_plural(s->syn_out), again.value);
	text_line(page, "Listeners",
		  "%s: %" PRIu64 " SYN%s answered, %" PRIu64 " completed, %" PRIu64
		  " half-open now, %" PRIu64 " never completed",
		  percent(text, passive(s)), answered(s), text_plural(answered(s)),
		  s->opened_passive, s->syn_recv, passive(s).whole - passive(s).part);
	text_line(page, "", "%" PRIu64 " SYN-ACK%s sent, %" PRIu64 " of them again", s->synack_out,
		  text_plural(s->synack_out), s->synack_retrans);
}

static void print_cookies(const struct cookies *c, const struct page *page)
{
	static const char *const settings[] = { "off", "when a SYN queue is full", "always" };

	if (!c->setting.known || c->setting.value >= ARRAY_SIZE(settings))
		text_line(page, "SYN cookies", "unknown: the sysctl cannot be read from here");
	else if (!c->sent.known)
		text_line(page, "SYN cookies", "%s; how many is unknown",
			  settings[c->setting.value]);
	else
		text_line(page, "SYN cookies",
			  "%s; %" PRIu64 " sent, %" PRIu64 " came back valid, %" PRIu64 " wrong",
			  settings[c->setting.value], c->sent.value, c->valid.value,
			  c->invalid.value);
	if (c->overflows.known)
		text_line(page, "Dropped",
			  "%" PRIu64 " at a full accept queue, %" PRIu64
			  " SYNs at a full SYN queue, %" PRIu64
			  " else (%s), since the namespace was made",
			  c->overflows.value, c->full_drops.value,
			  less(c->drops.value, c->overflows.value + c->full_drops.value),
			  cookies_off(c) ? "tcp_max_syn_backlog, no memory, no route back" :
					   "no memory, no route back");
}

static void used_cell(struct grid *grid, struct number used, struct number limit)
{
	if (used.known && limit.known)
		grid_cell(grid, "%" PRIu64 "/%" PRIu64, used.value, limit.value);
	else
		grid_cell(grid, "-");
}

static enum status print_fronts(const struct handshakes *h, const struct page *page,
				struct fault *fault)
{
	static const char *const narrow[] = { "-", "accept queue", "SYN queue" };
	struct grid grid;

	if (!h->listeners.n)
		return STATUS_OK;
	fputc('\n', page->file);
	grid_init(&grid, 8);
	grid_head(&grid, "listener", false);
	grid_head(&grid, "name", false);
	grid_head(&grid, "half-open", true);
	grid_head(&grid, "silent", true);
	grid_head(&grid, "oldest", true);
	grid_head(&grid, "accept", true);
	grid_head(&grid, "drops", true);
	grid_head(&grid, "full", false);
	for (size_t i = 0; i < h->listeners.n; i++) {
		const struct front *front = &h->fronts[i];
		char age[AGE_SIZE];

		grid_cell(&grid, "%s", front->listener->local_text);
		grid_cell(&grid, "%s", front->owner ? front->owner->comm : "-");
		used_cell(&grid, front->listener->syn_queue,
			  syn_limit(&h->cookies, front->listener));
		grid_cell(&grid, "%zu", front->halfopen.again);
		grid_cell(&grid, "%s",
			  front->halfopen.n ? text_age(age, front->halfopen.oldest_ms) : "-");
		used_cell(&grid, front->listener->accept_queue, front->listener->backlog);
		grid_cell(&grid, "%" PRIu64, front->listener->drops.value);
		grid_cell(&grid, "%s", narrow[front->narrow]);
	}
	return grid_print(&grid, page, 0, fault);
}

static enum status print_networks(const struct handshakes *h, const struct page *page,
				  struct fault *fault)
{
	struct grid grid;

	if (!h->networks.n)
		return STATUS_OK;
	fputc('\n', page->file);
	grid_init(&grid, 4);
	grid_head(&grid, "half-open from", false);
	grid_head(&grid, "half-open", true);
	grid_head(&grid, "silent", true);
	grid_head(&grid, "oldest", true);
	for (size_t i = 0; i < h->networks.n && i < NETWORKS_SHOWN; i++) {
		const struct network *network = &h->networks.list[i];
		char text[NETWORK_SIZE];
		char age[AGE_SIZE];

		grid_cell(&grid, "%s", network_text(text, network));
		grid_cell(&grid, "%zu", network->halfopen.n);
		grid_cell(&grid, "%zu", network->halfopen.again);
		grid_cell(&grid, "%s", text_age(age, network->halfopen.oldest_ms));
	}
	if (grid_print(&grid, page, 0, fault))
		return fault->status;
	if (h->networks.n > NETWORKS_SHOWN)
		fprintf(page->file, "and %zu more networks\n", h->networks.n - NETWORKS_SHOWN);
	return STATUS_OK;
}

static enum status print_text(const void *one, const struct page *page, struct fault *fault)
{
	const struct handshakes *h = one;

	if (!h->problems.n)
		text_paint(page, PAINT_GOOD, "No problem found.\n");
	problems_print(&h->problems, page);
	fputc('\n', page->file);
	print_counts(h, page);
	print_cookies(&h->cookies, page);
	if (print_fronts(h, page, fault) || print_networks(h, page, fault))
		return fault->status;
	if (h->all.n)
		fputs("silent: a SYN-ACK was sent again, as no final ACK came or it was dropped.\n",
		      page->file);
	if (!h->requests.present)
		fputs("This module has no file 'syn_recv', which would say more.\n", page->file);
	return STATUS_OK;
}

static const struct survey survey = {
	.name = "handshakes",
	.about =
		"How handshakes go: how many succeed, why others fail, what is half-open at\n"
		"which listener and from which network, which queue is full, whether it looks\n"
		"like a SYN flood, and whether SYN cookies answer it.",
	.size = sizeof(struct handshakes),
	.read = read_one,
	.digest = digest,
	.json = print_json,
	.text = print_text,
	.free = free_one,
};

enum status handshakes_main(struct options *options, int argc, char **argv)
{
	return survey_main(&survey, options, argc, argv);
}
