// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netns_inside.h"

enum {
	PATH_SIZE = 320,
	FILE_SIZE = 1 << 16,
};

/**
 * struct entry - work to do in a namespace
 * @ns: the namespace's descriptor
 * @work: the work
 * @arg: for @work
 * @entered: it was done
 */
struct entry {
	int ns;
	void (*work)(void *arg);
	void *arg;
	bool entered;
};

static void *entry_thread(void *arg)
{
	struct entry *entry = arg;

	entry->entered = !setns(entry->ns, CLONE_NEWNET);
	if (entry->entered)
		entry->work(entry->arg);
	return NULL;
}

/**
 * netns_enter() - do something in a namespace
 * @ns: the namespace
 * @work: what to do; called once, or not at all
 * @arg: for @work
 *
 * Return: whether it was called. It is not for a saved copy, nor where this user
 * may not enter.
 */
bool netns_enter(const struct netns *ns, void (*work)(void *arg), void *arg)
{
	struct entry entry = { .ns = ns->fd, .work = work, .arg = arg };
	pthread_t thread;

	if (ns->source.saved)
		return false;
	if (!ns->name) {
		work(arg);
		return true;
	}
	if (ns->fd < 0 || pthread_create(&thread, NULL, entry_thread, &entry))
		return false;
	pthread_join(thread, NULL);
	return entry.entered;
}

/**
 * struct file - a file to read
 * @dir: the folder that it is in
 * @path: its name there
 * @text: what it holds, NULL if it cannot be read
 */
struct file {
	int dir;
	const char *path;
	char *text;
};

static void read_file(void *arg)
{
	struct file *file = arg;
	int fd = openat(file->dir, file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = fd < 0 ? NULL : malloc(FILE_SIZE);
	size_t size = 0;
	ssize_t got = 1;

	while (text && got > 0 && size < FILE_SIZE - 1) {
		got = read(fd, text + size, FILE_SIZE - 1 - size);
		if (got > 0)
			size += (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	if (got < 0) {
		free(text);
		return;
	}
	if (text)
		text[size] = '\0';
	file->text = text;
}

/**
 * netns_file() - one of the kernel's own files about a namespace
 * @ns: the namespace; a saved copy has the file without the folders of its name
 * @name: below /proc: net/NAME or sys/net/NAME
 *
 * Return: what it holds, for free(), as far as it fits in 64 KiB; NULL if it cannot
 * be read.
 */
char *netns_file(const struct netns *ns, const char *name)
{
	struct file file = { .dir = AT_FDCWD };
	char path[PATH_SIZE];

	if (ns->source.saved) {
		file.dir = ns->source.dir;
		file.path = strrchr(name, '/') + 1;
		read_file(&file);
		return file.text;
	}
	/* Settings are those of the thread that asks, whatever its folder in /proc. */
	snprintf(path, sizeof(path), "/proc/%s%s", *name == 'n' ? "thread-self/" : "", name);
	file.path = path;
	if (!netns_enter(ns, read_file, &file))
		return NULL;
	return file.text;
}
