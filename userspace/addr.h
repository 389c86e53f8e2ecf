/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_ADDR_H
#define TCPWATCH_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct addr - one end of a connection
 * @ip: the address; an IPv4 one as ::ffff:a.b.c.d
 * @v4: it was written as an IPv4 address
 * @port: the port, host order
 */
struct addr {
	struct in6_addr ip;
	bool v4;
	uint16_t port;
};

/**
 * struct addr_match - ADDR[/LEN][:PORT]
 * @ip: the address, as in struct addr
 * @prefix: how many of its bits count, 0 to 128
 * @v6_only: it is a prefix short enough to hold mapped addresses, but was written
 *	as IPv6, so that no IPv4 connection is meant
 * @any_port: there is no port
 * @port: the port, host order
 */
struct addr_match {
	struct in6_addr ip;
	unsigned int prefix;
	bool v6_only;
	bool any_port;
	uint16_t port;
};

bool addr_parse(const char *text, struct addr *addr);
int addr_compare(const struct addr *a, const struct addr *b);
bool addr_same_ip(const struct addr *a, const struct addr *b);
bool addr_is_any(const struct addr *addr);
bool addr_is_mapped(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);

const char *addr_ip_text(char text[INET6_ADDRSTRLEN], const struct addr *addr);

bool port_parse(const char *text, uint16_t *port);
bool addr_match_parse(const char *text, struct addr_match *match);
bool addr_matches(const struct addr_match *match, const struct addr *addr);

#endif
