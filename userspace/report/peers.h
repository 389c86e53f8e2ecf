/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How addresses are written in a page that others are to see. With --anonymous a peer is the
 * network that it is in, a /24 or a /48, and a number, by which it is the same wherever it
 * appears; an end of this host is its port.
 */
#ifndef TCPWATCH_REPORT_PEERS_H
#define TCPWATCH_REPORT_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

enum { PEER_TEXT = 64 };

/**
 * struct peers - the peers that were named
 * @anonymous: their addresses are not to be told
 * @n: how many have a number
 * @room: for how many there is room
 * @list: their addresses, in the order of their numbers
 */
struct peers {
	bool anonymous;
	size_t n;
	size_t room;
	struct addr *list;
};

const char *peer_text(char text[PEER_TEXT], struct peers *peers, const char *written,
		      bool service);
const char *peer_own_text(char text[PEER_TEXT], const struct peers *peers, const char *written);
void peers_free(struct peers *peers);

#endif
