/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that is there whole or not at all.
 */
#ifndef TCPWATCH_WINDOW_PICTURE_H
#define TCPWATCH_WINDOW_PICTURE_H

#include <stdio.h>

#include "fault.h"

/**
 * struct picture - a file that is being made
 * @path: what it is to be called
 * @new: what it is called until it is whole; NULL if it is not open
 * @file: to write to
 */
struct picture {
	const char *path;
	char *new;
	FILE *file;
};

enum status picture_open(struct picture *picture, const char *path, struct fault *fault);
enum status picture_keep(struct picture *picture, struct fault *fault);
void picture_close(struct picture *picture);

#endif
