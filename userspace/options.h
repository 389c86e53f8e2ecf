/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_OPTIONS_H
#define TCPWATCH_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "fault.h"

/* Keys of options that have no letter: above all characters, as argp wants it. */
enum {
	OPTION_OF_ALL = 0x100,		/* --json and others that every subcommand has */
	OPTION_OF_COMMAND = 0x200,	/* a subcommand's own */
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/**
 * struct options - what every subcommand understands
 * @json: --json
 * @watch: --watch, seconds between two looks; 0 for one look
 * @netns: --netns
 * @all_netns: --all-netns, or --netns with a cgroup: there may be several
 * @cgroup: of these only those that processes in there are in; NULL for all
 * @from: --from
 * @color: --color
 */
struct options {
	bool json;
	double watch;
	const char *netns;
	bool all_netns;
	const char *cgroup;
	const char *from;
	enum when color;
};

/* The options that all commands have. Their input is a struct options. */
extern const struct argp_child options_children[];

void options_fail(const struct fault *fault, struct argp_state *state);
void options_parse(const struct argp *argp, int argc, char **argv, unsigned int flags,
		   void *input);

#endif
