// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wholefile.h"

static enum status failed(const struct wholefile *whole, struct fault *fault)
{
	return fault_set(fault, STATUS_FAILED, "cannot write %s: %s", whole->path,
			 strerror(errno));
}

/* Else root would have a file where /dev/null was, and a folder is in the way only at the end. */
static enum status check_place(const struct wholefile *whole, struct fault *fault)
{
	struct stat there;

	if (!*whole->path)
		return fault_set(fault, STATUS_USAGE,
				 "a file without a name cannot be written: say which");
	if (stat(whole->path, &there) || S_ISREG(there.st_mode))
		return STATUS_OK;
	return fault_set(fault, STATUS_FAILED, "cannot write %s: it is no regular file",
			 whole->path);
}

static mode_t usual_mode(void)
{
	const mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/**
 * wholefile_open() - begin a file
 * @whole: what to fill in; wholefile_close() it, also after a failure
 * @path: what it is to be called; a regular file that is there stays until wholefile_keep()
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status wholefile_open(struct wholefile *whole, const char *path, struct fault *fault)
{
	int fd;

	*whole = (struct wholefile){ .path = path };
	if (check_place(whole, fault))
		return fault->status;
	if (asprintf(&whole->new, "%s.XXXXXX", path) < 0) {
		whole->new = NULL;
		return fault_memory(fault);
	}
	fd = mkostemp(whole->new, O_CLOEXEC);
	if (fd < 0) {
		enum status status = failed(whole, fault);

		free(whole->new);
		whole->new = NULL;
		return status;
	}
	whole->file = fdopen(fd, "w");
	if (!whole->file) {
		close(fd);
		return fault_memory(fault);
	}
	return STATUS_OK;
}

/**
 * wholefile_keep() - the file is whole
 * @whole: the file
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status wholefile_keep(struct wholefile *whole, struct fault *fault)
{
	if (fflush(whole->file) || ferror(whole->file) ||
	    fchmod(fileno(whole->file), usual_mode()) || rename(whole->new, whole->path))
		return failed(whole, fault);
	free(whole->new);
	whole->new = NULL;
	return STATUS_OK;
}

/**
 * wholefile_close() - be done with a file
 * @whole: the file; if it was not kept, nothing of it stays
 */
void wholefile_close(struct wholefile *whole)
{
	if (whole->file)
		fclose(whole->file);
	if (whole->new)
		unlink(whole->new);
	free(whole->new);
}
