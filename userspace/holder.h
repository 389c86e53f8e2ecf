/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_HOLDER_H
#define TCPWATCH_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "closewait.h"
#include "growth.h"
#include "listener.h"
#include "owner.h"
#include "tally.h"

/**
 * enum holder_kind - who is to close a socket
 * @HOLDER_PROCESS: a process that has it open
 * @HOLDER_LISTENER: whoever should accept it from that listener
 * @HOLDER_UNSEEN: a process that cannot be seen: another user's, one of another
 *	PID namespace, or the socket is on its way through a Unix socket; or the kernel
 *	itself, whose sockets (of NFS, say) have an inode like others, and no descriptor
 * @HOLDER_NONE: no program any more: it is being closed
 */
enum holder_kind {
	HOLDER_PROCESS,
	HOLDER_LISTENER,
	HOLDER_UNSEEN,
	HOLDER_NONE,
};

/**
 * struct holder - who is to close some sockets in CLOSE_WAIT
 * @kind: what it is
 * @owner: the process; of a listener, the one that listens; NULL if not seen
 * @others: how many other processes have one of the sockets, or the listener, too
 * @sharing: which, by their place in owners.list
 * @listener: the listener, NULL if it is not known
 * @n_listeners: how many it may be, by SO_REUSEPORT
 * @local: the end that the listener's connections come to
 * @local_text: the same, as written
 * @uid: whose sockets, of HOLDER_UNSEEN and HOLDER_NONE
 * @tally: the sockets
 * @arrivals: when they came, fresh ones too, the oldest first
 * @n: how many arrivals
 * @room: for how many there is room
 * @growth: how fast they become more
 */
struct holder {
	enum holder_kind kind;
	const struct owner *owner;
	size_t others;
	bool *sharing;
	const struct listener *listener;
	size_t n_listeners;
	struct addr local;
	const char *local_text;
	struct number uid;
	struct tally tally;
	struct arrival *arrivals;
	size_t n;
	size_t room;
	struct growth growth;
};

/**
 * struct holders - all of them, of one namespace
 * @n: how many
 * @room: for how many there is room
 * @list: they; those with the most stuck sockets first
 * @total: all sockets in CLOSE_WAIT
 * @fresh: how many of them are in no holder's tally, being fresh
 */
struct holders {
	size_t n;
	size_t room;
	struct holder *list;
	struct tally total;
	size_t fresh;
};

enum status holders_want(struct owners *owners, const struct closewait *closewait,
			 const struct listeners *listeners, struct fault *fault);
enum status holders_find(struct holders *holders, const struct closewait *closewait,
			 const struct listeners *listeners, const struct owners *owners,
			 uint64_t stuck_ms, bool all, struct fault *fault);
bool holder_full_in(const struct holder *holder, uint64_t *ms);
void holders_free(struct holders *holders);

#endif
