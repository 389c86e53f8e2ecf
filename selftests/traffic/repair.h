/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection that another socket goes on with, by TCP_REPAIR: as when a process is
 * moved to another machine. Neither end hears of it.
 */
#ifndef TRAFFIC_REPAIR_H
#define TRAFFIC_REPAIR_H

#include <linux/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { REPAIR_QUEUE_MAX = 1 << 16 };

/**
 * struct repair_queue - what is in one of a socket's two queues
 * @seq: where that begins
 * @len: its bytes
 * @data: what it is
 */
struct repair_queue {
	unsigned int seq;
	ssize_t len;
	char data[REPAIR_QUEUE_MAX];
};

/**
 * struct repair_image - all that a connection is
 * @local: its address here
 * @remote: its peer's
 * @len: the length of both
 * @info: what was agreed upon, and more
 * @window: the windows of both ends
 * @timestamp: of RFC 7323, as the next segment would have it
 * @in: what was received and not read
 * @out: what was not acknowledged
 */
struct repair_image {
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	socklen_t len;
	struct tcp_info info;
	struct tcp_repair_window window;
	int timestamp;
	struct repair_queue in;
	struct repair_queue out;
};

/**
 * repair_take() - take a connection out of its socket
 * @fd: the socket, which is to be closed then, and will end without a word
 * @image: where the connection goes
 *
 * Until repair_put() the peer may not send, or it hears a reset.
 *
 * Return: 0 or a negative errno.
 */
int repair_take(int fd, struct repair_image *image);

/**
 * repair_put() - put a connection into a new socket
 * @image: of repair_take(), whose socket is closed
 *
 * Return: the new socket, or a negative errno.
 */
int repair_put(const struct repair_image *image);

#endif /* TRAFFIC_REPAIR_H */
