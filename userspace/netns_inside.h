/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can only be seen, or done, from inside a network namespace.
 */
#ifndef TCPWATCH_NETNS_INSIDE_H
#define TCPWATCH_NETNS_INSIDE_H

#include <stdbool.h>

#include "netns.h"

bool netns_enter(const struct netns *ns, void (*work)(void *arg), void *arg);
char *netns_file(const struct netns *ns, const char *name);

#endif
