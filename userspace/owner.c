// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "owner.h"

#define LINK_START "socket:["

static int by_inode(const void *left, const void *right)
{
	const uint64_t *a = left;
	const uint64_t *b = right;

	return (*a > *b) - (*a < *b);
}

static int by_inode_and_owner(const void *left, const void *right)
{
	const struct owned *a = left;
	const struct owned *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return (a->owner > b->owner) - (a->owner < b->owner);
}

/* An init that listens for a service (sd_listen_fds(3)) keeps the socket; the service serves it. */
static int by_pid_init_last(const void *left, const void *right)
{
	const pid_t *a = left;
	const pid_t *b = right;

	if ((*a == INIT_PID) != (*b == INIT_PID))
		return *a == INIT_PID ? 1 : -1;
	return (*a > *b) - (*a < *b);
}

/**
 * owners_want() - ask for a socket's owners
 * @owners: the question; all zeroes at first
 * @inode: the socket's inode; 0, one without any, is not asked for
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status owners_want(struct owners *owners, uint64_t inode, struct fault *fault)
{
	uint64_t *wanted;

	if (!inode)
		return STATUS_OK;
	wanted = array_fit(owners->wanted, &owners->wanted_room, owners->n_wanted + 1,
			   sizeof(*wanted));
	if (!wanted)
		return fault_memory(fault);
	owners->wanted = wanted;
	owners->wanted[owners->n_wanted++] = inode;
	return STATUS_OK;
}

/* "socket:[123]", as /proc/PID/fd/N points to. */
static bool socket_inode(int dir, const char *name, uint64_t *inode)
{
	const size_t start = strlen(LINK_START);
	char link[64];
	struct number number;
	ssize_t length = readlinkat(dir, name, link, sizeof(link));

	if (length <= (ssize_t)start || length == sizeof(link) || link[length - 1] != ']' ||
	    strncmp(link, LINK_START, start) != 0)
		return false;
	link[length - 1] = '\0';
	if (!number_parse(link + start, &number) || !number.known)
		return false;
	*inode = number.value;
	return true;
}

static enum status note(struct owners *owners, uint64_t inode, struct fault *fault)
{
	struct owned *owned;

	if (!bsearch(&inode, owners->wanted, owners->n_wanted, sizeof(inode), by_inode))
		return STATUS_OK;
	owned = array_fit(owners->owned, &owners->owned_room, owners->n_owned + 1,
			  sizeof(*owned));
	if (!owned)
		return fault_memory(fault);
	owners->owned = owned;
	owners->owned[owners->n_owned++] = (struct owned){ .inode = inode, .owner = owners->n };
	return STATUS_OK;
}

static enum status add_owner(struct owners *owners, pid_t pid, size_t fds, struct fault *fault)
{
	struct owner *list = array_fit(owners->list, &owners->room, owners->n + 1, sizeof(*list));
	struct owner *owner;

	if (!list)
		return fault_memory(fault);
	owners->list = list;
	owner = &list[owners->n++];
	owner->pid = pid;
	snprintf(owner->pid_text, sizeof(owner->pid_text), "%d", pid);
	owner->fds = fds;
	owner->fd_limit = process_fd_limit(pid);
	process_comm(pid, owner->comm);
	return STATUS_OK;
}

static enum status search_process(struct owners *owners, pid_t pid, struct fault *fault)
{
	const size_t before = owners->n_owned;
	enum status status = STATUS_OK;
	const struct dirent *entry;
	char path[64];
	uint64_t inode;
	size_t fds = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir && fault_is_shortage(errno))
		return fault_set(fault, STATUS_FAILED, "cannot look into process %d: %s", pid,
				 strerror(errno));
	if (!dir) {
		owners->hidden += errno == EACCES || errno == EPERM;
		return STATUS_OK;
	}
	while (!status && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		fds++;
		if (socket_inode(dirfd(dir), entry->d_name, &inode))
			status = note(owners, inode, fault);
	}
	closedir(dir);
	if (!status && owners->n_owned > before)
		status = add_owner(owners, pid, fds, fault);
	return status;
}

static enum status all_pids(pid_t **pids, size_t *n, struct fault *fault)
{
	DIR *proc = process_first();
	enum status status = STATUS_OK;
	size_t room = 0;
	pid_t pid;

