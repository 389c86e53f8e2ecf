// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "bind.h"
#include "commands.h"
#include "destination.h"
#include "survey.h"

enum {
	ATTEMPTS_MAX = 2,
	HOLDERS_SHOWN = 12,
	HOLDERS_IN_JSON = 1000,
	DESTINATIONS_SHOWN = 3,
	FULL_PERCENT = 80,	/* of the ports towards a destination: soon there are none */
	NO_BIND = OPTION_OF_COMMAND,
};

/**
 * struct request - which port
 * @port: it, 0 before it is known
 * @any: no address was given: both wildcards
 * @address: the address, if one was given
 * @no_bind: --no-bind
 */
struct request {
	uint16_t port;
	bool any;
	struct addr address;
	bool no_bind;
};

/**
 * struct blockers - what has a port at an address that overlaps
 * @listeners: listening sockets
 * @connections: other full sockets
 * @minis: mini-sockets
 * @left_ms: until the last of these goes
 */
struct blockers {
	size_t listeners;
	size_t connections;
	size_t minis;
	uint64_t left_ms;
};

/**
 * struct holder_row - something that has the port
 * @endpoint: it
 * @owner: whose it is, NULL if not seen
 */
struct holder_row {
	const struct endpoint *endpoint;
	const struct owner *owner;
};

/**
 * struct port - what one namespace says of the port
 * @number: the port
 * @saved: it is a saved copy
 * @tried: bind() was tried; else the tables alone speak
 * @attempts: the addresses that were tried
 * @blockers: what is in the way, by attempt
 * @n_attempts: how many
 * @endpoints: all that has any port
 * @here: those that have this one
 * @holders: the same, with their processes; in the same order
 * @n_here: how many
 * @range: the ports that connect() chooses from
 * @destinations: towards whom they are taken
 */
struct port {
	uint16_t number;
	bool saved;
	bool tried;
	struct attempt attempts[ATTEMPTS_MAX];
	struct blockers blockers[ATTEMPTS_MAX];
	size_t n_attempts;
	struct endpoints endpoints;
	struct endpoint *here;
	struct holder_row *holders;
	size_t n_here;
	struct port_range range;
	struct destinations destinations;
};

static const struct argp_option argp_options[] = {
	{ "no-bind", NO_BIND, NULL, 0, "from the tables alone", 1 },
	{ 0 },
};

static const char about[] =
	"Why is the address already in use? Whether bind() and listen() would work\n"
	"now on this port, what holds it and until when, whether SO_REUSEADDR would\n"
	"help, and whether connect() is running out of ports towards some destination.\n"
	"ADDRESS is the own one to bind to; without it, both wildcards.\n"
	"It tries bind() and closes at once, without listen(): nobody can connect, but\n"
	"another bind() in that very moment would fail. With --no-bind it does not.";

static bool parse_address(const char *text, struct addr *address)
{
	char whole[INET6_ADDRSTRLEN + 8];

	if (strlen(text) >= INET6_ADDRSTRLEN)
		return false;
	snprintf(whole, sizeof(whole), strchr(text, ':') ? "[%s]:0" : "%s:0", text);
	return addr_parse(whole, address);
}

static void take_word(struct request *request, const char *word, struct argp_state *state)
{
	if (!request->port) {
		if (!port_parse(word, &request->port) || !request->port)
			argp_error(state, "'%.64s': a port is a number from 1 to 65535", word);
		return;
	}
	if (!request->any)
		argp_error(state, "'%.64s': port takes one PORT and one ADDRESS", word);
	if (!parse_address(word, &request->address))
		argp_error(state,
			   "'%.64s' is no address; they are written as 192.0.2.7, 2001:db8::7, 0.0.0.0, ::",
			   word);
	request->any = false;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case NO_BIND:
		request->no_bind = true;
		return 0;
	case ARGP_KEY_ARG:
		take_word(request, arg, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which port? as in: tcpwatch port 8080");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "PORT [ADDRESS]",
		.doc = about,
	},
};

static void plan(struct port *port, const struct request *request)
{
	struct attempt *attempts = port->attempts;

	port->number = request->port;
	port->n_attempts = 1;
	attempts[0].local = request->address;
	if (request->any) {
		parse_address("0.0.0.0", &attempts[0].local);
		parse_address("::", &attempts[1].local);
		port->n_attempts = 2;
	} else if (!request->address.v4 && addr_is_any(&request->address)) {
		attempts[1].local = request->address;
		attempts[1].v6_only = true;
		port->n_attempts = 2;
	}
	for (size_t i = 0; i < port->n_attempts; i++)
		attempts[i].local.port = request->port;
}

