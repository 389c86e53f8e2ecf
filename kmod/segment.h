/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A segment in a hook, and the socket that it belongs to.
 */
#ifndef TCPW_SEGMENT_H
#define TCPW_SEGMENT_H

#include <linux/netfilter.h>
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
 * @state: of the hook
 * @offset: of the TCP header in the packet
 * @out: it leaves
 */
struct tcpw_segment {
	struct tcpw_net *tn;
	struct sk_buff *skb;
	const struct tcphdr *th;
	const struct nf_hook_state *state;
	int offset;
	bool out;
};

struct sock *tcpw_segment_lookup(const struct sk_buff *skb, const struct tcphdr *th,
				 const struct nf_hook_state *state);
void tcpw_segment_ends(const struct tcpw_segment *s, struct tcpw_ends *ends);

#endif
