// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/events: a stream of what happens, one line each, for each reader from
 * the moment it opened.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "conn.h"
#include "event.h"
#include "follow.h"
#include "net.h"
#include "proc/proc.h"
#include "proc/row.h"
#include "ring.h"
#include "state.h"

/* More than any event takes: two addresses of 54 bytes, 20 digits a number. */
enum { LINE_SIZE = 512 };

/**
 * struct stream - an open file
 * @lock: one read at a time
 * @ring: its place in the rings
 * @line: the line that is being read, of which @line.count bytes are there; no more of a
 *	struct seq_file is in use than what seq_printf() and the like need
 * @taken: so much of it has been read
 * @last_ns: the time of the last line
 * @text: what @line points to
 */
struct stream {
	struct mutex lock;	/* all below */
	struct tcpw_ring_reader *ring;
	struct seq_file line;
	size_t taken;
	u64 last_ns;
	char text[LINE_SIZE];
};

static void put_us(struct seq_file *m, const char *key, u64 ns)
{
	if (ns == TCPW_UNKNOWN_NS) {
		seq_puts(m, key);
		seq_putc(m, '-');
	} else {
		seq_put_decimal_ull(m, key, div_u64(ns, NSEC_PER_USEC));
	}
}

static void put_end(struct seq_file *m, u8 family, const struct in6_addr *address, __be16 port)
{
	if (family == AF_INET6)
		tcpw_put_address6(m, " ", address, ntohs(port));
	else
		tcpw_put_address4(m, " ", address->s6_addr32[3], ntohs(port));
}

static const char *const names[] = {
	[TCPW_EVENT_STATE]		= "state",
	[TCPW_EVENT_CLOSED]		= "closed",
	[TCPW_EVENT_ZERO_WINDOW]	= "zero_window",
	[TCPW_EVENT_WINDOW_OPEN]	= "window_open",
	[TCPW_EVENT_SYN_BLOCKED]	= "syn_blocked",
	[TCPW_EVENT_STUCK]		= "stuck",
	[TCPW_EVENT_SEGMENT]		= "segment",
};

static const char *const ends[] = {
	[TCPW_BY_FIN]			= "fin",
	[TCPW_BY_RESET_IN]		= "reset_in",
	[TCPW_BY_RESET_OUT]		= "reset_out",
	[TCPW_BY_TIMEOUT]		= "timeout",
	[TCPW_BY_REFUSED]		= "refused",
	[TCPW_BY_OTHER]			= "-",
};

/* As tcpdump writes them. */
static void put_flags(struct seq_file *m, u8 flags)
{
	static const char letters[] = "FSRP.UEW";
	unsigned int i;

	seq_puts(m, " flags=");
	for (i = 0; i < sizeof(letters) - 1; i++)
		if (flags & 1 << i)
			seq_putc(m, letters[i]);
	if (!flags)
		seq_putc(m, '-');
}

static void put_segment(struct seq_file *m, const struct tcpw_event *event)
{
	unsigned int i;

	seq_puts(m, event->header.out ? " dir=out" : " dir=in");
	put_flags(m, event->header.flags);
	seq_put_decimal_ull(m, " seq=", event->segment.seq);
	seq_put_decimal_ull(m, " ack=", event->segment.ack);
	seq_put_decimal_ull(m, " len=", event->segment.len);
	seq_put_decimal_ull(m, " wnd=", event->segment.wnd);
	seq_put_decimal_ull(m, " una=", event->segment.una);
	seq_put_decimal_ull(m, " nxt=", event->segment.nxt);
	seq_put_decimal_ull(m, " snd_wnd=", event->segment.snd_wnd);
	seq_put_decimal_ull(m, " write_seq=", event->segment.write_seq);
	seq_put_decimal_ull(m, " rcv_nxt=", event->segment.rcv_nxt);
	seq_put_decimal_ull(m, " copied=", event->segment.copied);
	seq_put_decimal_ull(m, " rcv_wnd=", event->segment.rcv_wnd);
	seq_put_decimal_ull(m, " cwnd=", event->segment.cwnd);
	for (i = 0; i < event->header.n_sack; i++) {
		seq_put_decimal_ull(m, i ? "," : " sack=", event->segment.sack[i][0]);
		seq_put_decimal_ull(m, "-", event->segment.sack[i][1]);
	}
	if (event->header.mss)
		seq_put_decimal_ull(m, " mss=", event->header.mss);
	if (event->header.wscale != TCPW_NO_WSCALE)
		seq_put_decimal_ull(m, " wscale=", event->header.wscale);
	if (event->header.sack_permitted)
		seq_puts(m, " sack_permitted=yes");
}

