// SPDX-License-Identifier: GPL-2.0
#include <net/inet_sock.h>
#include <net/sock.h>

#include "proc/row.h"

/**
 * tcpw_row_hold() - hold a record's socket, and copy the record and the addresses
 * @row: where
 * @c: the record
 *
 * A socket has a record for as long as it is open, so its memory is there under the
 * lock; it may be on its way out all the same. Without the lock it may be disconnected,
 * and be connected to another peer.
 *
 * Context: the bucket lock of @c held.
 * Return: false if the socket is going.
 */
bool tcpw_row_hold(struct tcpw_row *row, const struct tcpw_conn *c)
{
	if (!refcount_inc_not_zero(&c->sk->sk_refcnt))
		return false;
	/* Its node moves as others come and go, under the order's lock; no row looks at that. */
	data_race(row->conn = *c);
	tcpw_ends_of(&row->ends, c->sk);
	row->sk = c->sk;
	return true;
}

/**
 * tcpw_row_release() - give back what tcpw_row_hold() took
 * @row: the row; may hold nothing
 *
 * Context: process, no bucket lock: this may be the end of the socket, and the
 * probe for that takes one.
 */
void tcpw_row_release(struct tcpw_row *row)
{
	if (row->sk)
		sock_put(row->sk);
	row->sk = NULL;
}

/**
 * tcpw_row_end() - end a row
 * @row: the row
 * @line: it, as it is shown
 * @m: the file
 *
 * A socket that was closed while its row was made may have lost its numbers before they
 * were written: tcp_disconnect() closes it first, then clears them.
 *
 * Return: for the show of struct seq_operations: 0, or that the row is not to be shown.
 */
int tcpw_row_end(const struct tcpw_row *row, struct tcpw_line *line, struct seq_file *m)
{
	tcpw_line_end(line, m);
	return inet_sk_state_load(row->sk) == TCP_CLOSE ? SEQ_SKIP : 0;
}

/**
 * tcpw_put_id() - the socket's cookie, which `ss -e` shows too; begins a row
 * @line: the line
 * @sk: a full socket
 */
void tcpw_put_id(struct tcpw_line *line, struct sock *sk)
{
	tcpw_put_digits(line, tcpw_conn_id(sk));
}

static void put_end(struct tcpw_line *line, u8 family, const struct in6_addr *address, __be16 port)
{
	if (family == AF_INET6)
		tcpw_put_address6(line, address, ntohs(port));
	else
		tcpw_put_address4(line, address->s6_addr32[3], ntohs(port));
}

/**
 * tcpw_put_local() - the local address and port
 * @line: the line
 * @ends: whose
 */
void tcpw_put_local(struct tcpw_line *line, const struct tcpw_ends *ends)
{
	put_end(line, ends->family, &ends->local, ends->local_port);
}

/**
 * tcpw_put_remote() - the peer's address and port
 * @line: the line
 * @ends: whose
 */
void tcpw_put_remote(struct tcpw_line *line, const struct tcpw_ends *ends)
{
	put_end(line, ends->family, &ends->remote, ends->remote_port);
}

/**
 * tcpw_put_owner() - uid and inode, each after a blank
 * @line: the line
 * @m: the file
 * @sk: a full socket
 *
 * The uid is as the user namespace of whoever opened the file sees it. A socket that
 * no program holds has no inode, and the uid of who made it or its listener.
 *
 * Context: process.
 */
void tcpw_put_owner(struct tcpw_line *line, struct seq_file *m, struct sock *sk)
{
	unsigned long inode = sock_i_ino(sk);

	tcpw_put(line, from_kuid_munged(seq_user_ns(m), READ_ONCE(sk->sk_uid)));
	if (inode)
		tcpw_put(line, inode);
	else
		tcpw_put_word(line, "-");
}

/**
 * tcpw_put_exact() - how well a time is known, after a blank
 * @line: the line
 * @exact: that
 */
void tcpw_put_exact(struct tcpw_line *line, enum tcpw_exact exact)
{
	static const char *const words[] = {
		[TCPW_EXACT]		= "yes",
		[TCPW_EXACT_MIN]	= "min",
		[TCPW_EXACT_EST]	= "est",
	};

	tcpw_put_word(line, words[exact]);
}
