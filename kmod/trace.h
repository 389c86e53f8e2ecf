/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's own tracepoints, for perf, trace-cmd and bpftrace: the events of the same names,
 * told wherever somebody traces, of all namespaces. While nobody does, each is a NOP.
 *
 * Fields that sock:inet_sock_set_state has are called as they are there, so that what was
 * written for that one takes these, too.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tcpwatch

#if !defined(TCPW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TCPW_TRACE_H

#include <linux/in6.h>
#include <linux/tracepoint.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "conn.h"
#include "ends.h"

/*
 * The two printed ones, each a struct sockaddr_in6, follow what aligns them. Sizes are numbers, as
 * they stand in the format, where older bpftraces know no structs.
 */
#define TCPW_SOCK_ENTRY							\
	__field(__u64, id)						\
	__field(__u32, netns)						\
	__array(__u8, local, 28)					\
	__array(__u8, remote, 28)					\
	__field(__u16, family)						\
	__field(__u16, sport)						\
	__field(__u16, dport)						\
	__array(__u8, saddr, 4)						\
	__array(__u8, daddr, 4)						\
	__array(__u8, saddr_v6, 16)					\
	__array(__u8, daddr_v6, 16)

#define TCPW_SOCK_ASSIGN						\
	do {								\
		struct tcpw_ends ends;					\
									\
		BUILD_BUG_ON(sizeof(__entry->local) != sizeof(struct sockaddr_in6)); \
		tcpw_ends_of(&ends, sk);				\
		__entry->id = tcpw_conn_id(sk);				\
		__entry->netns = sock_net(sk)->ns.inum;			\
		tcpw_ends_sockaddr((void *)__entry->local, ends.family,	\
				   &ends.local, ends.local_port);	\
		tcpw_ends_sockaddr((void *)__entry->remote, ends.family,\
				   &ends.remote, ends.remote_port);	\
		__entry->family = ends.family;				\
		__entry->sport = ntohs(ends.local_port);		\
		__entry->dport = ntohs(ends.remote_port);		\
		memcpy(__entry->saddr, &ends.local.s6_addr32[3], 4);	\
		memcpy(__entry->daddr, &ends.remote.s6_addr32[3], 4);	\
		memcpy(__entry->saddr_v6, &ends.local, 16);		\
		memcpy(__entry->daddr_v6, &ends.remote, 16);		\
	} while (0)

#define TCPW_SOCK_FORMAT "id=%llu local=%pISpc remote=%pISpc netns=%u"
#define TCPW_SOCK_ARGS __entry->id, __entry->local, __entry->remote, __entry->netns

/* A CLOSE_WAIT has passed its namespace's close_wait_stuck_ms. */
TRACE_EVENT(stuck,
	TP_PROTO(struct sock *sk, u64 wait_ns),
	TP_ARGS(sk, wait_ns),
	TP_STRUCT__entry(
		TCPW_SOCK_ENTRY
		__field(__u64, wait_ms)
	),
	TP_fast_assign(
		TCPW_SOCK_ASSIGN;
		__entry->wait_ms = div_u64(wait_ns, NSEC_PER_MSEC);
	),
	TP_printk(TCPW_SOCK_FORMAT " wait_ms=%llu", TCPW_SOCK_ARGS, __entry->wait_ms)
);

/* A window closed: the peer's, or ours if @out. */
TRACE_EVENT(zero_window,
	TP_PROTO(struct sock *sk, bool out, u64 after_ns),
	TP_ARGS(sk, out, after_ns),
	TP_STRUCT__entry(
		TCPW_SOCK_ENTRY
		__field(__u8, out)
		__field(__u64, after_us)
	),
	TP_fast_assign(
		TCPW_SOCK_ASSIGN;
		__entry->out = out;
		__entry->after_us = div_u64(after_ns, NSEC_PER_USEC);
	),
	TP_printk(TCPW_SOCK_FORMAT " dir=%s after_us=%llu", TCPW_SOCK_ARGS,
		  __print_symbolic(__entry->out, { 0, "in" }, { 1, "out" }), __entry->after_us)
);

/* A SYN met a socket in CLOSE_WAIT: a peer that can't reconnect. */
TRACE_EVENT(syn_blocked,
	TP_PROTO(struct sock *sk),
	TP_ARGS(sk),
	TP_STRUCT__entry(
		TCPW_SOCK_ENTRY
	),
	TP_fast_assign(
		TCPW_SOCK_ASSIGN;
	),
	TP_printk(TCPW_SOCK_FORMAT, TCPW_SOCK_ARGS)
);

#endif

/* Not below include/trace/events of the kernel, but in kmod, which Kbuild has in the path. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
