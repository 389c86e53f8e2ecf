// SPDX-License-Identifier: GPL-2.0
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "proc/line.h"

/**
 * tcpw_line_begin() - begin a line of a file
 * @line: the line
 * @m: the file
 *
 * Context: the show of struct seq_operations.
 * Return: false if the file's buffer has no room for a line: show() is to return 0, and is
 * called again with another buffer.
 */
bool tcpw_line_begin(struct tcpw_line *line, struct seq_file *m)
{
	size_t room = seq_get_buf(m, &line->begin);

	line->at = line->begin;
	if (room < TCPW_LINE_MOST)
		seq_commit(m, -1);
	return room >= TCPW_LINE_MOST;
}

/**
 * tcpw_line_end() - end it, and leave it in the file
 * @line: the line
 * @m: the file
 */
void tcpw_line_end(struct tcpw_line *line, struct seq_file *m)
{
	tcpw_put_char(line, '\n');
	WARN_ON_ONCE(line->at > line->begin + TCPW_LINE_MOST);
	seq_commit(m, line->at - line->begin);
}

static unsigned int count_digits(u64 value)
{
	unsigned int n = 1;

	for (; value >= 10000; n += 4)
		value = div_u64(value, 10000);
	return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* The numbers of two digits that begin with one. */
#define TEN(d)	#d "0" #d "1" #d "2" #d "3" #d "4" #d "5" #d "6" #d "7" #d "8" #d "9"

/**
 * tcpw_put_long() - a number of two digits or more, and nothing before it
 * @line: the line
 * @value: the number
 *
 * Two digits at a time, from the last to the first: most of what a row costs is this.
 */
void tcpw_put_long(struct tcpw_line *line, u64 value)
{
	static const char pairs[] = TEN(0) TEN(1) TEN(2) TEN(3) TEN(4)
				    TEN(5) TEN(6) TEN(7) TEN(8) TEN(9);
	char *at = line->at + count_digits(value);

	line->at = at;
	while (value >= 100) {
		u32 pair;

		value = div_u64_rem(value, 100, &pair);
		at -= 2;
		memcpy(at, &pairs[2 * pair], 2);
	}
	if (value >= 10)
		memcpy(at - 2, &pairs[2 * value], 2);
	else
		at[-1] = '0' + value;
}

/**
 * tcpw_put_address4() - an IPv4 address and port
 * @line: the line
 * @address: the address
 * @port: the port, in host order
 */
void tcpw_put_address4(struct tcpw_line *line, __be32 address, u16 port)
{
	const u8 *byte = (const u8 *)&address;

	tcpw_put_digits(line, byte[0]);
	tcpw_put_key(line, ".", byte[1]);
	tcpw_put_key(line, ".", byte[2]);
	tcpw_put_key(line, ".", byte[3]);
	tcpw_put_key(line, ":", port);
}

/** tcpw_put_address6() - as tcpw_put_address4(), for IPv6 */
void tcpw_put_address6(struct tcpw_line *line, const struct in6_addr *address, u16 port)
{
	line->at += sprintf(line->at, "[%pI6c]:%u", address, port);
}
