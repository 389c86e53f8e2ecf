/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_PROC_EVENTS_H
#define TCPW_PROC_EVENTS_H

struct proc_dir_entry;

int tcpw_proc_events_init(struct proc_dir_entry *folder);

#endif
