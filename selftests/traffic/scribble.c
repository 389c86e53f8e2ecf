// SPDX-License-Identifier: GPL-2.0
/*
 * scribble SEED ROUNDS FOLLOW THRESHOLD: write what comes into one's head into two files.
 *
 * FOLLOW is /proc/tcpwatch/follow, THRESHOLD a setting that is a number from 1 to INT_MAX.
 * Each write is taken as a whole or refused with an error that the contract has, and then has
 * changed nothing; what a file says after it is sound, and taken again as it is. Prints how
 * many writes were taken and refused, or the first one that was wrong, and fails.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"

enum {
	TEXT_MAX = 8192,
	FILTERS_MAX = 16,
	SHOWN_MAX = 400,
	ENDS_MAX = 4,
	PARTLY = -1,
};

struct text {
	char byte[TEXT_MAX];
	size_t len;
};

static uint64_t seed;

static void append(struct text *text, const char *word)
{
	size_t len = strlen(word);

	if (text->len + len > sizeof(text->byte) / 2)
		return;
	memcpy(text->byte + text->len, word, len);
	text->len += len;
}

/* ---- what is written */

static const char *one_of(const char *const *words, size_t n)
{
	return words[draw(&seed, n)];
}

static void make_end(struct text *text, const char *key)
{
	static const char *const addresses[] = {
		"*", "10.1.2.3", "0.0.0.0", "255.255.255.255", "[::]", "[2001:db8::7]",
		"[::ffff:1.2.3.4]", "[fe80::1]", "1.2.3", "1.2.3.4.5", "256.1.1.1", "[::1", "::1",
		"[", "[]", "", "[1:2:3:4:5:6:7:8:9]", "01.02.03.04",
	};
	static const char *const prefixes[] = {
		"", "", "", "/0", "/8", "/32", "/33", "/96", "/128", "/129", "/", "/-1", "/+8",
		"/99999999999", "/8/8",
	};
	static const char *const ports[] = {
		"", "", ":80", ":1", ":65535", ":0", ":65536", ":", ":http", ":-1", ":0x50",
		":080", ":80:80", ":4294967376",
	};

	append(text, key);
	append(text, one_of(addresses, ARRAY_SIZE(addresses)));
	append(text, one_of(prefixes, ARRAY_SIZE(prefixes)));
	append(text, one_of(ports, ARRAY_SIZE(ports)));
}

static void make_line(struct text *text)
{
	static const char *const verbs[] = {
		"add", "add", "add", "add", "del", "del", "clear", "", "ADD", "addd", "list",
	};
	static const char *const keys[] = {
		"local=", "remote=", "local=", "remote=", "LOCAL=", "local", "=", "",
	};
	static const char *const numbers[] = {
		"1", "2", "3", "16", "17", "0", "-1", "+1", "4294967297", "1x", "", "01",
	};
	static const char *const blanks[] = { " ", " ", " ", "\t", "  ", "", "\r", "\v", "\f" };
	const char *verb = one_of(verbs, ARRAY_SIZE(verbs));
	uint32_t ends;

	append(text, verb);
	if (!strcmp(verb, "del")) {
		append(text, one_of(blanks, ARRAY_SIZE(blanks)));
		append(text, one_of(numbers, ARRAY_SIZE(numbers)));
	} else if (*verb == 'a') {
		for (ends = draw(&seed, ENDS_MAX); ends--;) {
			append(text, one_of(blanks, ARRAY_SIZE(blanks)));
			make_end(text, one_of(keys, ARRAY_SIZE(keys)));
		}
	}
	if (draw_one_in(&seed, 8))
		append(text, one_of(blanks, ARRAY_SIZE(blanks)));
}

static void make_filters(struct text *text)
{
	uint32_t lines = 1 + draw(&seed, draw_one_in(&seed, 8) ? 40 : 3);

	while (lines--) {
		make_line(text);
		if (lines || draw_one_in(&seed, 2))
			append(text, "\n");
	}
}

static void make_number(struct text *text)
{
	static const char *const numbers[] = {
		"1", "60000", "2147483647", "2147483648", "4294967297", "18446744073709551617",
		"0", "-1", "-0", "+1", "0x10", "010", "1e3", "", " 7", "7 ", "7\n", "7 8", "7\t8\n",
		"\n7", "1.5", "one",
	};

	append(text, one_of(numbers, ARRAY_SIZE(numbers)));
}

/* Single bytes change, go, or come; or it is nothing but bytes, or much longer. */
static void spoil(struct text *text)
{
	uint32_t times, at;

	if (draw_one_in(&seed, 16)) {
		text->len = draw(&seed, 64);
		for (at = 0; at < text->len; at++)
			text->byte[at] = draw(&seed, 256);
	}
	for (times = draw(&seed, 4) * draw_one_in(&seed, 3); times-- && text->len; ) {
		at = draw(&seed, text->len);
		switch (draw(&seed, 3)) {
		case 0:
			text->byte[at] = draw_one_in(&seed, 4) ? 0 : draw(&seed, 256);
			break;
		case 1:
			memmove(text->byte + at, text->byte + at + 1, text->len - at - 1);
			text->len--;
			break;
		default:
			text->len = at;
			break;
		}
	}
	if (draw_one_in(&seed, 32)) {
		times = draw(&seed, sizeof(text->byte) - text->len);
		memset(text->byte + text->len, draw_one_in(&seed, 2) ? '\n' : ' ', times);
		text->len += times;
	}
}

