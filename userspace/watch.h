/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_WATCH_H
#define TCPWATCH_WATCH_H

#include "fault.h"
#include "options.h"
#include "text.h"

/**
 * typedef look_fn - read everything once and write one page, or one line of JSON
 * @arg: the subcommand's own
 * @options: what the user wants
 * @page: where to
 * @answer: the exit status that the page calls for, STATUS_OK at first
 * @fault: why there is no page
 *
 * Return: STATUS_OK with a page; otherwise the status of @fault, and what was
 * written is thrown away.
 */
typedef enum status (*look_fn)(void *arg, const struct options *options, const struct page *page,
			       enum status *answer, struct fault *fault);

enum status watch_run(const struct options *options, look_fn look, void *arg);

#endif