/* Listeners, connections, and then mini-sockets, those that stay longest first. */
static int in_order(const void *left, const void *right)
{
	const struct endpoint *a = left;
	const struct endpoint *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->left_ms != b->left_ms)
		return a->left_ms < b->left_ms ? 1 : -1;
	return addr_compare(&a->remote, &b->remote);
}

static enum status pick_here(struct port *port, struct fault *fault)
{
	port->here = calloc(port->endpoints.n + 1, sizeof(*port->here));
	if (!port->here)
		return fault_memory(fault);
	for (size_t i = 0; i < port->endpoints.n; i++)
		if (port->endpoints.list[i].local.port == port->number)
			port->here[port->n_here++] = port->endpoints.list[i];
	qsort(port->here, port->n_here, sizeof(*port->here), in_order);
	return STATUS_OK;
}

static void count_blockers(struct blockers *blockers, const struct attempt *attempt,
			   const struct port *port)
{
	for (size_t i = 0; i < port->n_here; i++) {
		const struct endpoint *endpoint = &port->here[i];

		if (!bind_overlaps(attempt, endpoint))
			continue;
		blockers->listeners += endpoint->kind == ENDPOINT_LISTENER;
		blockers->connections += endpoint->kind == ENDPOINT_CONNECTION;
		blockers->minis += endpoint->kind == ENDPOINT_MINI;
		if (endpoint->left_ms > blockers->left_ms)
			blockers->left_ms = endpoint->left_ms;
	}
}

static enum status read_one(void *one, struct netns *ns, struct owners *owners, const void *arg,
			    struct fault *fault)
{
	const struct request *request = arg;
	struct port *port = one;

	port->saved = ns->source.saved;
	plan(port, request);
	/* The trial first, so that what was in its way is most likely still in the tables. */
	port->tried = !request->no_bind && bind_try(ns, port->attempts, port->n_attempts);
	if (endpoints_read(&port->endpoints, &ns->source, fault) || pick_here(port, fault))
		return fault->status;
	for (size_t i = 0; i < port->n_attempts; i++) {
		if (!port->tried)
			bind_guess(&port->attempts[i], port->here, port->n_here);
		/* What is there may leave room, as a listener with IPV6_V6ONLY does. */
		if (port->attempts[i].plain == BIND_IN_USE)
			count_blockers(&port->blockers[i], &port->attempts[i], port);
	}
	port_range_read(&port->range, ns, &port->endpoints);
	/* The inodes of a saved copy are other sockets' by now. */
	for (size_t i = 0; i < port->n_here && !port->saved; i++)
		if (owners_want(owners, port->here[i].inode, fault))
			return fault->status;
	return STATUS_OK;
}

static enum status digest(void *one, const struct owners *owners, const void *arg,
			  struct fault *fault)
{
	struct port *port = one;

	(void)arg;
	port->holders = calloc(port->n_here + 1, sizeof(*port->holders));
	if (!port->holders)
		return fault_memory(fault);
	for (size_t i = 0; i < port->n_here; i++) {
		size_t n;
		const struct owned *owned = owners_of(owners, port->here[i].inode, &n);

		port->holders[i].endpoint = &port->here[i];
		port->holders[i].owner = n ? &owners->list[owned->owner] : NULL;
	}
	return destinations_find(&port->destinations, &port->range, &port->endpoints, fault);
}

static void free_one(void *one)
{
	struct port *port = one;

	endpoints_free(&port->endpoints);
	destinations_free(&port->destinations);
	free(port->here);
	free(port->holders);
}

static bool is_unseen(const struct attempt *attempt, const struct blockers *blockers)
{
	return attempt->plain == BIND_IN_USE && !blockers->listeners && !blockers->connections &&
	       !blockers->minis;
}

static unsigned int percent(const struct port *port, const struct destination *destination)
{
	const size_t all = port->range.n_usable;

	return all ? (unsigned int)(100 * destination->used / all) : 100;
}

