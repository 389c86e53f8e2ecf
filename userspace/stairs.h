/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of steps in a picture in points, which are whole numbers: whatever falls on the same
 * point is written once, so that a file does not grow with what it is about.
 */
#ifndef TCPWATCH_STAIRS_H
#define TCPWATCH_STAIRS_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct stairs - a value that stays until it changes, in order of time
 * @file: where to
 * @begun: there was a value
 * @x: where the last change is
 * @y: the value since then
 * @drawn: up to there in this column the line is drawn already
 * @top: the least that it was in this column
 * @bottom: the most that it was
 */
struct stairs {
	FILE *file;
	bool begun;
	int x;
	int y;
	int drawn;
	int top;
	int bottom;
};

void stairs_begin(struct stairs *stairs, FILE *file);
void stairs_to(struct stairs *stairs, int x, int y);
void stairs_end(struct stairs *stairs, int x);

#endif
