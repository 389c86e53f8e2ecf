/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_HALFOPEN_H
#define TCPWATCH_HALFOPEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "doc.h"
#include "fault.h"
#include "source.h"

/**
 * struct halfopen - some half-open connections, counted
 * @n: how many
 * @again: to how many of them a SYN-ACK was sent again: nobody has answered for a second
 * @oldest_ms: for how long the oldest waits
 */
struct halfopen {
	size_t n;
	size_t again;
	uint64_t oldest_ms;
};

/**
 * struct request_row - a half-open connection
 * @local: the own end
 * @remote: the client's
 * @age_ms: since its first SYN-ACK
 * @retrans: SYN-ACKs sent again
 */
struct request_row {
	struct addr local;
	struct addr remote;
	uint64_t age_ms;
	uint64_t retrans;
};

/**
 * struct requests - the file `syn_recv`
 * @present: this module has that file
 * @n: how many
 * @rows: they
 */
struct requests {
	bool present;
	size_t n;
	struct request_row *rows;
};

enum status requests_read(struct requests *requests, const struct source *source,
			  struct fault *fault);
void requests_free(struct requests *requests);
void halfopen_add(struct halfopen *halfopen, const struct request_row *row);
void halfopen_json(const struct halfopen *halfopen, struct doc *doc, struct json_object *object);

#endif
