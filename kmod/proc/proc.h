/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files under /proc/tcpwatch: what they are called, and who makes their text.
 */
#ifndef TCPW_PROC_H
#define TCPW_PROC_H

#include <linux/seq_file.h>

struct proc_dir_entry;

int tcpw_proc_init(void);
void tcpw_proc_exit(void);

int tcpw_proc_events_init(struct proc_dir_entry *folder);
int tcpw_proc_follow_init(struct proc_dir_entry *folder);

int tcpw_summary_show(struct seq_file *m, void *v);

extern const struct seq_operations tcpw_connections_ops;
extern const struct seq_operations tcpw_close_wait_ops;
extern const struct seq_operations tcpw_listeners_ops;
extern const struct seq_operations tcpw_time_wait_ops;
extern const struct seq_operations tcpw_syn_recv_ops;

unsigned int tcpw_connections_size(void);
unsigned int tcpw_close_wait_size(void);
unsigned int tcpw_listeners_size(void);

#endif
