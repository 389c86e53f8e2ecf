/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_PROCESS_H
#define TCPWATCH_PROCESS_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

#include "number.h"

enum {
	COMM_SIZE = 64,		/* TASK_COMM_LEN is 16; kernel threads have longer ones */
	INIT_PID = 1,		/* as long as there are others: not to be listed is to be hidden */
};

DIR *process_first(void);
bool process_next(DIR *proc, pid_t *pid);
bool process_all_permitted(void);

void process_comm(pid_t pid, char comm[COMM_SIZE]);
struct number process_fd_limit(pid_t pid);
char *process_cgroup(pid_t pid);
bool process_is_in(pid_t pid, const char *cgroup);

#endif
