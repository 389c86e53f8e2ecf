// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "commands.h"
#include "listener.h"
#include "summary.h"
#include "survey.h"

enum { USERS_SHOWN = 20 };

/**
 * struct cost - what some sockets take
 * @sockets: how many
 * @bytes: kernel memory: the sockets, their queues, and what they have in reserve
 */
struct cost {
	uint64_t sockets;
	uint64_t bytes;
};

/**
 * struct cost_state - what the sockets in a state take
 * @name: the state; owned by the table, or a constant
 * @cost: what they take
 */
struct cost_state {
	const char *name;
	struct cost cost;
};

/**
 * struct holding - a socket that somebody may have
 * @inode: its inode, 0 if no program has it
 * @bytes: what it takes
 */
struct holding {
	uint64_t inode;
	uint64_t bytes;
};

/**
 * enum user_kind - who has sockets
 * @USER_PROCESS: a process
 * @USER_UNSEEN: one that cannot be seen
 * @USER_NONE: no program: orphans, which the kernel closes, and what no accept() took
 */
enum user_kind { USER_PROCESS, USER_UNSEEN, USER_NONE };

/**
 * struct user - who has sockets
 * @kind: what it is
 * @owner: the process
 * @cost: what they take; a shared socket is the first's, as of owners_of()
 */
struct user {
	enum user_kind kind;
	const struct owner *owner;
	struct cost cost;
};

enum { STATES_MAX = 16 };

/**
 * struct memory - what the sockets of one namespace take
 * @summary: its counters
 * @connections: its connections, as a table
 * @listeners: its listeners
 * @states: by state
 * @n_states: how many states there are
 * @total: all
 * @holdings: each socket
 * @n_holdings: how many
 * @users: by process, those with the most first
 * @n_users: how many
 * @saved: it is a saved copy
 * @why_unseen: why no process has a socket, though it has an inode
 */
struct memory {
	struct summary summary;
	struct table connections;
	struct listeners listeners;
	struct cost_state states[STATES_MAX];
	size_t n_states;
	struct cost total;
	struct holding *holdings;
	size_t n_holdings;
	struct user *users;
	size_t n_users;
	bool saved;
	const char *why_unseen;
};

static void add_cost(struct cost *cost, uint64_t sockets, uint64_t bytes)
{
	cost->sockets += sockets;
	if (__builtin_add_overflow(cost->bytes, bytes, &cost->bytes))
		cost->bytes = UINT64_MAX;
}

static void add_state(struct memory *memory, const char *name, uint64_t sockets, uint64_t bytes)
{
	size_t i = 0;

	add_cost(&memory->total, sockets, bytes);
	while (i < memory->n_states && strcmp(memory->states[i].name, name) != 0)
		i++;
	if (i == STATES_MAX)
		return;
	if (i == memory->n_states)
		memory->states[memory->n_states++].name = name;
	add_cost(&memory->states[i].cost, sockets, bytes);
}

static void add_socket(struct memory *memory, const char *state, uint64_t inode, uint64_t bytes)
{
	add_state(memory, state, 1, bytes);
	memory->holdings[memory->n_holdings++] = (struct holding){ inode, bytes };
}

static enum status take_connections(struct memory *memory, struct fault *fault)
{
	enum { STATE, INODE, BYTES, COLUMNS };
	static const char *const names[COLUMNS] = { "state", "inode", "mem_bytes" };
	const struct table *table = &memory->connections;
	size_t at[COLUMNS];

	if (table_columns(table, names, COLUMNS, at, fault))
		return fault->status;
	for (size_t i = 0; i < table->n_rows; i++) {
		const char *state = table_row(table, i)[at[STATE]];
		struct number inode, bytes;

		if (table_number(table, i, at[INODE], &inode, fault) ||
		    table_number(table, i, at[BYTES], &bytes, fault))
			return fault->status;
		add_socket(memory, state, inode.value, bytes.value);
	}
	return STATUS_OK;
}

/*
 * Requests are half-open; the few full sockets in SYN_RECV (simultaneous opens, fast
 * opens) are in `connections`, and counted in the same line of summary.
 */
