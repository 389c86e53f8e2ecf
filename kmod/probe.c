// SPDX-License-Identifier: GPL-2.0
/*
 * Adaptors from the kernel's tracepoints to what the module knows of connections.
 *
 * Context of the probes: softirq or process. Up to 6.12 with preemption off, later
 * preemptible, under SRCU: what needs RCU takes it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/tracepoint.h>
#include <net/request_sock.h>
#include <net/sock.h>

#include "compat.h"
#include "life.h"
#include "net.h"
#include "probe.h"

static void on_set_state(void *data, const struct sock *sk, const int from, const int to)
{
	/* MPTCP's sockets have TCP's states; its subflows are TCP's. */
	if (sk->sk_protocol == IPPROTO_TCP && from != to)
		tcpw_life_change((struct sock *)sk, from, to);
}

static void on_destroy(void *data, struct sock *sk)
{
	tcpw_life_destroyed(sk);
}

static void on_retransmit_synack(void *data, const struct sock *sk,
				 const struct request_sock *req)
{
	struct tcpw_net *tn;

	rcu_read_lock();
	tn = tcpw_net_of_sock(sk);
	if (tn)
		tcpw_count(tn, TCPW_SYNACK_RETRANS);
	rcu_read_unlock();
}

/**
 * struct probe - a tracepoint and what is attached to it
 * @name: the tracepoint's name
 * @function: called there
 * @tp: the tracepoint, once found; they are not exported by name
 */
struct probe {
	const char *name;
	void *function;
	struct tracepoint *tp;
};

/*
 * In the order in which they are attached, and detached from the last on: who finds a record
 * whose socket's end was missed comes before who makes records. All CPUs don't begin at once.
 */
static struct probe probes[] = {
	{ .name = "tcp_destroy_sock", .function = on_destroy },
	{ .name = "inet_sock_set_state", .function = on_set_state },
	{ .name = "tcp_retransmit_synack", .function = on_retransmit_synack },
};

static void find(struct tracepoint *tp, void *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

static void detach(unsigned int n)
{
	tcpw_net_rest();
	while (n--)
		tracepoint_probe_unregister(probes[n].tp, probes[n].function, NULL);
	tracepoint_synchronize_unregister();
}

/**
 * tcpw_probe_init() - attach to the tracepoints
 *
 * Context: process. Everything else is ready for what the probes call.
 * Return: 0 or a negative error, with its reason in the log.
 */
int tcpw_probe_init(void)
{
	unsigned int i;
	int err;

	if (TCPW_PROBES_MAY_NOT_LOCK) {
		pr_err("on a PREEMPT_RT kernel before 7.0 tracepoint probes may not lock or allocate: not loading\n");
		return -EOPNOTSUPP;
	}
	for_each_kernel_tracepoint(find, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp) {
			pr_err("this kernel has no tracepoint %s: not loading (it needs CONFIG_TRACEPOINTS, and 5.10 or later)\n",
			       probes[i].name);
			err = -EOPNOTSUPP;
			goto err;
		}
		err = tracepoint_probe_register(probes[i].tp, probes[i].function, NULL);
		if (err) {
			pr_err("can't attach to tracepoint %s: error %d\n", probes[i].name, err);
			goto err;
		}
	}
	return 0;
err:
	detach(i);
	return err;
}

/**
 * tcpw_probe_exit() - detach from the tracepoints
 *
 * Context: process. When it returns no probe runs any more.
 */
void tcpw_probe_exit(void)
{
	detach(ARRAY_SIZE(probes));
}