/* ---- how it is written, and what comes of it */

static void read_file(const char *path, struct text *text)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text->byte, sizeof(text->byte) - 1);

	if (n < 0)
		err(1, "%s", path);
	close(fd);
	text->len = n;
	text->byte[n] = '\0';
}

/* Returns 0, what errno says, or PARTLY. */
static int write_file(const char *path, const char *byte, size_t len, off_t offset)
{
	int fd = open(path, O_WRONLY), error = 0;
	ssize_t n;

	if (fd < 0)
		err(1, "%s", path);
	if (offset && lseek(fd, offset, SEEK_SET) != offset)
		err(1, "%s: lseek", path);
	n = write(fd, byte, len);
	if (n < 0)
		error = errno;
	else if ((size_t)n != len)
		error = PARTLY;
	close(fd);
	return error;
}

static void complain(const char *what, const struct text *text, const char *before,
		     const char *after)
{
	size_t i;

	printf("wrong: %s; written: \"", what);
	for (i = 0; i < text->len && i < SHOWN_MAX; i++)
		if (isprint((unsigned char)text->byte[i]))
			putchar(text->byte[i]);
		else
			printf("\\x%02x", (unsigned char)text->byte[i]);
	printf("\" (%zu bytes); before: \"%s\"; after: \"%s\"\n", text->len, before, after);
	exit(1);
}

static bool is_end(const char *text)
{
	return strspn(text, "0123456789abcdef.:/*[]") == strlen(text);
}

/* As many as there may be, by their numbers, each as whoever wrote it may have meant it. */
static bool filters_are_sound(const char *list)
{
	unsigned int n = 0, number, last = 0;
	char local[64], remote[64];
	int used;

	for (; *list; list += used, last = number, n++) {
		used = 0;
		if (sscanf(list, "%u local=%63s remote=%63s%n", &number, local, remote,
			   &used) != 3 || number <= last || list[used++] != '\n' ||
		    !is_end(local) || !is_end(remote))
			return false;
	}
	return n <= FILTERS_MAX;
}

/* The list as lines that make it. */
static void filters_again(const char *list, struct text *text)
{
	const char *line, *end;

	text->len = 0;
	append(text, "clear\n");
	for (line = list; *line; line = end) {
		end = strchr(line, '\n') + 1;
		append(text, "add");
		for (line = strchr(line, ' '); line < end; line++)
			text->byte[text->len++] = *line;
	}
}

/* Without the numbers, which begin from 1 again. */
static bool same_filters(const char *a, const char *b)
{
	while (*a && *b) {
		a = strchr(a, ' ');
		b = strchr(b, ' ');
		for (; *a == *b && *a != '\n'; a++, b++)
			;
		if (*a++ != *b++)
			return false;
	}
	return !*a && !*b;
}

static bool filters_stay(const char *path, const char *list)
{
	struct text text, again;

	filters_again(list, &text);
	if (write_file(path, text.byte, text.len, 0))
		return false;
	read_file(path, &again);
	return same_filters(list, again.byte);
}

static bool number_is_sound(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	return value >= 1 && value <= INT_MAX && !strcmp(end, "\n");
}

static bool scribble(const char *path, bool filters)
{
	static struct text text, before, after;
	/* An offset is to mean nothing, and what is nowhere cannot be read. */
	off_t offset = draw_one_in(&seed, 8) ? draw(&seed, INT_MAX) : 0;
	bool no_memory = draw_one_in(&seed, 64);
	int error;

	text.len = 0;
	if (filters)
		make_filters(&text);
	else
		make_number(&text);
	spoil(&text);
	read_file(path, &before);
	error = write_file(path, no_memory ? (const char *)8 : text.byte, text.len, offset);
	read_file(path, &after);
	/* So the kernel takes a number that something follows. */
	if (error == PARTLY && !filters)
		error = 0;
	if (error && error != EINVAL && !(filters && error == ENOSPC) &&
	    !(no_memory && error == EFAULT))
		complain(strerror(error), &text, before.byte, after.byte);
	if (error && strcmp(before.byte, after.byte) != 0)
		complain("refused, and yet something has changed", &text, before.byte, after.byte);
	if (!error && no_memory && text.len && !offset)
		complain("taken from nowhere", &text, before.byte, after.byte);
	if (!(filters ? filters_are_sound(after.byte) : number_is_sound(after.byte)))
		complain("what is read is not sound", &text, before.byte, after.byte);
	if (filters && !error && !filters_stay(path, after.byte))
		complain("what is read is not taken again", &text, before.byte, after.byte);
	return !error;
}

int main(int argc, char **argv)
{
	unsigned int round, rounds, taken[2] = { 0 };

	if (argc != 5)
		errx(2, "usage: scribble SEED ROUNDS FOLLOW THRESHOLD");
	seed = strtoull(argv[1], NULL, 10);
	rounds = strtoul(argv[2], NULL, 10);
	for (round = 0; round < rounds; round++) {
		taken[0] += scribble(argv[3], true);
		taken[1] += scribble(argv[4], false);
	}
	printf("%u writes to each; taken: %u filters, %u numbers\n", rounds, taken[0], taken[1]);
	return 0;
}
