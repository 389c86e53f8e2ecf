// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "compat.h"
#include "net.h"
#include "sysctl.h"

static const struct ctl_table settings[] = {
	{
		.procname	= "close_wait_stuck_ms",
		.maxlen		= sizeof(int),
		.mode		= 0644,
		.proc_handler	= proc_dointvec_minmax,
		.extra1		= SYSCTL_ONE,
		.extra2		= SYSCTL_INT_MAX,
	},
	{}
};

/**
 * tcpw_sysctl_net_init() - make /proc/sys/net/tcpwatch of a namespace
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int tcpw_sysctl_net_init(struct tcpw_net *tn)
{
	struct ctl_table *table = kmemdup(settings, sizeof(settings), GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	table[0].data = &tn->close_wait_stuck_ms;
	tn->sysctl = tcpw_register_sysctl(tn->net, "net/tcpwatch", table);
	if (!tn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

/**
 * tcpw_sysctl_net_exit() - the mirror of tcpw_sysctl_net_init()
 * @tn: the namespace
 *
 * Context: process. Waits for those who are reading or writing a setting.
 */
void tcpw_sysctl_net_exit(struct tcpw_net *tn)
{
	const struct ctl_table *table = tn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(tn->sysctl);
	kfree(table);
}
