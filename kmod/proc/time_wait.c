// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/time_wait: every mini-socket, in TIME_WAIT or FIN_WAIT2, and for how
 * long the kernel will keep it. Walks the kernel's table.
 */
#include <linux/jiffies.h>
#include <net/inet_timewait_sock.h>

#include "proc/ehash.h"
#include "proc/proc.h"
#include "proc/row.h"
#include "state.h"

static void *start(struct seq_file *m, loff_t *pos)
{
	return tcpw_ehash_start(m, *pos, TCP_TIME_WAIT);
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	return tcpw_ehash_next(m, v, pos, TCP_TIME_WAIT);
}

static int show(struct seq_file *m, void *v)
{
	const struct inet_timewait_sock *tw;
	struct tcpw_ends ends;
	struct tcpw_line line;
	long left;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "local remote state left_ms\n");
		return 0;
	}
	if (!tcpw_line_begin(&line, m))
		return 0;
	tw = inet_twsk(v);
	left = READ_ONCE(tw->tw_timer.expires) - jiffies;

	tcpw_ends_of(&ends, v);
	tcpw_put_local(&line, &ends);
	tcpw_put_char(&line, ' ');
	tcpw_put_remote(&line, &ends);
	tcpw_put_word(&line, tcpw_state_name(READ_ONCE(tw->tw_substate)));
	tcpw_put(&line, left > 0 ? jiffies_to_msecs(left) : 0);
	tcpw_line_end(&line, m);
	return 0;
}

const struct seq_operations tcpw_time_wait_ops = {
	.start = start,
	.next = next,
	.stop = tcpw_ehash_stop,
	.show = show,
};
