/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_SOURCE_H
#define TCPWATCH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* Where every process finds the tables of its own network namespace. */
#define SOURCE_OWN "/proc/self/net/tcpwatch"

/**
 * struct source - a directory that holds the module's tables
 * @dir: its descriptor, -1 if it is not open
 * @saved: a copy that somebody made, not the module itself
 * @path: its name, for messages; owned by the source
 *
 * A directory of the module stays that of its network namespace, whichever
 * process it was opened through and whatever becomes of that process.
 */
struct source {
	int dir;
	bool saved;
	char *path;
};

enum status source_open(struct source *source, const char *path, bool saved, struct fault *fault);
enum status source_adopt(struct source *source, int dir, const char *path, struct fault *fault);
bool source_has(const struct source *source, const char *name);
enum status source_read(const struct source *source, const char *name, char **text, size_t *size,
			struct fault *fault);
enum status source_failed(const struct source *source, const char *name, int error,
			  struct fault *fault);
void source_close(struct source *source);

#endif
