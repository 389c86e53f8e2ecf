// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "ends.h"
#include "snapshot.h"

/**
 * tcpw_ends_of() - the addresses of a socket
 * @ends: where to
 * @sk: a full socket, mini-socket or request
 *
 * Context: mini-sockets and requests keep theirs; of a full socket its lock held, or its
 * bucket's while it has a record: it can't lose its addresses before the record is taken out.
 */
void tcpw_ends_of(struct tcpw_ends *ends, const struct sock *sk)
{
	/* IPV6_ADDRFORM changes it, to that of the same addresses. */
	ends->family = READ_ONCE(sk->sk_family);
	/* A full socket that closes may have given back sk_num, but not this. */
	ends->local_port = tcpw_snapshot_is_full(sk) ? inet_sk(sk)->inet_sport :
						       htons(sk->sk_num);
	ends->remote_port = sk->sk_dport;
#if IS_ENABLED(CONFIG_IPV6)
	if (ends->family == AF_INET6) {
		ends->local = sk->sk_v6_rcv_saddr;
		ends->remote = sk->sk_v6_daddr;
		return;
	}
#endif
	ipv6_addr_set_v4mapped(sk->sk_rcv_saddr, &ends->local);
	ipv6_addr_set_v4mapped(sk->sk_daddr, &ends->remote);
}

/**
 * tcpw_ends_sockaddr() - one end as the kernel's printk() takes it
 * @to: room for a struct sockaddr_in6
 * @family: AF_INET or AF_INET6
 * @address: as in struct tcpw_ends
 * @port: in network order
 *
 * Context: any.
 */
void tcpw_ends_sockaddr(struct sockaddr_in6 *to, u8 family, const struct in6_addr *address,
			__be16 port)
{
	struct sockaddr_in *to4 = (void *)to;

	memset(to, 0, sizeof(*to));
	if (family == AF_INET6) {
		to->sin6_family = AF_INET6;
		to->sin6_port = port;
		to->sin6_addr = *address;
	} else {
		to4->sin_family = AF_INET;
		to4->sin_port = port;
		to4->sin_addr.s_addr = address->s6_addr32[3];
	}
}
