/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_TALLY_H
#define TCPWATCH_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "closewait.h"
#include "doc.h"

enum { TALLY_TEXT = VERDICT_COUNTS * 40 };

/**
 * struct oldest - how long the oldest of some sockets has been in CLOSE_WAIT
 * @ms: so long
 * @exact: how well that is known, as of struct waiting; NULL where there is no socket
 */
struct oldest {
	uint64_t ms;
	const char *exact;
};

/**
 * struct tally - some sockets in CLOSE_WAIT, counted
 * @sockets: how many
 * @stuck: how many of them are something to find, as of waiting_is_stuck()
 * @oldest: the oldest of all
 * @oldest_stuck: the oldest of those that are something to find
 * @syn_blocked: SYNs that they swallowed
 * @verdicts: how many have each verdict
 * @oldest_of: the oldest that has it
 */
struct tally {
	size_t sockets;
	size_t stuck;
	struct oldest oldest;
	struct oldest oldest_stuck;
	uint64_t syn_blocked;
	size_t verdicts[VERDICT_COUNTS];
	struct oldest oldest_of[VERDICT_COUNTS];
};

void tally_add(struct tally *tally, const struct waiting *waiting, uint64_t stuck_ms);
void tally_merge(struct tally *tally, const struct tally *more);
const char *tally_name(unsigned int verdict);
const char *tally_text(char text[TALLY_TEXT], const struct tally *tally);
void tally_json(const struct tally *tally, struct doc *doc, struct json_object *object);

#endif
