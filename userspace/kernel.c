// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel itself says of a namespace, beside the module.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "netns_inside.h"

/**
 * kernel_sysctl() - a setting that is one number
 * @ns: the namespace
 * @name: below net.ipv4
 *
 * Return: the number; unknown where it cannot be read.
 */
struct number kernel_sysctl(const struct netns *ns, const char *name)
{
	struct number number = { .known = false };
	char path[128];
	char *text;

	snprintf(path, sizeof(path), "sys/net/ipv4/%s", name);
	text = netns_file(ns, path);
	if (!text)
		return number;
	text[strcspn(text, "\n")] = '\0';
	if (!number_parse(text, &number))
		number.known = false;
	free(text);
	return number;
}

static const char *next_word(const char *p, size_t *length)
{
	p += strspn(p, " ");
	*length = strcspn(p, "\n ");
	return p;
}

/**
 * kernel_counter() - one of the counters of TCP
 * @netstat: the file net/netstat: lines of names, each followed by a line of as many
 *	numbers; NULL if it cannot be read
 * @name: a counter of TcpExt
 *
 * Return: the counter, since the namespace was made; unknown where there is none.
 */
struct number kernel_counter(const char *netstat, const char *name)
{
	static const char tag[] = "TcpExt:";
	const char *names = netstat ? strstr(netstat, tag) : NULL;
	const char *values = names ? strstr(names + 1, tag) : NULL;
	size_t length, value_length;
	struct number number;

	if (!values)
		return (struct number){ .known = false };
	names = next_word(names, &length);
	values = next_word(values, &value_length);
	while (length && value_length) {
		char text[32];

		if (length == strlen(name) && !memcmp(names, name, length) &&
		    value_length < sizeof(text)) {
			memcpy(text, values, value_length);
			text[value_length] = '\0';
			if (number_parse(text, &number))
				return number;
		}
		names = next_word(names + length, &length);
		values = next_word(values + value_length, &value_length);
	}
	return (struct number){ .known = false };
}
