// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "listing.h"

/* What is shown next to the columns of `connections`. */
static const struct pick derived[] = {
	{ "verdict", 0, ORIGIN_VERDICT, COLUMN_WORD },
	{ "pid", 0, ORIGIN_PID, COLUMN_NUMBER },
	{ "comm", 0, ORIGIN_COMM, COLUMN_WORD },
	{ "netns", 0, ORIGIN_NETNS, COLUMN_WORD },
};

/**
 * struct places - the columns of `connections` that filters and joins look at
 * @id: the cookie
 * @state: the state
 * @local: the own end
 * @remote: the peer's end
 * @inode: the inode
 */
struct places {
	size_t id;
	size_t state;
	size_t local;
	size_t remote;
	size_t inode;
};

static bool asks_for(const struct query *query, const char *column)
{
	const size_t length = strlen(column);
	const char *p = query->columns;

	if (query->sort && !strcmp(query->sort, column))
		return true;
	while (p && *p) {
		size_t name = strcspn(p, ",");

		if (name == length && !strncmp(p, column, length))
			return true;
		p += name + (p[name] == ',');
	}
	return false;
}

/**
 * query_wants_owners() - does it need to know which process has a socket?
 * @query: the query
 *
 * Return: whether it does.
 */
bool query_wants_owners(const struct query *query)
{
	return query->owner || filter_has(&query->filter, FILTER_PID) ||
	       filter_has(&query->filter, FILTER_COMM) || asks_for(query, "pid") ||
	       asks_for(query, "comm");
}

static bool only_close_wait(const struct query *query)
{
	const struct alternative *a = query->filter.any[FILTER_STATE];

	if (!a)
		return false;
	while (a && !strcmp(a->word, "CLOSE_WAIT"))
		a = a->next;
	return !a;
}

static bool wants_verdicts(const struct query *query)
{
	return filter_has(&query->filter, FILTER_VERDICT) || only_close_wait(query) ||
	       asks_for(query, "verdict");
}

static enum status no_column(const struct table *table, const char *name, struct fault *fault)
{
	char names[sizeof(fault->text) - 200] = "";
	size_t used = 0;

	for (size_t i = 0; i < table->n_columns && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s ",
					 table->columns[i]);
	return fault_set(fault, STATUS_USAGE,
			 "there is no column '%.64s'; they are %sverdict pid comm netns", name,
			 names);
}

static enum status pick_column(const struct table *table, const char *name, struct pick *pick,
			       struct fault *fault)
{
	*pick = (struct pick){ .name = name, .kind = column_kind(name) };
	if (table_find(table, name, &pick->at))
		return STATUS_OK;
	for (size_t i = 0; i < ARRAY_SIZE(derived); i++) {
		if (!strcmp(name, derived[i].name)) {
			*pick = derived[i];
			return STATUS_OK;
		}
	}
	return no_column(table, name, fault);
}

static enum status add_pick(struct section *section, const char *name, size_t *room,
			    struct fault *fault)
{
	struct pick *picks = array_fit(section->picks, room, section->n_picks + 1,
				       sizeof(*picks));

	if (!picks)
		return fault_memory(fault);
	section->picks = picks;
	return pick_column(&section->table, name, &picks[section->n_picks++], fault);
}

static enum status add_picks(struct section *section, const char *const *names, size_t *room,
			     struct fault *fault)
{
	enum status status = STATUS_OK;

	for (; *names && !status; names++) {
		size_t at;

		status = add_pick(section, *names, room, fault);
		/* A usual column that is not there is no mistake of the user. */
		if (status == STATUS_USAGE)
			status = table_column(&section->table, *names, &at, fault);
	}
	return status;
}

static enum status pick_asked(const struct listing *listing, struct section *section,
			      size_t *room, struct fault *fault)
{
	const char *name = listing->columns;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < listing->n_columns && !status; i++) {
		status = add_pick(section, name, room, fault);
		name += strlen(name) + 1;
	}
	return status;
}

static enum status pick_usual(const struct listing *listing, struct section *section, size_t *room,
			      struct fault *fault)
{
	static const char *const netns[] = { "netns", NULL };
	static const char *const state[] = { "state", NULL };
	static const char *const ends[] = { "state_ms", "local", "remote", NULL };
	static const char *const unread[] = { "rcv_unread", NULL };
	static const char *const queues[] = { "rcv_unread", "snd_unsent", NULL };
	static const char *const verdict[] = { "verdict", NULL };
	static const char *const owner[] = { "pid", "comm", NULL };
	const char *const *parts[6] = { 0 };
	enum status status = STATUS_OK;
	size_t n = 0;