	*pids = NULL;
	*n = 0;
	if (!proc)
		return fault_set(fault, STATUS_FAILED, "cannot read /proc: %s", strerror(errno));
	while (!status && process_next(proc, &pid)) {
		pid_t *more = array_fit(*pids, &room, *n + 1, sizeof(**pids));

		if (more) {
			*pids = more;
			more[(*n)++] = pid;
		} else {
			status = fault_memory(fault);
		}
	}
	closedir(proc);
	if (*n)
		qsort(*pids, *n, sizeof(**pids), by_pid_init_last);
	return status;
}

/* The same socket twice in one process, by dup(), is one. */
static void drop_repeats(struct owners *owners)
{
	size_t kept = 0;

	for (size_t i = 0; i < owners->n_owned; i++)
		if (!i || by_inode_and_owner(&owners->owned[i], &owners->owned[kept - 1]))
			owners->owned[kept++] = owners->owned[i];
	owners->n_owned = kept;
}

/**
 * owners_search() - find the owners of all that was asked for
 * @owners: the question, and then the answer
 * @fault: what went wrong
 *
 * One pass over /proc/PID/fd, and none if nothing was asked for. Inodes of sockets
 * are numbered across network namespaces, so that one pass does for all of them.
 * Processes that end meanwhile, or that this user may not look into, have no part
 * in the answer.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status owners_search(struct owners *owners, struct fault *fault)
{
	enum status status;
	pid_t *pids;
	size_t n;

	if (!owners->n_wanted)
		return STATUS_OK;
	qsort(owners->wanted, owners->n_wanted, sizeof(*owners->wanted), by_inode);
	status = all_pids(&pids, &n, fault);
	owners->hidden += n && pids[n - 1] != INIT_PID;	/* hidepid= */
	for (size_t i = 0; i < n && !status; i++)
		status = search_process(owners, pids[i], fault);
	free(pids);
	if (status || !owners->n_owned)
		return status;
	qsort(owners->owned, owners->n_owned, sizeof(*owners->owned), by_inode_and_owner);
	drop_repeats(owners);
	return STATUS_OK;
}

/**
 * owners_sees_all() - is there no process that this user may not look into?
 * @owners: after owners_search()
 *
 * Return: whether that is sure: processes may be hidden, so that none is seen to be another's.
 */
bool owners_sees_all(const struct owners *owners)
{
	return !owners->hidden && process_all_permitted();
}

/**
 * owners_why_unseen() - why has no process a socket that has an inode?
 * @owners: after owners_search()
 *
 * Return: a sentence.
 */
const char *owners_why_unseen(const struct owners *owners)
{
	static const char *const why[] = {
		"This user may not look into the processes of others: run it as root, with CAP_SYS_PTRACE.",
		"They are in another PID namespace (run tcpwatch outside of the container), are the kernel's own (NFS, CIFS, Ceph), or have just been closed.",
	};

	return why[owners_sees_all(owners)];
}

/**
 * owners_of() - who has a socket?
 * @owners: the answer of owners_search()
 * @inode: the socket's inode
 * @n: how many processes have it
 *
 * Return: the first of them, the lowest pid but 1; the others follow. NULL if @n is 0.
 */
const struct owned *owners_of(const struct owners *owners, uint64_t inode, size_t *n)
{
	size_t low = 0;
	size_t high = owners->n_owned;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owners->owned[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	*n = 0;
	while (low + *n < owners->n_owned && owners->owned[low + *n].inode == inode)
		++*n;
	return *n ? &owners->owned[low] : NULL;
}

/**
 * owner_json() - name a process in an object
 * @owner: the process, NULL if none is seen
 * @doc: the document
 * @object: the object
 */
void owner_json(const struct owner *owner, struct doc *doc, struct json_object *object)
{
	const struct number pid = { .known = owner, .value = owner ? (uint64_t)owner->pid : 0 };

	doc_add_number(doc, object, "pid", pid);
	doc_add_string(doc, object, "comm", owner ? owner->comm : NULL);
}

/**
 * owners_free() - give back what it holds
 * @owners: the question or the answer
 */
void owners_free(struct owners *owners)
{
	free(owners->wanted);
	free(owners->list);
	free(owners->owned);
	*owners = (struct owners){ .n = 0 };
}
