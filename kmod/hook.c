// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ipv6_route.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/tcp.h>

#include "conn.h"
#include "event.h"
#include "follow.h"
#include "hook.h"
#include "life.h"
#include "mini.h"
#include "net.h"
#include "segment.h"
#include "snapshot.h"
#include "trace.h"
#include "window.h"

static u16 window_slot(const struct sk_buff *skb, const struct tcphdr *th, u8 pf)
{
	if (pf == NFPROTO_IPV4)
		return tcpw_window_slot4(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr,
					 th->source, th->dest);
	return tcpw_window_slot6(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
				 th->source, th->dest);
}

/* A SYN came for a connection that has not been closed: its peer reuses the port. */
static void syn_blocked(struct tcpw_net *tn, struct sock *sk)
{
	struct tcpw_conn *c = tcpw_conn_lock(sk);

	if (c && c->state == TCP_CLOSE_WAIT) {
		c->syn_blocked++;
		tcpw_count(tn, TCPW_SYN_ON_CLOSE_WAIT);
		if (tcpw_event_wanted(tn) || trace_syn_blocked_enabled())
			tcpw_event_syn_blocked(tn, sk);
	}
	tcpw_conn_unlock(sk);
}

/* A socket sends a SYN: its first, or the same again. */
static void syn_sent(struct tcpw_net *tn, struct sock *sk)
{
	struct tcpw_conn *c = tcpw_conn_lock(sk);

	if (c && c->syn_sent)
		tcpw_count(tn, TCPW_SYN_RETRANS);
	if (c) {
		c->syn_sent = 1;
		tcpw_life_tell_birth(c);
	}
	tcpw_conn_unlock(sk);
}

static __always_inline void count_flags(struct tcpw_net *tn, const struct tcphdr *th, bool out)
{
	if (th->rst) {
		tcpw_count(tn, out ? TCPW_RST_OUT : TCPW_RST_IN);
		return;
	}
	if (th->syn && th->ack)
		tcpw_count(tn, out ? TCPW_SYNACK_OUT : TCPW_SYNACK_IN);
	else if (th->syn)
		tcpw_count(tn, out ? TCPW_SYN_OUT : TCPW_SYN_IN);
	if (th->fin)
		tcpw_count(tn, out ? TCPW_FIN_OUT : TCPW_FIN_IN);
}

/* A segment with a flag or a closed window came, or any while windows are closed. */
static void segment_in(struct tcpw_net *tn, const struct sk_buff *skb, const struct tcphdr *th,
		       const struct nf_hook_state *state)
{
	bool opens = th->syn && !th->ack, ends = th->fin || th->rst, window = false;
	u16 slot = 0;
	struct sock *sk;

	count_flags(tn, th, false);
	if (!th->rst && (!th->window || tcpw_window_any_closed(tn))) {
		slot = window_slot(skb, th, state->pf);
		window = !th->window || atomic_read(&tcpw_window_in[slot]);
	}
	if (!opens && !ends && !window)
		return;

	sk = tcpw_segment_lookup(skb, th, state);
	if (!sk)
		return;
	if (tcpw_snapshot_is_full(sk)) {
		if (opens)
			syn_blocked(tn, sk);
		if (window)
			tcpw_window_in_seen(sk, th, slot);
	} else if (READ_ONCE(sk->sk_state) == TCP_TIME_WAIT && ends) {
		tcpw_mini_kick(inet_twsk(sk));
	}
	sock_gen_put(sk);
}

