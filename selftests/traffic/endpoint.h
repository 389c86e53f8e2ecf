/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets by the names that a test gives them. */
#ifndef TRAFFIC_ENDPOINT_H
#define TRAFFIC_ENDPOINT_H

/* No call on an endpoint blocks for longer. */
enum { ENDPOINT_LIMIT_S = 60 };

/**
 * endpoint_fd() - the descriptor of an endpoint
 * @name: its name
 *
 * Return: the descriptor, or -ENOENT.
 */
int endpoint_fd(const char *name);

/**
 * endpoint_add() - give a descriptor a name
 * @name: the name
 * @fd: the descriptor, or what a system call that failed returned; closed on error.
 *	Blocking calls on it end by themselves after ENDPOINT_LIMIT_S
 *
 * Return: 0 or a negative errno.
 */
int endpoint_add(const char *name, int fd);

/**
 * endpoint_close() - close an endpoint's descriptor, and forget its name
 * @name: the name
 *
 * Return: 0, or -ENOENT.
 */
int endpoint_close(const char *name);

#endif /* TRAFFIC_ENDPOINT_H */
