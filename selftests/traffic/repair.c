// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "repair.h"

enum {
	OPTION_TIMESTAMP = 8,	/* RFC 7323 */
	OPTION_SACK = 4,	/* RFC 2018 */
	OPTION_WINDOW = 3,	/* RFC 7323 */
	OPTION_MSS = 2,		/* RFC 9293 */
	SAW_TIMESTAMPS = 1,	/* tcpi_options */
	SAW_SACK = 2,
};

static int set_int(int fd, int option, int value)
{
	return setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value)) ? -errno : 0;
}

static int get(int fd, int option, void *value, socklen_t len)
{
	return getsockopt(fd, IPPROTO_TCP, option, value, &len) ? -errno : 0;
}

static int queue_save(int fd, int which, struct repair_queue *q)
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

int repair_take(int fd, struct repair_image *image)
{
	socklen_t len = sizeof(image->remote);
	int err;

	image->len = sizeof(image->local);
	if (getsockname(fd, (struct sockaddr *)&image->local, &image->len) ||
	    getpeername(fd, (struct sockaddr *)&image->remote, &len))
		return -errno;
	err = get(fd, TCP_INFO, &image->info, sizeof(image->info));
	err = err ? err : set_int(fd, TCP_REPAIR, TCP_REPAIR_ON);
	err = err ? err : get(fd, TCP_TIMESTAMP, &image->timestamp, sizeof(image->timestamp));
	err = err ? err : get(fd, TCP_REPAIR_WINDOW, &image->window, sizeof(image->window));
	err = err ? err : queue_save(fd, TCP_RECV_QUEUE, &image->in);
	return err ? err : queue_save(fd, TCP_SEND_QUEUE, &image->out);
}

static int begin_at(int fd, int which, const struct repair_queue *q)
{
	int err = set_int(fd, TCP_REPAIR_QUEUE, which);

	return err ? err : set_int(fd, TCP_QUEUE_SEQ, q->seq);
}

static int refill(int fd, int which, const struct repair_queue *q)
{
	int err = set_int(fd, TCP_REPAIR_QUEUE, which);

	if (err || !q->len)
		return err;
	return send(fd, q->data, q->len, 0) == q->len ? 0 : -errno;
}

static int agree_again(int fd, const struct repair_image *image)
{
	const struct tcp_info *info = &image->info;
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

static int restore(int fd, const struct repair_image *image)
{
	int one = 1, err;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		return -errno;
	err = set_int(fd, TCP_REPAIR, TCP_REPAIR_ON);
	err = err ? err : set_int(fd, TCP_TIMESTAMP, image->timestamp);
	err = err ? err : begin_at(fd, TCP_RECV_QUEUE, &image->in);
	err = err ? err : begin_at(fd, TCP_SEND_QUEUE, &image->out);
	if (err)
		return err;
	if (bind(fd, (struct sockaddr *)&image->local, image->len) ||
	    connect(fd, (struct sockaddr *)&image->remote, image->len))
		return -errno;
	err = agree_again(fd, image);
	err = err ? err : refill(fd, TCP_RECV_QUEUE, &image->in);
	err = err ? err : refill(fd, TCP_SEND_QUEUE, &image->out);
	if (!err && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &image->window,
			       sizeof(image->window)))
		err = -errno;
	return err ? err : set_int(fd, TCP_REPAIR, TCP_REPAIR_OFF);
}

int repair_put(const struct repair_image *image)
{
	int fd = socket(image->local.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = restore(fd, image);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}
