/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The HTTP that an exporter needs.
 */
#ifndef TCPWATCH_EXPORT_SERVER_H
#define TCPWATCH_EXPORT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "export/exposition.h"
#include "fault.h"

/**
 * typedef server_page_fn - make what is served
 * @arg: the maker's own
 * @form: how it is wanted
 * @text: what it is, for free()
 * @size: how many bytes
 *
 * Called by one thread at a time.
 *
 * Return: false if there is no memory for it.
 */
typedef bool (*server_page_fn)(void *arg, enum form form, char **text, size_t *size);

struct server;

struct server *server_start(const char *address, server_page_fn page, void *arg,
			    struct fault *fault);
void server_stop(struct server *server);

#endif
