// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "netns.h"
#include "number.h"
#include "process.h"
#include "utf8.h"

#define NAMED "/run/netns"
#define CGROUPS "/sys/fs/cgroup"
#define TABLES "net/tcpwatch"
#define SETTINGS "/proc/sys/net/tcpwatch"
#define STUCK_MS "close_wait_stuck_ms"

enum {
	PATH_SIZE = 320,
	SPARE_FDS = 16,		/* for all that is opened while many namespaces are */
	STUCK_MS_DEFAULT = 60000,	/* the module's */
};

/**
 * struct visit - what a thread that enters a namespace is to do there
 * @ns: the namespace's descriptor
 * @dir: its tables, -1 if they could not be opened
 * @settings: its settings, -1 likewise
 * @entered: it is in there
 * @error: errno, where it could not enter or open @dir
 */
struct visit {
	int ns;
	int dir;
	int settings;
	bool entered;
	int error;
};

static void *visit_thread(void *arg)
{
	struct visit *visit = arg;

	visit->entered = !setns(visit->ns, CLONE_NEWNET);
	if (visit->entered) {
		visit->dir = open("/proc/thread-self/" TABLES,
				  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		visit->error = errno;
		visit->settings = open(SETTINGS "/" STUCK_MS, O_RDONLY | O_CLOEXEC);
	} else {
		visit->error = errno;
	}
	return NULL;
}

/*
 * setns() moves one thread. A thread of its own leaves the program where it is,
 * with nothing to undo.
 */
static void visit(struct visit *visit, int ns)
{
	pthread_t thread;
	int error;

	*visit = (struct visit){ .ns = ns, .dir = -1, .settings = -1 };
	error = pthread_create(&thread, NULL, visit_thread, visit);
	if (error)
		visit->error = error;
	else
		pthread_join(thread, NULL);
}

static void take_stuck_ms(struct netns *ns, int fd)
{
	struct number number;
	char text[32];
	ssize_t got;

	ns->stuck_ms = STUCK_MS_DEFAULT;
	if (fd < 0)
		return;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	ns->stuck_known = number_parse(text, &number) && number.known;
	if (ns->stuck_known)
		ns->stuck_ms = number.value;
}

static struct netns *add(struct netns_list *list, const char *name, const char *comm,
			 struct fault *fault)
{
	struct netns *ns = array_fit(list->ns, &list->room, list->n + 1, sizeof(*ns));

	if (!ns) {
		fault_memory(fault);
		return NULL;
	}
	list->ns = ns;
	ns += list->n++;
	*ns = (struct netns){ .fd = -1, .source = { .dir = -1 }, .stuck_ms = STUCK_MS_DEFAULT };
	ns->name = name ? strdup(name) : NULL;
	ns->comm = comm ? strdup(comm) : NULL;
	if ((!name || ns->name) && (!comm || ns->comm))
		return ns;
	fault_memory(fault);
	return NULL;
}

static uint64_t inode_of(const char *path)
{
	struct stat stat_buf;

	return stat(path, &stat_buf) ? 0 : stat_buf.st_ino;
}

static enum status open_own(struct netns_list *list, struct fault *fault)
{
	struct netns *ns = add(list, NULL, NULL, fault);
	enum status status;

	if (!ns)
		return fault->status;
	ns->inode = inode_of("/proc/self/ns/net");
	status = source_open(&ns->source, SOURCE_OWN, false, fault);
	if (!status)
		take_stuck_ms(ns, open(SETTINGS "/" STUCK_MS, O_RDONLY | O_CLOEXEC));
	return status;
}

static enum status open_saved(struct netns_list *list, const char *path, struct fault *fault)
{
	struct netns *ns = add(list, NULL, NULL, fault);
	enum status status;

	if (!ns)
		return fault->status;
	status = source_open(&ns->source, path, true, fault);
	if (!status)
		take_stuck_ms(ns, openat(ns->source.dir, STUCK_MS,
					 O_RDONLY | O_CLOEXEC | O_NONBLOCK));
	return status;
}

static enum status no_such_name(const char *name, struct fault *fault)
{
	return fault_set(fault, STATUS_USAGE,
			 "--netns %.128s: there is no such network namespace; 'ip netns' lists the names, and the number of any process will do",
			 name);
}

static void name_path(char path[PATH_SIZE], const char *name)
{
	snprintf(path, PATH_SIZE, strchr(name, '/') ? "%s" : NAMED "/%s", name);
}

/* The inode of the namespace that has this name; 0 if none has. */
static uint64_t inode_named(const char *name)
{
	struct stat own, named;
	char path[PATH_SIZE];

	name_path(path, name);
	/* A file that was left over is none of the kernel's. */
	if (stat("/proc/self/ns/net", &own) || stat(path, &named) || own.st_dev != named.st_dev)
		return 0;
	return named.st_ino;
}

/*
 * A namespace known by a file, as `ip netns` and container engines make them.
 */
static enum status open_named(struct netns *ns, const char *path, struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct visit result;

	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return fault_set(fault, STATUS_DENIED,
				 "not permitted to open %.256s: that takes root", path);
	if (fd < 0 && fault_is_shortage(errno))
		return fault_set(fault, STATUS_FAILED, "cannot open %.256s: %s", path,
				 strerror(errno));
	if (fd < 0)
		return no_such_name(ns->name, fault);
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		close(fd);
		return no_such_name(ns->name, fault);
	}
	visit(&result, fd);
	ns->fd = fd;
	if (!result.entered)
		return fault_set(fault, result.error == EPERM ? STATUS_DENIED : STATUS_FAILED,
				 "cannot enter the network namespace %.128s: %s", ns->name,
				 result.error == EPERM ? "that takes root" :
							 strerror(result.error));
	take_stuck_ms(ns, result.settings);
	if (result.dir >= 0)
		return source_adopt(&ns->source, result.dir, ns->name, fault);
	if (result.error == ENOENT)
		return fault_set(fault, STATUS_UNLOADED,
				 "%.128s has no /proc/tcpwatch: the module is not loaded",
				 ns->name);
	return fault_set(fault, STATUS_FAILED, "%.128s: cannot open its /proc/tcpwatch: %s",
			 ns->name, strerror(result.error));
}

