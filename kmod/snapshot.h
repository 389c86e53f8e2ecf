/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_SNAPSHOT_H
#define TCPW_SNAPSHOT_H

#include <linux/compiler.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "verdict.h"

/**
 * tcpw_snapshot_is_full() - is a socket a full one, no request and no mini-socket?
 * @sk: the socket, with a reference, locked or not
 *
 * Context: any.
 * Return: whether it is.
 */
static inline bool tcpw_snapshot_is_full(const struct sock *sk)
{
	/* Which of a full socket's states sk_fullsock() finds does not matter. */
	return data_race(sk_fullsock(sk));
}

/**
 * tcpw_snapshot_snd_wscale() - shift of the windows that the peer advertises
 * @sk: a full socket, locked or not
 *
 * Context: any.
 * Return: that.
 */
static inline u8 tcpw_snapshot_snd_wscale(const struct sock *sk)
{
	/* Set by the handshake, in one word with flags that any segment may set. */
	return data_race((u8)tcp_sk(sk)->rx_opt.snd_wscale);
}

/**
 * tcpw_snapshot_rcv_wscale() - shift of the windows that we advertise
 * @sk: a full socket, locked or not
 *
 * Context: any.
 * Return: that.
 */
static inline u8 tcpw_snapshot_rcv_wscale(const struct sock *sk)
{
	/* As the peer's. */
	return data_race((u8)tcp_sk(sk)->rx_opt.rcv_wscale);
}

u64 tcpw_snapshot_bytes_in(const struct sock *sk);
u64 tcpw_snapshot_bytes_out(const struct sock *sk);
u64 tcpw_snapshot_memory(const struct sock *sk);
void tcpw_snapshot_take(struct tcpw_snapshot *s, const struct sock *sk);

#endif
