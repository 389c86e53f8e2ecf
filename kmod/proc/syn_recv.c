// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/syn_recv: half-open requests: a SYN came, the final ACK did not.
 * Walks the kernel's table.
 */
#include <net/request_sock.h>
#include <net/tcp.h>

#include "proc/ehash.h"
#include "proc/proc.h"
#include "proc/row.h"

static void *start(struct seq_file *m, loff_t *pos)
{
	return tcpw_ehash_start(m, *pos, TCP_NEW_SYN_RECV);
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	return tcpw_ehash_next(m, v, pos, TCP_NEW_SYN_RECV);
}

static int show(struct seq_file *m, void *v)
{
	const struct request_sock *req;
	struct tcpw_ends ends;
	struct tcpw_line line;
	u64 first_us, now_us;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "local remote age_ms retrans\n");
		return 0;
	}
	if (!tcpw_line_begin(&line, m))
		return 0;
	req = inet_reqsk(v);
	now_us = tcp_clock_us();
	first_us = READ_ONCE(tcp_rsk(req)->snt_synack);	/* when the first SYN-ACK left */

	tcpw_ends_of(&ends, v);
	tcpw_put_local(&line, &ends);
	tcpw_put_char(&line, ' ');
	tcpw_put_remote(&line, &ends);
	tcpw_put(&line, first_us && now_us > first_us ?
		 div_u64(now_us - first_us, USEC_PER_MSEC) : 0);
	tcpw_put(&line, READ_ONCE(req->num_retrans));
	tcpw_line_end(&line, m);
	return 0;
}

const struct seq_operations tcpw_syn_recv_ops = {
	.start = start,
	.next = next,
	.stop = tcpw_ehash_stop,
	.show = show,
};
