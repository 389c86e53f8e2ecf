// SPDX-License-Identifier: GPL-2.0
/*
 * tcpwatch: reads what tcpwatch.ko shows under /proc/tcpwatch.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "array.h"
#include "commands.h"
#include "options.h"
#include "spelling.h"

static const struct command {
	const char *name;
	enum status (*run)(struct options *options, int argc, char **argv);
} commands[] = {
	{ "list", list_main },
	{ "leaks", leaks_main },
	{ "handshakes", handshakes_main },
	{ "port", port_main },
	{ "memory", memory_main },
	{ "events", events_main },
	{ "life", life_main },
	{ "top", top_main },
	{ "window", window_main },
	{ "export", export_main },
	{ "report", report_main },
	{ "explain", explain_main },
};

/**
 * struct request - what the command line asks for
 * @options: what stands before the subcommand's name
 * @command: the subcommand, NULL for the overview
 * @argc: how many words start at its name
 * @argv: they
 */
struct request {
	struct options options;
	const struct command *command;
	int argc;
	char **argv;
};

/* No line more: with the options it fills a screen. */
static const char about[] =
	"One screen: is something wrong with TCP here? Or (COMMAND --help says more):\n"
	"  list       the connections, with filters\n"
	"  leaks      who leaves sockets in CLOSE_WAIT, why, and for how long\n"
	"  handshakes how connections open, and why some do not\n"
	"  port       why an address is in use, and whether bind() would work now\n"
	"  memory     kernel memory that sockets take, by state and by process\n"
	"  events     what happens to connections, as it happens\n"
	"  life       how each connection lived, when it ends\n"
	"  top        the live screen: states, leaks, stalled and busy connections\n"
	"  window     the sliding window of a connection, live or drawn\n"
	"  export     metrics for Prometheus\n"
	"  report     one page for an incident ticket\n"
	"  explain    what a state, a verdict, a line of summary, an event means\n"
	"Exit status: 0 fine, 1 leaks, 2 wrong use, 3 no module, 4 denied, 5 all else.";

static const struct command *find_command(const char *name, struct argp_state *state)
{
	struct spelling spelling = { .word = name };
	char names[100] = "";

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		size_t used = strlen(names);

		if (!strcmp(name, commands[i].name))
			return &commands[i];
		snprintf(names + used, sizeof(names) - used, " %s", commands[i].name);
		spelling_try(&spelling, commands[i].name);
	}
	options_mind_watch(name, state);
	if (spelling.nearest)
		argp_error(state, "there is no command '%s'; do you mean '%s'?", name,
			   spelling.nearest);
	argp_error(state, "there is no command '%s'; they are:%s", name, names);
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		request->command = find_command(arg, state);
		request->argc = state->argc - state->next + 1;
		request->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.parser = parse,
		.args_doc = "[COMMAND [OPTION...]]",
		.doc = about,
	},
	.flags = ARGP_IN_ORDER,
};

/*
 * A program that is started without stdin, stdout or stderr would otherwise get one
 * of the files that it opens in their place, and write its answer there.
 */
static void occupy_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/*
 * With --all-netns each namespace takes two descriptors. The soft limit is as low as it is for the
 * sake of select(), which nothing here calls; and nothing here starts a program that may.
 */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* --help and --version print through stdio, and argp does not look whether it worked. */
static void check_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	fprintf(stderr, "%s: cannot write the answer: %s\n", program_invocation_short_name,
		strerror(errno));
	_exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	struct request request = { .command = NULL };

	occupy_standard_files();
	raise_file_limit();
	signal(SIGPIPE, SIG_IGN);
	atexit(check_stdout);
	options_parse(&usage, &request.options, argc, argv, &request);
	if (request.command)
		return request.command->run(&request.options, request.argc, request.argv);
	return overview_main(&request.options);
}
