// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netns.h"
#include "options.h"
#include "status.h"
#include "version.h"

enum {
	JSON = OPTION_OF_ALL,
	WATCH,
	NETNS,
	ALL_NETNS,
	FROM,
	COLOR,
	USAGE,
	HELP = '?',
	VERSION = 'V',
};

static const double watch_default = 2;
static const double watch_max = 86400;

/* Of argp's own options only those that one looks for: a --help is to fit a screen. */
static const struct argp_option argp_options[] = {
	{ "json", JSON, NULL, 0, "JSON, with the names in JSON.md", 10 },
	{ "watch", WATCH, "SECONDS", OPTION_ARG_OPTIONAL, "again every 2 (or SECONDS) seconds", 0 },
	{ "netns", NETNS, "NAME|PID", 0, "another namespace; or those of a cgroup, /PATH", 0 },
	{ "all-netns", ALL_NETNS, NULL, 0, "every network namespace", 0 },
	{ "from", FROM, "DIR", 0, "a saved copy of the files in /proc/tcpwatch", 0 },
	{ "color", COLOR, "WHEN", 0, "auto (on a terminal), always, never", 0 },
	{ "help", HELP, NULL, 0, "this", 11 },
	{ "version", VERSION, NULL, 0, "the version", 0 },
	{ "usage", USAGE, NULL, OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

static double seconds(const char *text, struct argp_state *state)
{
	char *end;
	double value;

	if (!text)
		return watch_default;
	value = strtod(text, &end);
	if (end == text || *end || !isfinite(value) || value <= 0 || value > watch_max)
		argp_error(state,
			   "--watch=%s: SECONDS is a number above 0, at most %.0f, such as 0.5",
			   text, watch_max);
	return value;
}

static enum when when(const char *text, struct argp_state *state)
{
	if (!strcmp(text, "always"))
		return WHEN_ALWAYS;
	if (!strcmp(text, "never"))
		return WHEN_NEVER;
	if (strcmp(text, "auto") != 0)
		argp_error(state, "--color=%s: WHEN is auto, always or never", text);
	return WHEN_AUTO;
}

/* What is said twice, before and after a subcommand, is looked at twice. */
static void finish(struct options *options, struct argp_state *state)
{
	if (!!options->netns + options->all_netns + !!options->from > 1)
		argp_error(state, "--netns, --all-netns and --from exclude each other");
	options->cgroup = options->netns ? netns_cgroup(options->netns) : options->cgroup;
	if (!options->cgroup)
		return;
	options->all_netns = true;
	options->netns = NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case JSON:
		options->json = true;
		return 0;
	case WATCH:
		options->watch = seconds(arg, state);
		return 0;
	case NETNS:
		options->netns = arg;
		return 0;
	case ALL_NETNS:
		options->all_netns = true;
		return 0;
	case FROM:
		options->from = arg;
		return 0;
	case COLOR:
		options->color = when(arg, state);
		return 0;
	case HELP:
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case USAGE:
		argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		return 0;
	case VERSION:
		puts("tcpwatch " TCPWATCH_VERSION);
		exit(STATUS_OK);
	case ARGP_KEY_END:
		finish(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
};

const struct argp_child options_children[] = { { &argp, 0, NULL, 0 }, { 0 } };

/**
 * options_fail() - end the program for a mistake in its command line
 * @fault: the mistake
 * @state: of argp
 */
void options_fail(const struct fault *fault, struct argp_state *state)
{
	if (fault->status == STATUS_USAGE)
		argp_error(state, "%s", fault->text);
	argp_failure(state, (int)fault->status, 0, "%s", fault->text);
}

/**
 * options_parse() - read a command line
 * @argp: whose; its children are options_children
 * @argc: how many words
 * @argv: they; the first is what messages begin with
 * @flags: of argp, more than the usual ones
 * @input: for @argp
 *
 * Ends the program, with the status that status.h has for it, if there is a mistake
 * or one of the options that do not come back.
 */
void options_parse(const struct argp *argp, int argc, char **argv, unsigned int flags,
		   void *input)
{
	error_t error;

	argp_err_exit_status = STATUS_USAGE;
	error = argp_parse(argp, argc, argv, flags | ARGP_NO_HELP, NULL, input);
	if (!error)
		return;
	fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
	exit(STATUS_FAILED);
}
