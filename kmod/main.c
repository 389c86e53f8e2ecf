// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "conn.h"
#include "net.h"
#include "probe.h"
#include "proc/proc.h"
#include "ring.h"
#include "seed.h"
#include "window.h"

static unsigned int max_connections;
module_param(max_connections, uint, 0444);
MODULE_PARM_DESC(max_connections,
		 "keep track of no more connections than this, and count the rest as untracked (default 0: no limit but the kernel's own)");

static unsigned int event_slots;
module_param(event_slots, uint, 0444);
MODULE_PARM_DESC(event_slots,
		 "events that are kept for each CPU while somebody reads them, rounded up to a power of 2 (default 0: 8192)");

static int __init tcpw_init(void)
{
	int err;

	tcpw_window_init();
	err = tcpw_ring_init(event_slots);
	if (err)
		goto err_ring;
	err = tcpw_conn_init(max_connections);
	if (err)
		goto err_conn;
	err = tcpw_net_init();
	if (err)
		goto err_net;
	err = tcpw_probe_init();
	if (err)
		goto err_probe;
	err = tcpw_seed();
	if (err)
		goto err_seed;
	err = tcpw_proc_init();
	if (err)
		goto err_seed;
	return 0;

err_seed:
	tcpw_probe_exit();
err_probe:
	tcpw_net_exit();
err_net:
	tcpw_conn_exit();
err_conn:
	tcpw_ring_exit();
err_ring:
	if (err == -ENOMEM)
		pr_err("not enough memory: not loading\n");
	return err;
}

static void __exit tcpw_exit(void)
{
	tcpw_proc_exit();
	tcpw_probe_exit();
	tcpw_net_exit();
	tcpw_conn_exit();
	tcpw_ring_exit();
}

module_init(tcpw_init);
module_exit(tcpw_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Live TCP connections: their states, since when, whose, and why");
MODULE_VERSION(TCPW_VERSION);
