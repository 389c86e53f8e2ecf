/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The accept queues, one for each port: the fullest of those that listen on it.
 */
#ifndef TCPWATCH_EXPORT_QUEUE_H
#define TCPWATCH_EXPORT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "listener.h"

/**
 * struct queue - the fullest accept queue of a port
 * @port: the port
 * @other: of no port: all ports for which there was no room
 * @waiting: connections that wait for accept()
 * @limit: how many may
 */
struct queue {
	uint16_t port;
	bool other;
	uint64_t waiting;
	uint64_t limit;
};

/**
 * struct queues - those of a namespace
 * @n: how many; never many
 * @list: they, those that have anybody waiting first, then by port
 */
struct queues {
	size_t n;
	struct queue *list;
};

enum status queues_take(struct queues *queues, const struct listeners *listeners,
			struct fault *fault);
void queues_free(struct queues *queues);

#endif
