/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one reader of the module's stream of events. A use of it:
 *
 *	struct stream stream;
 *	struct fault fault;
 *	enum status status = stream_open(&stream, options, &fault);
 *
 *	while (!status) {
 *		struct event event;
 *		enum stream_more more;
 *
 *		status = stream_next(&stream, &event, &more, &fault);
 *		if (!status && more == STREAM_EVENT)
 *			...
 *		else if (!status && more == STREAM_WAIT)
 *			poll() for POLLIN of stream.fd, and more
 *		else if (!status)
 *			break, or: status = stream_end(&stream, &fault);
 *	}
 *	if (status)
 *		fault_print(&fault);
 *	stream_close(&stream);
 */
#ifndef TCPWATCH_STREAM_H
#define TCPWATCH_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "fault.h"
#include "netns.h"
#include "options.h"

/* What means nothing to a stream, among what the usage of a command refuses. */
#define STREAM_REFUSES \
	[OPTION_WATCH] = "events are shown as they happen, without it", \
	[OPTION_ALL_NETNS] = "a stream is of one namespace; --netns NAME or PID says of which"

/**
 * struct stream - the events of one namespace, from the moment it was opened
 * @list: the namespace, the only one, for its other files: @list.ns[0].source
 * @fd: to poll() for POLLIN; of a saved copy a file, which is always ready
 * @line: the number of the line that was taken last
 * @over: its end has been read
 * @buffer: what has been read
 * @at: where in @buffer the next line starts
 * @filled: how many bytes are in @buffer
 *
 * Memory is bounded: @buffer does not grow.
 */
struct stream {
	struct netns_list list;
	int fd;
	size_t line;
	bool over;
	char *buffer;
	size_t at;
	size_t filled;
};

/**
 * enum stream_more - how a stream goes on
 * @STREAM_EVENT: with an event
 * @STREAM_WAIT: nothing has happened yet
 * @STREAM_OVER: not at all
 */
enum stream_more { STREAM_EVENT, STREAM_WAIT, STREAM_OVER };

enum status stream_open(struct stream *stream, const struct options *options,
			struct fault *fault);
enum status stream_next(struct stream *stream, struct event *event, enum stream_more *more,
			struct fault *fault);
enum status stream_end(const struct stream *stream, struct fault *fault);
void stream_close(struct stream *stream);

#endif
