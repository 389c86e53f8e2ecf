/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process has a connection, found out while it lives, so that it is known when
 * the connection ends: then nobody can tell any more. What was not seen is not known;
 * nothing is concluded from ports or from who listens.
 */
#ifndef TCPWATCH_CENSUS_H
#define TCPWATCH_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "addr.h"
#include "fault.h"
#include "process.h"
#include "source.h"

/**
 * struct resident - a connection that lives
 * @id: its cookie
 * @next: the next of those that are looked for
 * @link: what points to it among these; NULL if it is not one of them
 * @tries: how often it has been looked for
 * @listed: it was there when the table was read last, or has shown up since
 * @inode: its inode as of then, 0 if no program had it
 * @exact: how well the table knows its age: yes, min, est; NULL if that is not known
 * @pid: the process that has it, the lowest number if it is shared; 0 if none was seen
 * @comm: its name
 * @shared: how many other processes have it
 */
struct resident {
	uint64_t id;
	struct resident *next;
	struct resident **link;
	unsigned int tries;
	bool listed;
	uint64_t inode;
	const char *exact;
	pid_t pid;
	char comm[COMM_SIZE];
	size_t shared;
};

/**
 * struct census - the connections of a namespace that live
 * @tree: all of them, of search.h
 * @sought: those whose process is looked for
 * @searched: processes are wanted; else only @exact is
 * @next_ns: CLOCK_BOOTTIME, when it looks again
 * @least_ns: before which it does not, because of what looking costs
 * @lost: events were lost: some that are here may have ended
 * @swept: the last look has told these apart
 */
struct census {
	void *tree;
	struct resident *sought;
	bool searched;
	int64_t next_ns;
	int64_t least_ns;
	bool lost;
	bool swept;
};

/**
 * typedef census_wants_fn - is a connection wanted?
 * @arg: as given to census_begin()
 * @id: its cookie
 * @local: its own end
 * @remote: the peer's end
 *
 * Return: whether it is.
 */
typedef bool (*census_wants_fn)(const void *arg, uint64_t id, const struct addr *local,
				const struct addr *remote);

enum status census_begin(struct census *census, const struct source *source,
			 census_wants_fn wants, const void *arg, struct fault *fault);
enum status census_meet(struct census *census, uint64_t id, bool born, struct fault *fault);
void census_seek(struct census *census, uint64_t id);
const struct resident *census_find(const struct census *census, uint64_t id);
void census_part(struct census *census, uint64_t id);
void census_lost(struct census *census);
enum status census_look(struct census *census, const struct source *source, bool rested,
			int64_t *wait_ns, struct fault *fault);
void census_free(struct census *census);

#endif
