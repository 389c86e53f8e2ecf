// SPDX-License-Identifier: GPL-2.0
/* Lines of a stream of events: what an event has can be asked for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All text ends within the line. */
static void check(const struct event *event, const char *line, size_t size)
{
	size_t i;

	for (i = 0; i < event->n_keys; i++) {
		const struct event_key *key = &event->keys[i];

		if (key->name < line || key->name + strlen(key->name) > line + size ||
		    key->cell.text < line || key->cell.text + strlen(key->cell.text) > line + size)
			abort();
		if (event_cell(event, key->name) != &key->cell)
			abort();
		event_word(event, key->name);
		event_number(event, key->name);
	}
}

static void parse(const uint8_t *data, size_t size)
{
	static struct event event;
	struct fault fault = { 0 };
	char *line = malloc(size + 1);

	memcpy(line, data, size);
	if (!event_parse(&event, 1, line, size, &fault))
		check(&event, line, size);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end;

	for (; size; size -= (size_t)(end - data), data = end) {
		const uint8_t *newline = memchr(data, '\n', size);

		end = newline ? newline + 1 : data + size;
		parse(data, (size_t)(end - data) - !!newline);
	}
	return 0;
}