static void put_keys(struct seq_file *m, const struct tcpw_event *event)
{
	switch (event->kind) {
	case TCPW_EVENT_STATE:
		seq_printf(m, " from=%s to=%s", tcpw_state_name(event->state.from),
			   tcpw_state_name(event->state.to));
		put_us(m, " after_us=", event->state.after_ns);
		break;
	case TCPW_EVENT_CLOSED:
		put_us(m, " age_us=", event->closed.age_ns);
		seq_printf(m, " opened=%s closed=%s by=%s",
			   tcpw_opened_name(event->closed.opened),
			   tcpw_closed_name(event->closed.closed), ends[event->closed.by]);
		seq_put_decimal_ull(m, " retrans=", event->closed.retrans);
		seq_put_decimal_ull(m, " bytes_in=", event->closed.bytes_in);
		seq_put_decimal_ull(m, " bytes_out=", event->closed.bytes_out);
		break;
	case TCPW_EVENT_ZERO_WINDOW:
	case TCPW_EVENT_WINDOW_OPEN:
		seq_printf(m, " dir=%s", event->window.out ? "out" : "in");
		put_us(m, " after_us=", event->window.after_ns);
		break;
	case TCPW_EVENT_STUCK:
		seq_put_decimal_ull(m, " wait_ms=",
				    div_u64(event->stuck.wait_ns, NSEC_PER_MSEC));
		break;
	case TCPW_EVENT_SEGMENT:
		put_segment(m, event);
		break;
	}
}

static void put_event(struct seq_file *m, const struct tcpw_event *event)
{
	const struct tcpw_ends *e = &event->ends;

	/* Of the reader's own clock, if it is in a time namespace. */
	seq_put_decimal_ull(m, "", tcpw_timens_boottime_ns(event->time_ns));
	if (event->id)
		seq_put_decimal_ull(m, " ", event->id);
	else
		seq_puts(m, " -");
	tcpw_put_word(m, names[event->kind]);
	put_end(m, e->family, &e->local, e->local_port);
	put_end(m, e->family, &e->remote, e->remote_port);
	put_keys(m, event);
	seq_putc(m, '\n');
}

/* Of whom and when, nobody knows any more. */
static void put_lost(struct seq_file *m, u64 lost, u64 last_ns)
{
	seq_put_decimal_ull(m, "", tcpw_timens_boottime_ns(last_ns));
	seq_puts(m, " - lost - -");
	seq_put_decimal_ull(m, " n=", lost);
	seq_putc(m, '\n');
}

/* Make the next line; false if nothing has happened. */
static bool next_line(struct stream *stream, struct tcpw_net *tn)
{
	struct tcpw_event event;
	bool there;
	u64 lost;

	stream->line.count = 0;
	stream->taken = 0;
	there = tcpw_ring_next(stream->ring, &event, &lost);
	if (lost) {
		this_cpu_add(tn->cpu->counter[TCPW_EVENTS_LOST], lost);
		put_lost(&stream->line, lost, stream->last_ns);
	} else if (there) {
		put_event(&stream->line, &event);
		stream->last_ns = event.time_ns;
	}
	return stream->line.count;
}

