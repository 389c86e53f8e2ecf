/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_NETNS_H
#define TCPWATCH_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "options.h"
#include "source.h"

/**
 * struct netns - a network namespace to look at
 * @name: what `--netns` takes for it; NULL for the program's own one, and for a
 *	saved copy
 * @comm: the process it was found through, NULL where it has a name of its own
 * @inode: its number, as of /proc/PID/ns/net; 0 if that is not known
 * @fd: its descriptor, -1 of the own one, a saved copy, and where it is not permitted
 * @source: its tables
 * @stuck_ms: its net.tcpwatch.close_wait_stuck_ms
 * @stuck_known: that was read; else it is the module's default
 * @fault: why there is no @source, its status STATUS_OK if there is
 */
struct netns {
	char *name;
	char *comm;
	uint64_t inode;
	int fd;
	struct source source;
	uint64_t stuck_ms;
	bool stuck_known;
	struct fault fault;
};

/**
 * struct netns_list - what to look at
 * @n: how many
 * @room: for how many there is room
 * @ns: they
 * @hidden: processes whose namespace this user may not see; of those that /proc does not even
 *	list, the first one counts
 */
struct netns_list {
	size_t n;
	size_t room;
	struct netns *ns;
	size_t hidden;
};

enum { NETNS_TITLE_SIZE = 400 };

enum status netns_open(struct netns_list *list, const struct options *options,
		       struct fault *fault);
const char *netns_cgroup(const char *name);
void netns_close(struct netns_list *list);
enum status netns_failed(struct netns *ns, const struct options *options, struct fault *fault);
enum status netns_status(const struct netns_list *list, enum status status);
const char *netns_title(const struct netns *ns, char title[NETNS_TITLE_SIZE]);

#endif
