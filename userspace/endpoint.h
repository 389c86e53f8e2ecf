/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_ENDPOINT_H
#define TCPWATCH_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "fault.h"
#include "listener.h"
#include "source.h"
#include "table.h"

/**
 * enum endpoint_kind - what has a port
 * @ENDPOINT_LISTENER: a listening socket
 * @ENDPOINT_CONNECTION: a full socket in any other state
 * @ENDPOINT_MINI: a mini-socket, in TIME_WAIT or FIN_WAIT2
 */
enum endpoint_kind { ENDPOINT_LISTENER, ENDPOINT_CONNECTION, ENDPOINT_MINI };

/**
 * struct endpoint - something that has a port
 * @kind: what it is
 * @state: its state
 * @local: its own end
 * @local_text: the same, as written
 * @remote: the peer's end; all zeroes of a listener
 * @remote_text: the same, as written; NULL of a listener
 * @inode: its inode, 0 if no program has it
 * @passive: a listener took it; not known of a mini-socket
 * @left_ms: of a mini-socket, until it goes
 */
struct endpoint {
	enum endpoint_kind kind;
	const char *state;
	struct addr local;
	const char *local_text;
	struct addr remote;
	const char *remote_text;
	uint64_t inode;
	bool passive;
	uint64_t left_ms;
};

/**
 * struct endpoints - all that has a port
 * @listeners: the table of listeners
 * @connections: the table of connections
 * @minis: the table of mini-sockets
 * @n: how many
 * @list: listeners, connections, mini-sockets; they point into the tables
 */
struct endpoints {
	struct listeners listeners;
	struct table connections;
	struct table minis;
	size_t n;
	struct endpoint *list;
};

enum status endpoints_read(struct endpoints *endpoints, const struct source *source,
			   struct fault *fault);
void endpoints_free(struct endpoints *endpoints);

#endif
