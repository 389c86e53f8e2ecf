// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <net/net_namespace.h>

#include "net.h"
#include "proc/ehash.h"
#include "proc/proc.h"
#include "ring.h"
#include "sysctl.h"

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

static LIST_HEAD(shown);		/* the namespaces that have files */
static DEFINE_MUTEX(shown_lock);	/* shown, and that going is set */
static bool going;			/* no namespace is to get files any more */

/*
 * The files of a namespace that has been hung up go. Waits for those who are in one, so those who
 * wait for events have to go first. So have those who poll: a file that is gone gives them an
 * answer that some of them don't want.
 */
static void unmake(struct tcpw_net *tn)
{
	tcpw_ring_hung_up(tn);
	remove_proc_subtree(FOLDER, tn->net->proc_net);
	tcpw_sysctl_net_exit(tn);
}

/* Makes what there is to open in a namespace. */
static int make(struct tcpw_net *tn)
{
	struct proc_dir_entry *folder;
	unsigned int i;
	int err;

	err = tcpw_sysctl_net_init(tn);
	if (err)
		return err;
	folder = proc_net_mkdir(tn->net, FOLDER, tn->net->proc_net);
	if (!folder)
		goto err_folder;
	if (!proc_create_net_single("summary", 0444, folder, tcpw_summary_show, NULL))
		goto err_file;
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (!proc_create_net(tables[i].name, 0444, folder, tables[i].ops,
				     tables[i].size()))
			goto err_file;
	if (tcpw_proc_events_init(folder) || tcpw_proc_follow_init(folder))
		goto err_file;
	return 0;

err_file:
	tcpw_ring_hang_up(tn);
	unmake(tn);
	tcpw_ring_release(tn, jiffies + TCPW_RING_LET_GO);
	return -ENOMEM;
err_folder:
	tcpw_sysctl_net_exit(tn);
	return -ENOMEM;
}

static int __net_init proc_net_init(struct net *net)
{
	struct tcpw_net *tn = tcpw_net_of(net);
	bool late;
	int err;

	INIT_LIST_HEAD(&tn->shown);
	if (READ_ONCE(going))
		return 0;
	err = make(tn);
	if (err)
		return err;
	mutex_lock(&shown_lock);
	late = going;
	if (!late)
		list_add_tail(&tn->shown, &shown);
	mutex_unlock(&shown_lock);
	/* Nobody is in a namespace that is being made: this waits for no reader. */
	if (late)
		unmake(tn);
	return 0;
}

static void __net_exit proc_net_pre_exit(struct net *net)
{
	tcpw_ring_hang_up(tcpw_net_of(net));
}

/* A namespace ends while the module stays, or loading fails. */
static void __net_exit proc_net_exit(struct net *net)
{
	struct tcpw_net *tn = tcpw_net_of(net);
	bool is_shown;

	mutex_lock(&shown_lock);
	is_shown = !list_empty(&tn->shown);
	list_del_init(&tn->shown);
	mutex_unlock(&shown_lock);
	if (is_shown)
		unmake(tn);
}

/* Those whose poll is held up are waited for in all namespaces at once. */
static void __net_exit proc_net_exit_batch(struct list_head *exiting)
{
	unsigned long until = jiffies + TCPW_RING_LET_GO;
	struct net *net;

	list_for_each_entry(net, exiting, exit_list)
		tcpw_ring_release(tcpw_net_of(net), until);
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

/* One of those that have files still, with a reference to its namespace; NULL if none is left. */
static struct tcpw_net *take_shown(struct list_head *hidden)
{
	struct tcpw_net *tn;

	mutex_lock(&shown_lock);
	list_for_each_entry(tn, &shown, shown)
		if (maybe_get_net(tn->net)) {
			list_move(&tn->shown, hidden);
			goto out;
		}
	tn = NULL;	/* those that are there still are ending */
out:
	mutex_unlock(&shown_lock);
	return tn;
}

/*
 * The files of all namespaces go. Who reads, writes or polls one may be held up, for ever if it
 * means to: by memory that does not come, say. unregister_pernet_subsys() would wait for them with
 * a lock without which no namespace can be made or ended.
 */
static void hide_all(void)
{
	struct tcpw_net *tn, *next;
	LIST_HEAD(hidden);
	unsigned long until;

	mutex_lock(&shown_lock);
	WRITE_ONCE(going, true);
	list_for_each_entry(tn, &shown, shown)
		tcpw_ring_hang_up(tn);
	mutex_unlock(&shown_lock);
	while ((tn = take_shown(&hidden)))
		unmake(tn);
	until = jiffies + TCPW_RING_LET_GO;
	list_for_each_entry_safe(tn, next, &hidden, shown) {
		tcpw_ring_release(tn, until);
		list_del_init(&tn->shown);
		put_net(tn->net);
	}
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
	hide_all();
	unregister_pernet_subsys(&proc_net_ops);
}

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
		tcpw_proc_exit();
		return -ENOMEM;
	}
	return 0;
}
