/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a report is about: a namespace watched for some time, and then looked at closely.
 */
#ifndef TCPWATCH_REPORT_RECORD_H
#define TCPWATCH_REPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "look.h"
#include "moment.h"
#include "pulse.h"

enum {
	RECORD_STEPS = 60,
	RECORD_SAMPLES = RECORD_STEPS + 2,	/* the first and the look at the end, too */
};

/**
 * struct record - a namespace
 * @ns: it
 * @pulse: how its counters have moved
 * @at_ns: CLOCK_BOOTTIME of each sample in @pulse
 * @n: how many samples
 * @last: the counters as of the latest, if there is one
 * @before: a look shortly before the last one; not all there are, if its time is 0
 * @look: the last look
 */
struct record {
	struct netns *ns;
	struct pulse pulse;
	int64_t at_ns[RECORD_SAMPLES];
	size_t n;
	struct summary last;
	struct look before;
	struct look look;
};

/**
 * struct records - all namespaces that were asked for
 * @options: of the command line
 * @list: the namespaces
 * @record: what is known of each
 */
struct records {
	const struct options *options;
	struct netns_list list;
	struct record *record;
};

enum status records_open(struct records *records, struct fault *fault);
enum status records_sample(struct records *records, struct fault *fault);
enum status records_look(struct records *records, bool last, struct fault *fault);
bool record_opened(const struct record *record, const struct conn *conn);
void records_close(struct records *records);

#endif
