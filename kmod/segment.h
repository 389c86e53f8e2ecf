/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A segment in a hook, and the socket that it belongs to.
 */
#ifndef TCPW_SEGMENT_H
#define TCPW_SEGMENT_H

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/types.h>

struct sock;
struct tcpw_ends;
struct tcpw_net;

/**
 * struct tcpw_segment - a segment in a hook
 * @tn: the namespace
 * @skb: the packet
 * @th: its TCP header, the fixed part; in the packet or a copy
 * @offset: of the TCP header in the packet
 * @family: AF_INET or AF_INET6
 * @out: it leaves
 * @ifindex: the interface that it leaves by
 */
struct tcpw_segment {
	struct tcpw_net *tn;
	struct sk_buff *skb;
	const struct tcphdr *th;
	int offset;
	u8 family;
	bool out;
	int ifindex;
};

struct sock *tcpw_segment_lookup(const struct tcpw_segment *s);
void tcpw_segment_ends(const struct tcpw_segment *s, struct tcpw_ends *ends);

#endif
