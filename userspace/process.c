// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process.h"

/**
 * process_first() - start to walk over the processes
 *
 * Return: what process_next() takes, for closedir(); NULL with errno if /proc
 * cannot be read.
 */
DIR *process_first(void)
{
	return opendir("/proc");
}

/**
 * process_next() - the next process
 * @proc: from process_first()
 * @pid: its number
 *
 * Return: false at the end.
 */
bool process_next(DIR *proc, pid_t *pid)
{
	const struct dirent *entry;
	struct number number;

	while ((entry = readdir(proc))) {
		if (!number_parse(entry->d_name, &number) || !number.known)
			continue;
		*pid = (pid_t)number.value;
		return true;
	}
	return false;
}

/**
 * process_all_permitted() - may this program look into the processes of others?
 *
 * Return: whether it has CAP_SYS_PTRACE.
 */
bool process_all_permitted(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE);
}

/* Files of a process are short, and it may be gone: then they are empty. */
static void read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	*text = '\0';
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	got = read(fd, text, size - 1);
	text[got > 0 ? got : 0] = '\0';
	close(fd);
}

/**
 * process_comm() - a process's name
 * @pid: its number
 * @comm: its name, "?" if it is gone. A process chooses its name itself: all but
 *	printable ASCII becomes a "?", so that none plays with the user's terminal.
 */
void process_comm(pid_t pid, char comm[COMM_SIZE])
{
	read_file(pid, "comm", comm, COMM_SIZE);
	comm[strcspn(comm, "\n")] = '\0';
	for (char *p = comm; *p; p++)
		if (*p < ' ' || *p >= 0x7f)
			*p = '?';
	if (!*comm)
		snprintf(comm, COMM_SIZE, "?");
}

/**
 * process_fd_limit() - how many descriptors may it have?
 * @pid: the process
 *
 * Return: its soft RLIMIT_NOFILE; unknown if it has none, or cannot be seen.
 */
struct number process_fd_limit(pid_t pid)
{
	static const char label[] = "\nMax open files";
	struct number limit = { .known = false };
	char text[4096];
	char *p;

	read_file(pid, "limits", text, sizeof(text));
	p = strstr(text, label);
	if (!p)
		return limit;
	p += strlen(label);
	p += strspn(p, " ");
	p[strspn(p, "0123456789")] = '\0';
	if (!number_parse(p, &limit))
		limit.known = false;
	return limit;
}

/*
 * The path in a line HIERARCHY:CONTROLLERS:PATH of /proc/PID/cgroup. Hierarchy 0 is
 * version 2; where that is not in use, or only for its names, the path that stands
 * nearest to the process is as good as any.
 */
static const char *cgroup_path(char *line)
{
	char *colon = strchr(line, ':');

	colon = colon ? strchr(colon + 1, ':') : NULL;
	return colon && colon[1] == '/' ? colon + 1 : NULL;
}

/**
 * process_cgroup() - which cgroup is it in?
 * @pid: the process
 *
 * Return: its path, as seen from this program's cgroup namespace, for free(); NULL if
 * it is gone, or there are no cgroups.
 */
char *process_cgroup(pid_t pid)
{
	const char *best = NULL;
	char text[16384];
	char *rest = text;
	char *line;

	read_file(pid, "cgroup", text, sizeof(text));
	while ((line = strsep(&rest, "\n"))) {
		const char *path = cgroup_path(line);

		if (path && (!best || strlen(path) > strlen(best)))
			best = path;
	}
	return best ? strdup(best) : NULL;
}

/**
 * process_is_in() - is it in that cgroup?
 * @pid: the process
 * @cgroup: its path, as of process_cgroup(); slashes at its end mean nothing
 *
 * Return: whether it is in there, or in one below.
 */
bool process_is_in(pid_t pid, const char *cgroup)
{
	char *path = process_cgroup(pid);
	size_t size = strlen(cgroup);
	bool is_in;

	while (size && cgroup[size - 1] == '/')
		size--;
	is_in = path && !strncmp(path, cgroup, size) && (!path[size] || path[size] == '/');
	free(path);
	return is_in;
}