static void take_minis(struct memory *memory)
{
	const struct number requests = summary_find(&memory->summary, "syn_recv_bytes");
	const struct number minis = summary_find(&memory->summary, "time_wait_bytes");
	uint64_t full_syn_recv = 0;
	uint64_t full_fin_wait2 = 0;
	uint64_t half_open = memory->summary.syn_recv;
	uint64_t fin_wait2 = memory->summary.fin_wait2;

	for (size_t i = 0; i < memory->n_states; i++) {
		if (!strcmp(memory->states[i].name, "SYN_RECV"))
			full_syn_recv = memory->states[i].cost.sockets;
		if (!strcmp(memory->states[i].name, "FIN_WAIT2"))
			full_fin_wait2 = memory->states[i].cost.sockets;
	}
	half_open -= half_open < full_syn_recv ? half_open : full_syn_recv;
	fin_wait2 -= fin_wait2 < full_fin_wait2 ? fin_wait2 : full_fin_wait2;
	if (half_open && requests.known)
		add_state(memory, "SYN_RECV", half_open, requests.value);
	/* The mini-sockets in FIN_WAIT2 are among these bytes: one size fits all. */
	if (minis.known && minis.value)
		add_state(memory, "TIME_WAIT", memory->summary.time_wait + fin_wait2,
			  minis.value);
}

static enum status read_one(void *one, struct netns *ns, struct owners *owners, const void *arg,
			    struct fault *fault)
{
	struct memory *memory = one;
	enum status status = summary_read(&memory->summary, &ns->source, fault);

	(void)arg;
	memory->saved = ns->source.saved;
	if (!status)
		status = table_read(&memory->connections, &ns->source, "connections", NULL, fault);
	if (!status)
		status = listeners_read(&memory->listeners, &ns->source, fault);
	if (status)
		return status;
	memory->holdings = calloc(memory->connections.n_rows + memory->listeners.n + 1,
				  sizeof(*memory->holdings));
	if (!memory->holdings)
		return fault_memory(fault);
	status = take_connections(memory, fault);
	if (status)
		return status;
	for (size_t i = 0; i < memory->listeners.n; i++)
		add_socket(memory, "LISTEN", memory->listeners.rows[i].inode,
			   memory->listeners.rows[i].mem_bytes.value);
	take_minis(memory);
	/* The inodes of a saved copy are other sockets' by now. */
	for (size_t i = 0; i < memory->n_holdings && !status && !memory->saved; i++)
		status = owners_want(owners, memory->holdings[i].inode, fault);
	return status;
}

static int most_first(const void *left, const void *right)
{
	const struct user *a = left;
	const struct user *b = right;

	return (a->cost.bytes < b->cost.bytes) - (a->cost.bytes > b->cost.bytes);
}

static int state_most_first(const void *left, const void *right)
{
	const struct cost_state *a = left;
	const struct cost_state *b = right;

	return (a->cost.bytes < b->cost.bytes) - (a->cost.bytes > b->cost.bytes);
}

/* Each process has its place in the list, by owners->list; behind them the others. */
static enum status digest(void *one, const struct owners *owners, const void *arg,
			  struct fault *fault)
{
	struct memory *memory = one;
	const size_t unseen = owners->n;
	const size_t none = owners->n + 1;
	struct user *users = calloc(owners->n + 2, sizeof(*users));

	(void)arg;
	if (!users)
		return fault_memory(fault);
	memory->users = users;
	memory->why_unseen = owners_why_unseen(owners);
	for (size_t i = 0; i < owners->n; i++)
		users[i].owner = &owners->list[i];
	users[unseen].kind = USER_UNSEEN;
	users[none].kind = USER_NONE;
	for (size_t i = 0; i < memory->n_holdings; i++) {
		const struct holding *holding = &memory->holdings[i];
		size_t n;
		const struct owned *owned = owners_of(owners, holding->inode, &n);
		size_t place = holding->inode ? unseen : none;

		add_cost(&users[n ? owned->owner : place].cost, 1, holding->bytes);
	}
	for (size_t i = 0; i < owners->n + 2; i++)
		if (users[i].cost.sockets)
			users[memory->n_users++] = users[i];
	qsort(users, memory->n_users, sizeof(*users), most_first);
	qsort(memory->states, memory->n_states, sizeof(*memory->states), state_most_first);
	return STATUS_OK;
}

static void free_one(void *one)
{
	struct memory *memory = one;

	summary_free(&memory->summary);
	table_free(&memory->connections);
	listeners_free(&memory->listeners);
	free(memory->holdings);
	free(memory->users);
}

static void add_cost_json(const struct cost *cost, struct doc *doc, struct json_object *object)
{
	doc_add_u64(doc, object, "sockets", cost->sockets);
	doc_add_u64(doc, object, "mem_bytes", cost->bytes);
}

