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

/**
 * struct stream - an open file
 * @lock: one read at a time
 * @ring: its place in the rings
 * @line: the line that is being read, in @text
 * @taken: so much of it has been read
 * @last_ns: the time of the last line
 * @text: room for a line
 */
struct stream {
	struct mutex lock;	/* all below */
	struct tcpw_ring_reader *ring;
	struct tcpw_line line;
	size_t taken;
	u64 last_ns;
	char text[TCPW_LINE_MOST];
};

static void put_word(struct tcpw_line *line, const char *key, const char *word)
{
	tcpw_put_text(line, key);
	tcpw_put_text(line, word);
}

static void put_us(struct tcpw_line *line, const char *key, u64 ns)
{
	if (ns == TCPW_UNKNOWN_NS) {
		tcpw_put_text(line, key);
		tcpw_put_char(line, '-');
	} else {
		tcpw_put_key(line, key, div_u64(ns, NSEC_PER_USEC));
	}
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
static void put_flags(struct tcpw_line *line, u8 flags)
{
	static const char letters[] = "FSRP.UEW";
	unsigned int i;

	tcpw_put_text(line, " flags=");
	for (i = 0; i < sizeof(letters) - 1; i++)
		if (flags & 1 << i)
			tcpw_put_char(line, letters[i]);
	if (!flags)
		tcpw_put_char(line, '-');
}

static void put_segment(struct tcpw_line *line, const struct tcpw_event *event)
{
	unsigned int i;

	tcpw_put_text(line, event->header.out ? " dir=out" : " dir=in");
	put_flags(line, event->header.flags);
	tcpw_put_key(line, " seq=", event->segment.seq);
	tcpw_put_key(line, " ack=", event->segment.ack);
	tcpw_put_key(line, " len=", event->segment.len);
	tcpw_put_key(line, " wnd=", event->segment.wnd);
	tcpw_put_key(line, " una=", event->segment.una);
	tcpw_put_key(line, " nxt=", event->segment.nxt);
	tcpw_put_key(line, " snd_wnd=", event->segment.snd_wnd);
	tcpw_put_key(line, " write_seq=", event->segment.write_seq);
	tcpw_put_key(line, " rcv_nxt=", event->segment.rcv_nxt);
	tcpw_put_key(line, " copied=", event->segment.copied);
	tcpw_put_key(line, " rcv_wnd=", event->segment.rcv_wnd);
	tcpw_put_key(line, " cwnd=", event->segment.cwnd);
	for (i = 0; i < event->header.n_sack; i++) {
		tcpw_put_key(line, i ? "," : " sack=", event->segment.sack[i][0]);
		tcpw_put_key(line, "-", event->segment.sack[i][1]);
	}
	if (event->header.mss)
		tcpw_put_key(line, " mss=", event->header.mss);
	if (event->header.wscale != TCPW_NO_WSCALE)
		tcpw_put_key(line, " wscale=", event->header.wscale);
	if (event->header.sack_permitted)
		tcpw_put_text(line, " sack_permitted=yes");
}

static void put_keys(struct tcpw_line *line, const struct tcpw_event *event)
{
	switch (event->kind) {
	case TCPW_EVENT_STATE:
		put_word(line, " from=", tcpw_state_name(event->state.from));
		put_word(line, " to=", tcpw_state_name(event->state.to));
		put_us(line, " after_us=", event->state.after_ns);
		break;
	case TCPW_EVENT_CLOSED:
		put_us(line, " age_us=", event->closed.age_ns);
		put_word(line, " opened=", tcpw_opened_name(event->closed.opened));
		put_word(line, " closed=", tcpw_closed_name(event->closed.closed));
		put_word(line, " by=", ends[event->closed.by]);
		tcpw_put_key(line, " retrans=", event->closed.retrans);
		tcpw_put_key(line, " bytes_in=", event->closed.bytes_in);
		tcpw_put_key(line, " bytes_out=", event->closed.bytes_out);
		break;
	case TCPW_EVENT_ZERO_WINDOW:
	case TCPW_EVENT_WINDOW_OPEN:
		put_word(line, " dir=", event->window.out ? "out" : "in");
		put_us(line, " after_us=", event->window.after_ns);
		break;
	case TCPW_EVENT_STUCK:
		tcpw_put_key(line, " wait_ms=", div_u64(event->stuck.wait_ns, NSEC_PER_MSEC));
		break;
	case TCPW_EVENT_SEGMENT:
		put_segment(line, event);
		break;
	}
}

static void put_event(struct tcpw_line *line, const struct tcpw_event *event)
{
	/* Of the reader's own clock, if it is in a time namespace. */
	tcpw_put_digits(line, tcpw_timens_boottime_ns(event->time_ns));
	if (event->id)
		tcpw_put(line, event->id);
	else
		tcpw_put_text(line, " -");
	tcpw_put_word(line, names[event->kind]);
	tcpw_put_char(line, ' ');
	tcpw_put_local(line, &event->ends);
	tcpw_put_char(line, ' ');
	tcpw_put_remote(line, &event->ends);
	put_keys(line, event);
	tcpw_put_char(line, '\n');
}

/* Of whom and when, nobody knows any more. */
static void put_lost(struct tcpw_line *line, u64 lost, u64 last_ns)
{
	tcpw_put_digits(line, tcpw_timens_boottime_ns(last_ns));
	tcpw_put_text(line, " - lost - -");
	tcpw_put_key(line, " n=", lost);
	tcpw_put_char(line, '\n');
}

/* Bytes of the line. */
static size_t length(const struct stream *stream)
{
	return stream->line.at - stream->line.begin;
}

/* Make the next line; false if nothing has happened. */
static bool next_line(struct stream *stream, struct tcpw_net *tn)
{
	struct tcpw_event event;
	bool there;
	u64 lost;

	stream->line.at = stream->line.begin;
	stream->taken = 0;
	there = tcpw_ring_next(stream->ring, &event, &lost);
	if (lost) {
		this_cpu_add(tn->cpu->counter[TCPW_EVENTS_LOST], lost);
		put_lost(&stream->line, lost, stream->last_ns);
	} else if (there) {
		put_event(&stream->line, &event);
		stream->last_ns = event.time_ns;
	}
	return length(stream);
}

static bool ready(const struct stream *stream)
{
	return stream->taken != length(stream) || tcpw_ring_ready(stream->ring);
}

/* The same; and if not, whoever is in the queue is woken once there is. */
static bool ready_or_asked(struct stream *stream)
{
	tcpw_ring_ask(stream->ring);
	return ready(stream);
}

/* What is there now: bytes, also 0, or -EFAULT if not even one could be copied. */
static ssize_t copy_lines(struct stream *stream, struct tcpw_net *tn, char __user *to,
			  size_t size)
{
	size_t copied = 0;

	while (copied < size) {
		size_t n;

		if (stream->taken == length(stream) && !next_line(stream, tn)) {
			/* Who polls may wait now without another poll: tcpw_ring_ask(). */
			if (!ready_or_asked(stream))
				break;
			continue;
		}
		n = min(size - copied, length(stream) - stream->taken);
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

static struct tcpw_net *tn_of(const struct file *file)
{
	return tcpw_net_of(proc_get_parent_data(file_inode(file)));
}

static ssize_t events_read(struct file *file, char __user *to, size_t size, loff_t *pos)
{
	struct stream *stream = file->private_data;
	struct tcpw_net *tn = tn_of(file);
	ssize_t ret;
	bool left;

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
		ret = wait_event_interruptible(*tn->ring_wait,
					       ready_or_asked(stream) ||
					       READ_ONCE(tn->ring_over));
	} while (!ret);
	left = stream->taken != length(stream);
	mutex_unlock(&stream->lock);
	/* Another thread that polled meanwhile saw nothing in the ring. */
	if (left && wq_has_sleeper(tn->ring_wait))
		wake_up_interruptible_all(tn->ring_wait);
	return ret;
}

static __poll_t events_poll(struct file *file, struct poll_table_struct *wait)
{
	struct stream *stream = file->private_data;
	struct tcpw_net *tn = tn_of(file);
	__poll_t mask = 0;

	poll_wait(file, tn->ring_wait, wait);
	tcpw_ring_ask(stream->ring);
	/* Who reads at the same time may take what is there: then either answer is right. */
	if (data_race(ready(stream)))
		mask |= EPOLLIN | EPOLLRDNORM;
	/* The end is all that anybody may ask for, exceptfds of select() too: nobody sleeps on. */
	if (READ_ONCE(tn->ring_over))
		mask |= TCPW_RING_END;
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
	stream->line.begin = stream->text;
	stream->line.at = stream->text;
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
