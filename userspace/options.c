// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "netns.h"
#include "options.h"
#include "status.h"
#include "version.h"

enum {
	USAGE = OPTION_OF_ALL + OPTIONS,
	HELP = '?',
	VERSION = 'V',
};

static const double watch_default = 2;
static const double watch_max = 86400;

/* Of argp's own options only those that one looks for: a --help is to fit a screen. */
static const struct argp_option argp_options[] = {
	[OPTION_JSON] = { "json", OPTION_OF_ALL + OPTION_JSON, NULL, 0,
			  "JSON, with the names in JSON.md", 10 },
	[OPTION_WATCH] = { "watch", OPTION_OF_ALL + OPTION_WATCH, "SECONDS", OPTION_ARG_OPTIONAL,
			   "again every 2 (or SECONDS) seconds", 0 },
	[OPTION_NETNS] = { "netns", OPTION_OF_ALL + OPTION_NETNS, "NAME|PID", 0,
			   "another namespace; or those of a cgroup, /PATH", 0 },
	[OPTION_ALL_NETNS] = { "all-netns", OPTION_OF_ALL + OPTION_ALL_NETNS, NULL, 0,
			       "every network namespace", 0 },
	[OPTION_FROM] = { "from", OPTION_OF_ALL + OPTION_FROM, "DIR", 0,
			  "a saved copy of the files in /proc/tcpwatch", 0 },
	[OPTION_COLOR] = { "color", OPTION_OF_ALL + OPTION_COLOR, "WHEN", 0,
			   "auto (on a terminal), always, never", 0 },
	{ "help", HELP, NULL, 0, "this", 11 },
	{ "version", VERSION, NULL, 0, "the version", 0 },
	{ "usage", USAGE, NULL, OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

/* Where no cgroup may be given. */
static const char one_netns[] = "another namespace";

/**
 * struct line - a command line that is read
 * @usage: how it may be
 * @options: what it says by the options of every command
 * @input: for the command's own argp
 */
struct line {
	const struct usage *usage;
	struct options *options;
	void *input;
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

/* What is said twice, before and after a command's name, is looked at twice. */
static void finish(const struct line *line, struct argp_state *state)
{
	const char *const *refuses = line->usage->refuses;
	struct options *options = line->options;

	for (enum option_of_all option = 0; option < OPTIONS; option++)
		if (refuses[option] && options->given & 1U << option)
			argp_error(state, "--%s: %s", argp_options[option].name, refuses[option]);
	if (!!options->netns + options->all_netns + !!options->from > 1)
		argp_error(state, "--netns, --all-netns and --from exclude each other");
	options->cgroup = options->netns ? netns_cgroup(options->netns) : options->cgroup;
	if (!options->cgroup)
		return;
	if (refuses[OPTION_ALL_NETNS])
		argp_error(state, "--netns=%s: %s", options->cgroup, refuses[OPTION_ALL_NETNS]);
	options->all_netns = true;
	options->netns = NULL;
}

static void take(struct options *options, enum option_of_all option, char *arg,
		 struct argp_state *state)
{
	options->given |= 1U << option;
	switch (option) {
	case OPTION_JSON:
		options->json = true;
		break;
	case OPTION_WATCH:
		options->watch = seconds(arg, state);
		break;
	case OPTION_NETNS:
		options->netns = arg;
		break;
	case OPTION_ALL_NETNS:
		options->all_netns = true;
		break;
	case OPTION_FROM:
		options->from = arg;
		break;
	default:
		options->color = when(arg, state);
		break;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct line *line = state->input;

	if (key >= OPTION_OF_ALL && key < OPTION_OF_ALL + OPTIONS) {
		take(line->options, (enum option_of_all)(key - OPTION_OF_ALL), arg, state);
		return 0;
	}
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = line->input;
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
		finish(line, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What is refused is known all the same, so as to say why. */
static void hide_refused(struct argp_option *list, const char *const *refuses)
{
	for (enum option_of_all option = 0; option < OPTIONS; option++)
		if (refuses[option])
			list[option].flags |= OPTION_HIDDEN;
	if (refuses[OPTION_ALL_NETNS])
		list[OPTION_NETNS].doc = one_netns;
}

/**
 * options_mind_watch() - end the program if the seconds of --watch stand apart from it
 * @word: one that the command does not take
 * @state: of argp
 */
void options_mind_watch(const char *word, struct argp_state *state)
{
	if (!isdigit((unsigned char)*word))
		return;
	for (int i = 1; i < state->argc; i++)
		if (!strcmp(state->argv[i], "--watch"))
			argp_error(state, "--watch %s: do you mean --watch=%s?", word, word);
}

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
 * @usage: how it may be
 * @options: what is said by the options of every command, or was before this line
 * @argc: how many words
 * @argv: they; the first is what messages begin with
 * @input: for the argp of @usage
 *
 * Ends the program, with the status that status.h has for it, if there is a mistake
 * or one of the options that do not come back.
 */
void options_parse(const struct usage *usage, struct options *options, int argc, char **argv,
		   void *input)
{
	struct line line = { .usage = usage, .options = options, .input = input };
	struct argp_option list[ARRAY_SIZE(argp_options)];
	const struct argp_child children[] = { { &usage->argp, 0, NULL, 0 }, { 0 } };
	const struct argp argp = { .options = list, .parser = parse, .children = children };
	error_t error;

	memcpy(list, argp_options, sizeof(list));
	hide_refused(list, usage->refuses);
	argp_err_exit_status = STATUS_USAGE;
	error = argp_parse(&argp, argc, argv, usage->flags | ARGP_NO_HELP, NULL, &line);
	if (!error)
		return;
	fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
	exit(STATUS_FAILED);
}
