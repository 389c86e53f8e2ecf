// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/summary: counts that are kept as connections move. Its cost does not
 * grow with them.
 */
#include <linux/ktime.h>
#include <linux/seq_file_net.h>
#include <net/tcp.h>

#include "compat.h"
#include "conn.h"
#include "half_open.h"
#include "life.h"
#include "mini.h"
#include "net.h"
#include "proc/proc.h"

enum { ABI = 1 };

/**
 * struct sums - the parts of all CPUs added up
 * @counter: enum tcpw_counter
 * @state: full sockets by enum tcp_state
 * @records: records of all kinds
 * @minis: mini-sockets in FIN_WAIT2
 * @stuck: CLOSE_WAITs older than the threshold
 * @oldest_ns: when the oldest CLOSE_WAIT began; U64_MAX if there is none
 * @half_open: requests
 */
struct sums {
	unsigned long counter[TCPW_COUNTERS];
	unsigned long state[TCP_MAX_STATES];
	unsigned long records;
	unsigned long minis;
	unsigned long stuck;
	u64 oldest_ns;
	unsigned long half_open;
};

static void add_orders(struct sums *sums, struct tcpw_net_cpu *part, u64 bound_ns)
{
	const struct tcpw_conn *c;

	tcpw_mini_settle(&part->minis);
	sums->minis += READ_ONCE(part->minis.count);

	sums->stuck += tcpw_order_count_until(&part->close_wait, bound_ns);
	spin_lock_bh(&part->close_wait.lock);
	c = tcpw_order_first(&part->close_wait);
	if (c)
		sums->oldest_ns = min(sums->oldest_ns, c->order_ns);
	spin_unlock_bh(&part->close_wait.lock);
}

static void add_up(struct sums *sums, struct tcpw_net *tn)
{
	u64 bound_ns = tcpw_net_stuck_bound_ns(tn);
	int cpu, i;

	memset(sums, 0, sizeof(*sums));
	sums->oldest_ns = U64_MAX;
	for_each_possible_cpu(cpu) {
		struct tcpw_net_cpu *part = per_cpu_ptr(tn->cpu, cpu);

		add_orders(sums, part, bound_ns);
		for (i = 0; i < TCPW_COUNTERS; i++)
			sums->counter[i] += READ_ONCE(part->counter[i]);
		for (i = 0; i < TCP_MAX_STATES; i++)
			sums->state[i] += READ_ONCE(part->state[i]);
		sums->records += READ_ONCE(part->records);
	}
	sums->half_open = tcpw_half_open_count(tn);
}

/* A gauge that moves while its parts are read may come out below 0 for that moment. */
static u64 gauge(unsigned long sum)
{
	return (long)sum > 0 ? sum : 0;
}

static void put(struct seq_file *m, const char *name, u64 value)
{
	seq_puts(m, name);
	seq_put_decimal_ull(m, " ", value);
	seq_putc(m, '\n');
}

static void put_states(struct seq_file *m, const struct sums *sums, const struct net *net)
{
	unsigned long time_wait = tcpw_time_wait_count(net);

	put(m, "established", gauge(sums->state[TCP_ESTABLISHED]));
	put(m, "syn_sent", gauge(sums->state[TCP_SYN_SENT]));
	put(m, "syn_recv", gauge(sums->state[TCP_SYN_RECV] + sums->half_open));
	put(m, "fin_wait1", gauge(sums->state[TCP_FIN_WAIT1]));
	put(m, "fin_wait2", gauge(sums->state[TCP_FIN_WAIT2] + sums->minis));
	put(m, "time_wait", gauge(time_wait - sums->minis));
	put(m, "close_wait", gauge(sums->state[TCP_CLOSE_WAIT]));
	put(m, "last_ack", gauge(sums->state[TCP_LAST_ACK]));
	put(m, "closing", gauge(sums->state[TCP_CLOSING]));
	put(m, "listen", gauge(sums->state[TCP_LISTEN]));
}

static unsigned long connections(const struct sums *sums)
{
	unsigned long n = 0;
	int i;

	for (i = 0; i < TCP_MAX_STATES; i++)
		if (i != TCP_LISTEN)
			n += sums->state[i];
	return n;
}

/**
 * tcpw_summary_show() - the whole file
 * @m: the file
 * @v: not used
 *
 * Context: process.
 * Return: 0.
 */
int tcpw_summary_show(struct seq_file *m, void *v)
{
	struct net *net = seq_file_single_net(m);
	struct tcpw_net *tn = tcpw_net_of(net);
	struct sums sums;
	u64 now_ns;
	int i;

	add_up(&sums, tn);
	now_ns = ktime_get_boottime_ns();

	put(m, "abi", ABI);
	seq_puts(m, "version " TCPW_VERSION "\n");
	put(m, "loaded_ms", div_u64(now_ns - tcpw_life_seeded_ns(), NSEC_PER_MSEC));
	put(m, "connections", gauge(connections(&sums)));
	put_states(m, &sums, net);
	put(m, "close_wait_stuck", sums.stuck);
	put(m, "close_wait_stuck_ms", READ_ONCE(tn->close_wait_stuck_ms));
	put(m, "close_wait_oldest_ms", sums.oldest_ns > now_ns ? 0 :
	    div_u64(now_ns - sums.oldest_ns, NSEC_PER_MSEC));
	for (i = 0; i < TCPW_COUNTERS; i++)
		put(m, tcpw_counter_names[i],
		    i == TCPW_UNTRACKED ? gauge(sums.counter[i]) : sums.counter[i]);
	put(m, "time_wait_bytes",
	    (u64)tcpw_time_wait_count(net) * tcp_prot.twsk_prot->twsk_obj_size);
	put(m, "syn_recv_bytes", (u64)sums.half_open * tcp_prot.rsk_prot->obj_size);
	put(m, "memory_bytes", gauge(sums.records) * tcpw_conn_size());
	return 0;
}
