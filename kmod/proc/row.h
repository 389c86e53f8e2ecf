/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of the tables: a record and its socket held while a row of them is made, and
 * the values that more than one table has.
 */
#ifndef TCPW_ROW_H
#define TCPW_ROW_H

#include <linux/seq_file.h>

#include "conn.h"
#include "ends.h"
#include "proc/line.h"

/**
 * struct tcpw_row - what a row is made of
 * @conn: a copy of the record, of one moment
 * @ends: the addresses of that moment
 * @sk: its socket, with a reference; NULL if no row is held
 */
struct tcpw_row {
	struct tcpw_conn conn;
	struct tcpw_ends ends;
	struct sock *sk;
};

int tcpw_row_end(const struct tcpw_row *row, struct tcpw_line *line, struct seq_file *m);
bool tcpw_row_hold(struct tcpw_row *row, const struct tcpw_conn *c);
void tcpw_row_release(struct tcpw_row *row);

void tcpw_put_id(struct tcpw_line *line, struct sock *sk);
void tcpw_put_local(struct tcpw_line *line, const struct tcpw_ends *ends);
void tcpw_put_remote(struct tcpw_line *line, const struct tcpw_ends *ends);
void tcpw_put_owner(struct tcpw_line *line, struct seq_file *m, struct sock *sk);
void tcpw_put_exact(struct tcpw_line *line, enum tcpw_exact exact);

#endif
