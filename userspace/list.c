// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "commands.h"
#include "doc_row.h"
#include "filter.h"
#include "listing.h"
#include "watch.h"

enum {
	STATE = OPTION_OF_COMMAND,
	LOCAL,
	REMOTE,
	PORT,
	PID,
	COMM,
	VERDICT,
	OWNER,
	SORT,
	COLUMNS,
};

enum {
	U64_TEXT = 21,
};

/**
 * struct request - what to list
 * @options: as everywhere
 * @query: which connections, and what of them
 */
struct request {
	struct options *options;
	struct query query;
};

static const struct argp_option argp_options[] = {
	{ "state", STATE, "STATE", 0, "such as CLOSE_WAIT", 1 },
	{ "local", LOCAL, "ADDR", 0, "ADDR, ADDR/LEN, ADDR:PORT, [IPv6]:PORT or :PORT", 0 },
	{ "remote", REMOTE, "ADDR", 0, "the peer's end, written likewise", 0 },
	{ "port", PORT, "PORT", 0, "at either end", 0 },
	{ "pid", PID, "PID", 0, "of a process that has the socket", 0 },
	{ "comm", COMM, "NAME", 0, "of such a process; 'ngi*' works", 0 },
	{ "verdict", VERDICT, "VERDICT", 0, "such as leaked: why it is in CLOSE_WAIT", 0 },
	{ "owner", OWNER, NULL, 0, "show the process", 2 },
	{ "sort", SORT, "COLUMN", 0, "by this column; -COLUMN: the greatest first", 0 },
	{ "columns", COLUMNS, "A,B,...", 0, "these columns, also pid, comm, verdict", 0 },
	{ 0 },
};

static const char about[] =
	"The connections. A filter that is given twice, or with commas, has\n"
	"alternatives; different filters must all hold.";

static const enum filter_kind filter_kinds[] = {
	FILTER_STATE, FILTER_LOCAL, FILTER_REMOTE, FILTER_PORT,
	FILTER_PID,   FILTER_COMM,  FILTER_VERDICT,
};

/* Full sockets have these states for a moment at most; what stays in them is no socket. */
static bool is_listed(const char *state)
{
	static const char *const others[] = { "LISTEN", "TIME_WAIT", "SYN_RECV", "CLOSE" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(state, others[i]))
			return false;
	return true;
}

