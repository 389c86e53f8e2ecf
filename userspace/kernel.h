/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_KERNEL_H
#define TCPWATCH_KERNEL_H

#include "netns.h"
#include "number.h"

struct number kernel_sysctl(const struct netns *ns, const char *name);
struct number kernel_counter(const char *netstat, const char *name);

#endif
