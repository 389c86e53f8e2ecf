// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "conn.h"
#include "event.h"
#include "net.h"
#include "order.h"
#include "stuck.h"
#include "trace.h"

/*
 * Tell of the one at a place, if it is still there: with its record in the table, and so
 * before the event that it has gone on, or closed, and with its addresses.
 */
static void tell(struct tcpw_net *tn, struct sock *sk, const struct tcpw_order_key *at)
{
	const struct tcpw_conn *c;
	struct tcpw_order_key key;

	rcu_read_lock();
	c = tcpw_conn_lock(sk);
	if (c) {
		key = tcpw_order_key(c);
		if (!tcpw_order_cmp(&key, at))
			tcpw_event_stuck(tn, sk, ktime_get_boottime_ns() - at->ns);
	}
	tcpw_conn_unlock(sk);
	rcu_read_unlock();
}

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
		tell(tn, sk, &at);
		sock_put(sk);
		at.conn++;
		cond_resched();
	}
	part->stuck = beyond;
}
