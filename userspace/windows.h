/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_WINDOWS_H
#define TCPWATCH_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "number.h"
#include "source.h"

/**
 * struct windows - how many windows are closed now
 * @closed_by_peer: connections that have something to wait for, the peer's window
 *	being 0
 * @closed_by_us: connections on which the peer has to wait for us
 */
struct windows {
	struct number closed_by_peer;
	struct number closed_by_us;
};

bool windows_we_may_send(const char *state);
bool windows_peer_may_send(const char *state);
enum status windows_read(struct windows *windows, const struct source *source,
			 uint64_t connections, struct fault *fault);

#endif