	/* What fits 80 columns with usual IPv4 addresses. */
	if (listing->titles_shown)
		parts[n++] = netns;
	if (!only_close_wait(listing->query))
		parts[n++] = state;
	parts[n++] = ends;
	if (!listing->owners_shown)
		parts[n++] = listing->verdicts_shown ? unread : queues;
	if (listing->verdicts_shown)
		parts[n++] = verdict;
	if (listing->owners_shown)
		parts[n++] = owner;
	for (size_t i = 0; i < n && !status; i++)
		status = add_picks(section, parts[i], room, fault);
	return status;
}

static enum status pick_everything(const struct listing *listing, struct section *section,
				   size_t *room, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < section->table.n_columns && !status; i++)
		status = add_pick(section, section->table.columns[i], room, fault);
	if (!status && listing->verdicts_shown)
		status = add_pick(section, "verdict", room, fault);
	if (!status && listing->owners_shown)
		status = add_pick(section, "pid", room, fault);
	if (!status && listing->owners_shown)
		status = add_pick(section, "comm", room, fault);
	return status;
}

static enum status find_places(const struct listing *listing, const struct table *table,
			       struct places *places, struct fault *fault)
{
	enum status status = table_column(table, "state", &places->state, fault);

	if (!status)
		status = table_column(table, "local", &places->local, fault);
	if (!status)
		status = table_column(table, "remote", &places->remote, fault);
	if (!status)
		status = table_column(table, "id", &places->id, fault);
	if (!status && listing->owners_shown)
		status = table_column(table, "inode", &places->inode, fault);
	return status;
}

static int by_id(const void *left, const void *right)
{
	const struct waiting *a = left;
	const struct waiting *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static const char *find_verdict(const struct closewait *closewait, uint64_t id)
{
	const struct waiting key = { .id = id };
	const struct waiting *found = bsearch(&key, closewait->rows, closewait->n, sizeof(key),
					      by_id);

	return found ? found->verdict_text : "-";
}

/* The filters of addresses and ports. Without any the ends are not looked at here. */
static enum status test_ends(const struct filter *filter, const struct table *table,
			     const struct places *places, const struct row *row, bool *wanted,
			     struct fault *fault)
{
	struct addr local, remote;

	*wanted = true;
	if (!filter_has(filter, FILTER_LOCAL) && !filter_has(filter, FILTER_REMOTE) &&
	    !filter_has(filter, FILTER_PORT))
		return STATUS_OK;
	if (table_addr(table, row->row, places->local, &local, fault) ||
	    table_addr(table, row->row, places->remote, &remote, fault))
		return fault->status;
	*wanted = filter_addr(filter, FILTER_LOCAL, &local) &&
		  filter_addr(filter, FILTER_REMOTE, &remote) &&
		  filter_port(filter, &local, &remote);
	return STATUS_OK;
}

/* The row's verdict and inode, and all filters but those that need its owners. */
static enum status test_row(const struct listing *listing, const struct section *section,
			    const struct places *places, struct row *row, bool *wanted,
			    struct fault *fault)
{
	const struct filter *filter = &listing->query->filter;
	const struct table *table = &section->table;
	const char *state = table_row(table, row->row)[places->state];
	struct number id, number;

	if (test_ends(filter, table, places, row, wanted, fault) ||
	    table_number(table, row->row, places->id, &id, fault))
		return fault->status;
	if (listing->verdicts_shown && !strcmp(state, "CLOSE_WAIT"))
		row->verdict = find_verdict(&section->closewait, id.value);
	if (listing->owners_shown) {
		if (table_number(table, row->row, places->inode, &number, fault))
			return fault->status;
		row->inode = number.value;
	}
	*wanted = *wanted && filter_word(filter, FILTER_STATE, state) && filter_id(filter, id) &&
		  filter_word(filter, FILTER_VERDICT, row->verdict);
	return STATUS_OK;
}

static enum status check_cell(const struct section *section, const struct row *row,
			      const struct pick *pick, struct fault *fault)
{
	if (pick->origin != ORIGIN_TABLE ||
	    cell_check(pick->kind, section->table.cells[pick->at]))
		return STATUS_OK;
	return table_bad_cell(&section->table, row->row, pick->at, cell_mistake(pick->kind),
			      fault);
}

/* So that nothing can go wrong with a row when it is shown. */
static enum status check_cells(const struct section *section, const struct row *row,
			       struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < section->n_picks && !status; i++)
		status = check_cell(section, row, &section->picks[i], fault);
	return status;
}

