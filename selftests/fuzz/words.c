// SPDX-License-Identifier: GPL-2.0
/* What stands on a command line: addresses, networks, ports, numbers, filters. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "filter.h"
#include "spelling.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An address that is understood is so again, and as the same, when it is written out. */
static void read_again(const struct addr *addr)
{
	char ip[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 16];
	struct addr again;

	addr_ip_text(ip, addr);
	snprintf(text, sizeof(text), strchr(ip, ':') ? "[%s]:%u" : "%s:%u", ip, addr->port);
	if (!addr_parse(text, &again) || addr_compare(addr, &again))
		abort();
}

static void use(struct filter *filter, enum filter_kind kind, const char *text,
		const struct addr *addr)
{
	struct fault fault = { 0 };

	if (filter_add(filter, kind, text, &fault))
		return;
	filter_word(filter, FILTER_COMM, text);
	filter_addr(filter, FILTER_LOCAL, addr);
	filter_port(filter, addr, addr);
	filter_id(filter, (struct number){ true, 1 });
	filter_pid(filter, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spelling spelling = { 0 };
	struct filter filter = { 0 };
	struct addr_match match;
	struct addr addr = { 0 };
	struct number number;
	enum filter_kind kind;
	uint16_t port;
	char *text;

	if (!size)
		return 0;
	kind = *data % FILTER_KINDS;
	text = strndup((const char *)data + 1, size - 1);
	if (addr_parse(text, &addr))
		read_again(&addr);
	if (addr_match_parse(text, &match))
		addr_matches(&match, &addr);
	port_parse(text, &port);
	number_parse(text, &number);
	spelling.word = text;
	spelling_try(&spelling, "handshakes");
	use(&filter, kind, text, &addr);
	filter_free(&filter);
	free(text);
	return 0;
}