/*
 * A namespace known by a process. Its tables may be read without entering it; the
 * setting may not, and is a bonus.
 */
static enum status open_pid(struct netns *ns, pid_t pid, struct fault *fault)
{
	char path[PATH_SIZE];
	struct visit result;
	enum status status;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (access(path, F_OK))
		return fault_set(fault, STATUS_USAGE, "--netns %d: there is no such process", pid);
	snprintf(path, sizeof(path), "/proc/%d/" TABLES, pid);
	status = source_open(&ns->source, path, false, fault);
	/* Neither a zombie nor what ends meanwhile says anything of the module. */
	if (status == STATUS_UNLOADED && !access(SOURCE_OWN, F_OK))
		return fault_set(fault, STATUS_USAGE,
				 "--netns %d: this process has exited, and is in no network namespace any more",
				 pid);
	if (status)
		return status;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && fault_is_shortage(errno))
		return fault_set(fault, STATUS_FAILED, "cannot open %s: %s", path,
				 strerror(errno));
	if (fd < 0)
		return STATUS_OK;
	visit(&result, fd);
	ns->fd = fd;
	if (result.dir >= 0)
		close(result.dir);
	take_stuck_ms(ns, result.settings);
	return STATUS_OK;
}

static bool is_pid(const char *name, pid_t *pid)
{
	struct number number;

	*pid = -1;
	if (!number_parse(name, &number) || !number.known)
		return false;
	/* More digits than any process has. */
	if (number.value <= INT32_MAX)
		*pid = (pid_t)number.value;
	return true;
}

static enum status open_number(struct netns *ns, pid_t pid, struct fault *fault)
{
	const uint64_t named = inode_named(ns->name);
	char path[PATH_SIZE];
	bool process;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	process = pid >= 0 && !access(path, F_OK);
	if (!process && !named)
		return fault_set(fault, STATUS_USAGE,
				 "--netns %.32s: there is no such process, nor a network namespace of that name",
				 ns->name);
	if (process) {
		snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
		ns->inode = inode_of(path);
		if (!named || ns->inode == named)
			return open_pid(ns, pid, fault);
		return fault_set(fault, STATUS_USAGE,
				 "--netns %.32s: a network namespace is called so, and a process of another one has this number: say --netns "
				 NAMED "/%.32s or --netns %s", ns->name, ns->name, path);
	}
	name_path(path, ns->name);
	ns->inode = named;
	return open_named(ns, path, fault);
}

static enum status open_one(struct netns_list *list, const char *name, struct fault *fault)
{
	struct netns *ns = add(list, name, NULL, fault);
	char path[PATH_SIZE];
	pid_t pid;

