/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_CLOSEWAIT_H
#define TCPWATCH_CLOSEWAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kmod/verdict.h"
#include "addr.h"
#include "fault.h"
#include "source.h"
#include "table.h"

/* The place, in counts by verdict, of those that only a later module knows. */
#define VERDICT_OTHER TCPW_VERDICTS
#define VERDICT_COUNTS (TCPW_VERDICTS + 1)

/**
 * struct waiting - a socket in CLOSE_WAIT
 * @id: its cookie
 * @local: its own end
 * @local_text: the same, as written
 * @remote_text: the peer's end, as written
 * @inode: its inode, 0 where no program holds it
 * @uid: whose it is
 * @wait_ms: for how long it has been in CLOSE_WAIT
 * @exact: `yes`, `min` (@wait_ms is the least it can be) or `est`
 * @verdict: enum tcpw_verdict, or VERDICT_OTHER
 * @verdict_text: the same, as written
 * @syn_blocked: SYNs that it swallowed
 */
struct waiting {
	uint64_t id;
	struct addr local;
	const char *local_text;
	const char *remote_text;
	uint64_t inode;
	struct number uid;
	uint64_t wait_ms;
	const char *exact;
	unsigned int verdict;
	const char *verdict_text;
	uint64_t syn_blocked;
};

/**
 * struct closewait - the file `close_wait`
 * @table: its text, which the rows point into
 * @n: how many rows
 * @rows: the sockets, the oldest first
 */
struct closewait {
	struct table table;
	size_t n;
	struct waiting *rows;
};

enum status closewait_read(struct closewait *closewait, const struct source *source,
			   struct fault *fault);
void closewait_free(struct closewait *closewait);
size_t closewait_blocked(const struct closewait *closewait);
bool waiting_is_stuck(const struct waiting *waiting, uint64_t stuck_ms);

#endif
