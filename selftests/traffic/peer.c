// SPDX-License-Identifier: GPL-2.0
/*
 * peer: sockets moved by hand.
 *
 * Reads one command a line, answers each with one line:
 *
 *	ok BEFORE AFTER [VALUE]
 *	error TEXT
 *
 * BEFORE and AFTER are CLOCK_BOOTTIME in microseconds: what the command did
 * happened between them. A command that waits gives up after ENDPOINT_LIMIT_S, so a
 * test that goes wrong ends with a word instead of hanging. With "try " before it,
 * a command that fails is answered, too: VALUE is then what errno says, or "Success".
 * The commands are in the tables at the ends of peer_*.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "peer.h"

enum { ARGS_MAX = 4 };

int number(const char *text, long *n)
{
	char *end;

	*n = strtol(text, &end, 10);
	return *text && !*end ? 0 : -EINVAL;
}

static const struct command *command_find(const char *name)
{
	static const struct command *const tables[] = {
		commands_open, commands_talk, commands_own, commands_hand, commands_kernel,
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct command *c = tables[i]; c->name; c++)
			if (!strcmp(c->name, name))
				return c;
	return NULL;
}

static void obey(char *line)
{
	struct reply reply = { .before = clock_us() };
	const struct command *command;
	char *arg[ARGS_MAX] = { NULL };
	char *word, *rest = line;
	bool is_try;
	int n = 0, ret;

	word = strtok_r(rest, " \t\n", &rest);
	is_try = word && !strcmp(word, "try");
	if (is_try)
		word = strtok_r(rest, " \t\n", &rest);
	if (!word)
		return;
	command = command_find(word);
	if (!command) {
		printf("error no command is called %s\n", word);
		return;
	}
	while (n < ARGS_MAX && (arg[n] = strtok_r(rest, " \t\n", &rest)))
		n++;
	if (n != command->nargs) {
		printf("error %s takes %s\n", command->name, command->args);
		return;
	}
	ret = command->run(arg, &reply);
	reply.after = clock_us();
	if (is_try)
		printf("ok %lld %lld %s\n", reply.before, reply.after, strerror(-ret));
	else if (ret)
		printf("error %s %s: %s\n", command->name, n ? arg[0] : "", strerror(-ret));
	else
		printf("ok %lld %lld %s\n", reply.before, reply.after, reply.value);
}

int main(void)
{
	char line[256];

	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}
