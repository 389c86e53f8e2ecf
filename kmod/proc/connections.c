// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/connections: every live full socket that is no listener.
 */
#include <linux/ktime.h>
#include <linux/seq_file_net.h>
#include <net/sock.h>

#include "conn.h"
#include "net.h"
#include "proc/proc.h"
#include "proc/row.h"
#include "snapshot.h"
#include "state.h"

/**
 * struct walk - how far a reader has come
 * @p: the namespace; first, as seq_file_net wants it
 * @cursor: the present row's place, or where to look for the next
 * @row: the present row
 */
struct walk {
	struct seq_net_private p;
	struct tcpw_conn_cursor cursor;
	struct tcpw_row row;
};

unsigned int tcpw_connections_size(void)
{
	return sizeof(struct walk);
}

/*
 * A record is born before its socket has its addresses. The socket is put into the
 * kernel's table when it has.
 */
static bool take(const struct tcpw_conn *c, void *row)
{
	return !hlist_unhashed_lockless(&c->sk->sk_node) && tcpw_row_hold(row, c);
}

static struct tcpw_row *row_at(struct seq_file *m)
{
	const struct tcpw_net *tn = tcpw_net_of(seq_file_net(m));
	struct walk *walk = m->private;

	return tcpw_conn_next(tn, &walk->cursor, take, &walk->row) ? &walk->row : NULL;
}

static void *start(struct seq_file *m, loff_t *pos)
{
	struct walk *walk = m->private;

	if (*pos)
		return row_at(m);
	memset(&walk->cursor, 0, sizeof(walk->cursor));
	return SEQ_START_TOKEN;
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	struct walk *walk = m->private;

	++*pos;
	if (v != SEQ_START_TOKEN) {
		tcpw_row_release(&walk->row);
		walk->cursor.sk++;
	}
	return row_at(m);
}

static void stop(struct seq_file *m, void *v)
{
	struct walk *walk = m->private;

	tcpw_row_release(&walk->row);
}

/* The state's own beginning may be exact where the connection's is not. */
static enum tcpw_exact exact(const struct tcpw_conn *c)
{
	return c->exact == TCPW_EXACT && c->older ? TCPW_EXACT_MIN : c->exact;
}

static void put_life(struct tcpw_line *line, const struct tcpw_conn *c, u64 now_ns)
{
	tcpw_put_word(line, tcpw_state_name(c->state));
	tcpw_put_since(line, now_ns, c->order_ns);
	tcpw_put_since(line, now_ns, c->opened_ns);
	tcpw_put_exact(line, exact(c));
	tcpw_put_word(line, tcpw_opened_name(c->opened));
	tcpw_put_word(line, tcpw_closed_name(c->closed));
}

static void put_windows(struct tcpw_line *line, const struct tcpw_conn *c,
			const struct tcpw_snapshot *s, u64 now_ns)
{
	u64 zero_in_ns = c->zero_in_ns;

	if (c->zero_in_now && now_ns > c->zero_in_since_ns)
		zero_in_ns += now_ns - c->zero_in_since_ns;

	tcpw_put(line, s->rcv_unread);
	tcpw_put(line, s->rcv_wnd);
	tcpw_put(line, s->rcv_wscale);
	tcpw_put(line, s->snd_unacked);
	tcpw_put(line, s->snd_unsent);
	tcpw_put(line, s->snd_wnd);
	tcpw_put(line, s->snd_wscale);
	tcpw_put(line, s->snd_usable);
	tcpw_put(line, s->cwnd_bytes);
	tcpw_put(line, s->mss);
	tcpw_put(line, s->rtt_us);
	tcpw_put(line, s->retrans);
	tcpw_put_word(line, tcpw_limited_name(tcpw_limited(s)));
	tcpw_put(line, c->zero_in);
	tcpw_put(line, c->zero_out);
	tcpw_put(line, div_u64(zero_in_ns, NSEC_PER_MSEC));
	tcpw_put(line, s->probes);
	tcpw_put(line, s->bytes_in);
	tcpw_put(line, s->bytes_out);
	if (c->state == TCP_SYN_SENT) {	/* nothing could go either way yet */
		tcpw_put_word(line, "-");
		tcpw_put_word(line, "-");
	} else {
		tcpw_put(line, s->idle_in_ms);
		tcpw_put(line, s->idle_out_ms);
	}
	tcpw_put(line, s->mem_bytes);
}

static int show(struct seq_file *m, void *v)
{
	const struct tcpw_row *row = v;
	struct tcpw_snapshot s;
	struct tcpw_line line;
	u64 now_ns;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "id state state_ms age_ms exact opened closed local remote uid inode rcv_unread rcv_wnd rcv_wscale snd_unacked snd_unsent snd_wnd snd_wscale snd_usable cwnd_bytes mss rtt_us retrans limited zero_in zero_out zero_in_ms probes bytes_in bytes_out idle_in_ms idle_out_ms mem_bytes\n");
		return 0;
	}
	if (!tcpw_line_begin(&line, m))
		return 0;
	tcpw_snapshot_take(&s, row->sk);
	now_ns = ktime_get_boottime_ns();

	tcpw_put_id(&line, row->sk);
	put_life(&line, &row->conn, now_ns);
	tcpw_put_char(&line, ' ');
	tcpw_put_local(&line, &row->ends);
	tcpw_put_char(&line, ' ');
	tcpw_put_remote(&line, &row->ends);
	tcpw_put_owner(&line, m, row->sk);
	put_windows(&line, &row->conn, &s, now_ns);
	return tcpw_row_end(row, &line, m);
}

const struct seq_operations tcpw_connections_ops = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};
