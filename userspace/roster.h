/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose the sockets are, known across many looks. /proc/PID/fd of all processes tells,
 * and that costs more than a look itself: it is read only when there is somebody new.
 */
#ifndef TCPWATCH_ROSTER_H
#define TCPWATCH_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "owner.h"

/**
 * struct roster - an answer of owners_search(), shared by the looks that refer to it
 * @users: how many do, and whoever asks next
 * @next_ns: CLOCK_BOOTTIME, before which it costs too much to ask again
 * @stale_ns: from when on it is to be asked again in any case
 * @owners: the answer
 */
struct roster {
	unsigned int users;
	int64_t next_ns;
	int64_t stale_ns;
	struct owners owners;
};

struct roster *roster_new(struct fault *fault);
struct roster *roster_get(struct roster *roster);
void roster_put(struct roster *roster);
bool roster_knows(const struct roster *roster, uint64_t inode);
bool roster_is_due(const struct roster *roster, bool strangers);
enum status roster_search(struct roster *roster, struct fault *fault);

#endif
