/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_SPELLING_H
#define TCPWATCH_SPELLING_H

#include <stddef.h>

/**
 * struct spelling - which name does somebody mean?
 * @word: what was written
 * @nearest: the name nearest to it so far, NULL if none is near
 * @distance: how many letters are wrong in it
 */
struct spelling {
	const char *word;
	const char *nearest;
	size_t distance;
};

void spelling_try(struct spelling *spelling, const char *name);

#endif
