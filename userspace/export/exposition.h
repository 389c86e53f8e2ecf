/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The form of metrics: OpenMetrics 1.0, or the text format 0.0.4 that Prometheus had
 * before, and that node_exporter's textfile collector takes. It knows nothing of what they
 * mean.
 */
#ifndef TCPWATCH_EXPORT_EXPOSITION_H
#define TCPWATCH_EXPORT_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * enum family_type - what its numbers are
 * @FAMILY_GAUGE: they go up and down
 * @FAMILY_COUNTER: they only grow
 * @FAMILY_INFO: always 1, the labels say it
 * @FAMILY_AGES: how many there are now up to each age, a gaugehistogram
 */
enum family_type { FAMILY_GAUGE, FAMILY_COUNTER, FAMILY_INFO, FAMILY_AGES };

/**
 * struct family - a metric
 * @name: its name, without what the type adds to it
 * @type: what its numbers are
 * @unit: their unit, which @name ends with; NULL for plain numbers
 * @help: what it is; no backslash in it
 */
struct family {
	const char *name;
	enum family_type type;
	const char *unit;
	const char *help;
};

/**
 * enum form - which of the two
 * @FORM_TEXT: version 0.0.4
 * @FORM_OPENMETRICS: OpenMetrics 1.0.0
 */
enum form { FORM_TEXT, FORM_OPENMETRICS };

/**
 * struct exposition - metrics that are being written
 * @file: where to
 * @form: how
 * @family: the metric it is at
 * @labels: the sample it is at has so many labels already
 */
struct exposition {
	FILE *file;
	enum form form;
	const struct family *family;
	unsigned int labels;
};

void exposition_family(struct exposition *exposition, const struct family *family);
void exposition_sample(struct exposition *exposition, const char *part);
void exposition_label(struct exposition *exposition, const char *name, const char *value);
void exposition_u64(struct exposition *exposition, uint64_t value);
void exposition_ms(struct exposition *exposition, uint64_t ms);
void exposition_end(struct exposition *exposition);

#endif
