/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the colours and shapes of a picture mean, and how many of each there are.
 */
#ifndef TCPWATCH_WINDOW_PLOT_LEGEND_H
#define TCPWATCH_WINDOW_PLOT_LEGEND_H

#include <stddef.h>
#include <stdio.h>

#include "window/plot_trace.h"

enum {
	LEGEND_ROW = 22,	/* units */
	LEGEND_WORDS = 96,
};

/**
 * struct legend_entry - one of them
 * @kind: what it is about
 * @words: what it means
 * @x: where it is in its row
 * @row: in which row
 */
struct legend_entry {
	enum trace_kind kind;
	char words[LEGEND_WORDS];
	double x;
	size_t row;
};

/**
 * struct legend - those that occur
 * @n: how many
 * @rows: in how many rows
 * @entry: they
 */
struct legend {
	size_t n;
	size_t rows;
	struct legend_entry entry[TRACE_KINDS];
};

void legend_make(struct legend *legend, const struct trace *trace, double width);
void legend_write(FILE *file, const struct legend *legend, int x, int y);

#endif
