// SPDX-License-Identifier: GPL-2.0
/*
 * A saved copy of /proc/tcpwatch, and the commands that read one. The first byte says which
 * command and whether in JSON; "= NAME" on a line begins a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = {
	"summary", "connections", "close_wait", "listeners", "time_wait", "syn_recv", "events",
};

static enum status overview(struct options *options, int argc, char **argv)
{
	return overview_main(options);
}

static const struct {
	enum status (*run)(struct options *options, int argc, char **argv);
	char *argv[4];
} commands[] = {
	{ overview, { "tcpwatch" } },
	{ list_main, { "list" } },
	{ list_main, { "list", "--state=close_wait" } },
	{ list_main, { "list", "--sort=local", "--columns=local,verdict,bytes_in" } },
	{ leaks_main, { "leaks" } },
	{ handshakes_main, { "handshakes" } },
	{ memory_main, { "memory" } },
	{ port_main, { "port", "80" } },
	{ events_main, { "events" } },
	{ life_main, { "life" } },
};

/* Made at first, and removed at the end. */
static const char *folder;

static int folder_fd;

static void empty_folder(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		unlinkat(folder_fd, files[i], 0);
}

static void remove_folder(void)
{
	empty_folder();
	rmdir(folder);
}

static void make_folder(void)
{
	static char name[32] = "/dev/shm/tcpwatch-fuzz-XXXXXX";

	if (folder)
		return;
	folder = mkdtemp(name);
	folder_fd = folder ? open(folder, O_RDONLY | O_DIRECTORY) : -1;
	if (folder_fd < 0) {
		perror(name);
		exit(1);
	}
	atexit(remove_folder);
}

static void save(const char *name, const uint8_t *data, size_t size)
{
	int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size) {
		perror(name);
		exit(1);
	}
	close(fd);
}

/* Of the files that are there twice the last is the one. */
static void save_all(const uint8_t *data, size_t size)
{
	const uint8_t *begin = NULL, *end = data + size, *line = data;
	const char *name = NULL;

	while (line < end) {
		const uint8_t *newline = memchr(line, '\n', (size_t)(end - line));
		const uint8_t *next = newline ? newline + 1 : end;
		size_t i, length = (size_t)(next - line);

		for (i = 0; i < ARRAY_SIZE(files); i++) {
			size_t wanted = strlen(files[i]);

			if (length != wanted + 3 || memcmp(line, "= ", 2) ||
			    memcmp(line + 2, files[i], wanted))
				continue;
			if (name)
				save(name, begin, (size_t)(line - begin));
			name = files[i];
			begin = next;
		}
		line = next;
	}
	if (name)
		save(name, begin, (size_t)(end - begin));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = { .color = WHEN_NEVER };
	char *argv[ARRAY_SIZE(commands[0].argv)];
	size_t command;
	int argc = 0;

	if (!size)
		return 0;
	make_folder();
	empty_folder();
	save_all(data + 1, size - 1);
	command = *data / 2 % ARRAY_SIZE(commands);
	options.from = folder;
	options.json = *data & 1;
	for (; commands[command].argv[argc]; argc++)
		argv[argc] = commands[command].argv[argc];
	argv[argc] = NULL;
	commands[command].run(&options, argc, argv);
	return 0;
}
