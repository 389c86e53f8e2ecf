/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sections of a page, each of one namespace.
 */
#ifndef TCPWATCH_REPORT_SECTIONS_H
#define TCPWATCH_REPORT_SECTIONS_H

#include <stdio.h>

#include "moment.h"
#include "report/peers.h"
#include "report/record.h"

/**
 * struct report - a page that is being written
 * @file: where to
 * @peers: how addresses are written
 * @moments: what time it was; @foreign where that was on another machine
 * @saved: it is about a saved copy
 * @ns: which namespace is being written about, counted from 0
 */
struct report {
	FILE *file;
	struct peers peers;
	struct moments moments;
	bool saved;
	size_t ns;
};

void section_verdict(struct report *report, const struct record *record);
void section_states(struct report *report, const struct record *record);
void section_leak(struct report *report, const struct record *record);
void section_causes(struct report *report, const struct record *record);
void section_ages(struct report *report, const struct record *record);
void section_growth(struct report *report, const struct record *record);
void section_past(struct report *report, const struct record *record);
void section_worst(struct report *report, const struct record *record);
void section_counters(struct report *report, const struct record *record);

#endif
