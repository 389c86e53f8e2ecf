/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was seen of a connection's sliding windows, in sentences.
 */
#ifndef TCPWATCH_WINDOW_SAYINGS_H
#define TCPWATCH_WINDOW_SAYINGS_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "window/flow.h"

enum {
	SAYINGS_MAX = 16,
	SAYING_SIZE = 400,
};

/**
 * struct sayings - sentences
 * @n: how many
 * @paint: how bad each is
 * @text: each, without newlines
 */
struct sayings {
	size_t n;
	enum paint paint[SAYINGS_MAX];
	char text[SAYINGS_MAX][SAYING_SIZE];
};

void flow_say(struct sayings *sayings, const struct flow *flow, uint64_t now_ns);

#endif
