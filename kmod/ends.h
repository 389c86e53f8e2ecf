/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_ENDS_H
#define TCPW_ENDS_H

#include <linux/in6.h>
#include <linux/types.h>

struct sock;
struct sockaddr_in6;

/**
 * struct tcpw_ends - the addresses of a connection's two ends
 * @local: in IPv4 the last word of it
 * @remote: as @local
 * @local_port: in network order
 * @remote_port: as @local_port
 * @family: AF_INET or AF_INET6, as the socket's
 */
struct tcpw_ends {
	struct in6_addr local;
	struct in6_addr remote;
	__be16 local_port;
	__be16 remote_port;
	u8 family;
};

void tcpw_ends_of(struct tcpw_ends *ends, const struct sock *sk);
void tcpw_ends_sockaddr(struct sockaddr_in6 *to, u8 family, const struct in6_addr *address,
			__be16 port);

#endif
