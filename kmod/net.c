// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/time64.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "conn.h"
#include "follow.h"
#include "half_open.h"
#include "hook.h"
#include "mini.h"
#include "net.h"
#include "ring.h"
#include "stuck.h"
#include "window.h"

/* A socket that waits a minute for close() has been forgotten, not delayed. */
enum { CLOSE_WAIT_STUCK_MS = 60 * 1000 };

static unsigned int net_id __read_mostly;
static LIST_HEAD(nets);
static DEFINE_MUTEX(nets_lock);	/* nets; outside of any socket's lock */
static bool resting __read_mostly;	/* no tick is to come any more */

/*
 * The ticks' own queue. What a tick has to do is as much as its namespace has, which may be a
 * user's own: it must hold up neither the works of the CPU that it is on, as on the system's
 * queue, nor all other ticks.
 */
static struct workqueue_struct *ticks;

/**
 * tcpw_net_of() - the module's state in a namespace
 * @net: a namespace that is not dying, or whose exit is still to come
 *
 * Context: any; the caller keeps @net, or is under rcu_read_lock() since it saw
 * that @net lives.
 * Return: the state.
 */
struct tcpw_net *tcpw_net_of(const struct net *net)
{
	return net_generic(net, net_id);
}

/**
 * tcpw_net_of_sock() - the module's state in a socket's namespace
 * @sk: a socket
 *
 * A kernel socket holds no reference to its namespace and may still change its
 * state when that has gone, and with it the module's state there. cleanup_net()
 * waits for RCU between the last reference and the exits, so whoever sees the
 * namespace alive has its state until the end of the RCU section.
 *
 * Context: any, under rcu_read_lock().
 * Return: the state, NULL if the namespace is dying.
 */
struct tcpw_net *tcpw_net_of_sock(const struct sock *sk)
{
	const struct net *net = sock_net(sk);

	return check_net(net) ? tcpw_net_of(net) : NULL;
}

/**
 * tcpw_net_stuck_bound_ns() - what came into CLOSE_WAIT up to then is stuck now
 * @tn: the namespace
 *
 * Context: any, no locks.
 * Return: CLOCK_BOOTTIME in ns; 0 if the machine is not up for long enough.
 */
u64 tcpw_net_stuck_bound_ns(const struct tcpw_net *tn)
{
	u64 stuck_ns = (u64)READ_ONCE(tn->close_wait_stuck_ms) * NSEC_PER_MSEC;
	u64 now_ns = ktime_get_boottime_ns();

	/* Longer than the threshold, in the ms that the files show. */
	stuck_ns += NSEC_PER_MSEC;
	return now_ns > stuck_ns ? now_ns - stuck_ns : 0;
}

/**
 * tcpw_net_arm_tick() - let the tick come within a second
 * @tn: the namespace
 *
 * To be called after something was put where the tick looks, and the lock of that
 * released: the tick disarms itself before it looks, so either it sees what was put
 * there, or this sees it disarmed.
 *
 * Context: any; the namespace is kept, or was seen alive in this section of RCU.
 */
void tcpw_net_arm_tick(struct tcpw_net *tn)
{
	if (READ_ONCE(tn->tick_armed) || READ_ONCE(tn->dying) || READ_ONCE(resting))
		return;
	if (!xchg(&tn->tick_armed, 1))
		queue_delayed_work(ticks, &tn->tick, HZ);
}

/*
 * Under the lock: who puts something into an empty one has either been here before this looks, or
 * sees the tick disarmed.
 */
static bool any(struct tcpw_order *order)
{
	bool any;

	spin_lock_bh(&order->lock);
	any = order->count;
	spin_unlock_bh(&order->lock);
	return any;
}

/* Returns whether one CPU's part of the namespace is to be looked at again. */
static bool settle(struct tcpw_net *tn, struct tcpw_net_cpu *part, u64 bound_ns)
{
	bool more = false;

	if (any(&part->close_wait)) {
		tcpw_order_move_bound(&part->close_wait, bound_ns);
		tcpw_stuck_tell(tn, part, bound_ns);
		more |= any(&part->close_wait);
	}
	if (any(&part->minis)) {
		tcpw_mini_settle(&part->minis);
		tcpw_mini_patrol(&part->minis, &part->patrol);
		more |= any(&part->minis);
	}
	return more;
}

