/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of a file, written straight into its buffer. Some files have forty values a line
 * and a line a socket, so that what a value costs is what the file costs: seq_file's own
 * functions ask for each value anew whether there is room for it, and look for the end of
 * the text before it.
 */
#ifndef TCPW_LINE_H
#define TCPW_LINE_H

#include <linux/in6.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>

struct seq_file;

/*
 * More than any line takes: two addresses of 54 bytes, forty numbers of 20 digits at most
 * with a blank, and some words.
 */
enum { TCPW_LINE_MOST = 1280 };

/**
 * struct tcpw_line - a line that is being written
 * @begin: where it begins; there is room for TCPW_LINE_MOST bytes
 * @at: where it goes on
 */
struct tcpw_line {
	char *begin;
	char *at;
};

bool tcpw_line_begin(struct tcpw_line *line, struct seq_file *m);
void tcpw_line_end(struct tcpw_line *line, struct seq_file *m);

void tcpw_put_long(struct tcpw_line *line, u64 value);
void tcpw_put_address4(struct tcpw_line *line, __be32 address, u16 port);
void tcpw_put_address6(struct tcpw_line *line, const struct in6_addr *address, u16 port);

/**
 * tcpw_put_char() - one character
 * @line: the line
 * @c: the character
 */
static inline void tcpw_put_char(struct tcpw_line *line, char c)
{
	*line->at++ = c;
}

/**
 * tcpw_put_text() - some characters
 * @line: the line
 * @text: what to put there
 */
static __always_inline void tcpw_put_text(struct tcpw_line *line, const char *text)
{
	size_t n = strlen(text);

	memcpy(line->at, text, n);
	line->at += n;
}

/**
 * tcpw_put_digits() - a number, and nothing before it
 * @line: the line
 * @value: the number
 *
 * Half of what a row has is a single digit.
 */
static inline void tcpw_put_digits(struct tcpw_line *line, u64 value)
{
	if (value < 10)
		tcpw_put_char(line, '0' + value);
	else
		tcpw_put_long(line, value);
}

/**
 * tcpw_put() - a number, after a blank
 * @line: the line
 * @value: the number
 */
static inline void tcpw_put(struct tcpw_line *line, u64 value)
{
	tcpw_put_char(line, ' ');
	tcpw_put_digits(line, value);
}

/**
 * tcpw_put_word() - a word, after a blank
 * @line: the line
 * @word: without a blank in it
 */
static __always_inline void tcpw_put_word(struct tcpw_line *line, const char *word)
{
	tcpw_put_char(line, ' ');
	tcpw_put_text(line, word);
}

/**
 * tcpw_put_key() - a key and its number
 * @line: the line
 * @key: the key, with what is before and after it
 * @value: the number
 */
static __always_inline void tcpw_put_key(struct tcpw_line *line, const char *key, u64 value)
{
	tcpw_put_text(line, key);
	tcpw_put_digits(line, value);
}

/**
 * tcpw_put_since() - how long ago something was, in ms, after a blank
 * @line: the line
 * @now_ns: now
 * @then_ns: then, by the same clock
 */
static inline void tcpw_put_since(struct tcpw_line *line, u64 now_ns, u64 then_ns)
{
	tcpw_put(line, now_ns > then_ns ? div_u64(now_ns - then_ns, NSEC_PER_MSEC) : 0);
}

#endif
