/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The line in which a filter is written.
 */
#ifndef TCPWATCH_TOP_PROMPT_H
#define TCPWATCH_TOP_PROMPT_H

#include <stdbool.h>

#include "fault.h"
#include "filter.h"
#include "pen.h"

enum { PROMPT_SIZE = 200 };

/**
 * struct prompt - the filter, and what is being written
 * @open: something is being written
 * @text: that
 * @fault: what is wrong with it, status 0 if nothing is known to be
 * @filter: the filter in use
 * @used: the same, as it was written
 */
struct prompt {
	bool open;
	char text[PROMPT_SIZE];
	struct fault fault;
	struct filter filter;
	char used[PROMPT_SIZE];
};

void prompt_open(struct prompt *prompt);
bool prompt_key(struct prompt *prompt, int key);
bool prompt_set(struct prompt *prompt, const char *text);
void prompt_draw(struct display *display, const struct prompt *prompt);
void prompt_free(struct prompt *prompt);

#endif