/* The same on its way out. */
static void segment_out(struct tcpw_net *tn, const struct sk_buff *skb, const struct tcphdr *th,
			const struct nf_hook_state *state)
{
	struct sock *sk = skb->sk;

	count_flags(tn, th, true);
	if (th->rst) {
		/* What made the kernel reset the peer ends a mini-socket, too. */
		sk = tcpw_segment_lookup(skb, th, state);
		if (!sk)
			return;
		if (READ_ONCE(sk->sk_state) == TCP_TIME_WAIT)
			tcpw_mini_kick(inet_twsk(sk));
		sock_gen_put(sk);
		return;
	}
	/* Requests and mini-sockets have windows of their own, and no record. */
	if (!sk || !tcpw_snapshot_is_full(sk) || sk->sk_protocol != IPPROTO_TCP)
		return;
	if (th->syn) {
		if (!th->ack)
			syn_sent(tn, sk);
	} else if (!th->window || (tcpw_window_any_closed(tn) &&
			    atomic_read(&tcpw_window_out[tcpw_window_slot_of(sk)]))) {
		tcpw_window_out_seen(sk, th);
	}
}

static noinline void follow(struct tcpw_net *tn, struct sk_buff *skb, const struct tcphdr *th,
			    const struct nf_hook_state *state, int offset)
{
	struct tcpw_segment segment = {
		.tn = tn,
		.skb = skb,
		.th = th,
		.state = state,
		.offset = offset,
		.out = state->hook == NF_INET_LOCAL_OUT,
	};

	tcpw_follow_segment(&segment);
}

/*
 * Through a slave of a VRF a packet leaves twice: first as if by the VRF's device, then by the
 * slave (vrf_ip_out(), vrf_ip6_out()). Is this the first time? What stays in the VRF has a route to
 * this host, and comes once.
 */
static bool leaves_again(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (likely(!netif_is_l3_master(state->out)) || !dst)
		return false;
	if (state->pf == NFPROTO_IPV4)
		return !(container_of(dst, struct rtable, dst)->rt_flags & RTCF_LOCAL);
	return !(container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_LOCAL);
}

/* A segment that matters, at @offset of the packet's data, @th perhaps a copy of its header. */
static noinline void look_at(struct tcpw_net *tn, struct sk_buff *skb, const struct tcphdr *th,
			     const struct nf_hook_state *state, int offset)
{
	bool out = state->hook == NF_INET_LOCAL_OUT;

	/* What comes in is whole and sound by now; a raw socket may send what is neither. */
	if (state->pf == NFPROTO_IPV4 && ip_is_fragment((const void *)skb->data))
		return;
	/* TCP drops what is not even a header. */
	if (th->doff < sizeof(*th) / 4 || offset + th->doff * 4 > skb->len)
		return;
	if (out && leaves_again(skb, state))
		return;
	if (out)
		segment_out(tn, skb, th, state);
	if (tcpw_follow_here(tn))
		follow(tn, skb, th, state, offset);
	if (!out)
		segment_in(tn, skb, th, state);
}

/* The same of one whose header is not in the packet's linear part, which stays as it is. */
static noinline void look_into(struct tcpw_net *tn, struct sk_buff *skb,
			       const struct nf_hook_state *state, int offset)
{
	const struct tcphdr *th;
	struct tcphdr copy;

	th = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (th)
		look_at(tn, skb, th, state, offset);
}

/* Whether a packet's linear part ends before a header in it does. */
static __always_inline bool is_cut_off(const struct sk_buff *skb, const struct tcphdr *th)
{
	return unlikely((const u8 *)(th + 1) - skb->data > skb_headlen(skb));
}

/*
 * Look at a segment if it is worth that: it has one of the flags or a closed window, or a
 * closed window may open, or somebody follows connections. All others, nearly all of the
 * traffic, end here. A header that is not in the packet's linear part has to be looked at
 * to know.
 *
 * Context of all hooks: under rcu_read_lock(); LOCAL_IN in softirq, LOCAL_OUT also in
 * process context with bottom halves on. No allocation, no lock on the common way. A packet's
 * data begins with its IP header there, and ipt_do_table() relies on that, too; with a load and
 * an addition less than from skb_network_header().
 */
static __always_inline void sieve(struct tcpw_net *tn, struct sk_buff *skb,
				  const struct tcphdr *th, const struct nf_hook_state *state)
{
	if (is_cut_off(skb, th))
		look_into(tn, skb, state, (const u8 *)th - skb->data);
	else if (tcpw_follow_here(tn) ||
		 unlikely(tcp_flag_word(th) & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST) ||
			  !th->window || tcpw_window_any_closed(tn)))
		look_at(tn, skb, th, state, (const u8 *)th - skb->data);
}

