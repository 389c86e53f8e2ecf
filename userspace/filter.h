/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_FILTER_H
#define TCPWATCH_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../kmod/verdict.h"
#include "addr.h"
#include "fault.h"
#include "number.h"

/**
 * enum filter_kind - what a filter looks at
 * @FILTER_STATE: the state
 * @FILTER_LOCAL: the own end
 * @FILTER_REMOTE: the peer's end
 * @FILTER_PORT: the port of either end
 * @FILTER_PID: a process that has the socket
 * @FILTER_COMM: such a process's name
 * @FILTER_VERDICT: the verdict of one in CLOSE_WAIT
 * @FILTER_EVENT: what happened
 * @FILTER_ID: the socket's cookie
 * @FILTER_BY: what ended a connection
 * @FILTER_KINDS: how many kinds there are
 */
enum filter_kind {
	FILTER_STATE,
	FILTER_LOCAL,
	FILTER_REMOTE,
	FILTER_PORT,
	FILTER_PID,
	FILTER_COMM,
	FILTER_VERDICT,
	FILTER_EVENT,
	FILTER_ID,
	FILTER_BY,
	FILTER_KINDS
};

/**
 * struct alternative - one value of one filter
 * @next: the next one of the same filter
 * @word: a state, a verdict, an event, a pattern of names
 * @match: an address
 * @port: a port
 * @pid: a process
 * @id: a cookie
 */
struct alternative {
	struct alternative *next;
	char *word;
	struct addr_match match;
	uint16_t port;
	pid_t pid;
	uint64_t id;
};

/**
 * struct filter - what the user wants to see
 * @any: the alternatives of each kind; NULL where everything will do
 */
struct filter {
	struct alternative *any[FILTER_KINDS];
};

enum status filter_add(struct filter *filter, enum filter_kind kind, const char *text,
		       struct fault *fault);
bool filter_has(const struct filter *filter, enum filter_kind kind);
bool filter_word(const struct filter *filter, enum filter_kind kind, const char *word);
bool filter_addr(const struct filter *filter, enum filter_kind kind, const struct addr *addr);
bool filter_port(const struct filter *filter, const struct addr *local,
		 const struct addr *remote);
bool filter_id(const struct filter *filter, struct number id);
bool filter_pid(const struct filter *filter, pid_t pid);
void filter_free(struct filter *filter);

#endif
