/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of records in the order of their time: the orders of all CPUs merged, with
 * no lock held from one row to the next. Its reader goes on after the place of the
 * last row; so what stays is seen exactly once, whatever comes and goes.
 */
#ifndef TCPW_MERGE_H
#define TCPW_MERGE_H

#include <linux/seq_file_net.h>

#include "order.h"
#include "proc/row.h"

struct tcpw_net;

/**
 * struct tcpw_merge - how far a reader has come
 * @p: the namespace; first, as seq_file_net wants it
 * @at: the place of the present row, or where to look for the next
 * @row: the present row
 * @head: for each order, the first place at or after @at as of the last look; what is
 *	before @at is out of date
 */
struct tcpw_merge {
	struct seq_net_private p;
	struct tcpw_order_key at;
	struct tcpw_row row;
	struct tcpw_order_key head[];
};

/**
 * struct tcpw_merge_source - the orders that are to be merged
 * @count: how many there are
 * @order: gives the one of a number below that; NULL where there is none
 */
struct tcpw_merge_source {
	unsigned int (*count)(void);
	struct tcpw_order *(*order)(struct tcpw_net *tn, unsigned int i);
};

unsigned int tcpw_merge_size(const struct tcpw_merge_source *source);
void *tcpw_merge_start(struct seq_file *m, loff_t pos,
		       const struct tcpw_merge_source *source);
void *tcpw_merge_next(struct seq_file *m, void *v, loff_t *pos,
		      const struct tcpw_merge_source *source);
void tcpw_merge_stop(struct seq_file *m, void *v);

#endif
