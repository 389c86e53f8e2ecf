// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/listeners: the sockets in LISTEN, with their queues.
 */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file_net.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/request_sock.h>
#include <net/sock.h>

#include "net.h"
#include "proc/merge.h"
#include "proc/proc.h"
#include "snapshot.h"

enum {
	STEP = 32,		/* requests, while others wait for the lock */
	WALKS = 4,		/* until one of them sees the whole queue */
};

static unsigned int count(void)
{
	return 1;
}

static struct tcpw_order *order(struct tcpw_net *tn, unsigned int i)
{
	return &tn->listeners;
}

static const struct tcpw_merge_source source = { .count = count, .order = order };

unsigned int tcpw_listeners_size(void)
{
	return tcpw_merge_size(&source);
}

static void *start(struct seq_file *m, loff_t *pos)
{
	return tcpw_merge_start(m, *pos, &source);
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	return tcpw_merge_next(m, v, pos, &source);
}

/*
 * A walk through an accept queue. Who brings a connection, or takes one, waits for the queue's
 * lock, so it is let go after each step. While the first request stays the first, none has left:
 * they leave in order. The reference keeps its memory from becoming another's.
 */
struct walk {
	struct request_sock_queue *queue;
	struct request_sock *first;	/* with a reference; NULL before the first step */
	const struct request_sock *next;	/* to be looked at; NULL at the end */
	unsigned int close_wait;	/* so many have been seen */
};

/* Returns false if the queue has moved on since the last step. */
static bool step(struct walk *walk)
{
	struct request_sock_queue *queue = walk->queue;
	unsigned int most = STEP;
	bool stays = true;

	spin_lock_bh(&queue->rskq_lock);
	if (walk->first) {
		stays = walk->first == queue->rskq_accept_head;
	} else if (queue->rskq_accept_head) {
		walk->first = queue->rskq_accept_head;
		walk->next = walk->first;
		refcount_inc(&walk->first->rsk_refcnt);
	}
	for (; stays && walk->next && most; most--, walk->next = walk->next->dl_next)
		if (walk->next->sk && READ_ONCE(walk->next->sk->sk_state) == TCP_CLOSE_WAIT)
			walk->close_wait++;
	spin_unlock_bh(&queue->rskq_lock);
	return stays;
}

/* Returns false if the queue has moved on before all of it was seen. */
static bool walk_queue(struct walk *walk)
{
	bool stays;

	do {
		stays = step(walk);
		cond_resched();
	} while (stays && walk->next);
	/* 7.3 does not let modules call reqsk_put(). */
	if (walk->first)
		sock_gen_put(req_to_sk(walk->first));
	return stays;
}

/*
 * The connections in the accept queue whose peer has closed already. Of one that is longer than a
 * step, and moves on each time while it is looked at, they are those up to there. However many
 * read, the traffic has one at a time to share the queue's lock with.
 */
static unsigned int count_close_wait(struct tcpw_net *tn, struct sock *sk)
{
	struct walk walk = { };
	unsigned int i;

	/* Who is killed will not see the number. */
	if (!READ_ONCE(sk->sk_ack_backlog) || mutex_lock_killable(&tn->queue_walk))
		return 0;
	for (i = 0; i < WALKS; i++) {
		walk = (struct walk){ .queue = &inet_csk(sk)->icsk_accept_queue };
		if (walk_queue(&walk))
			break;
	}
	mutex_unlock(&tn->queue_walk);
	return walk.close_wait;
}

static int show(struct seq_file *m, void *v)
{
	const struct tcpw_row *row = v;
	struct tcpw_line line;
	struct sock *sk;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "id local uid inode accept_queue backlog syn_queue drops close_wait_unaccepted mem_bytes\n");
		return 0;
	}
	if (!tcpw_line_begin(&line, m))
		return 0;
	sk = row->sk;
	tcpw_put_id(&line, sk);
	tcpw_put_char(&line, ' ');
	tcpw_put_local(&line, &row->ends);
	tcpw_put_owner(&line, m, sk);
	tcpw_put(&line, READ_ONCE(sk->sk_ack_backlog));
	tcpw_put(&line, READ_ONCE(sk->sk_max_ack_backlog));
	tcpw_put(&line, inet_csk_reqsk_queue_len(sk));
	tcpw_put(&line, atomic_read(&sk->sk_drops));
	tcpw_put(&line, count_close_wait(tcpw_net_of(seq_file_net(m)), sk));
	tcpw_put(&line, tcpw_snapshot_memory(sk));
	return tcpw_row_end(row, &line, m);
}

const struct seq_operations tcpw_listeners_ops = {
	.start = start,
	.next = next,
	.stop = tcpw_merge_stop,
	.show = show,
};
