/* SPDX-License-Identifier: GPL-2.0 */
/* A word over a connection: a byte. */
#ifndef TRAFFIC_TALK_H
#define TRAFFIC_TALK_H

#include <stdbool.h>

/* Nothing below waits for longer, on a socket of talk_limit(). */
enum { TALK_LIMIT_S = 60 };

/**
 * talk_limit() - let calls on a socket end by themselves after TALK_LIMIT_S
 * @fd: the socket; what it accepts does not inherit that
 */
void talk_limit(int fd);

/**
 * talk_accept() - accept a client's connection
 * @listener: where it comes in
 * @client: its other end, on this host
 *
 * A segment that is late may make a connection that is long over once more, where cookies stand
 * for half-open requests (RFC 4987, 3.6): such are closed.
 *
 * Return: the server's end, with its talk_limit(), or -1.
 */
int talk_accept(int listener, int client);

/**
 * talk_say() - send a word
 * @fd: a connection
 *
 * Return: whether it could be sent.
 */
bool talk_say(int fd);

/**
 * talk_hear() - wait for a word
 * @fd: a connection
 *
 * Return: whether one came; if not, errno says why, and is 0 at the end of the stream.
 */
bool talk_hear(int fd);

/**
 * talk_arrives() - wait for a word, and leave it there
 * @fd: a connection
 *
 * Return: whether one came.
 */
bool talk_arrives(int fd);

/**
 * talk_hear_end() - wait for the end of the stream
 * @fd: a connection
 *
 * A FIN that was sent twice is acknowledged twice; where TIME_WAITs are not kept, the second ACK
 * finds nobody, and is answered by a reset. In CLOSE_WAIT that is EPIPE (tcp_reset()), and kTLS
 * tells it before the end (tls_rx_rec_wait()), unlike tcp_recvmsg().
 *
 * Return: whether that came, and no word.
 */
bool talk_hear_end(int fd);

/**
 * talk_hear_reset() - wait for a reset
 * @fd: a connection
 *
 * Return: whether that came.
 */
bool talk_hear_reset(int fd);

/**
 * talk_both() - a word from one end to the other, and one back
 * @client: one end
 * @server: the other
 *
 * Return: whether both came.
 */
bool talk_both(int client, int server);

#endif /* TRAFFIC_TALK_H */
