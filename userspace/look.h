/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that is looked at once a second, and what has moved since the time before.
 */
#ifndef TCPWATCH_LOOK_H
#define TCPWATCH_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "closewait.h"
#include "holder.h"
#include "listener.h"
#include "netns.h"
#include "problem.h"
#include "roster.h"
#include "summary.h"
#include "table.h"

/**
 * enum stall - why nothing moves on a connection
 * @STALL_NONE: it does, or there is nothing to move
 * @STALL_WINDOW: data waits, and the peer's window is closed
 * @STALL_SILENT: data is out, and no ACK comes
 * @STALL_HELD: data waits, though it might be sent
 * @STALL_UNREAD: our program does not read, and our window is closed
 * @STALL_UNANSWERED: a SYN is out, and no answer comes
 */
enum stall {
	STALL_NONE,
	STALL_WINDOW,
	STALL_SILENT,
	STALL_HELD,
	STALL_UNREAD,
	STALL_UNANSWERED,
};

/**
 * enum look_column - the columns of `connections` that a look reads of every row
 * @LOOK_ID: the rest is called as there
 */
enum look_column {
	LOOK_ID,
	LOOK_STATE,
	LOOK_STATE_MS,
	LOOK_INODE,
	LOOK_RCV_UNREAD,
	LOOK_RCV_WND,
	LOOK_SND_UNACKED,
	LOOK_SND_UNSENT,
	LOOK_SND_WND,
	LOOK_BYTES_IN,
	LOOK_BYTES_OUT,
	LOOK_IDLE_IN_MS,
	LOOK_IDLE_OUT_MS,
	LOOK_COLUMNS
};

/**
 * struct conn - a connection
 * @id: its cookie
 * @row: its row in the table
 * @inode: its inode, 0 if no program has it
 * @waiting: what is said of it in `close_wait`, NULL if it is not there
 * @bytes_in: received so far
 * @bytes_out: sent so far
 * @acked: of these, acknowledged, or a number that goes up with them
 * @waits: there is something to be sent or acknowledged
 * @in_rate: bytes a second received since the look before
 * @out_rate: bytes a second sent since then
 * @stall: why nothing moves
 * @still_ns: CLOCK_BOOTTIME, since when nothing has moved
 * @still_least: perhaps since earlier
 */
struct conn {
	uint64_t id;
	size_t row;
	uint64_t inode;
	const struct waiting *waiting;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t acked;
	bool waits;
	uint64_t in_rate;
	uint64_t out_rate;
	enum stall stall;
	int64_t still_ns;
	bool still_least;
};

/**
 * struct look - what there was at one time
 * @time_ns: CLOCK_BOOTTIME, when `connections` was read
 * @cost_ns: how long all of it took
 * @since_ns: how long after the look before; 0 if there is none
 * @stuck_ms: the namespace's threshold
 * @summary: the counters
 * @closewait: the sockets in CLOSE_WAIT
 * @listeners: the listeners
 * @holders: who is to close those in CLOSE_WAIT
 * @problems: what is wrong
 * @table: `connections`
 * @roster: whose they are
 * @n: how many connections
 * @conns: they, by their cookies
 */
struct look {
	int64_t time_ns;
	int64_t cost_ns;
	int64_t since_ns;
	uint64_t stuck_ms;
	struct summary summary;
	struct closewait closewait;
	struct listeners listeners;
	struct holders holders;
	struct problems problems;
	struct table table;
	struct roster *roster;
	size_t n;
	struct conn *conns;
};

enum status look_read(struct look *look, struct netns *ns, const struct look *before,
		      struct fault *fault);
const struct conn *look_find(const struct look *look, uint64_t id);
const struct owner *look_owner(const struct look *look, const struct conn *conn, size_t *n);
void look_free(struct look *look);

#endif