static void finish(const struct request *request, struct argp_state *state)
{
	const struct query *query = &request->query;
	const struct alternative *a;

	if (request->options->from && query_wants_owners(query))
		argp_error(state,
			   "--from: a saved copy does not say which process had a socket, so --owner, --pid and --comm do not go with it");
	for (a = query->filter.any[FILTER_STATE]; a; a = a->next)
		if (!is_listed(a->word))
			fprintf(stderr,
				"%s: %s: the overview counts those; only full connections are listed\n",
				state->name, a->word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	struct query *query = &request->query;
	struct fault fault;

	switch (key) {
	case STATE:
	case LOCAL:
	case REMOTE:
	case PORT:
	case PID:
	case COMM:
	case VERDICT:
		if (filter_add(&query->filter, filter_kinds[key - STATE], arg, &fault))
			options_fail(&fault, state);
		return 0;
	case OWNER:
		query->owner = true;
		return 0;
	case SORT:
		query->descending = *arg == '-';
		query->sort = arg + query->descending;
		return 0;
	case COLUMNS:
		query->columns = arg;
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': filters are options, such as --port %s", arg, arg);
		return 0;
	case ARGP_KEY_SUCCESS:
		finish(request, state);
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

/* listing_read() has seen that numbers are numbers. */
static bool is_number(enum column_kind kind, const char *text)
{
	struct cell cell;

	return column_is_right(kind) ||
	       (kind == COLUMN_ANY && cell_parse(&cell, kind, text) && cell.number.known);
}

/* What cell_json() makes of it. */
static void put_cell(struct doc_row *out, size_t name, enum column_kind kind, const char *text)
{
	if (text[0] == '-' && !text[1])
		doc_row_null(out, name);
	else if (is_number(kind, text))
		doc_row_digits(out, name, text);
	else
		doc_row_string(out, name, text);
}

static void print_json_row(struct doc_row *out, const struct listing *listing,
			   const struct section *section, const struct row *row)
{
	char shared[U64_TEXT];

	listing_load(section, row);
	doc_row_begin(out);
	for (size_t i = 0; i < section->n_picks; i++)
		put_cell(out, i, section->picks[i].kind,
			 listing_text(section, row, &section->picks[i]));
	if (listing->owners_shown) {
		snprintf(shared, sizeof(shared), "%zu", row->n_owners ? row->n_owners - 1 : 0);
		doc_row_digits(out, section->n_picks, shared);
	}
	doc_row_end(out);
}

static void print_json_section(struct doc *doc, const struct listing *listing,
			       const struct section *section)
{
	struct doc_row out;

	doc_row_init(&out, doc);
	for (size_t i = 0; i < section->n_picks; i++)
		doc_row_name(&out, section->picks[i].name);
	if (listing->owners_shown)
		doc_row_name(&out, "shared_with");
	for (size_t i = 0; i < section->n; i++)
		print_json_row(&out, listing, section, &section->rows[i]);
	doc_row_free(&out);
}

static enum status print_json(const struct listing *listing, const struct page *page,
			      struct fault *fault)
{
	struct doc doc;

	doc_begin(&doc, page->file, "list");
	for (size_t i = 0; i < listing->list.n; i++) {
		const struct section *section = &listing->sections[i];

		if (listing->list.ns[i].fault.gone)
			continue;
		doc_open_array(&doc, doc_netns(&doc, &listing->list.ns[i]), "connections");
		print_json_section(&doc, listing, section);
		doc_close_array(&doc);
	}
	return doc_end(&doc, &listing->list, fault);
}

static void print_row(struct grid *grid, const struct section *section, const struct row *row)
{
	listing_load(section, row);
	for (size_t i = 0; i < section->n_picks; i++) {
		const struct pick *pick = &section->picks[i];
		const char *exact = listing_exact(section, pick);
		char age[AGE_SIZE];
		struct cell cell;

		listing_cell(section, row, pick, &cell);
		if (exact && cell.number.known)
			grid_cell(grid, "%s", text_age_exact(age, cell.number.value, exact));
		else if (pick->origin == ORIGIN_PID && row->n_owners > 1)
			grid_cell(grid, "%s+%zu", cell.text, row->n_owners - 1);
		else
			cell_text(&cell, grid);
	}
}

/* May a process that is not told of, or not found, be one that this user may not look into? */
static bool has_unseen(const struct listing *listing)
{
	const struct filter *filter = &listing->query->filter;

	if (!listing->owners_shown || owners_sees_all(&listing->owners))
		return false;
	if (filter_has(filter, FILTER_PID) || filter_has(filter, FILTER_COMM))
		return true;
	for (size_t i = 0; i < listing->list.n; i++)
		for (size_t j = 0; j < listing->sections[i].n; j++)
			if (!listing->sections[i].rows[j].n_owners)
				return true;
	return false;
}

static enum status print_text(const struct listing *listing, const struct page *page,
			      struct fault *fault)
{
	enum status status = STATUS_OK;
	const struct section *head = NULL;
	struct grid grid;

	for (size_t i = 0; i < listing->list.n && !head; i++)
		if (listing->sections[i].n)
			head = &listing->sections[i];
	if (head) {
		grid_init(&grid, head->n_picks);
		for (size_t i = 0; i < head->n_picks; i++)
			grid_head(&grid, head->picks[i].name, column_is_right(head->picks[i].kind));
		for (size_t i = 0; i < listing->list.n; i++)
			for (size_t j = 0; j < listing->sections[i].n; j++)
				print_row(&grid, &listing->sections[i],
					  &listing->sections[i].rows[j]);
		status = grid_print(&grid, page, 0, fault);
	} else {
		fputs("No such connection.\n", page->file);
	}
	if (has_unseen(listing))
		fprintf(page->file, "%s\n", owners_why_unseen(&listing->owners));
	text_unseen(page, &listing->list);
	return status;
}

static enum status look(void *arg, const struct options *options, const struct page *page,
			enum status *answer, struct fault *fault)
{
	const struct query *query = arg;
	struct listing listing;
	enum status status;

	status = listing_read(&listing, query, options, fault);
	if (!status)
		status = options->json ? print_json(&listing, page, fault) :
					 print_text(&listing, page, fault);
	if (!status)
		*answer = netns_status(&listing.list, STATUS_OK);
	listing_free(&listing);
	return status;
}

enum status list_main(struct options *options, int argc, char **argv)
{
	char name[] = "tcpwatch list";
	struct request request = { .options = options };
	enum status status;

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	status = watch_run(options, look, &request.query);
	filter_free(&request.query.filter);
	return status;
}
