/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_WORD_H
#define TCPWATCH_WORD_H

#include <stddef.h>

/**
 * enum word_kind - where a word is found
 * @WORD_STATE: a state of TCP; in small letters also the line of `summary` that
 *	counts those in it, CLOSE aside
 * @WORD_VERDICT: a verdict on a socket in CLOSE_WAIT
 * @WORD_SUMMARY: a line of `summary`
 * @WORD_EVENT: an event of `events`
 */
enum word_kind {
	WORD_STATE,
	WORD_VERDICT,
	WORD_SUMMARY,
	WORD_EVENT,
	WORD_KINDS
};

/**
 * struct word - what a word means
 * @kind: where it is found
 * @name: it
 * @what: what it is; of a verdict, it fits what is left of a line
 * @cause: what makes it
 * @look: what to look at
 * @todo: what to do
 */
struct word {
	enum word_kind kind;
	const char *name;
	const char *what;
	const char *cause;
	const char *look;
	const char *todo;
};

extern const struct word words[];
extern const size_t n_words;

const char *word_kind_name(enum word_kind kind);
const struct word *word_find(const char *name, const struct word *after);

#endif
