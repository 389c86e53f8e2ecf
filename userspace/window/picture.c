// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "window/picture.h"

static enum status failed(const struct picture *picture, struct fault *fault)
{
	return fault_set(fault, STATUS_FAILED, "cannot write %s: %s", picture->path,
			 strerror(errno));
}

static mode_t usual_mode(void)
{
	const mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/**
 * picture_open() - begin a file
 * @picture: what to fill in; picture_close() it, also after a failure
 * @path: what it is to be called; what is there now stays until picture_keep()
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status picture_open(struct picture *picture, const char *path, struct fault *fault)
{
	int fd;

	*picture = (struct picture){ .path = path };
	if (asprintf(&picture->new, "%s.XXXXXX", path) < 0) {
		picture->new = NULL;
		return fault_memory(fault);
	}
	fd = mkostemp(picture->new, O_CLOEXEC);
	if (fd < 0) {
		enum status status = failed(picture, fault);

		free(picture->new);
		picture->new = NULL;
		return status;
	}
	picture->file = fdopen(fd, "w");
	if (!picture->file) {
		close(fd);
		return fault_memory(fault);
	}
	return STATUS_OK;
}

/**
 * picture_keep() - the file is whole
 * @picture: the file
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status picture_keep(struct picture *picture, struct fault *fault)
{
	if (fflush(picture->file) || ferror(picture->file) ||
	    fchmod(fileno(picture->file), usual_mode()) || rename(picture->new, picture->path))
		return failed(picture, fault);
	free(picture->new);
	picture->new = NULL;
	return STATUS_OK;
}

/**
 * picture_close() - be done with a file
 * @picture: the file; if it was not kept, nothing of it stays
 */
void picture_close(struct picture *picture)
{
	if (picture->file)
		fclose(picture->file);
	if (picture->new)
		unlink(picture->new);
	free(picture->new);
}
