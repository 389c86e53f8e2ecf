// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/close_wait: the sockets in CLOSE_WAIT, oldest first. Its cost grows
 * with them alone.
 */
#include <linux/ktime.h>

#include "net.h"
#include "proc/merge.h"
#include "proc/proc.h"
#include "snapshot.h"

static unsigned int count(void)
{
	return nr_cpu_ids;
}

static struct tcpw_order *order(struct tcpw_net *tn, unsigned int cpu)
{
	return cpu_possible(cpu) ? &per_cpu_ptr(tn->cpu, cpu)->close_wait : NULL;
}

static const struct tcpw_merge_source source = { .count = count, .order = order };

unsigned int tcpw_close_wait_size(void)
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

static int show(struct seq_file *m, void *v)
{
	const struct tcpw_net *tn = tcpw_net_of(seq_file_net(m));
	const struct tcpw_row *row = v;
	struct tcpw_snapshot s;
	struct tcpw_line line;
	enum tcpw_verdict verdict;
	u64 now_ns, wait_ms;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "id local remote uid inode wait_ms exact verdict unread unsent unacked snd_wnd idle_out_ms syn_blocked\n");
		return 0;
	}
	if (!tcpw_line_begin(&line, m))
		return 0;
	tcpw_snapshot_take(&s, row->sk);
	now_ns = ktime_get_boottime_ns();
	/* Another CPU's clock may be ahead of this one's. */
	wait_ms = div_u64(now_ns - min(now_ns, row->conn.order_ns), NSEC_PER_MSEC);
	verdict = tcpw_verdict(&s, wait_ms, READ_ONCE(tn->close_wait_stuck_ms));

	tcpw_put_id(&line, row->sk);
	tcpw_put_char(&line, ' ');
	tcpw_put_local(&line, &row->ends);
	tcpw_put_char(&line, ' ');
	tcpw_put_remote(&line, &row->ends);
	tcpw_put_owner(&line, m, row->sk);
	tcpw_put(&line, wait_ms);
	tcpw_put_exact(&line, row->conn.exact);
	tcpw_put_word(&line, tcpw_verdict_name(verdict));
	tcpw_put(&line, s.rcv_unread);
	tcpw_put(&line, s.snd_unsent);
	tcpw_put(&line, s.snd_unacked);
	tcpw_put(&line, s.snd_wnd);
	tcpw_put(&line, s.idle_out_ms);
	tcpw_put(&line, row->conn.syn_blocked);
	return tcpw_row_end(row, &line, m);
}

const struct seq_operations tcpw_close_wait_ops = {
	.start = start,
	.next = next,
	.stop = tcpw_merge_stop,
	.show = show,
};
