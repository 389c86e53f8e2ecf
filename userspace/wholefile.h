/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that is there whole or not at all.
 */
#ifndef TCPWATCH_WHOLEFILE_H
#define TCPWATCH_WHOLEFILE_H

#include <stdio.h>

#include "fault.h"

/**
 * struct wholefile - a file that is being made
 * @path: what it is to be called
 * @new: what it is called until it is whole; NULL if it is not open
 * @file: to write to
 */
struct wholefile {
	const char *path;
	char *new;
	FILE *file;
};

enum status wholefile_open(struct wholefile *whole, const char *path, struct fault *fault);
enum status wholefile_keep(struct wholefile *whole, struct fault *fault);
void wholefile_close(struct wholefile *whole);

#endif
