/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables that walk the kernel's own table of established connections: of sockets that
 * have no record, mini-sockets and half-open requests.
 */
#ifndef TCPW_EHASH_H
#define TCPW_EHASH_H

#include <linux/seq_file_net.h>

struct sock;

/**
 * struct tcpw_ehash_walk - how far a reader has come
 * @p: the namespace; first, as seq_file_net wants it
 * @slot: the bucket
 * @lowest: the present socket's address, or from where on to look for the next; the
 *	order within a bucket, compared, never followed
 * @sk: the present socket, with a reference
 */
struct tcpw_ehash_walk {
	struct seq_net_private p;
	unsigned int slot;
	unsigned long lowest;
	struct sock *sk;
};

unsigned int tcpw_ehash_size(void);
void *tcpw_ehash_start(struct seq_file *m, loff_t pos, unsigned int state);
void *tcpw_ehash_next(struct seq_file *m, void *v, loff_t *pos, unsigned int state);
void tcpw_ehash_stop(struct seq_file *m, void *v);

#endif
