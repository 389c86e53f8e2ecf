/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_LISTING_H
#define TCPWATCH_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "closewait.h"
#include "column.h"
#include "filter.h"
#include "netns.h"
#include "options.h"
#include "owner.h"
#include "table.h"

/**
 * struct query - which connections, and what of them
 * @filter: which
 * @owner: show who has them
 * @sort: the column to sort by, NULL for the module's order
 * @descending: the greatest first
 * @columns: the columns to show, commas between them; NULL for the usual ones
 */
struct query {
	struct filter filter;
	bool owner;
	const char *sort;
	bool descending;
	const char *columns;
};

/**
 * enum column_origin - where a column comes from
 * @ORIGIN_TABLE: from `connections`
 * @ORIGIN_VERDICT: from `close_wait`, by the socket's cookie
 * @ORIGIN_PID: from /proc/PID/fd
 * @ORIGIN_COMM: likewise
 * @ORIGIN_NETNS: the namespace
 */
enum column_origin {
	ORIGIN_TABLE,
	ORIGIN_VERDICT,
	ORIGIN_PID,
	ORIGIN_COMM,
	ORIGIN_NETNS,
};

/**
 * struct pick - a column to show or to sort by
 * @name: its name
 * @at: its place in `connections`, of an ORIGIN_TABLE
 * @origin: where it comes from
 * @kind: what its fields are
 */
struct pick {
	const char *name;
	size_t at;
	enum column_origin origin;
	enum column_kind kind;
};

/**
 * struct row - a connection that the query wants
 * @row: its row in `connections`
 * @verdict: why it is in CLOSE_WAIT, "-" if it is not or nobody asked
 * @inode: its inode, 0 if it has none
 * @owner: the process shown, NULL if none is seen
 * @n_owners: how many have it
 * @key: what it is sorted by
 */
struct row {
	size_t row;
	const char *verdict;
	uint64_t inode;
	const struct owner *owner;
	size_t n_owners;
	struct cell key;
};

/**
 * struct section - the connections of one namespace
 * @table: `connections`
 * @closewait: `close_wait`, if it was needed
 * @n: how many connections are wanted
 * @room: for how many there is room
 * @rows: they
 * @n_picks: how many columns to show
 * @picks: they
 * @title: the namespace's name
 */
struct section {
	struct table table;
	struct closewait closewait;
	size_t n;
	size_t room;
	struct row *rows;
	size_t n_picks;
	struct pick *picks;
	char title[NETNS_TITLE_SIZE];
};

/**
 * struct listing - the answer to a query
 * @query: the query
 * @list: the namespaces
 * @list_lent: they are somebody else's
 * @sections: the connections of each
 * @owners: who has them, if that was needed
 * @verdicts_shown: `close_wait` was needed
 * @owners_shown: /proc/PID/fd was needed
 * @titles_shown: there may be several namespaces
 * @columns: a copy of the query's, cut into names
 * @n_columns: how many names
 */
struct listing {
	const struct query *query;
	struct netns_list list;
	bool list_lent;
	struct section *sections;
	struct owners owners;
	bool verdicts_shown;
	bool owners_shown;
	bool titles_shown;
	char *columns;
	size_t n_columns;
};

bool query_wants_owners(const struct query *query);
enum status listing_read(struct listing *listing, const struct query *query,
			 const struct options *options, struct fault *fault);
enum status listing_read_again(struct listing *listing, const struct query *query,
			       const struct options *options, const struct netns_list *list,
			       struct fault *fault);
void listing_load(const struct section *section, const struct row *row);
const char *listing_text(const struct section *section, const struct row *row,
			 const struct pick *pick);
void listing_cell(const struct section *section, const struct row *row, const struct pick *pick,
		  struct cell *cell);
const char *listing_exact(const struct section *section, const struct pick *pick);
void listing_free(struct listing *listing);

#endif
