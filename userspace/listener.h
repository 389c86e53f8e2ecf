/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_LISTENER_H
#define TCPWATCH_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "fault.h"
#include "number.h"
#include "source.h"
#include "table.h"

/**
 * struct listener - a listening socket
 * @local: where it listens
 * @local_text: the same, as written
 * @inode: its inode, 0 if no program holds it
 * @accept_queue: how many connections wait for accept()
 * @backlog: how many may
 * @syn_queue: half-open connections
 * @drops: SYNs and ACKs that it had to drop
 * @mem_bytes: kernel memory that it takes, unknown to early modules
 * @uid: whose it is
 * @unaccepted: how many of them are in CLOSE_WAIT
 */
struct listener {
	struct addr local;
	const char *local_text;
	uint64_t inode;
	struct number accept_queue;
	struct number backlog;
	struct number syn_queue;
	struct number drops;
	struct number mem_bytes;
	struct number uid;
	struct number unaccepted;
};

/**
 * struct listeners - the file `listeners`
 * @present: this module has that file
 * @table: its text, which the rows point into
 * @n: how many
 * @rows: they
 */
struct listeners {
	bool present;
	struct table table;
	size_t n;
	struct listener *rows;
};

enum status listeners_read(struct listeners *listeners, const struct source *source,
			   struct fault *fault);
const struct listener *listeners_find(const struct listeners *listeners, const struct addr *local,
				      size_t *n);
void listeners_free(struct listeners *listeners);

#endif
