/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of a picture in points, which are whole numbers: whatever falls on the same point
 * is written once, so that a file does not grow with what it is about.
 */
#ifndef TCPWATCH_WINDOW_PLOT_PATH_H
#define TCPWATCH_WINDOW_PLOT_PATH_H

#include <stdbool.h>
#include <stdio.h>

#include "stairs.h"

enum {
	PATH_HEIGHT = 4200,	/* points; 0 is at the top */
	PATH_MARK = 45,		/* marks nearer than this are one */
};

/**
 * struct strokes - vertical lines, in order of time
 * @file: where to
 * @x: where those in @on are
 * @any: there are any
 * @n: how many lines were written
 * @on: which points of this column are drawn
 */
struct strokes {
	FILE *file;
	int x;
	bool any;
	int n;
	bool on[PATH_HEIGHT + 1];
};

void strokes_begin(struct strokes *strokes, FILE *file);
void strokes_add(struct strokes *strokes, int x, int top, int bottom);
void strokes_end(struct strokes *strokes);

/**
 * struct thinning - marks of one kind, in order of time, of which not all are drawn
 * @column: of which column of squares the following is
 * @taken: which of its squares have a mark already
 */
struct thinning {
	int column;
	bool taken[PATH_HEIGHT / PATH_MARK + 1];
};

void thinning_begin(struct thinning *thinning);
bool thinning_takes(struct thinning *thinning, int x, int y);

#endif
