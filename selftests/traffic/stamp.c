// SPDX-License-Identifier: GPL-2.0
/*
 * stamp FILE: print a file, and above it between which two moments it was read.
 *
 * An age in the file is true for some moment in between, so a test that knows
 * when something happened knows what the age may be, however slow the machine.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"

int main(int argc, char **argv)
{
	size_t size = 1 << 16, used = 0;
	char *text = malloc(size);
	long long before;
	ssize_t n;
	int fd;

	if (argc != 2)
		errx(2, "usage: stamp FILE");
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		err(1, "%s", argv[1]);
	before = clock_us();
	while (text && (n = read(fd, text + used, size - used)) > 0) {
		used += n;
		if (used == size)
			text = realloc(text, size *= 2);
	}
	if (!text || n < 0)
		err(1, "%s", argv[1]);
	printf("%lld %lld\n", before, clock_us());
	fwrite(text, 1, used, stdout);
	return fflush(stdout) ? 1 : 0;
}
