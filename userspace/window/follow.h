/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filters in the module's file `follow` that this program has set, and takes away
 * again. One that is killed by SIGKILL leaves them.
 */
#ifndef TCPWATCH_WINDOW_FOLLOW_H
#define TCPWATCH_WINDOW_FOLLOW_H

#include <stddef.h>

#include "fault.h"
#include "filter.h"
#include "source.h"

enum {
	FOLLOW_MAX = 16,	/* filters that a namespace can have */
	FOLLOW_RULES_SIZE = FOLLOW_MAX * 200,
};

/**
 * struct follow - filters of this program
 * @n: how many
 * @number: their numbers in the file
 */
struct follow {
	size_t n;
	unsigned int number[FOLLOW_MAX];
};

enum status follow_rules(char rules[FOLLOW_RULES_SIZE], const struct filter *filter,
			 struct fault *fault);
enum status follow_set(struct follow *follow, const struct source *source, const char *rules,
		       struct fault *fault);
void follow_clear(struct follow *follow, const struct source *source);

#endif
