/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_BIND_H
#define TCPWATCH_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"
#include "endpoint.h"
#include "netns.h"

/**
 * enum bind_answer - would bind(), and then listen(), work?
 * @BIND_UNKNOWN: the tables alone do not say
 * @BIND_WORKS: yes
 * @BIND_IN_USE: no: EADDRINUSE
 * @BIND_NO_ADDRESS: no: no interface has the address, EADDRNOTAVAIL
 * @BIND_DENIED: no: this user may not take that port, EACCES
 * @BIND_NO_FAMILY: no: the namespace has no IPv6
 * @BIND_FAILED: no, for any other reason
 */
enum bind_answer {
	BIND_UNKNOWN,
	BIND_WORKS,
	BIND_IN_USE,
	BIND_NO_ADDRESS,
	BIND_DENIED,
	BIND_NO_FAMILY,
	BIND_FAILED,
};

/**
 * struct attempt - an address to bind to
 * @local: the address and port
 * @v6_only: with IPV6_V6ONLY: it leaves IPv4 alone
 * @plain: without SO_REUSEADDR
 * @reuse: with SO_REUSEADDR
 */
struct attempt {
	struct addr local;
	bool v6_only;
	enum bind_answer plain;
	enum bind_answer reuse;
};

bool bind_try(const struct netns *ns, struct attempt *attempts, size_t n);
void bind_guess(struct attempt *attempt, const struct endpoint *list, size_t n);
bool bind_overlaps(const struct attempt *attempt, const struct endpoint *endpoint);
const char *bind_answer_name(enum bind_answer answer);

#endif
