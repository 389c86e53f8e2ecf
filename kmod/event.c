// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "conn.h"
#include "ends.h"
#include "event.h"
#include "ring.h"
#include "snapshot.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Begin to tell something of a socket: NULL if nobody wants to know, or it is lost. */
static struct tcpw_event *begin(struct tcpw_ring *ring, struct sock *sk,
				enum tcpw_event_kind kind)
{
	struct tcpw_event *event;

	if (!ring)
		return NULL;
	event = tcpw_ring_begin(ring);
	if (event) {
		event->id = tcpw_conn_id(sk);
		event->kind = kind;
		tcpw_ends_of(&event->ends, sk);
	}
	return event;
}

/**
 * tcpw_event_state() - a socket changes its state
 * @tn: its namespace
 * @sk: the full socket
 * @from: enum tcp_state
 * @to: enum tcp_state
 * @after_ns: how long it was in @from; TCPW_UNKNOWN_NS if that is not known
 *
 * Context: softirq or process, under rcu_read_lock(), the socket's lock held, so that
 * events of one socket are in order.
 */
void tcpw_event_state(struct tcpw_net *tn, struct sock *sk, unsigned int from,
		      unsigned int to, u64 after_ns)
{
	struct tcpw_ring *ring = rcu_dereference(tn->ring);
	struct tcpw_event *event = begin(ring, sk, TCPW_EVENT_STATE);

	if (!event)
		return;
	event->state.from = from;
	event->state.to = to;
	event->state.after_ns = after_ns;
	tcpw_ring_end(ring);
}

/**
 * tcpw_event_closed() - a connection has ended
 * @tn: its namespace
 * @sk: the full socket
 * @c: its record, NULL if it has none
 * @by: what ended it
 *
 * Context: as tcpw_event_state().
 */
void tcpw_event_closed(struct tcpw_net *tn, struct sock *sk, const struct tcpw_conn *c,
		       enum tcpw_by by)
{
	struct tcpw_ring *ring = rcu_dereference(tn->ring);
	struct tcpw_event *event = begin(ring, sk, TCPW_EVENT_CLOSED);

	if (!event)
		return;
	event->closed.age_ns = c ? event->time_ns - c->opened_ns : TCPW_UNKNOWN_NS;
	event->closed.opened = c ? c->opened : TCPW_OPENED_UNKNOWN;
	event->closed.closed = c ? c->closed : TCPW_CLOSED_NOT;
	event->closed.by = by;
	event->closed.retrans = READ_ONCE(tcp_sk(sk)->total_retrans);
	event->closed.bytes_in = tcpw_snapshot_bytes_in(sk);
	event->closed.bytes_out = tcpw_snapshot_bytes_out(sk);
	tcpw_ring_end(ring);
}

/**
 * tcpw_event_window() - a window closes or opens
 * @tn: the namespace
 * @sk: the full socket at this end
 * @out: it is our window, not the peer's
 * @closes: it closes; else it opens
 * @after_ns: how long it was the other way
 *
 * Context: softirq or process, under rcu_read_lock(), the bucket lock held.
 */
void tcpw_event_window(struct tcpw_net *tn, struct sock *sk, bool out, bool closes,
		       u64 after_ns)
{
	struct tcpw_ring *ring = rcu_dereference(tn->ring);
	struct tcpw_event *event;

	if (closes)
		trace_zero_window(sk, out, after_ns);
	event = begin(ring, sk, closes ? TCPW_EVENT_ZERO_WINDOW : TCPW_EVENT_WINDOW_OPEN);
	if (!event)
		return;
	event->window.out = out;
	event->window.after_ns = after_ns;
	tcpw_ring_end(ring);
}

/**
 * tcpw_event_syn_blocked() - a SYN met a socket in CLOSE_WAIT
 * @tn: the namespace
 * @sk: that socket
 *
 * Context: softirq or process, under rcu_read_lock(), the bucket lock held.
 */
void tcpw_event_syn_blocked(struct tcpw_net *tn, struct sock *sk)
{
	struct tcpw_ring *ring = rcu_dereference(tn->ring);

	trace_syn_blocked(sk);
	if (begin(ring, sk, TCPW_EVENT_SYN_BLOCKED))
		tcpw_ring_end(ring);
}

/**
 * tcpw_event_stuck() - a CLOSE_WAIT has passed the threshold
 * @tn: the namespace
 * @sk: the socket
 * @wait_ns: how long it has been in CLOSE_WAIT
 *
 * Context: process, under rcu_read_lock(), the bucket lock held.
 */
void tcpw_event_stuck(struct tcpw_net *tn, struct sock *sk, u64 wait_ns)
{
	struct tcpw_ring *ring = rcu_dereference(tn->ring);
	struct tcpw_event *event;

	trace_stuck(sk, wait_ns);
	event = begin(ring, sk, TCPW_EVENT_STUCK);
	if (!event)
		return;
	event->stuck.wait_ns = wait_ns;
	tcpw_ring_end(ring);
}