	if (!ns)
		return fault->status;
	if (is_pid(name, &pid))
		return open_number(ns, pid, fault);
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return no_such_name(name, fault);
	name_path(path, name);
	ns->inode = inode_of(path);
	return open_named(ns, path, fault);
}

static void close_fds(struct netns *ns)
{
	if (ns->fd >= 0)
		close(ns->fd);
	ns->fd = -1;
	source_close(&ns->source);
}

/*
 * Without descriptors to spare nothing could be read of any namespace. So those that are one too
 * many are closed again, and say so; of a new descriptor the number tells how many there are.
 */
static void leave_spare_fds(struct netns *ns)
{
	const int highest = ns->fd > ns->source.dir ? ns->fd : ns->source.dir;
	struct rlimit limit;

	if (highest < 0 || getrlimit(RLIMIT_NOFILE, &limit) ||
	    (rlim_t)highest + SPARE_FDS < limit.rlim_cur)
		return;
	close_fds(ns);
	if (!ns->fault.gone)
		fault_set(&ns->fault, STATUS_FAILED,
			  "there are too many namespaces for a program that may have %" PRIu64
			  " open files (ulimit -Hn)",
			  (uint64_t)limit.rlim_cur);
}

static bool have(const struct netns_list *list, uint64_t inode)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->ns[i].inode == inode)
			return true;
	return false;
}

static enum status add_named(struct netns_list *list, struct fault *fault)
{
	DIR *dir = opendir(NAMED);
	const struct dirent *entry;
	enum status status = STATUS_OK;

	while (!status && dir && (entry = readdir(dir))) {
		char path[PATH_SIZE];
		struct netns *ns;
		uint64_t inode;
		pid_t pid;

		if (entry->d_name[0] == '.')
			continue;
		name_path(path, entry->d_name);
		inode = inode_of(path);
		if (!inode || have(list, inode))
			continue;
		/* What may be taken for a process is called by its path. */
		ns = add(list, is_pid(entry->d_name, &pid) ? path : entry->d_name, NULL, fault);
		if (!ns) {
			status = fault->status;
			break;
		}
		ns->inode = inode;
		/* A name that ends meanwhile, or a file left over: there is no namespace. */
		if (open_named(ns, path, &ns->fault) == STATUS_USAGE)
			ns->fault.gone = true;
		leave_spare_fds(ns);
	}
	if (dir)
		closedir(dir);
	return status;
}

static enum status add_pid(struct netns_list *list, pid_t pid, struct fault *fault)
{
	char comm[COMM_SIZE];
	char path[PATH_SIZE];
	struct netns *ns;
	uint64_t named;
	struct stat stat_buf;
	char name[16];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	if (stat(path, &stat_buf)) {
		list->hidden += errno == EACCES || errno == EPERM;
		return STATUS_OK;
	}
	if (have(list, stat_buf.st_ino))
		return STATUS_OK;
	process_comm(pid, comm);
	snprintf(name, sizeof(name), "%d", pid);
	named = inode_named(name);
	ns = add(list, named && named != stat_buf.st_ino ? path : name, comm, fault);
	if (!ns)
		return fault->status;
	ns->inode = stat_buf.st_ino;
	/* It may have exited since the stat() above. */
	if (open_pid(ns, pid, &ns->fault)) {
		snprintf(path, sizeof(path), "/proc/%d", pid);
		ns->fault.gone = ns->fault.status == STATUS_USAGE || access(path, F_OK) != 0;
	}
	leave_spare_fds(ns);
	return STATUS_OK;
}

static void drop_gone(struct netns_list *list);

/* Those of all processes, or of those in a cgroup. */
static enum status add_pids(struct netns_list *list, const char *cgroup, struct fault *fault)
{
	DIR *proc = process_first();
	enum status status = STATUS_OK;
	bool hidden = true;
	pid_t pid;

	if (!proc)
		return fault_set(fault, STATUS_FAILED, "cannot read /proc: %s", strerror(errno));
	while (!status && process_next(proc, &pid)) {
		hidden &= pid != INIT_PID;
		if (!cgroup || process_is_in(pid, cgroup))
			status = add_pid(list, pid, fault);
	}
	closedir(proc);
	list->hidden += hidden;
	drop_gone(list);
	return status;
}

static enum status open_all(struct netns_list *list, struct fault *fault)
{
	enum status status = open_own(list, fault);

