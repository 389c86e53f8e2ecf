// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stream.h"

#define FILE_NAME "events"

enum {
	BUFFER_SIZE = 1 << 16,	/* a few hundred events a read */
};

static const struct source *source_of(const struct stream *stream)
{
	return &stream->list.ns[0].source;
}

/**
 * stream_open() - start to read events
 * @stream: what to fill in; stream_close() it, also after a failure
 * @options: --netns, --from, or neither for the own namespace; never --all-netns
 * @fault: what went wrong
 *
 * Of a saved copy the file `events` is read, from its beginning to its end.
 *
 * Return: STATUS_OK, or the status of @fault: STATUS_UNLOADED without the module,
 * STATUS_DENIED where this user may not, as only root may.
 */
enum status stream_open(struct stream *stream, const struct options *options,
			struct fault *fault)
{
	const struct source *source;
	struct stat stat;

	*stream = (struct stream){ .fd = -1 };
	if (netns_open(&stream->list, options, fault))
		return fault->status;
	source = source_of(stream);
	/* O_NONBLOCK also so that a FIFO in somebody's folder is refused, not waited for. */
	stream->fd = openat(source->dir, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (stream->fd < 0)
		return source_failed(source, FILE_NAME, errno, fault);
	if (fstat(stream->fd, &stat) || !S_ISREG(stat.st_mode))
		return fault_set(fault, STATUS_FAILED, "%s/%s is no plain file", source->path,
				 FILE_NAME);
	stream->buffer = malloc(BUFFER_SIZE);
	return stream->buffer ? STATUS_OK : fault_memory(fault);
}

/* Read what there is. Sets @more to STREAM_EVENT if there is anything new, even the end. */
static enum status fill(struct stream *stream, enum stream_more *more, struct fault *fault)
{
	const struct source *source = source_of(stream);
	ssize_t got;

	stream->filled -= stream->at;
	memmove(stream->buffer, stream->buffer + stream->at, stream->filled);
	stream->at = 0;
	do {
		got = read(stream->fd, stream->buffer + stream->filled,
			   BUFFER_SIZE - stream->filled);
	} while (got < 0 && errno == EINTR);
	*more = STREAM_EVENT;
	if (got > 0) {
		stream->filled += (size_t)got;
	} else if (!got || (errno == EIO && !source->saved)) {
		/* The module goes; if it has taken the file away already, procfs says EIO. */
		stream->over = true;
	} else if (errno == EAGAIN) {
		*more = STREAM_WAIT;
	} else {
		return source_failed(source, FILE_NAME, errno, fault);
	}
	return STATUS_OK;
}

/**
 * stream_next() - take the next event, if there is one
 * @stream: the stream
 * @event: the event; what it points to is there until the next call
 * @more: whether there is one
 * @fault: what went wrong: a line that is no event, or one that cannot be read
 *
 * Never waits. Where events come faster than they are taken there is never a
 * STREAM_WAIT: look at the clock, and for signals, in between.
 *
 * Return: STATUS_OK, or the status of @fault, and then the stream is worth nothing.
 */
enum status stream_next(struct stream *stream, struct event *event, enum stream_more *more,
			struct fault *fault)
{
	*more = STREAM_EVENT;
	while (*more == STREAM_EVENT) {
		char *start = stream->buffer + stream->at;
		const size_t left = stream->filled - stream->at;
		const char *end = memchr(start, '\n', left);

		if (end) {
			stream->at += (size_t)(end - start) + 1;
			return event_parse(event, ++stream->line, start, (size_t)(end - start),
					   fault);
		}
		if (left > EVENT_LINE_MAX)
			return fault_set(fault, STATUS_FAILED,
					 "events: line %zu is longer than %d bytes",
					 stream->line + 1, EVENT_LINE_MAX);
		if (stream->over && left)
			return fault_set(fault, STATUS_FAILED,
					 "events is cut short: line %zu does not end with a newline",
					 stream->line + 1);
		if (stream->over)
			*more = STREAM_OVER;
		else if (fill(stream, more, fault))
			return fault->status;
	}
	return STATUS_OK;
}

/**
 * stream_end() - say why a stream is over
 * @stream: the stream, after a STREAM_OVER
 * @fault: where to
 *
 * Return: STATUS_OK for a saved copy, which just ends; STATUS_UNLOADED, with words in
 * @fault, if the module is gone.
 */
enum status stream_end(const struct stream *stream, struct fault *fault)
{
	if (source_of(stream)->saved)
		return STATUS_OK;
	return fault_set(fault, STATUS_UNLOADED,
			 "the module was unloaded: there are no more events");
}

/**
 * stream_close() - give back what stream_open() made
 * @stream: the stream
 */
void stream_close(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	free(stream->buffer);
	netns_close(&stream->list);
	*stream = (struct stream){ .fd = -1 };
}
