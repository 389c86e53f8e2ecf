/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Closed windows. That one closes is in a segment that says so: a window of 0. That
 * it opens again is in a segment like any other, so while windows are closed in a
 * namespace, all its segments have to be asked whether they belong to one. A counting
 * filter answers that with one load for nearly all of them.
 *
 * Whether any is closed is in a word of the namespace that each segment reads. Windows that
 * close and open all the time do not write it all the time: the first that closes sets it,
 * and the tick, once a second, clears it when it finds that none is left.
 */
#ifndef TCPW_WINDOW_H
#define TCPW_WINDOW_H

#include <linux/atomic.h>
#include <linux/tcp.h>
#include <linux/types.h>

#include "net.h"

struct in6_addr;
struct sock;
struct tcpw_conn;

/** enum tcpw_windows - what a namespace knows of its windows */
enum tcpw_windows {
	TCPW_WINDOWS_OPEN,	/* none is closed */
	TCPW_WINDOWS_COUNTED,	/* there were closed ones, the tick looks whether there still are */
	TCPW_WINDOWS_CLOSED,	/* there may be closed ones */
};

enum { TCPW_WINDOW_SLOTS = 1024 };

extern atomic_t tcpw_window_in[TCPW_WINDOW_SLOTS];
extern atomic_t tcpw_window_out[TCPW_WINDOW_SLOTS];

/**
 * tcpw_window_any_closed() - is any window closed in a namespace?
 * @tn: the namespace
 *
 * Context: any, no locks. One load of a line that is written some times a second at most.
 * Return: whether any segment may open a window.
 */
static inline bool tcpw_window_any_closed(const struct tcpw_net *tn)
{
	return unlikely(READ_ONCE(tn->windows) != TCPW_WINDOWS_OPEN);
}

void tcpw_window_init(void);
u16 tcpw_window_slot4(__be32 saddr, __be32 daddr, __be16 source, __be16 dest);
u16 tcpw_window_slot6(const struct in6_addr *saddr, const struct in6_addr *daddr,
		      __be16 source, __be16 dest);
u16 tcpw_window_slot_of(const struct sock *sk);
void tcpw_window_adopt(struct tcpw_conn *c, const struct sock *sk, u64 now_ns);
void tcpw_window_in_seen(struct sock *sk, const struct tcphdr *th, u16 slot);
void tcpw_window_out_seen(struct sock *sk, const struct tcphdr *th);
bool tcpw_window_settle(struct tcpw_net *tn);
void tcpw_window_forget(struct tcpw_conn *c);

#endif