	if (!status)
		status = add_named(list, fault);
	return status ? status : add_pids(list, NULL, fault);
}

static enum status open_cgroup(struct netns_list *list, const char *cgroup, struct fault *fault)
{
	enum status status = add_pids(list, cgroup, fault);

	if (!status && !list->n && !list->hidden)
		status = fault_set(fault, STATUS_USAGE,
				   "--netns %.256s: no process is in a cgroup of that path, nor is it a network namespace",
				   cgroup);
	return status;
}

static void close_one(struct netns *ns)
{
	close_fds(ns);
	free(ns->name);
	free(ns->comm);
}

static void drop_gone(struct netns_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->ns[i].fault.gone)
			close_one(&list->ns[i]);
		else
			list->ns[kept++] = list->ns[i];
	}
	list->n = kept;
}

/**
 * netns_cgroup() - is it a cgroup that --netns has been told?
 * @name: what it has been told
 *
 * It is if it is no file: a path as /proc/PID/cgroup has it, or the folder of that.
 *
 * Return: the path, without the folder that cgroups are mounted on; NULL if it is none.
 */
const char *netns_cgroup(const char *name)
{
	const size_t prefix = strlen(CGROUPS);
	struct stat stat_buf;

	if (*name != '/')
		return NULL;
	if (stat(name, &stat_buf) ? errno != ENOENT : !S_ISDIR(stat_buf.st_mode))
		return NULL;
	return strncmp(name, CGROUPS "/", prefix + 1) != 0 ? name : name + prefix;
}

/**
 * netns_open() - open the tables that the user wants to see
 * @list: what to fill in; netns_close() it, also after a failure
 * @options: --netns, --all-netns, --from, or none of them for the own namespace
 * @fault: what went wrong
 *
 * With --all-netns each namespace that has a name or a process is there once, and with a
 * cgroup each that has a process in it or below; one that ends meanwhile is left out, one
 * that cannot be read has a fault of its own.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status netns_open(struct netns_list *list, const struct options *options,
		       struct fault *fault)
{
	*list = (struct netns_list){ .n = 0 };
	if (options->from)
		return open_saved(list, options->from, fault);
	if (options->cgroup)
		return open_cgroup(list, options->cgroup, fault);
	if (options->all_netns)
		return open_all(list, fault);
	if (options->netns)
		return open_one(list, options->netns, fault);
	return open_own(list, fault);
}

/**
 * netns_close() - give back what netns_open() made
 * @list: the namespaces
 */
void netns_close(struct netns_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		close_one(&list->ns[i]);
	free(list->ns);
	*list = (struct netns_list){ .n = 0 };
}

/**
 * netns_failed() - take in that a namespace could not be read
 * @ns: the namespace
 * @options: with --all-netns, one namespace less is no reason to show none
 * @fault: why
 *
 * Return: STATUS_OK to go on with the others, or the status of @fault.
 */
enum status netns_failed(struct netns *ns, const struct options *options, struct fault *fault)
{
	if (!options->all_netns)
		return fault->status;
	ns->fault = *fault;
	return STATUS_OK;
}

/**
 * netns_status() - how the program is to end, all namespaces considered
 * @list: the namespaces, as far as they could be read
 * @status: what those that could be read call for
 *
 * Return: @status if it is more than STATUS_OK; otherwise the status of the first
 * namespace that could not be read, STATUS_DENIED if there are processes whose
 * namespace cannot be seen.
 */
enum status netns_status(const struct netns_list *list, enum status status)
{
	for (size_t i = 0; i < list->n && !status; i++)
		if (!list->ns[i].fault.gone)
			status = list->ns[i].fault.status;
	if (!status && list->hidden)
		status = STATUS_DENIED;
	return status;
}

/**
 * netns_title() - call a namespace by its name
 * @ns: the namespace
 * @title: where to
 *
 * Return: @title, with nothing in it that a terminal obeys, whoever chose the name.
 */
const char *netns_title(const struct netns *ns, char title[NETNS_TITLE_SIZE])
{
	if (!ns->name)
		snprintf(title, NETNS_TITLE_SIZE, "own");
	else if (!ns->comm)
		snprintf(title, NETNS_TITLE_SIZE, "%s", ns->name);
	else
		snprintf(title, NETNS_TITLE_SIZE, "%s/%s", ns->name, ns->comm);
	return utf8_printable(title);
}
