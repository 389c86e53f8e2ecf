// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "source.h"

enum {
	FIRST_READ = 1 << 16,		/* bytes; then twice as many each time */
	LOADING_TRIES = 100,
	LOADING_WAIT_NS = 20 * 1000 * 1000,
};

/* Ten million connections make 3 GiB; what is larger is no table. */
static const unsigned long long text_max = 4ULL << 30;

static const char takes_root[] = ": that takes root";

static enum status unloaded(struct fault *fault, const char *path)
{
	if (access("/proc/self/net", F_OK))
		return fault_set(fault, STATUS_FAILED,
				 "there is no /proc/self/net: /proc is not mounted, or is that of another PID namespace");
	return fault_set(fault, STATUS_UNLOADED,
			 "the module is not loaded (there is no %s); load it as root: modprobe tcpwatch, or, where it was built: insmod ./tcpwatch.ko",
			 path);
}

/**
 * source_open() - open a directory of tables by its name
 * @source: what to fill in
 * @path: the directory
 * @saved: is it a copy, not the module's own?
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status source_open(struct source *source, const char *path, bool saved, struct fault *fault)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	source->dir = -1;
	source->saved = saved;
	source->path = NULL;
	if (dir >= 0)
		return source_adopt(source, dir, path, fault);
	if (errno == EACCES || errno == EPERM)
		return fault_set(fault, STATUS_DENIED, "not permitted to read %s%s", path,
				 saved ? "" : takes_root);
	if (saved)
		return fault_set(fault, STATUS_USAGE,
				 "cannot read %s: %s; --from takes a folder with copies of the files in /proc/tcpwatch",
				 path, strerror(errno));
	if (errno == ENOENT || errno == ESRCH || errno == EINVAL)
		return unloaded(fault, path);
	return fault_set(fault, STATUS_FAILED, "cannot open %s: %s", path, strerror(errno));
}

/**
 * source_adopt() - make a source of a directory that is already open
 * @source: what to fill in; @source->saved stays as it is
 * @dir: the directory's descriptor, which the source now owns, also on failure
 * @path: a name for it, for messages
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status source_adopt(struct source *source, int dir, const char *path, struct fault *fault)
{
	source->dir = dir;
	source->path = strdup(path);
	if (source->path)
		return STATUS_OK;
	source_close(source);
	return fault_memory(fault);
}

/**
 * source_has() - is there such a table?
 * @source: where
 * @name: the file
 *
 * Return: whether it exists. Later modules have more files, and early ones fewer.
 */
bool source_has(const struct source *source, const char *name)
{
	return !faccessat(source->dir, name, F_OK, 0);
}

/**
 * source_failed() - say why a file could not be opened or read
 * @source: where it is
 * @name: the file
 * @error: errno
 * @fault: where to; its gone is set where the namespace or the module went away meanwhile
 *
 * Return: the status of @fault.
 */
enum status source_failed(const struct source *source, const char *name, int error,
			  struct fault *fault)
{
	/* procfs says so of a file that was open when the module took it away. */
	if (error == EIO && !source->saved)
		error = ENXIO;
	switch (error) {
	case EAGAIN:
		return fault_set(fault, STATUS_UNLOADED,
				 "%s/%s: the module is still loading; try again in a moment",
				 source->path, name);
	case EACCES:
	case EPERM:
		return fault_set(fault, STATUS_DENIED, "not permitted to read %s/%s%s",
				 source->path, name, source->saved ? "" : takes_root);
	case ENOENT:
	case ENXIO:
		if (source->saved)
			return fault_set(fault, STATUS_FAILED, "%s has no file '%s'", source->path,
					 name);
		if (access(SOURCE_OWN, F_OK))
			return unloaded(fault, SOURCE_OWN);
		if (error == ENXIO || !source_has(source, "summary"))
			return fault_gone(fault, source->path);
		return fault_set(fault, STATUS_FAILED,
				 "%s has no file '%s': the module loaded is older than this program",
				 source->path, name);
	default:
		return fault_set(fault, STATUS_FAILED, "cannot read %s/%s: %s", source->path, name,
				 strerror(error));
	}
}

/* Returns false, with errno, if it could not be read; true, without @text, if it is too large. */
static bool read_all(int fd, char **text, size_t *size)
{
	size_t room = FIRST_READ;
	char *all = malloc(room);

	*text = NULL;
	*size = 0;
	while (all) {
		/* One byte stays free: the parser ends the text with a NUL. */
		ssize_t got = read(fd, all + *size, room - *size - 1);
		char *more;

		if (got < 0 && errno == EINTR)
			continue;
		if (!got) {
			*text = all;
			return true;
		}
		if (got < 0 || *size + (size_t)got > text_max) {
			free(all);
			return got > 0;
		}
		*size += (size_t)got;
		if (room - *size > 1)
			continue;
		more = room > SIZE_MAX / 2 ? NULL : realloc(all, room * 2);
		if (!more)
			free(all);
		all = more;
		room *= 2;
	}
	errno = ENOMEM;
	return false;
}

/*
 * O_NONBLOCK, so that a FIFO in somebody's folder is refused and not waited for.
 * Returns false with errno; EAGAIN, from either call, while the module loads.
 */
static bool try_read(const struct source *source, const char *name, char **text, size_t *size,
		     bool *plain)
{
	int fd = openat(source->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat stat;
	bool done;
	int error;

	*text = NULL;
	*plain = true;
	if (fd < 0)
		return false;
	*plain = !fstat(fd, &stat) && S_ISREG(stat.st_mode);
	done = !*plain || read_all(fd, text, size);
	error = errno;
	close(fd);
	errno = error;
	return done;
}

/**
 * source_read() - read one file whole
 * @source: where
 * @name: the file
 * @text: what it holds, with room for one byte more; the caller frees it
 * @size: how many bytes
 * @fault: what went wrong; its gone is set where the namespace or the module went
 *	away meanwhile
 *
 * Nothing tells when a module that is being loaded is ready, but it takes a moment
 * only: that is waited for.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status source_read(const struct source *source, const char *name, char **text, size_t *size,
			struct fault *fault)
{
	const struct timespec wait = { .tv_nsec = LOADING_WAIT_NS };
	unsigned int tries = LOADING_TRIES;
	bool plain;

	while (!try_read(source, name, text, size, &plain)) {
		if (errno != EAGAIN || !tries--)
			return source_failed(source, name, errno, fault);
		nanosleep(&wait, NULL);
	}
	if (!plain)
		return fault_set(fault, STATUS_FAILED, "%s/%s is no plain file", source->path,
				 name);
	if (!*text)
		return fault_set(fault, STATUS_FAILED, "%s/%s is too large for a table",
				 source->path, name);
	return STATUS_OK;
}

/**
 * source_close() - give back what a source holds
 * @source: open or not
 */
void source_close(struct source *source)
{
	if (source->dir >= 0)
		close(source->dir);
	source->dir = -1;
	free(source->path);
	source->path = NULL;
}
