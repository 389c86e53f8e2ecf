// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "pulse.h"

enum {
	NS_PER_S = 1000 * 1000 * 1000,
	FEW = 10,	/* below so many a second tenths mean something */
};

static uint64_t opened(const struct summary *s)
{
	return s->opened_active + s->opened_passive;
}

static uint64_t ended(const struct summary *s)
{
	return s->closed_local_first + s->closed_remote_first + s->closed_simultaneous +
	       s->closed_reset + s->closed_timeout;
}

static uint64_t reset(const struct summary *s)
{
	return s->closed_reset;
}

static uint64_t failed(const struct summary *s)
{
	return summary_connects(s) - s->opened_active;
}

#define STATE(label, name) { label, offsetof(struct summary, name), NULL }
#define RATE(label, count) { label, 0, count }

/* As many as there are now, or as come in a second, by a count that only goes up. */
static const struct {
	const char *label;
	size_t offset;
	uint64_t (*count)(const struct summary *s);
} lines[PULSE_LINES] = {
	[PULSE_ESTABLISHED] = STATE("ESTABLISHED", established),
	[PULSE_CLOSE_WAIT] = STATE("CLOSE_WAIT", close_wait),
	[PULSE_OPENED] = RATE("opened/s", opened),
	[PULSE_ENDED] = RATE("ended/s", ended),
	[PULSE_TIME_WAIT] = STATE("TIME_WAIT", time_wait),
	[PULSE_RESET] = RATE("reset/s", reset),
	[PULSE_SYN_SENT] = STATE("SYN_SENT", syn_sent),
	[PULSE_SYN_RECV] = STATE("SYN_RECV", syn_recv),
	[PULSE_FIN_WAIT1] = STATE("FIN_WAIT1", fin_wait1),
	[PULSE_FIN_WAIT2] = STATE("FIN_WAIT2", fin_wait2),
	[PULSE_LAST_ACK] = STATE("LAST_ACK", last_ack),
	[PULSE_CLOSING] = STATE("CLOSING", closing),
	[PULSE_LISTEN] = STATE("LISTEN", listen),
	[PULSE_FAILED] = RATE("failed/s", failed),
};

static uint64_t value(enum pulse_line line, const struct summary *s)
{
	if (lines[line].count)
		return lines[line].count(s);
	return *(const uint64_t *)((const char *)s + lines[line].offset);
}

/**
 * pulse_add() - take in another look
 * @pulse: all zeroes at first
 * @now: the counters
 * @before: those of the look before, NULL if there is none
 * @since_ns: how long after it; 0 if they do not compare
 */
void pulse_add(struct pulse *pulse, const struct summary *now, const struct summary *before,
	       int64_t since_ns)
{
	pulse->since_ns = since_ns;
	for (enum pulse_line i = 0; i < PULSE_LINES; i++) {
		uint64_t more = value(i, now);

		if (!lines[i].count) {
			history_add(&pulse->lines[i], more);
		} else if (before && since_ns) {
			uint64_t then = value(i, before);

			history_add(&pulse->lines[i], more > then ? more - then : 0);
		}
	}
}

/**
 * pulse_is_rate() - how are its samples meant?
 * @line: which
 *
 * Return: whether they say how many came since the look before, not how many there are.
 */
bool pulse_is_rate(enum pulse_line line)
{
	return lines[line].count;
}

/**
 * pulse_label() - what is it?
 * @line: which
 *
 * Return: a constant string of at most 11 characters.
 */
const char *pulse_label(enum pulse_line line)
{
	return lines[line].label;
}

/**
 * pulse_text() - how many are there now?
 * @text: where to
 * @pulse: the samples
 * @line: of which
 *
 * Return: @text.
 */
const char *pulse_text(char text[PULSE_TEXT], const struct pulse *pulse, enum pulse_line line)
{
	const struct history *history = &pulse->lines[line];
	double a_second;
	uint64_t latest;

	snprintf(text, PULSE_TEXT, "-");
	if (!history->n)
		return text;
	latest = history_back(history, 0);
	if (!lines[line].count) {
		snprintf(text, PULSE_TEXT, "%" PRIu64, latest);
	} else if (pulse->since_ns) {
		a_second = (double)latest * NS_PER_S / (double)pulse->since_ns;
		snprintf(text, PULSE_TEXT, a_second > 0 && a_second < FEW ? "%.1f" : "%.0f",
			 a_second);
	}
	return text;
}
