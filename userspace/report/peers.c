// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "report/peers.h"

enum {
	MAPPED_KEPT = 15,	/* bytes: a /24 of IPv4 */
	V6_KEPT = 6,
	TUNNEL_KEPT = 5,	/* of 2002::/16, where the next four are an address of IPv4 */
};

/* The same number each time; 0 if there is no memory for it. */
static size_t number_of(struct peers *peers, const struct addr *addr)
{
	struct addr *list;

	for (size_t i = 0; i < peers->n; i++)
		if (addr_same_ip(&peers->list[i], addr))
			return i + 1;
	list = array_fit(peers->list, &peers->room, peers->n + 1, sizeof(*list));
	if (!list)
		return 0;
	peers->list = list;
	list[peers->n] = *addr;
	return ++peers->n;
}

/* Returns the length of its prefix. */
static int cut(struct addr *network, const struct addr *addr)
{
	static const unsigned char tunnel[] = { 0x20, 0x02 };	/* 6to4, RFC 3056 */
	size_t kept = V6_KEPT;

	*network = (struct addr){ .v4 = addr_is_mapped(addr) };
	if (network->v4)
		kept = MAPPED_KEPT;
	else if (!memcmp(&addr->ip, tunnel, sizeof(tunnel)))
		kept = TUNNEL_KEPT;
	memcpy(&network->ip, &addr->ip, kept);
	return network->v4 ? 24 : (int)kept * 8;
}

/**
 * peer_text() - write a peer's end
 * @text: where to
 * @peers: says how
 * @written: as the module writes it
 * @service: its port is that of a service; one that the peer's system chose is not told, either,
 *	as with the time it says who it was to whoever has that network's logs
 *
 * Return: @text.
 */
const char *peer_text(char text[PEER_TEXT], struct peers *peers, const char *written,
		      bool service)
{
	char ip[INET6_ADDRSTRLEN];
	struct addr addr, network;
	char port[8] = "";
	int length;

	if (!peers->anonymous) {
		snprintf(text, PEER_TEXT, "%s", written);
		return text;
	}
	if (!addr_parse(written, &addr)) {
		snprintf(text, PEER_TEXT, "unknown");
		return text;
	}
	length = cut(&network, &addr);
	if (service)
		snprintf(port, sizeof(port), ":%u", addr.port);
	snprintf(text, PEER_TEXT, "#%zu (%s/%d)%s", number_of(peers, &addr),
		 addr_ip_text(ip, &network), length, port);
	return text;
}

/**
 * peer_own_text() - write an end of this host
 * @text: where to
 * @peers: says how
 * @written: as the module writes it
 *
 * Return: @text.
 */
const char *peer_own_text(char text[PEER_TEXT], const struct peers *peers, const char *written)
{
	const char *port = peers->anonymous ? strrchr(written, ':') : NULL;

	snprintf(text, PEER_TEXT, "%s", port ? port : written);
	return text;
}

/**
 * peers_free() - give back what they hold
 * @peers: the peers
 */
void peers_free(struct peers *peers)
{
	free(peers->list);
}