static enum status select_rows(struct listing *listing, struct section *section,
			       struct fault *fault)
{
	enum status status;
	struct places places = { 0 };

	status = find_places(listing, &section->table, &places, fault);
	for (size_t i = 0; i < section->table.n_rows && !status; i++) {
		struct row *rows = array_fit(section->rows, &section->room, section->n + 1,
					     sizeof(*rows));
		bool wanted = false;
		struct row *row;

		if (!rows)
			return fault_memory(fault);
		section->rows = rows;
		row = &rows[section->n];
		*row = (struct row){ .row = i, .verdict = "-" };
		status = test_row(listing, section, &places, row, &wanted, fault);
		if (status || !wanted)
			continue;
		section->n++;
		status = check_cells(section, row, fault);
		if (!status && listing->owners_shown)
			status = owners_want(&listing->owners, row->inode, fault);
	}
	return status;
}

static enum status read_section(struct listing *listing, const struct options *options,
				struct netns *ns, struct section *section, struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t room = 0;

	netns_title(ns, section->title);
	if (listing->verdicts_shown) {
		status = closewait_read(&section->closewait, &ns->source, fault);
		if (!status)
			qsort(section->closewait.rows, section->closewait.n,
			      sizeof(*section->closewait.rows), by_id);
	}
	if (!status)
		status = table_read(&section->table, &ns->source, "connections", NULL, fault);
	if (status)
		return status;
	if (listing->columns)
		status = pick_asked(listing, section, &room, fault);
	else if (options->json)
		status = pick_everything(listing, section, &room, fault);
	else
		status = pick_usual(listing, section, &room, fault);
	return status ? status : select_rows(listing, section, fault);
}

/* The first of the row's owners that the filters want; false if there is none. */
static bool find_owner(const struct listing *listing, struct row *row)
{
	const struct filter *filter = &listing->query->filter;
	const struct owned *owned = owners_of(&listing->owners, row->inode, &row->n_owners);

	for (size_t i = 0; i < row->n_owners; i++) {
		const struct owner *owner = &listing->owners.list[owned[i].owner];

		if (!filter_pid(filter, owner->pid) ||
		    !filter_word(filter, FILTER_COMM, owner->comm))
			continue;
		row->owner = owner;
		return true;
	}
	return !filter_has(filter, FILTER_PID) && !filter_has(filter, FILTER_COMM);
}

static void select_owned(const struct listing *listing, struct section *section)
{
	size_t kept = 0;

	for (size_t i = 0; i < section->n; i++)
		if (find_owner(listing, &section->rows[i]))
			section->rows[kept++] = section->rows[i];
	section->n = kept;
}

/* Rows without a value are the last, whichever way the others go. */
static int by_key(const void *left, const void *right, void *arg)
{
	const struct query *query = arg;
	const struct row *a = left;
	const struct row *b = right;
	const bool a_unknown = cell_unknown(&a->key);
	const bool b_unknown = cell_unknown(&b->key);
	int order;

	if (a_unknown || b_unknown)
		order = a_unknown - b_unknown;
	else
		order = cell_compare(&a->key, &b->key) * (query->descending ? -1 : 1);
	return order ? order : (a->row > b->row) - (a->row < b->row);
}

static enum status sort_rows(const struct listing *listing, struct section *section,
			     struct fault *fault)
{
	struct query query = *listing->query;
	struct pick pick;

	if (pick_column(&section->table, query.sort, &pick, fault))
		return fault->status;
	for (size_t i = 0; i < section->n; i++) {
		struct row *row = &section->rows[i];

		listing_load(section, row);
		if (check_cell(section, row, &pick, fault))
			return fault->status;
		listing_cell(section, row, &pick, &row->key);
	}
	if (section->n)
		qsort_r(section->rows, section->n, sizeof(*section->rows), by_key, &query);
	return STATUS_OK;
}

static enum status cut_columns(struct listing *listing, struct fault *fault)
{
	char *rest;

	if (!listing->query->columns)
		return STATUS_OK;
	listing->columns = strdup(listing->query->columns);
	if (!listing->columns)
		return fault_memory(fault);
	for (rest = listing->columns; strsep(&rest, ",");)
		listing->n_columns++;
	return STATUS_OK;
}

static enum status read_sections(struct listing *listing, const struct options *options,
				 struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < listing->list.n && !status; i++) {
		struct netns *ns = &listing->list.ns[i];

		if (ns->fault.status)
			continue;
		status = read_section(listing, options, ns, &listing->sections[i], fault);
		if (status && status != STATUS_USAGE) {
			listing->sections[i].n = 0;
			status = netns_failed(ns, options, fault);
		}
	}
	if (!status && listing->owners_shown)
		status = owners_search(&listing->owners, fault);
	return status;
}

