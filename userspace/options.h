/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_OPTIONS_H
#define TCPWATCH_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "fault.h"

/* Keys of options that have no letter: above all characters, as argp wants it. */
enum {
	OPTION_OF_ALL = 0x100,		/* enum option_of_all, --help and --version */
	OPTION_OF_COMMAND = 0x200,	/* a subcommand's own */
};

/**
 * enum option_of_all - the options that every command takes, unless it refuses them
 * @OPTION_JSON: --json
 * @OPTION_WATCH: --watch
 * @OPTION_NETNS: --netns
 * @OPTION_ALL_NETNS: --all-netns, and --netns with a cgroup
 * @OPTION_FROM: --from
 * @OPTION_COLOR: --color
 * @OPTIONS: how many there are
 */
enum option_of_all {
	OPTION_JSON,
	OPTION_WATCH,
	OPTION_NETNS,
	OPTION_ALL_NETNS,
	OPTION_FROM,
	OPTION_COLOR,
	OPTIONS
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/**
 * struct options - what is said by the options that every command takes
 * @given: a bit for each enum option_of_all
 * @json: --json
 * @watch: --watch, seconds between two looks; 0 for one look
 * @netns: --netns
 * @all_netns: --all-netns, or --netns with a cgroup: there may be several
 * @cgroup: of these only those that processes in there are in; NULL for all
 * @from: --from
 * @color: --color
 */
struct options {
	unsigned int given;
	bool json;
	double watch;
	const char *netns;
	bool all_netns;
	const char *cgroup;
	const char *from;
	enum when color;
};

/**
 * struct usage - how a command is used
 * @argp: its own options and words, and what --help says of it
 * @flags: of argp, more than the usual ones
 * @refuses: those of the options of every command that it does not take: why, and what
 *	to do. Its --help does not tell of them, nor does completion; tcpwatch(8) says
 *	that they are not for it
 */
struct usage {
	struct argp argp;
	unsigned int flags;
	const char *refuses[OPTIONS];
};

void options_mind_watch(const char *word, struct argp_state *state);
void options_fail(const struct fault *fault, struct argp_state *state);
void options_parse(const struct usage *usage, struct options *options, int argc, char **argv,
		   void *input);

#endif
