// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "number.h"

enum {
	V4_BITS = 32,
	V6_BITS = 128,
	MAPPED_BYTES = 12,	/* of ::ffff:0:0/96, RFC 4291 2.5.5.2 */
	ADDR_MAX = 64,		/* more than any address with a prefix needs */
};

static const unsigned char mapped_prefix[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

static bool number_upto(const char *text, uint64_t max, uint64_t *value)
{
	struct number number;

	if (!number_parse(text, &number) || !number.known || number.value > max)
		return false;
	*value = number.value;
	return true;
}

/**
 * port_parse() - read a port number
 * @text: nothing but that
 * @port: the port, host order
 *
 * Return: whether it is one.
 */
bool port_parse(const char *text, uint16_t *port)
{
	uint64_t value;

	if (!number_upto(text, UINT16_MAX, &value))
		return false;
	*port = (uint16_t)value;
	return true;
}

static bool ip_parse(const char *text, struct in6_addr *ip, bool *v4)
{
	struct in_addr four;

	*v4 = inet_pton(AF_INET, text, &four) == 1;
	if (!*v4)
		return inet_pton(AF_INET6, text, ip) == 1;
	memcpy(ip->s6_addr, mapped_prefix, MAPPED_BYTES);
	memcpy(ip->s6_addr + MAPPED_BYTES, &four, sizeof(four));
	return true;
}

static bool copy_part(char *part, const char *from, size_t length)
{
	if (length >= ADDR_MAX)
		return false;
	memcpy(part, from, length);
	part[length] = '\0';
	return true;
}

/**
 * addr_parse() - read an address as the tables have it
 * @text: 192.0.2.7:80 or [2001:db8::7]:443
 * @addr: what it says
 *
 * Return: whether it is one.
 */
bool addr_parse(const char *text, struct addr *addr)
{
	const char *colon = strrchr(text, ':');
	char ip[ADDR_MAX];
	bool bracket = *text == '[';

	if (!colon || !port_parse(colon + 1, &addr->port))
		return false;
	if (bracket && (colon == text + 1 || colon[-1] != ']'))
		return false;
	if (!copy_part(ip, text + bracket, (size_t)(colon - text) - 2 * bracket))
		return false;
	return ip_parse(ip, &addr->ip, &addr->v4) && addr->v4 == !bracket;
}

/**
 * addr_compare() - an order of addresses, as for qsort()
 * @a: one
 * @b: the other
 *
 * Return: below, above or equal to 0: by address, then by port.
 */
int addr_compare(const struct addr *a, const struct addr *b)
{
	int order = memcmp(&a->ip, &b->ip, sizeof(a->ip));

	return order ? order : (int)a->port - (int)b->port;
}

/**
 * addr_same_ip() - do two ends have the same address?
 * @a: one
 * @b: the other
 *
 * Return: whether they do, an IPv4 address and the same one mapped being equal.
 */
bool addr_same_ip(const struct addr *a, const struct addr *b)
{
	return !memcmp(&a->ip, &b->ip, sizeof(a->ip));
}

/**
 * addr_is_any() - is it the wildcard?
 * @addr: an address
 *
 * Return: whether it is 0.0.0.0 or ::.
 */
bool addr_is_any(const struct addr *addr)
{
	struct addr any = { .v4 = false };

	if (addr->v4)
		memcpy(any.ip.s6_addr, mapped_prefix, MAPPED_BYTES);
	return addr_same_ip(addr, &any);
}

/**
 * addr_is_mapped() - is it IPv4 traffic?
 * @addr: an address
 *
 * Return: whether it was written as IPv4, or as IPv4 mapped to IPv6.
 */
bool addr_is_mapped(const struct addr *addr)
{
	return !memcmp(addr->ip.s6_addr, mapped_prefix, MAPPED_BYTES);
}

/**
 * addr_is_loopback() - is it one of the loopback addresses?
 * @addr: the address; IPv4 may be mapped
 *
 * Return: whether it is in 127.0.0.0/8, or ::1.
 */
bool addr_is_loopback(const struct addr *addr)
{
	return IN6_IS_ADDR_LOOPBACK(&addr->ip) ||
	       (addr_is_mapped(addr) && addr->ip.s6_addr[MAPPED_BYTES] == 127);
}

/**
 * addr_ip_text() - write an address, without its port
 * @text: where to
 * @addr: the address
 *
 * Return: @text.
 */
const char *addr_ip_text(char text[INET6_ADDRSTRLEN], const struct addr *addr)
{
	const unsigned char *bytes = addr->ip.s6_addr + (addr->v4 ? MAPPED_BYTES : 0);

	if (!inet_ntop(addr->v4 ? AF_INET : AF_INET6, bytes, text, INET6_ADDRSTRLEN))
		*text = '\0';
	return text;
}

/*
 * Takes the :PORT off, where there is one. A bare IPv6 address has colons too:
 * its port needs brackets.
 */
static bool split_port(char *text, struct addr_match *match)
{
	char *bracket = strrchr(text, ']');
	char *colon = strrchr(bracket ? bracket : text, ':');

	match->any_port = !colon || (!bracket && strchr(text, ':') != colon);
	if (match->any_port)
		return true;
	*colon = '\0';
	return port_parse(colon + 1, &match->port);
}

/* "[" ADDR "]", "[" ADDR "]/LEN", "[" ADDR "/LEN]" or none: brackets go, the rest stays. */
static bool strip_brackets(char *text, bool *bracket)
{
	char *end;

	*bracket = *text == '[';
	if (!*bracket)
		return !strpbrk(text, "[]");
	end = strchr(text, ']');
	if (!end || (end[1] && end[1] != '/'))
		return false;
	memmove(end, end + 1, strlen(end));
	memmove(text, text + 1, strlen(text));
	return !strpbrk(text, "[]");
}

static bool split_prefix(char *text, uint64_t *length)
{
	char *slash = strchr(text, '/');

	*length = V6_BITS + 1;
	if (!slash)
		return true;
	*slash = '\0';
	return number_upto(slash + 1, V6_BITS, length);
}

/**
 * addr_match_parse() - read ADDR[/LEN][:PORT], :PORT, or the same with "*" for ADDR
 * @text: what the user wrote; IPv6 stands in brackets where a port follows
 * @match: what it says
 *
 * Return: whether it is one.
 */
bool addr_match_parse(const char *text, struct addr_match *match)
{
	char part[ADDR_MAX];
	uint64_t length;
	bool bracket;
	bool v4;

	*match = (struct addr_match){ .any_port = true };
	if (!*text || !copy_part(part, text, strlen(text)) || !split_port(part, match))
		return false;
	if (!*part || !strcmp(part, "*"))
		return *part || !match->any_port;
	if (!strip_brackets(part, &bracket) || !split_prefix(part, &length) ||
	    !ip_parse(part, &match->ip, &v4) || (v4 && bracket))
		return false;
	if (length > V6_BITS)
		match->prefix = V6_BITS;
	else if (!v4)
		match->prefix = (unsigned int)length;
	else if (length <= V4_BITS)
		match->prefix = (unsigned int)length + V6_BITS - V4_BITS;
	else
		return false;
	match->v6_only = !v4 && match->prefix < V6_BITS - V4_BITS;
	return true;
}

/**
 * addr_matches() - is an address what was asked for?
 * @match: what was asked for
 * @addr: the address
 *
 * IPv4 and the same mapped to IPv6 are equal, whichever way either is written.
 *
 * Return: whether it is.
 */
bool addr_matches(const struct addr_match *match, const struct addr *addr)
{
	unsigned int bytes = match->prefix / 8;
	unsigned int bits = match->prefix % 8;
	unsigned char differ;

	if (!match->any_port && match->port != addr->port)
		return false;
	if (match->v6_only && addr->v4)
		return false;
	if (memcmp(&match->ip, &addr->ip, bytes) != 0)
		return false;
	if (!bits)
		return true;
	differ = match->ip.s6_addr[bytes] ^ addr->ip.s6_addr[bytes];
	return !(differ >> (8 - bits));
}
