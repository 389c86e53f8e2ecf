/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_FAULT_H
#define TCPWATCH_FAULT_H

#include <stdbool.h>

#include "status.h"

/**
 * struct fault - what went wrong, in words for the user
 * @status: what the program's exit status is to be
 * @gone: what was asked for ended while it was being read
 * @text: one sentence or two: what it is, and what to do; no newline
 */
struct fault {
	enum status status;
	bool gone;
	char text[1024];
};

enum status fault_set(struct fault *fault, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum status fault_gone(struct fault *fault, const char *what);
enum status fault_memory(struct fault *fault);
bool fault_is_shortage(int error);
void fault_print(const struct fault *fault);

#endif
