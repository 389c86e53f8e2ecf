/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events on their way to the readers of a namespace: one ring for each CPU, written by
 * that CPU alone, overwritten when it is full, read by any number of readers, each at a
 * place of its own.
 *
 * A writer takes no lock and waits for nobody. A reader sees from the ring's head that
 * what it has just copied was being overwritten, and counts it as lost. Readers merge the
 * rings by time; a writer marks its ring as busy before it looks at the clock, so a reader
 * that waits for the busy ones has all events up to the moment at which it began to.
 */
#ifndef TCPW_RING_H
#define TCPW_RING_H

#include <linux/jiffies.h>
#include <linux/poll.h>
#include <linux/types.h>

/* What a poll is told at the end: whatever it may have asked for. */
#define TCPW_RING_END (EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM | EPOLLPRI | EPOLLHUP | \
		       EPOLLRDHUP)

/* In jiffies: more than who is woken needs to leave. */
#define TCPW_RING_LET_GO (2 * HZ)

struct tcpw_event;
struct tcpw_net;

struct tcpw_ring;
struct tcpw_ring_reader;

int tcpw_ring_init(unsigned int slots);
void tcpw_ring_exit(void);
int tcpw_ring_net_init(struct tcpw_net *tn);
void tcpw_ring_net_exit(struct tcpw_net *tn);

struct tcpw_event *tcpw_ring_begin(struct tcpw_ring *ring);
void tcpw_ring_end(struct tcpw_ring *ring);

struct tcpw_ring_reader *tcpw_ring_join(struct tcpw_net *tn);
void tcpw_ring_leave(struct tcpw_ring_reader *reader);
void tcpw_ring_ask(struct tcpw_ring_reader *reader);
bool tcpw_ring_ready(const struct tcpw_ring_reader *reader);
bool tcpw_ring_next(struct tcpw_ring_reader *reader, struct tcpw_event *event, u64 *lost);

void tcpw_ring_hang_up(struct tcpw_net *tn);
void tcpw_ring_hung_up(struct tcpw_net *tn);
void tcpw_ring_release(struct tcpw_net *tn, unsigned long until);

#endif