static struct listing begin(const struct query *query, const struct options *options)
{
	return (struct listing){
		.query = query,
		.verdicts_shown = wants_verdicts(query),
		.owners_shown = query_wants_owners(query),
		.titles_shown = options->all_netns,
	};
}

static enum status answer(struct listing *listing, const struct options *options,
			  struct fault *fault)
{
	enum status status;

	listing->sections = calloc(listing->list.n + 1, sizeof(*listing->sections));
	if (!listing->sections)
		return fault_memory(fault);
	status = cut_columns(listing, fault);
	if (!status)
		status = read_sections(listing, options, fault);
	for (size_t i = 0; i < listing->list.n && !status; i++) {
		if (listing->list.ns[i].fault.status)
			continue;
		if (listing->owners_shown)
			select_owned(listing, &listing->sections[i]);
		if (listing->query->sort)
			status = sort_rows(listing, &listing->sections[i], fault);
	}
	return status;
}

/**
 * listing_read() - find the connections that a query wants
 * @listing: the answer; listing_free() it, also after a failure
 * @query: the query, which must live as long as the answer
 * @options: which namespaces, and for which renderer
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status listing_read(struct listing *listing, const struct query *query,
			 const struct options *options, struct fault *fault)
{
	enum status status;

	*listing = begin(query, options);
	status = netns_open(&listing->list, options, fault);
	return status ? status : answer(listing, options, fault);
}

/**
 * listing_read_again() - the same in namespaces that are open
 * @listing: the answer; listing_free() it, also after a failure
 * @query: the query, which must live as long as the answer
 * @options: for which renderer
 * @list: the namespaces, which must live as long, too. What told of one, as --netns PID
 *	does, may be gone
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status listing_read_again(struct listing *listing, const struct query *query,
			       const struct options *options, const struct netns_list *list,
			       struct fault *fault)
{
	*listing = begin(query, options);
	listing->list = *list;
	listing->list_lent = true;
	return answer(listing, options, fault);
}

/**
 * listing_load() - make a row's fields ready for listing_cell()
 * @section: where the row is
 * @row: the row
 */
void listing_load(const struct section *section, const struct row *row)
{
	table_row(&section->table, row->row);
}

/**
 * listing_text() - one field of a row, as it is
 * @section: where the row is
 * @row: the row that listing_load() was called for
 * @pick: the column
 *
 * Return: the field; "-" if there is no value.
 */
const char *listing_text(const struct section *section, const struct row *row,
			 const struct pick *pick)
{
	switch (pick->origin) {
	case ORIGIN_TABLE:
		return section->table.cells[pick->at];
	case ORIGIN_VERDICT:
		return row->verdict;
	case ORIGIN_PID:
		return row->owner ? row->owner->pid_text : "-";
	case ORIGIN_COMM:
		return row->owner ? row->owner->comm : "-";
	default:
		return section->title;
	}
}

/**
 * listing_cell() - what a field of a row says
 * @section: where the row is
 * @row: the row that listing_load() was called for
 * @pick: the column
 * @cell: the field
 */
void listing_cell(const struct section *section, const struct row *row, const struct pick *pick,
		  struct cell *cell)
{
	cell_parse(cell, pick->kind, listing_text(section, row, pick));
}

/**
 * listing_exact() - how well is an age known?
 * @section: where the row is that listing_load() was called for
 * @pick: the column
 *
 * Return: what the row's `exact` says, if it is about this column; or NULL.
 */
const char *listing_exact(const struct section *section, const struct pick *pick)
{
	size_t at;

	if (strcmp(pick->name, "state_ms") != 0 && strcmp(pick->name, "age_ms") != 0)
		return NULL;
	return table_find(&section->table, "exact", &at) ? section->table.cells[at] : NULL;
}

static void free_section(struct section *section)
{
	table_free(&section->table);
	closewait_free(&section->closewait);
	free(section->rows);
	free(section->picks);
}

/**
 * listing_free() - give back what an answer holds
 * @listing: the answer
 */
void listing_free(struct listing *listing)
{
	for (size_t i = 0; i < listing->list.n && listing->sections; i++)
		free_section(&listing->sections[i]);
	free(listing->sections);
	free(listing->columns);
	owners_free(&listing->owners);
	if (!listing->list_lent)
		netns_close(&listing->list);
}