/* What is there now: bytes, also 0, or -EFAULT if not even one could be copied. */
static ssize_t copy_lines(struct stream *stream, struct tcpw_net *tn, char __user *to,
			  size_t size)
{
	size_t copied = 0;

	while (copied < size) {
		size_t n;

		if (stream->taken == stream->line.count && !next_line(stream, tn))
			break;
		n = min(size - copied, stream->line.count - stream->taken);
		if (copy_to_user(to + copied, stream->text + stream->taken, n))
			return copied ? copied : -EFAULT;
		stream->taken += n;
		copied += n;
		cond_resched();
		/* However fast events come, who reads can be ended, and the module go. */
		if (signal_pending(current) || READ_ONCE(tn->ring_over))
			break;
	}
	return copied;
}

static bool ready(const struct stream *stream)
{
	return stream->taken != stream->line.count || tcpw_ring_ready(stream->ring);
}

static struct tcpw_net *tn_of(const struct file *file)
{
	return tcpw_net_of(proc_get_parent_data(file_inode(file)));
}

static ssize_t events_read(struct file *file, char __user *to, size_t size, loff_t *pos)
{
	struct stream *stream = file->private_data;
	struct tcpw_net *tn = tn_of(file);
	ssize_t ret;

	if (!size)
		return 0;
	if (mutex_lock_interruptible(&stream->lock))
		return -ERESTARTSYS;
	do {
		ret = copy_lines(stream, tn, to, size);
		if (ret || READ_ONCE(tn->ring_over))
			break;
		if (file->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
			break;
		}
		ret = wait_event_interruptible(tn->ring_wait,
					       ready(stream) || READ_ONCE(tn->ring_over));
	} while (!ret);
	mutex_unlock(&stream->lock);
	return ret;
}

static __poll_t events_poll(struct file *file, struct poll_table_struct *wait)
{
	const struct stream *stream = file->private_data;
	struct tcpw_net *tn = tn_of(file);
	__poll_t mask = 0;

	poll_wait(file, &tn->ring_wait, wait);
	/* Pairs with tcpw_ring_end(); older kernels' poll_wait() orders nothing. */
	smp_mb();
	if (ready(stream))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(tn->ring_over))
		mask |= EPOLLIN | EPOLLHUP;
	return mask;
}

static int events_open(struct inode *inode, struct file *file)
{
	struct net *net = maybe_get_net(proc_get_parent_data(inode));
	struct stream *stream;

	if (!net)
		return -ENXIO;
	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream) {
		put_net(net);
		return -ENOMEM;
	}
	stream->ring = tcpw_ring_join(tcpw_net_of(net));
	if (IS_ERR(stream->ring)) {
		int err = PTR_ERR(stream->ring);

		kfree(stream);
		put_net(net);
		return err;
	}
	mutex_init(&stream->lock);
	stream->line.buf = stream->text;
	stream->line.size = sizeof(stream->text);
	stream->last_ns = ktime_get_boottime_ns();
	file->private_data = stream;
	tcpw_follow_settle(tcpw_net_of(net));
	return stream_open(inode, file);
}

/* Also called for files that are still open when the module goes. */
static int events_release(struct inode *inode, struct file *file)
{
	struct stream *stream = file->private_data;

	tcpw_ring_leave(stream->ring);
	tcpw_follow_settle(tn_of(file));
	kfree(stream);
	put_net(proc_get_parent_data(inode));
	return 0;
}

static const struct proc_ops events_ops = {
	.proc_open	= events_open,
	.proc_read	= events_read,
	.proc_poll	= events_poll,
	.proc_release	= events_release,
};

/**
 * tcpw_proc_events_init() - make the file in a namespace
 * @folder: where
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int tcpw_proc_events_init(struct proc_dir_entry *folder)
{
	return proc_create("events", 0400, folder, &events_ops) ? 0 : -ENOMEM;
}
