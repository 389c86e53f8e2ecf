// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "compat.h"
#include "ends.h"
#include "net.h"
#include "segment.h"

/*
 * What tcp_v4_rcv() will take: early demux finds the connections' sockets of what comes over a
 * link, TPROXY or a BPF program may choose one, which may listen. ip_rcv_core() and ip6_rcv_core()
 * have forgotten any that the packet had where it was sent.
 */
static struct sock *prefetched(const struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	return sk && READ_ONCE(sk->sk_state) != TCP_LISTEN &&
	       refcount_inc_not_zero(&sk->sk_refcnt) ? sk : NULL;
}

/**
 * tcpw_segment_lookup() - the socket at the local end, if it is no listener
 * @skb: the segment's packet
 * @th: its TCP header
 * @state: of the hook that it is in
 *
 * The kernel finds the sockets of segments that come in later, save where it did already;
 * of those that leave it knows them, but a reset may come from none.
 *
 * Context: under rcu_read_lock().
 * Return: a full, mini- or request socket with a reference, for sock_gen_put(); or NULL.
 */
struct sock *tcpw_segment_lookup(const struct sk_buff *skb, const struct tcphdr *th,
				 const struct nf_hook_state *state)
{
	bool out = state->hook == NF_INET_LOCAL_OUT;
	__be16 local = out ? th->source : th->dest;
	__be16 remote = out ? th->dest : th->source;
	int dif = out ? state->out->ifindex : 0, sdif = 0;
	struct sock *sk = out ? NULL : prefetched(skb);

	if (sk)
		return sk;
	if (state->pf == NFPROTO_IPV4) {
		const struct iphdr *ip = ip_hdr(skb);

		if (!out) {
			dif = inet_iif(skb);
			sdif = inet_sdif((struct sk_buff *)skb);
		}
		return tcpw_lookup4(state->net, out ? ip->daddr : ip->saddr, remote,
				    out ? ip->saddr : ip->daddr, ntohs(local), dif, sdif);
	}
#if IS_ENABLED(CONFIG_IPV6)
	{
		const struct ipv6hdr *ip = ipv6_hdr(skb);

		if (!out) {
			dif = inet6_iif(skb);
			sdif = inet6_sdif(skb);
		}
		return tcpw_lookup6(state->net, out ? &ip->daddr : &ip->saddr, remote,
				    out ? &ip->saddr : &ip->daddr, ntohs(local), dif, sdif);
	}
#else
	return NULL;
#endif
}

/**
 * tcpw_segment_ends() - the addresses that a segment is for and from
 * @s: the segment
 * @ends: where to; of a v4-mapped socket these are the IPv4 addresses
 *
 * Context: any.
 */
void tcpw_segment_ends(const struct tcpw_segment *s, struct tcpw_ends *ends)
{
	struct in6_addr *from = s->out ? &ends->local : &ends->remote;
	struct in6_addr *to = s->out ? &ends->remote : &ends->local;

	ends->family = s->state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	ends->local_port = s->out ? s->th->source : s->th->dest;
	ends->remote_port = s->out ? s->th->dest : s->th->source;
	if (ends->family == AF_INET) {
		ipv6_addr_set_v4mapped(ip_hdr(s->skb)->saddr, from);
		ipv6_addr_set_v4mapped(ip_hdr(s->skb)->daddr, to);
	} else {
		*from = ipv6_hdr(s->skb)->saddr;
		*to = ipv6_hdr(s->skb)->daddr;
	}
}
