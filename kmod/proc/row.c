// SPDX-License-Identifier: GPL-2.0
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "proc/row.h"

/**
 * tcpw_row_hold() - hold a record's socket, and copy the record
 * @row: where
 * @c: the record
 *
 * A socket has a record for as long as it is open, so its memory is there under the
 * lock; it may be on its way out all the same.
 *
 * Context: the bucket lock of @c held.
 * Return: false if the socket is going.
 */
bool tcpw_row_hold(struct tcpw_row *row, const struct tcpw_conn *c)
{
	if (!refcount_inc_not_zero(&c->sk->sk_refcnt))
		return false;
	row->conn = *c;
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
 * @m: the file
 * @row: the row
 *
 * A socket that was closed while its row was made may have lost its addresses
 * before they were written: tcp_disconnect() closes it first, then clears them.
 *
 * Return: for the show of struct seq_operations: 0, or that the row is not to be shown.
 */
int tcpw_row_end(struct seq_file *m, const struct tcpw_row *row)
{
	seq_putc(m, '\n');
	return inet_sk_state_load(row->sk) == TCP_CLOSE ? SEQ_SKIP : 0;
}

/**
 * tcpw_put_id() - the socket's cookie, which `ss -e` shows too; begins a row
 * @m: the file
 * @sk: a full socket
 */
void tcpw_put_id(struct seq_file *m, struct sock *sk)
{
	seq_put_decimal_ull(m, "", tcpw_conn_id(sk));
}

/**
 * tcpw_put_address4() - an IPv4 address and port
 * @m: the file
 * @before: " ", or "" at the begin of a row
 * @address: the address
 * @port: the port, in host order
 */
void tcpw_put_address4(struct seq_file *m, const char *before, __be32 address, u16 port)
{
	const u8 *byte = (const u8 *)&address;

	seq_put_decimal_ull(m, before, byte[0]);
	seq_put_decimal_ull(m, ".", byte[1]);
	seq_put_decimal_ull(m, ".", byte[2]);
	seq_put_decimal_ull(m, ".", byte[3]);
	seq_put_decimal_ull(m, ":", port);
}

/** tcpw_put_address6() - as tcpw_put_address4(), for IPv6 */
void tcpw_put_address6(struct seq_file *m, const char *before,
		       const struct in6_addr *address, u16 port)
{
	seq_printf(m, "%s[%pI6c]:%u", before, address, port);
}

/**
 * tcpw_put_local() - the local address and port
 * @m: the file
 * @before: " ", or "" at the begin of a row
 * @sk: a full socket, mini-socket or request
 */
void tcpw_put_local(struct seq_file *m, const char *before, const struct sock *sk)
{
	/* A full socket that closes meanwhile has given back sk_num, but not this. */
	u16 port = sk_fullsock(sk) ? ntohs(inet_sk(sk)->inet_sport) : sk->sk_num;

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		tcpw_put_address6(m, before, &sk->sk_v6_rcv_saddr, port);
		return;
	}
#endif
	tcpw_put_address4(m, before, sk->sk_rcv_saddr, port);
}

/**
 * tcpw_put_remote() - the peer's address and port
 * @m: the file
 * @sk: a full socket, mini-socket or request
 */
void tcpw_put_remote(struct seq_file *m, const struct sock *sk)
{
	u16 port = ntohs(sk->sk_dport);

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		tcpw_put_address6(m, " ", &sk->sk_v6_daddr, port);
		return;
	}
#endif
	tcpw_put_address4(m, " ", sk->sk_daddr, port);
}

/**
 * tcpw_put_owner() - uid and inode
 * @m: the file
 * @sk: a full socket
 *
 * The uid is as the user namespace of whoever opened the file sees it. A socket that
 * no program holds has no inode, and the uid of who made it or its listener.
 *
 * Context: process.
 */
void tcpw_put_owner(struct seq_file *m, struct sock *sk)
{
	unsigned long inode = sock_i_ino(sk);

	tcpw_put(m, from_kuid_munged(seq_user_ns(m), READ_ONCE(sk->sk_uid)));
	if (inode)
		tcpw_put(m, inode);
	else
		tcpw_put_word(m, "-");
}

/**
 * tcpw_put_exact() - how well a time is known
 * @m: the file
 * @exact: that
 */
void tcpw_put_exact(struct seq_file *m, enum tcpw_exact exact)
{
	static const char *const words[] = {
		[TCPW_EXACT]		= "yes",
		[TCPW_EXACT_MIN]	= "min",
		[TCPW_EXACT_EST]	= "est",
	};

	tcpw_put_word(m, words[exact]);
}
