// SPDX-License-Identifier: GPL-2.0
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <net/net_namespace.h>

#include "net.h"
#include "proc/ehash.h"
#include "proc/proc.h"

#define FOLDER "tcpwatch"

static struct proc_dir_entry *link;

/**
 * struct table - a file that is a table
 * @name: the file's name
 * @ops: who makes its text
 * @size: how many bytes an open file needs of its own; known when the module runs
 */
struct table {
	const char *name;
	const struct seq_operations *ops;
	unsigned int (*size)(void);
};

static const struct table tables[] = {
	{ "connections", &tcpw_connections_ops, tcpw_connections_size },
	{ "close_wait", &tcpw_close_wait_ops, tcpw_close_wait_size },
	{ "listeners", &tcpw_listeners_ops, tcpw_listeners_size },
	{ "time_wait", &tcpw_time_wait_ops, tcpw_ehash_size },
	{ "syn_recv", &tcpw_syn_recv_ops, tcpw_ehash_size },
};

/**
 * tcpw_proc_net_init() - make a namespace's files
 * @tn: the namespace
 *
 * An open file holds its namespace, as those of /proc/net do.
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int tcpw_proc_net_init(struct tcpw_net *tn)
{
	unsigned int i;

	tn->proc = proc_net_mkdir(tn->net, FOLDER, tn->net->proc_net);
	if (!tn->proc)
		return -ENOMEM;
	if (!proc_create_net_single("summary", 0444, tn->proc, tcpw_summary_show, NULL))
		goto err;
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (!proc_create_net(tables[i].name, 0444, tn->proc, tables[i].ops,
				     tables[i].size()))
			goto err;
	return 0;
err:
	tcpw_proc_net_exit(tn);
	return -ENOMEM;
}

/**
 * tcpw_proc_net_exit() - remove a namespace's files
 * @tn: the namespace
 *
 * Context: process. Waits for those who are reading; who has a file open reads an
 * error from then on.
 */
void tcpw_proc_net_exit(struct tcpw_net *tn)
{
	remove_proc_subtree(FOLDER, tn->net->proc_net);
}

/**
 * tcpw_proc_init() - make /proc/tcpwatch, the link to the reader's own namespace
 *
 * Context: process. The last step of loading: from now on the module is in use.
 * Return: 0 or a negative error.
 */
int tcpw_proc_init(void)
{
	link = proc_symlink(FOLDER, NULL, "self/net/" FOLDER);
	return link ? 0 : -ENOMEM;
}

/**
 * tcpw_proc_exit() - remove /proc/tcpwatch
 *
 * Context: process.
 */
void tcpw_proc_exit(void)
{
	proc_remove(link);
}
