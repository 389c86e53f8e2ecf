// SPDX-License-Identifier: GPL-2.0
/*
 * A connection that another socket goes on with, by TCP_REPAIR: as when a process is
 * moved to another machine. Neither end hears of it.
 */
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "endpoint.h"
#include "peer.h"

enum {
	QUEUE_MAX = 1 << 16,
	OPTION_TIMESTAMP = 8,	/* RFC 7323 */
	OPTION_SACK = 4,	/* RFC 2018 */
	OPTION_WINDOW = 3,	/* RFC 7323 */
	OPTION_MSS = 2,		/* RFC 9293 */
	SAW_TIMESTAMPS = 1,	/* tcpi_options */
	SAW_SACK = 2,
};

/* What is in one of the two queues, and where that begins. */
struct queue {
	unsigned int seq;
	ssize_t len;
	char data[QUEUE_MAX];
};

/* All that a connection is. */
struct image {
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	socklen_t len;
	struct tcp_info info;
	struct tcp_repair_window window;
	int timestamp;
	struct queue in;
	struct queue out;
};

static struct image image;

static int set_int(int fd, int option, int value)
{
	return setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value)) ? -errno : 0;
}

static int get(int fd, int option, void *value, socklen_t len)
{
	return getsockopt(fd, IPPROTO_TCP, option, value, &len) ? -errno : 0;
}

static int queue_save(int fd, int which, struct queue *q)
{
	int err = set_int(fd, TCP_REPAIR_QUEUE, which);

	err = err ? err : get(fd, TCP_QUEUE_SEQ, &q->seq, sizeof(q->seq));
	if (err)
		return err;
	q->len = recv(fd, q->data, sizeof(q->data), MSG_PEEK | MSG_DONTWAIT);
	if (q->len < 0 && errno != EAGAIN)
		return -errno;
	q->len = q->len < 0 ? 0 : q->len;
	q->seq -= q->len;
	return 0;
}

static int save(int fd)
{
	socklen_t len = sizeof(image.remote);
	int err;

	image.len = sizeof(image.local);
	if (getsockname(fd, (struct sockaddr *)&image.local, &image.len) ||
	    getpeername(fd, (struct sockaddr *)&image.remote, &len))
		return -errno;
	err = get(fd, TCP_INFO, &image.info, sizeof(image.info));
	err = err ? err : set_int(fd, TCP_REPAIR, TCP_REPAIR_ON);
	err = err ? err : get(fd, TCP_TIMESTAMP, &image.timestamp, sizeof(image.timestamp));
	err = err ? err : get(fd, TCP_REPAIR_WINDOW, &image.window, sizeof(image.window));
	err = err ? err : queue_save(fd, TCP_RECV_QUEUE, &image.in);
	return err ? err : queue_save(fd, TCP_SEND_QUEUE, &image.out);
}

static int begin_at(int fd, int which, const struct queue *q)
{
	int err = set_int(fd, TCP_REPAIR_QUEUE, which);

	return err ? err : set_int(fd, TCP_QUEUE_SEQ, q->seq);
}

static int refill(int fd, int which, const struct queue *q)
{
	int err = set_int(fd, TCP_REPAIR_QUEUE, which);

	if (err || !q->len)
		return err;
	return send(fd, q->data, q->len, 0) == q->len ? 0 : -errno;
}

static int agree_again(int fd)
{
	const struct tcp_info *info = &image.info;
	struct tcp_repair_opt options[4] = {
		{ OPTION_MSS, info->tcpi_snd_mss },
		{ OPTION_WINDOW, info->tcpi_snd_wscale | info->tcpi_rcv_wscale << 16 },
	};
	int n = 2;

	if (info->tcpi_options & SAW_SACK)
		options[n++].opt_code = OPTION_SACK;
	if (info->tcpi_options & SAW_TIMESTAMPS)
		options[n++].opt_code = OPTION_TIMESTAMP;
	return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_OPTIONS, options,
			  n * sizeof(*options)) ? -errno : 0;
}

static int restore(int fd)
{
	int one = 1, err;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		return -errno;
	err = set_int(fd, TCP_REPAIR, TCP_REPAIR_ON);
	err = err ? err : set_int(fd, TCP_TIMESTAMP, image.timestamp);
	err = err ? err : begin_at(fd, TCP_RECV_QUEUE, &image.in);
	err = err ? err : begin_at(fd, TCP_SEND_QUEUE, &image.out);
	if (err)
		return err;
	if (bind(fd, (struct sockaddr *)&image.local, image.len) ||
	    connect(fd, (struct sockaddr *)&image.remote, image.len))
		return -errno;
	err = agree_again(fd);
	err = err ? err : refill(fd, TCP_RECV_QUEUE, &image.in);
	err = err ? err : refill(fd, TCP_SEND_QUEUE, &image.out);
	if (!err && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &image.window,
			       sizeof(image.window)))
		err = -errno;
	return err ? err : set_int(fd, TCP_REPAIR, TCP_REPAIR_OFF);
}

/* The connection is taken out of its socket, which ends without a word. */
static int cmd_freeze(char **arg, struct reply *reply)
{
	int fd = endpoint_fd(arg[0]);
	int err;

	if (fd < 0)
		return fd;
	err = save(fd);
	if (err)
		return err;
	reply->before = clock_us();
	return endpoint_close(arg[0]);
}

/* And put into a new one. */
static int cmd_thaw(char **arg, struct reply *reply)
{
	int fd = socket(image.local.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	reply->before = clock_us();
	err = restore(fd);
	if (err) {
		close(fd);
		return err;
	}
	return endpoint_add(arg[0], fd);
}

const struct command commands_repair[] = {
	{ "freeze", "NAME", 1, cmd_freeze },
	{ "thaw", "NAME", 1, cmd_thaw },
	{ 0 }
};
