// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <net/net_namespace.h>

#include "net.h"
#include "proc/ehash.h"
#include "proc/proc.h"
#include "ring.h"

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

static void __net_exit proc_net_pre_exit(struct net *net)
{
	tcpw_ring_hang_up(tcpw_net_of(net));
}

/*
 * Waits for those who are reading, so those who wait for events have to go first. So have those
 * who poll: a file that is gone gives them an answer that some of them don't want.
 */
static void __net_exit proc_net_exit(struct net *net)
{
	tcpw_ring_hung_up(tcpw_net_of(net));
	remove_proc_subtree(FOLDER, net->proc_net);
}

/* Those whose poll is held up are waited for in all namespaces at once. */
static void __net_exit proc_net_exit_batch(struct list_head *exiting)
{
	unsigned long until = jiffies + TCPW_RING_LET_GO;
	struct net *net;

	list_for_each_entry(net, exiting, exit_list)
		tcpw_ring_release(tcpw_net_of(net), until);
}

static int __net_init proc_net_init(struct net *net)
{
	struct proc_dir_entry *folder = proc_net_mkdir(net, FOLDER, net->proc_net);
	unsigned int i;

	if (!folder)
		return -ENOMEM;
	if (!proc_create_net_single("summary", 0444, folder, tcpw_summary_show, NULL))
		goto err;
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (!proc_create_net(tables[i].name, 0444, folder, tables[i].ops,
				     tables[i].size()))
			goto err;
	if (tcpw_proc_events_init(folder) || tcpw_proc_follow_init(folder))
		goto err;
	return 0;
err:
	proc_net_pre_exit(net);
	proc_net_exit(net);
	tcpw_ring_release(tcpw_net_of(net), jiffies + TCPW_RING_LET_GO);
	return -ENOMEM;
}

/*
 * Apart from the rest of a namespace's state (net.c): files are there only while the
 * records behind them are whole and kept up by the probes. An open file holds its
 * namespace, as those of /proc/net do.
 */
static struct pernet_operations proc_net_ops = {
	.init = proc_net_init,
	.pre_exit = proc_net_pre_exit,
	.exit = proc_net_exit,
	.exit_batch = proc_net_exit_batch,
};

/**
 * tcpw_proc_init() - make the files of all namespaces, and the link to the reader's own
 *
 * Context: process. The last step of loading.
 * Return: 0 or a negative error.
 */
int tcpw_proc_init(void)
{
	int err = register_pernet_subsys(&proc_net_ops);

	if (err)
		return err;
	link = proc_symlink(FOLDER, NULL, "self/net/" FOLDER);
	if (!link) {
		unregister_pernet_subsys(&proc_net_ops);
		return -ENOMEM;
	}
	return 0;
}

/**
 * tcpw_proc_exit() - remove them all
 *
 * Context: process. Waits for those who are reading; who has a file open reads an
 * error from then on. The first step of unloading: a row may hold on to a socket only
 * while the probes tell when one ends.
 */
void tcpw_proc_exit(void)
{
	proc_remove(link);
	unregister_pernet_subsys(&proc_net_ops);
}