static noinline void hook4_options(struct tcpw_net *tn, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	const struct iphdr *ip = (const void *)skb->data;

	if (ip->ihl >= sizeof(*ip) / 4)
		sieve(tn, skb, (const void *)ip + ip->ihl * 4, state);
}

static unsigned int hook4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct iphdr *ip = (const void *)skb->data;

	if (ip->protocol != IPPROTO_TCP)
		return NF_ACCEPT;
	/* Options are so rare that the common way knows where all is: version 4, five words. */
	if (unlikely(*(const u8 *)ip != 0x45))
		hook4_options(priv, skb, state);
	else
		sieve(priv, skb, (const void *)(ip + 1), state);
	return NF_ACCEPT;
}

#if IS_ENABLED(CONFIG_IPV6)
/*
 * The header behind extension headers; NULL if it is no TCP, or a fragment, which comes here
 * before it is put together: how long its segment is, and whether that will ever be whole,
 * nobody knows. With an authentication header a packet is here for another time: it comes
 * again once that has been checked, as it left once before that was made.
 */
static noinline const struct tcphdr *find_tcp6(const struct sk_buff *skb,
					       const struct ipv6hdr *ip)
{
	int offset = (const u8 *)(ip + 1) - skb->data;
	unsigned int authentication = 0;
	u8 protocol = ip->nexthdr;
	__be16 frag = 0;

	offset = ipv6_skip_exthdr(skb, offset, &protocol, &frag);
	if (offset < 0 || protocol != IPPROTO_TCP || frag & htons(IP6_OFFSET | IP6_MF) ||
	    ipv6_find_hdr(skb, &authentication, NEXTHDR_AUTH, NULL, NULL) >= 0)
		return NULL;
	return (const void *)(skb->data + offset);
}

static unsigned int hook6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip = (const void *)skb->data;
	const struct tcphdr *th = (const void *)(ip + 1);

	if (unlikely(ip->nexthdr != IPPROTO_TCP))
		th = find_tcp6(skb, ip);
	if (th)
		sieve(priv, skb, th, state);
	return NF_ACCEPT;
}
#endif

/* Last: what a firewall drops is not counted, as no socket sees it. */
static const struct nf_hook_ops hooks[] = {
	{ .hook = hook4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN,
	  .priority = NF_IP_PRI_LAST },
	{ .hook = hook4, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT,
	  .priority = NF_IP_PRI_LAST },
#if IS_ENABLED(CONFIG_IPV6)
	{ .hook = hook6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_IN,
	  .priority = NF_IP6_PRI_LAST },
	{ .hook = hook6, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_OUT,
	  .priority = NF_IP6_PRI_LAST },
#endif
};

/**
 * tcpw_hook_net_init() - begin to look at a namespace's packets
 * @tn: the namespace, all else in it ready
 *
 * Context: process.
 * Return: 0 or a negative error; then no packet is looked at any more.
 */
int tcpw_hook_net_init(struct tcpw_net *tn)
{
	unsigned int i;
	int err;

	BUILD_BUG_ON(ARRAY_SIZE(hooks) > ARRAY_SIZE(tn->hooks));
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		tn->hooks[i] = hooks[i];
		tn->hooks[i].priv = tn;
	}
	err = nf_register_net_hooks(tn->net, tn->hooks, ARRAY_SIZE(hooks));
	if (err)
		synchronize_rcu();	/* those registered before the one that failed */
	return err;
}

/**
 * tcpw_hook_net_exit() - look no more
 * @tn: the namespace
 *
 * A hook may run on until the RCU grace period that the caller waits for.
 *
 * Context: process.
 */
void tcpw_hook_net_exit(struct tcpw_net *tn)
{
	nf_unregister_net_hooks(tn->net, tn->hooks, ARRAY_SIZE(hooks));
}
