// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/listeners: the sockets in LISTEN, with their queues.
 */
#include <net/inet_connection_sock.h>
#include <net/request_sock.h>
#include <net/sock.h>

#include "net.h"
#include "proc/merge.h"
#include "proc/proc.h"
#include "snapshot.h"

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

/* The connections in the accept queue whose peer has closed already. */
static unsigned int count_close_wait(struct sock *sk)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	const struct request_sock *req;
	unsigned int n = 0;

	/* Who takes a connection waits for this lock. */
	if (!READ_ONCE(sk->sk_ack_backlog))
		return 0;
	spin_lock_bh(&queue->rskq_lock);
	for (req = READ_ONCE(queue->rskq_accept_head); req; req = req->dl_next)
		if (req->sk && READ_ONCE(req->sk->sk_state) == TCP_CLOSE_WAIT)
			n++;
	spin_unlock_bh(&queue->rskq_lock);
	return n;
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
	tcpw_put(&line, count_close_wait(sk));
	tcpw_put(&line, tcpw_snapshot_memory(sk));
	return tcpw_row_end(row, &line, m);
}

const struct seq_operations tcpw_listeners_ops = {
	.start = start,
	.next = next,
	.stop = tcpw_merge_stop,
	.show = show,
};
