/* SPDX-License-Identifier: GPL-2.0 */
/* What peer's commands share. */
#ifndef TRAFFIC_PEER_H
#define TRAFFIC_PEER_H

#include "address.h"

/**
 * struct reply - what a command answers
 * @before: a moment before its effect; a command may narrow that down
 * @after: a moment after it
 * @value: what else there is to say
 */
struct reply {
	long long before;
	long long after;
	char value[ADDRESS_TEXT_MAX];
};

/**
 * struct command - a command
 * @name: its name; NULL ends a table
 * @args: its arguments, as its user would write them
 * @nargs: how many
 * @run: obeys; returns 0 or a negative errno
 */
struct command {
	const char *name;
	const char *args;
	int nargs;
	int (*run)(char **arg, struct reply *reply);
};

/* How connections begin. */
extern const struct command commands_open[];
/* What goes over them, and how they end. */
extern const struct command commands_talk[];
/* What is asked of a socket, and of the process that has it. */
extern const struct command commands_own[];
/* Sockets handed from process to process. */
extern const struct command commands_hand[];
/* What the kernel does with a connection: encrypts it, lets another socket go on with it. */
extern const struct command commands_kernel[];

/**
 * number() - read a whole number
 * @text: the number, and nothing else
 * @n: where it goes
 *
 * Return: 0, or -EINVAL.
 */
int number(const char *text, long *n);

#endif /* TRAFFIC_PEER_H */