/* Then connect() fails with EADDRNOTAVAIL. */
static bool is_exhausted(const struct port *port, const struct destination *destination)
{
	return port->range.known && destination->used - destination->reusable >=
					    port->range.n_usable;
}

/* Those with this port at the other end, and whoever is short of ports. */
static bool is_told(const struct port *port, const struct destination *destination)
{
	return destination->to.port == port->number ||
	       percent(port, destination) >= FULL_PERCENT;
}

static const char *local_text(char text[TEXT_WIDTH], const struct attempt *attempt)
{
	const struct addr *local = &attempt->local;
	char ip[INET6_ADDRSTRLEN];

	snprintf(text, TEXT_WIDTH, local->v4 ? "%s:%u" : "[%s]:%u", addr_ip_text(ip, local),
		 local->port);
	return text;
}

static void add_attempts(const struct port *port, struct doc *doc, struct json_object *object)
{
	struct json_object *array = doc_array(doc);

	for (size_t i = 0; i < port->n_attempts; i++) {
		const struct attempt *attempt = &port->attempts[i];
		const struct blockers *blockers = &port->blockers[i];
		const struct number left = { .known = blockers->minis, blockers->left_ms };
		struct json_object *member = doc_object(doc);
		char text[TEXT_WIDTH];

		doc_add_string(doc, member, "local", local_text(text, attempt));
		doc_add_bool(doc, member, "v6only", attempt->v6_only);
		doc_add_string(doc, member, "plain", bind_answer_name(attempt->plain));
		doc_add_string(doc, member, "reuseaddr", bind_answer_name(attempt->reuse));
		doc_add_u64(doc, member, "listeners", blockers->listeners);
		doc_add_u64(doc, member, "connections", blockers->connections);
		doc_add_u64(doc, member, "time_wait", blockers->minis);
		doc_add_number(doc, member, "time_wait_left_ms", left);
		doc_add_bool(doc, member, "in_no_table", is_unseen(attempt, blockers));
		doc_append(doc, array, member);
	}
	doc_add(doc, object, "attempts", array);
}

static void add_holders(const struct port *port, struct doc *doc, struct json_object *object)
{
	struct json_object *array = doc_array(doc);

	for (size_t i = 0; i < port->n_here && i < HOLDERS_IN_JSON; i++) {
		const struct endpoint *endpoint = port->holders[i].endpoint;
		const struct number left = { .known = endpoint->kind == ENDPOINT_MINI,
					     .value = endpoint->left_ms };
		struct json_object *member = doc_object(doc);

		doc_add_string(doc, member, "state", endpoint->state);
		doc_add_string(doc, member, "local", endpoint->local_text);
		doc_add_string(doc, member, "remote", endpoint->remote_text);
		owner_json(port->holders[i].owner, doc, member);
		doc_add_number(doc, member, "left_ms", left);
		doc_append(doc, array, member);
	}
	doc_add_u64(doc, object, "holders_total", port->n_here);
	doc_add(doc, object, "holders", array);
}

static void add_destinations(const struct port *port, struct doc *doc,
			     struct json_object *object)
{
	const struct number low = { port->range.known, port->range.low };
	const struct number high = { port->range.known, port->range.high };
	const struct number usable = { port->range.known, port->range.n_usable };
	struct json_object *array = doc_array(doc);
	struct json_object *range = doc_object(doc);

	doc_add_number(doc, range, "low", low);
	doc_add_number(doc, range, "high", high);
	doc_add_number(doc, range, "usable", usable);
	doc_add_number(doc, range, "tcp_tw_reuse", port->range.tw_reuse);
	doc_add(doc, object, "local_ports", range);
	for (size_t i = 0; i < port->destinations.n; i++) {
		const struct destination *destination = &port->destinations.list[i];
		struct json_object *member;
		char from[INET6_ADDRSTRLEN];

		if (!is_told(port, destination))
			continue;
		member = doc_object(doc);
		doc_add_string(doc, member, "remote", destination->to_text);
		doc_add_string(doc, member, "from", addr_ip_text(from, &destination->from));
		doc_add_u64(doc, member, "used", destination->used);
		doc_add_u64(doc, member, "time_wait", destination->time_wait);
		doc_add_u64(doc, member, "reusable", destination->reusable);
		doc_add_bool(doc, member, "exhausted", is_exhausted(port, destination));
		doc_append(doc, array, member);
	}
	doc_add(doc, object, "destinations", array);
}