static void print_json(const void *one, struct doc *doc, struct json_object *object)
{
	static const char *const kinds[] = {
		[USER_PROCESS] = "process",
		[USER_UNSEEN] = "unseen",
		[USER_NONE] = "none",
	};
	const struct memory *memory = one;
	struct json_object *states = doc_array(doc);
	struct json_object *users = doc_array(doc);

	add_cost_json(&memory->total, doc, object);
	doc_add_u64(doc, object, "module_bytes", memory->summary.memory_bytes);
	for (size_t i = 0; i < memory->n_states; i++) {
		struct json_object *member = doc_object(doc);

		doc_add_string(doc, member, "state", memory->states[i].name);
		add_cost_json(&memory->states[i].cost, doc, member);
		doc_append(doc, states, member);
	}
	doc_add(doc, object, "states", states);
	for (size_t i = 0; i < memory->n_users; i++) {
		struct json_object *member = doc_object(doc);

		doc_add_string(doc, member, "kind", kinds[memory->users[i].kind]);
		owner_json(memory->users[i].owner, doc, member);
		add_cost_json(&memory->users[i].cost, doc, member);
		doc_append(doc, users, member);
	}
	doc_add(doc, object, "holders", users);
}

static void cost_heads(struct grid *grid)
{
	grid_head(grid, "sockets", true);
	grid_head(grid, "memory", true);
	grid_head(grid, "each", true);
}

static void cost_cells(struct grid *grid, const struct cost *cost)
{
	char bytes[AGE_SIZE];

	grid_cell(grid, "%" PRIu64, cost->sockets);
	grid_cell(grid, "%s", text_bytes(bytes, cost->bytes));
	grid_cell(grid, "%s",
		  cost->sockets ? text_bytes(bytes, cost->bytes / cost->sockets) : "-");
}

static enum status print_states(const struct memory *memory, const struct page *page,
				struct fault *fault)
{
	struct grid grid;

	grid_init(&grid, 4);
	grid_head(&grid, "state", false);
	cost_heads(&grid);
	for (size_t i = 0; i < memory->n_states; i++) {
		grid_cell(&grid, "%s", memory->states[i].name);
		cost_cells(&grid, &memory->states[i].cost);
	}
	return grid_print(&grid, page, 0, fault);
}

static enum status print_users(const struct memory *memory, const struct page *page,
			       struct fault *fault)
{
	static const char *const kinds[] = {
		[USER_PROCESS] = "",
		[USER_UNSEEN] = "(not seen)",
		[USER_NONE] = "(no program)",
	};
	struct grid grid;

	grid_init(&grid, 5);
	grid_head(&grid, "pid", true);
	grid_head(&grid, "name", false);
	cost_heads(&grid);
	for (size_t i = 0; i < memory->n_users && i < USERS_SHOWN; i++) {
		const struct user *user = &memory->users[i];

		grid_cell(&grid, "%s", user->owner ? user->owner->pid_text : "-");
		grid_cell(&grid, "%s", user->owner ? user->owner->comm : kinds[user->kind]);
		cost_cells(&grid, &user->cost);
	}
	return grid_print(&grid, page, 0, fault);
}

static enum status print_text(const void *one, const struct page *page, struct fault *fault)
{
	const struct memory *memory = one;
	char bytes[AGE_SIZE];
	bool unseen = false;

	for (size_t i = 0; i < memory->n_users; i++)
		unseen |= memory->users[i].kind == USER_UNSEEN;
	text_paint(page, PAINT_HEAD, "%" PRIu64 " socket%s take%s %s of kernel memory.\n",
		   memory->total.sockets, text_plural(memory->total.sockets),
		   memory->total.sockets == 1 ? "s" : "", text_bytes(bytes, memory->total.bytes));
	if (memory->n_states) {
		fputc('\n', page->file);
		if (print_states(memory, page, fault))
			return fault->status;
	}
	if (memory->n_users) {
		fputc('\n', page->file);
		if (print_users(memory, page, fault))
			return fault->status;
	}
	if (memory->n_users > USERS_SHOWN)
		fprintf(page->file, "and %zu more (--json has all)\n",
			memory->n_users - USERS_SHOWN);
	if (unseen && memory->saved)
		fputs("A saved copy does not say which process had a socket.\n", page->file);
	else if (unseen)
		text_wrap(page, PAINT_NONE, 0, 0, memory->why_unseen);
	return STATUS_OK;
}

static const struct survey survey = {
	.name = "memory",
	.about =
		"Kernel memory that sockets take now, by state and by process: the sockets,\n"
		"what is in their queues, and what they have in reserve (granted by\n"
		"net.ipv4.tcp_mem, not used yet); not the files and inodes of the programs\n"
		"that hold them. TIME_WAIT has here also the mini-sockets in FIN_WAIT2,\n"
		"SYN_RECV the half-open requests: no process has them.",
	.size = sizeof(struct memory),
	.read = read_one,
	.digest = digest,
	.json = print_json,
	.text = print_text,
	.free = free_one,
};

enum status memory_main(struct options *options, int argc, char **argv)
{
	return survey_main(&survey, options, argc, argv);
}
