// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "event.h"
#include "net.h"
#include "order.h"
#include "stuck.h"
#include "trace.h"

/**
 * tcpw_stuck_tell() - tell of the CLOSE_WAITs that have become stuck
 * @tn: the namespace
 * @part: one CPU's part of it
 * @bound_ns: what came into CLOSE_WAIT up to then is stuck
 *
 * Each is told once: a threshold that is raised later makes none fresh again.
 *
 * Context: process; one caller at a time for the same @part.
 */
void tcpw_stuck_tell(struct tcpw_net *tn, struct tcpw_net_cpu *part, u64 bound_ns)
{
	struct tcpw_order_key beyond = { bound_ns + 1, 0 };
	struct tcpw_order_key at = part->stuck;
	struct sock *sk;

	if (tcpw_order_cmp(&at, &beyond) >= 0)
		return;
	while (tcpw_event_wanted(tn) || trace_stuck_enabled()) {
		sk = tcpw_order_hold(&part->close_wait, &at);
		if (!sk)
			break;
		if (tcpw_order_cmp(&at, &beyond) >= 0) {
			sock_put(sk);
			break;
		}
		if (READ_ONCE(sk->sk_state) == TCP_CLOSE_WAIT) {
			rcu_read_lock();
			tcpw_event_stuck(tn, sk, ktime_get_boottime_ns() - at.ns);
			rcu_read_unlock();
		}
		sock_put(sk);
		at.conn++;
		cond_resched();
	}
	part->stuck = beyond;
}
