/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_PROBLEM_H
#define TCPWATCH_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "doc.h"
#include "summary.h"
#include "tally.h"
#include "text.h"

enum { PROBLEMS_MAX = 8 };

/**
 * struct problem - something that is wrong
 * @name: for programs
 * @text: for people
 * @bad: it is wrong now, not merely worth knowing
 */
struct problem {
	const char *name;
	char text[400];
	bool bad;
};

/**
 * struct problems - all that is wrong, the worst first
 * @list: they
 * @n: how many
 */
struct problems {
	struct problem list[PROBLEMS_MAX];
	size_t n;
};

void problems_add(struct problems *problems, const char *name, bool bad, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void problems_find(struct problems *problems, const struct summary *summary,
		   const struct tally *tally);
void problems_add_connects(struct problems *problems, const struct summary *summary);
bool problems_bad(const struct problems *problems);
void problems_json(const struct problems *problems, struct doc *doc, struct json_object *object);
void problems_print(const struct problems *problems, const struct page *page);

#endif
