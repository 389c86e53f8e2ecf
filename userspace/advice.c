// SPDX-License-Identifier: GPL-2.0
#include "advice.h"
#include "closewait.h"

static const struct advice advice[VERDICT_COUNTS] = {
	[TCPW_UNACCEPTED] = {
		"no accept() took it: the server is too slow, or stuck",
		"See what the server waits for; more backlog only hides it.",
	},
	[TCPW_PEER_STALLED] = {
		"data waits, but the peer's window is 0: it does not read",
		"Give up on such peers: TCP_USER_TIMEOUT or SO_SNDTIMEO.",
	},
	[TCPW_PEER_SILENT] = {
		"data is sent again, no ACK comes: peer or path is gone",
		"TCP gives up late (tcp_retries2); TCP_USER_TIMEOUT: sooner.",
	},
	[TCPW_DRAINING] = {
		"data is on its way and ACKs come: no leak",
		"It closes when all is sent; if many: slow server or path.",
	},
	[TCPW_UNREAD] = {
		"data that came before the FIN is not read yet",
		"Busy, blocked or forgotten: see what the program waits for.",
	},
	[TCPW_EOF_UNREAD] = {
		"only the FIN is not read: the program does not look at it",
		"A pool should check its idle ones; or somebody forgot it.",
	},
	[TCPW_FRESH] = {
		"all is done, close() is due any moment: normal",
		"Nothing to do.",
	},
	[TCPW_LEAKED] = {
		"all is read and sent, and close() never came: a bug",
		"Find the path in the program that does not close it.",
	},
	[VERDICT_OTHER] = {
		"a cause that this tcpwatch does not know",
		"Install the tcpwatch that belongs to the module.",
	},
};

/**
 * advice_for() - put a verdict into words
 * @verdict: enum tcpw_verdict, or VERDICT_OTHER
 *
 * Return: the words.
 */
const struct advice *advice_for(unsigned int verdict)
{
	return &advice[verdict];
}
