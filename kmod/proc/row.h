/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of the tables: a record and its socket held while a row of them is made, and
 * the values that more than one table has. A value is written with a blank before it.
 */
#ifndef TCPW_ROW_H
#define TCPW_ROW_H

#include <linux/in6.h>
#include <linux/seq_file.h>

#include "conn.h"

/**
 * struct tcpw_row - what a row is made of
 * @conn: a copy of the record, of one moment
 * @sk: its socket, with a reference; NULL if no row is held
 */
struct tcpw_row {
	struct tcpw_conn conn;
	struct sock *sk;
};

int tcpw_row_end(struct seq_file *m, const struct tcpw_row *row);
bool tcpw_row_hold(struct tcpw_row *row, const struct tcpw_conn *c);
void tcpw_row_release(struct tcpw_row *row);

void tcpw_put_id(struct seq_file *m, struct sock *sk);
void tcpw_put_address4(struct seq_file *m, const char *before, __be32 address, u16 port);
void tcpw_put_address6(struct seq_file *m, const char *before,
		       const struct in6_addr *address, u16 port);
void tcpw_put_local(struct seq_file *m, const char *before, const struct sock *sk);
void tcpw_put_remote(struct seq_file *m, const struct sock *sk);
void tcpw_put_owner(struct seq_file *m, struct sock *sk);
void tcpw_put_exact(struct seq_file *m, enum tcpw_exact exact);

/**
 * tcpw_put() - a number
 * @m: the file
 * @value: the number
 */
static inline void tcpw_put(struct seq_file *m, u64 value)
{
	seq_put_decimal_ull(m, " ", value);
}

/**
 * tcpw_put_word() - a word
 * @m: the file
 * @word: without a blank in it
 */
static inline void tcpw_put_word(struct seq_file *m, const char *word)
{
	seq_putc(m, ' ');
	seq_puts(m, word);
}

/**
 * tcpw_put_since() - how long ago something was
 * @m: the file
 * @now_ns: now
 * @then_ns: then, by the same clock
 */
static inline void tcpw_put_since(struct seq_file *m, u64 now_ns, u64 then_ns)
{
	tcpw_put(m, now_ns > then_ns ? div_u64(now_ns - then_ns, NSEC_PER_MSEC) : 0);
}

#endif