static void tick(struct work_struct *work)
{
	struct tcpw_net *tn = container_of(work, struct tcpw_net, tick.work);
	u64 bound_ns = tcpw_net_stuck_bound_ns(tn);
	bool more = false;
	int cpu;

	WRITE_ONCE(tn->tick_armed, 0);
	for_each_possible_cpu(cpu)
		more |= settle(tn, per_cpu_ptr(tn->cpu, cpu), bound_ns);
	more |= tcpw_half_open_settle(tn);
	more |= tcpw_window_settle(tn);
	rcu_read_lock();
	if (more)
		tcpw_net_arm_tick(tn);
	rcu_read_unlock();
}

/**
 * tcpw_net_rest() - let no tick come any more, in no namespace
 *
 * A tick takes it that the socket of a record is there. So it is only as long as all
 * probes are attached, which take out a record before its socket goes.
 *
 * Context: process.
 */
void tcpw_net_rest(void)
{
	struct tcpw_net *tn;

	WRITE_ONCE(resting, true);
	synchronize_rcu();	/* for those who did not see that, and arm one */
	mutex_lock(&nets_lock);
	list_for_each_entry(tn, &nets, list)
		cancel_delayed_work_sync(&tn->tick);
	mutex_unlock(&nets_lock);
}

static int __net_init net_init(struct net *net)
{
	struct tcpw_net *tn = tcpw_net_of(net);
	int cpu, err;

	tn->net = net;
	tn->close_wait_stuck_ms = CLOSE_WAIT_STUCK_MS;
	tn->cpu = alloc_percpu(struct tcpw_net_cpu);
	if (!tn->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		tcpw_order_init(&per_cpu_ptr(tn->cpu, cpu)->close_wait);
		tcpw_order_init(&per_cpu_ptr(tn->cpu, cpu)->minis);
	}
	tcpw_order_init(&tn->listeners);
	mutex_init(&tn->queue_walk);
	INIT_DELAYED_WORK(&tn->tick, tick);
	tcpw_half_open_net_init(tn);
	tcpw_follow_net_init(tn);

	err = tcpw_ring_net_init(tn);
	if (err)
		goto err_ring;
	err = tcpw_hook_net_init(tn);
	if (err)
		goto err_hook;

	mutex_lock(&nets_lock);
	list_add_tail(&tn->list, &nets);
	mutex_unlock(&nets_lock);
	return 0;

err_hook:
	tcpw_ring_net_exit(tn);
err_ring:
	free_percpu(tn->cpu);
	return err;
}

/* What must be over before RCU's grace period, which comes between this and net_exit(). */
static void __net_exit net_pre_exit(struct net *net)
{
	struct tcpw_net *tn = tcpw_net_of(net);

	WRITE_ONCE(tn->dying, true);
	tcpw_hook_net_exit(tn);
}

static void __net_exit net_exit(struct net *net)
{
	struct tcpw_net *tn = tcpw_net_of(net);

	/* First, for tcpw_net_rest(): what is not in the list has none any more. */
	cancel_delayed_work_sync(&tn->tick);
	mutex_lock(&nets_lock);
	list_del(&tn->list);
	mutex_unlock(&nets_lock);

	tcpw_half_open_net_exit(tn);
	tcpw_follow_net_exit(tn);
}

/*
 * A kernel socket may close at any time, also while the purge looks, and is then taken out
 * by its probe, under RCU. That may still write here when its bucket looks empty.
 */
static void __net_exit net_exit_batch(struct list_head *exiting)
{
	struct net *net;

	list_for_each_entry(net, exiting, exit_list)
		if (tcpw_conn_any(tcpw_net_of(net))) {
			tcpw_conn_purge();
			break;
		}
	synchronize_rcu();
	list_for_each_entry(net, exiting, exit_list) {
		tcpw_ring_net_exit(tcpw_net_of(net));
		free_percpu(tcpw_net_of(net)->cpu);
	}
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.exit_batch = net_exit_batch,
	.id = &net_id,
	.size = sizeof(struct tcpw_net),
};

/**
 * tcpw_net_init() - begin in all namespaces, those to come included
 *
 * Context: process. The table of connections is there.
 * Return: 0 or a negative error.
 */
int tcpw_net_init(void)
{
	int err;

	ticks = alloc_workqueue("tcpwatch", WQ_UNBOUND, 0);
	if (!ticks)
		return -ENOMEM;
	err = register_pernet_subsys(&net_ops);
	if (err)
		destroy_workqueue(ticks);
	return err;
}

/**
 * tcpw_net_exit() - end in all namespaces, and free their records
 *
 * Context: process. No probe runs any more.
 */
void tcpw_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
	destroy_workqueue(ticks);
	tcpw_follow_exit();
}
