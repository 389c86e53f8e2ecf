/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_OWNER_H
#define TCPWATCH_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "doc.h"
#include "fault.h"
#include "process.h"

/**
 * struct owner - a process that has one of the sockets asked for
 * @pid: its number
 * @pid_text: the same, written out
 * @comm: its name
 * @fds: how many descriptors it has open
 * @fd_limit: how many it may have
 */
struct owner {
	pid_t pid;
	char pid_text[12];
	char comm[COMM_SIZE];
	size_t fds;
	struct number fd_limit;
};

/* That a process, @owner in owners.list, has the socket of that inode. */
struct owned {
	uint64_t inode;
	size_t owner;
};

/**
 * struct owners - whose are these sockets?
 * @wanted: the inodes asked for, in order once the search is done
 * @n_wanted: how many
 * @wanted_room: for how many there is room
 * @list: the processes that have one of them, by pid, 1 last
 * @n: how many
 * @room: for how many there is room
 * @owned: who has what, by inode, then as in @list
 * @n_owned: how many
 * @owned_room: for how many there is room
 * @hidden: processes whose descriptors this user may not see; of those that /proc does not even
 *	list (hidepid=, see proc(5)), the first one counts
 */
struct owners {
	uint64_t *wanted;
	size_t n_wanted;
	size_t wanted_room;
	struct owner *list;
	size_t n;
	size_t room;
	struct owned *owned;
	size_t n_owned;
	size_t owned_room;
	size_t hidden;
};

enum status owners_want(struct owners *owners, uint64_t inode, struct fault *fault);
enum status owners_search(struct owners *owners, struct fault *fault);
bool owners_sees_all(const struct owners *owners);
const char *owners_why_unseen(const struct owners *owners);
const struct owned *owners_of(const struct owners *owners, uint64_t inode, size_t *n);
void owner_json(const struct owner *owner, struct doc *doc, struct json_object *object);
void owners_free(struct owners *owners);

#endif