static void print_json(const void *one, struct doc *doc, struct json_object *object)
{
	const struct port *port = one;

	doc_add_u64(doc, object, "port", port->number);
	doc_add_bool(doc, object, "tried", port->tried);
	add_attempts(port, doc, object);
	add_holders(port, doc, object);
	add_destinations(port, doc, object);
}

static void explain_in_use(const struct port *port, size_t i, char *text, size_t size)
{
	const struct attempt *attempt = &port->attempts[i];
	const struct blockers *b = &port->blockers[i];
	char age[AGE_SIZE];

	text_age(age, b->left_ms);
	if (b->listeners)
		snprintf(text, size,
			 "in use: something listens there. SO_REUSEADDR does not help; stop it, or take another port or address.");
	else if (is_unseen(attempt, b))
		snprintf(text, size,
			 "in use, by a socket that is bound but neither listening nor connected: such are in no table (since Linux 6.8, ss --tcp --bound-inactive shows them). SO_REUSEADDR %s.",
			 attempt->reuse == BIND_WORKS ? "helps" : "does not help");
	else if (attempt->reuse == BIND_WORKS && !b->connections)
		snprintf(text, size,
			 "only with SO_REUSEADDR, which every server should set before bind(): nothing but TIME_WAIT is left there, the last for %s.",
			 age);
	else if (attempt->reuse == BIND_WORKS)
		snprintf(text, size,
			 "only with SO_REUSEADDR, which every server should set before bind(): connections are left there, but nothing listens.");
	else if (attempt->reuse == BIND_UNKNOWN)
		snprintf(text, size,
			 "not without SO_REUSEADDR; with it, if all sockets that are left there have it, too: the tables do not tell.");
	else if (b->connections)
		snprintf(text, size,
			 "in use, by connections. SO_REUSEADDR does not help, as not all sockets there have it, too: those of connect() mostly do not. Wait until they are closed; a server's port should be outside of ip_local_port_range, or in ip_local_reserved_ports.");
	else
		snprintf(text, size,
			 "in use, by TIME_WAITs for %s. SO_REUSEADDR does not help: their sockets did not have it, or something that is in no table is bound there.",
			 age);
}

static void print_attempt(const struct port *port, size_t i, const struct page *page)
{
	static const char *const sentences[] = {
		[BIND_UNKNOWN] =
			"nothing in the tables is in the way; whether something is bound there which neither listens nor is connected, only a trial shows.",
		[BIND_WORKS] = "bind() and listen() would work now.",
		[BIND_NO_ADDRESS] = "no interface here has this address.",
		[BIND_DENIED] =
			"this user may not take that port: see net.ipv4.ip_unprivileged_port_start, or CAP_NET_BIND_SERVICE.",
		[BIND_NO_FAMILY] = "there is no IPv6 here.",
		[BIND_FAILED] =
			"bind() fails; an address such as fe80::1 needs an interface with it.",
	};
	const struct attempt *attempt = &port->attempts[i];
	char in_use[400];
	char text[TEXT_WIDTH];
	size_t used;

	local_text(text, attempt);
	used = strlen(text);
	if (attempt->v6_only)
		snprintf(text + used, sizeof(text) - used, " (IPV6_V6ONLY)");
	text_paint(page, PAINT_HEAD, "%s", text);
	fputs("  ", page->file);
	explain_in_use(port, i, in_use, sizeof(in_use));
	text_wrap(page, attempt->plain == BIND_WORKS ? PAINT_GOOD : PAINT_WARN, strlen(text) + 2, 2,
		  attempt->plain == BIND_IN_USE ? in_use : sentences[attempt->plain]);
}

static enum status print_holders(const struct port *port, const struct page *page,
				 struct fault *fault)
{
	struct grid grid;

