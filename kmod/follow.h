/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Following connections: every segment of those that a filter names becomes an event.
 *
 * Whoever is root in a user namespace may set filters in the network namespaces that belong
 * to it, so what that costs others is bounded. The hooks do nothing for it, behind a static
 * key, unless some namespace has both a filter and a reader; then the other namespaces'
 * hooks look at one field of their own; and the key is turned off once a second at most,
 * as each turn stops all CPUs for a moment.
 */
#ifndef TCPW_FOLLOW_H
#define TCPW_FOLLOW_H

#include <linux/in6.h>
#include <linux/jump_label_ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "net.h"

struct tcpw_segment;

enum { TCPW_FILTERS_MAX = 16 };

/**
 * struct tcpw_filter_end - which addresses one end of a connection may have
 * @address: the first @prefix bits count; IPv4 is v4-mapped
 * @prefix: 0 to 128
 * @family: AF_INET or AF_INET6; AF_UNSPEC for any address of either
 * @port: in network order; 0 for any
 */
struct tcpw_filter_end {
	struct in6_addr address;
	u8 prefix;
	u8 family;
	__be16 port;
};

/**
 * struct tcpw_filter - which connections to follow
 * @number: what it is called, from 1 on
 * @local: this host's end
 * @remote: the peer's
 */
struct tcpw_filter {
	unsigned int number;
	struct tcpw_filter_end local;
	struct tcpw_filter_end remote;
};

/**
 * struct tcpw_follow - the filters of a namespace; any that fits is enough
 * @rcu: for freeing it
 * @n: how many
 * @filter: they, by their numbers
 */
struct tcpw_follow {
	struct rcu_head rcu;
	unsigned int n;
	struct tcpw_filter filter[TCPW_FILTERS_MAX];
};

extern struct static_key_false_deferred tcpw_follow_key;

/**
 * tcpw_follow_here() - are connections followed in a namespace, and is that read?
 * @tn: the namespace
 *
 * Context: any. No load, no branch that is taken, as long as that is so in none.
 */
static __always_inline bool tcpw_follow_here(const struct tcpw_net *tn)
{
	return static_branch_unlikely(&tcpw_follow_key.key) && READ_ONCE(tn->followed);
}

void tcpw_follow_exit(void);

void tcpw_follow_net_init(struct tcpw_net *tn);
void tcpw_follow_net_exit(struct tcpw_net *tn);

void tcpw_follow_settle(struct tcpw_net *tn);
void tcpw_follow_get(struct tcpw_net *tn, struct tcpw_follow *follow);
int tcpw_follow_change(struct tcpw_net *tn,
		       int (*change)(struct tcpw_follow *follow, void *data), void *data);
void tcpw_follow_segment(const struct tcpw_segment *s);

#endif
