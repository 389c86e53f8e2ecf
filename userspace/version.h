/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_VERSION_H
#define TCPWATCH_VERSION_H

/* The Makefile takes it from the module: they are one release. */
#ifndef TCPWATCH_VERSION
#define TCPWATCH_VERSION "unknown"
#endif

#endif
