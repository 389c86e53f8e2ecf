/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Closed windows. That one closes is in a segment that says so: a window of 0. That
 * it opens again is in a segment like any other, so while windows are closed, all
 * segments have to be asked whether they belong to one. A counting filter answers
 * that with one load for nearly all of them.
 */
#ifndef TCPW_WINDOW_H
#define TCPW_WINDOW_H

#include <linux/atomic.h>
#include <linux/tcp.h>
#include <linux/types.h>

struct in6_addr;
struct sock;
struct tcpw_conn;

enum { TCPW_WINDOW_SLOTS = 1024 };

extern atomic_t tcpw_windows_closed;
extern atomic_t tcpw_window_in[TCPW_WINDOW_SLOTS];
extern atomic_t tcpw_window_out[TCPW_WINDOW_SLOTS];

/**
 * tcpw_window_any_closed() - is any window closed, in any namespace?
 *
 * Context: any, no locks. One load of a line that is seldom written.
 * Return: whether any segment may open a window.
 */
static inline bool tcpw_window_any_closed(void)
{
	return unlikely(atomic_read(&tcpw_windows_closed));
}

u16 tcpw_window_slot4(__be32 saddr, __be32 daddr, __be16 source, __be16 dest);
u16 tcpw_window_slot6(const struct in6_addr *saddr, const struct in6_addr *daddr,
		      __be16 source, __be16 dest);
u16 tcpw_window_slot_of(const struct sock *sk);
void tcpw_window_adopt(struct tcpw_conn *c, const struct sock *sk, u64 now_ns);
void tcpw_window_in_seen(struct sock *sk, const struct tcphdr *th, u16 slot);
void tcpw_window_out_seen(struct sock *sk, const struct tcphdr *th);
void tcpw_window_forget(struct tcpw_conn *c);

#endif