	if (!port->n_here)
		return STATUS_OK;
	fputc('\n', page->file);
	grid_init(&grid, 6);
	grid_head(&grid, "state", false);
	grid_head(&grid, "local", false);
	grid_head(&grid, "remote", false);
	grid_head(&grid, "gone in", true);
	grid_head(&grid, "pid", true);
	grid_head(&grid, "name", false);
	for (size_t i = 0; i < port->n_here && i < HOLDERS_SHOWN; i++) {
		const struct endpoint *endpoint = port->holders[i].endpoint;
		const struct owner *owner = port->holders[i].owner;
		char age[AGE_SIZE];

		grid_cell(&grid, "%s", endpoint->state);
		grid_cell(&grid, "%s", endpoint->local_text);
		grid_cell(&grid, "%s", endpoint->remote_text ? endpoint->remote_text : "-");
		grid_cell(&grid, "%s", endpoint->kind == ENDPOINT_MINI ?
					       text_age(age, endpoint->left_ms) : "-");
		grid_cell(&grid, "%s", owner ? owner->pid_text : "-");
		grid_cell(&grid, "%s", owner ? owner->comm : "-");
	}
	if (grid_print(&grid, page, 0, fault))
		return fault->status;
	if (port->n_here > HOLDERS_SHOWN)
		fprintf(page->file, "and %zu more\n", port->n_here - HOLDERS_SHOWN);
	return STATUS_OK;
}

static void print_destination(const struct port *port, const struct destination *destination,
			      const struct page *page)
{
	const unsigned int full = percent(port, destination);
	const char *state = "";
	const char *remedy = "";
	char from[INET6_ADDRSTRLEN];
	char line[400];

	if (is_exhausted(port, destination))
		state = " None is left: connect() fails (EADDRNOTAVAIL).";
	else if (destination->used >= port->range.n_usable)
		state = " None is left but what connect() may take over from TIME_WAIT.";
	else if (full >= FULL_PERCENT)
		state = " It is running out of them.";
	if (full >= FULL_PERCENT && destination->time_wait > destination->used / 2)
		remedy = port->range.tw_reuse.value == 1 ?
				 " Keep connections open." :
				 " Keep connections open, or set net.ipv4.tcp_tw_reuse to 1.";
	else if (full >= FULL_PERCENT)
		remedy =
			" Use fewer connections, more addresses, or a wider ip_local_port_range.";
	snprintf(line, sizeof(line),
		 "Towards %s connect() from %s has taken %zu of %zu ports (%u %%), %zu of them in TIME_WAIT.%s%s",
		 destination->to_text, addr_ip_text(from, &destination->from), destination->used,
		 port->range.n_usable, full, destination->time_wait, state, remedy);
	text_wrap(page, full >= FULL_PERCENT ? PAINT_BAD : PAINT_NONE, 0, 2, line);
}

static void print_destinations(const struct port *port, const struct page *page)
{
	size_t shown = 0;

	fputc('\n', page->file);
	if (!port->range.known) {
		text_wrap(page, PAINT_NONE, 0, 0,
			  "Which ports connect() may take is not known (net.ipv4.ip_local_port_range).");
		return;
	}
	if (port->range.usable[port->number])
		text_wrap(page, PAINT_NONE, 0, 0,
			  "connect() may take this port (net.ipv4.ip_local_port_range): reserve a server's in net.ipv4.ip_local_reserved_ports.");
	else if (port->number >= port->range.low && port->number <= port->range.high)
		text_wrap(page, PAINT_NONE, 0, 0,
			  "The port is in net.ipv4.ip_local_port_range, but connect() does not take it: it is reserved, or listened on.");
	for (size_t i = 0; i < port->destinations.n && shown < DESTINATIONS_SHOWN; i++) {
		if (!is_told(port, &port->destinations.list[i]))
			continue;
		print_destination(port, &port->destinations.list[i], page);
		shown++;
	}
	if (!shown)
		fprintf(page->file, "connect() has %zu ports, and is short of them nowhere.\n",
			port->range.n_usable);
}

static enum status print_text(const void *one, const struct page *page, struct fault *fault)
{
	const struct port *port = one;

	for (size_t i = 0; i < port->n_attempts; i++)
		print_attempt(port, i, page);
	if (!port->tried)
		fputs("This is from the tables alone; bind() was not tried.\n", page->file);
	if (print_holders(port, page, fault))
		return fault->status;
	print_destinations(port, page);
	return STATUS_OK;
}

static const struct survey survey = {
	.name = "port",
	.size = sizeof(struct port),
	.read = read_one,
	.digest = digest,
	.json = print_json,
	.text = print_text,
	.free = free_one,
};

enum status port_main(struct options *options, int argc, char **argv)
{
	char name[] = "tcpwatch port";
	struct request request = { .any = true };

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	return survey_run(&survey, options, &request);
}
