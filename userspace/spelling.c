// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "spelling.h"

enum {
	WORD_MAX = 32,	/* more letters than any name has */
	NEAR = 2,	/* letters that are wrong in a word that is still understood */
};

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Small or large, a letter is the same. */
static bool differ(char a, char b)
{
	return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/* How many letters have to be changed, left out or put in (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	const size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			size_t change = diagonal + differ(a[i], b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least_of(change, least_of(diagonal, row[j]) + 1);
		}
	}
	return row[length];
}

/**
 * spelling_try() - may it be this name?
 * @spelling: what was written; the rest all zeroes at first
 * @name: a name that there is
 */
void spelling_try(struct spelling *spelling, const char *name)
{
	size_t far;

	if (strlen(spelling->word) > WORD_MAX || strlen(name) > WORD_MAX)
		return;
	far = distance(spelling->word, name);
	if (far > NEAR || (spelling->nearest && far >= spelling->distance))
		return;
	spelling->nearest = name;
	spelling->distance = far;
}
