/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many connections are in each state, and how many come and go, from look to look.
 */
#ifndef TCPWATCH_PULSE_H
#define TCPWATCH_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"
#include "summary.h"

/* In pairs, as they stand beside each other; what matters most comes first. */
enum pulse_line {
	PULSE_ESTABLISHED,
	PULSE_CLOSE_WAIT,
	PULSE_OPENED,
	PULSE_ENDED,
	PULSE_TIME_WAIT,
	PULSE_RESET,
	PULSE_SYN_SENT,
	PULSE_SYN_RECV,
	PULSE_FIN_WAIT1,
	PULSE_FIN_WAIT2,
	PULSE_LAST_ACK,
	PULSE_CLOSING,
	PULSE_LISTEN,
	PULSE_FAILED,
	PULSE_LINES
};

/**
 * struct pulse - all of them
 * @lines: the samples; of what is a rate, how many since the look before
 * @since_ns: between the last two looks; 0 if there were not two
 */
struct pulse {
	struct history lines[PULSE_LINES];
	int64_t since_ns;
};

enum { PULSE_TEXT = 24 };

void pulse_add(struct pulse *pulse, const struct summary *now, const struct summary *before,
	       int64_t since_ns);
bool pulse_is_rate(enum pulse_line line);
const char *pulse_label(enum pulse_line line);
const char *pulse_text(char text[PULSE_TEXT], const struct pulse *pulse, enum pulse_line line);

#endif
