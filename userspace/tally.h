/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_TALLY_H
#define TCPWATCH_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "closewait.h"
#include "doc.h"

enum { TALLY_TEXT = VERDICT_COUNTS * 40 };

/**
 * struct tally - some sockets in CLOSE_WAIT, counted
 * @sockets: how many
 * @stuck: how many of them are something to find, as of waiting_is_stuck()
 * @oldest_ms: how long the oldest has been there
 * @oldest_exact: how well that is known
 * @syn_blocked: SYNs that they swallowed
 * @verdicts: how many have each verdict
 * @verdict_oldest_ms: the oldest that has it
 */
struct tally {
	size_t sockets;
	size_t stuck;
	uint64_t oldest_ms;
	const char *oldest_exact;
	uint64_t syn_blocked;
	size_t verdicts[VERDICT_COUNTS];
	uint64_t verdict_oldest_ms[VERDICT_COUNTS];
};

void tally_add(struct tally *tally, const struct waiting *waiting, uint64_t stuck_ms);
void tally_merge(struct tally *tally, const struct tally *more);
const char *tally_name(unsigned int verdict);
const char *tally_text(char text[TALLY_TEXT], const struct tally *tally);
void tally_json(const struct tally *tally, struct doc *doc, struct json_object *object);

#endif
