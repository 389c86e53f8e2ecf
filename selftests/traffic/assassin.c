// SPDX-License-Identifier: GPL-2.0
/*
 * assassin: end the sockets, mini-sockets or full ones, of which standard input has a line "LOCAL
 * REMOTE" each, as their peers might: RFC 1337 calls it assassination.
 *
 * What a socket expects it says itself, in the ACK with which it answers one from REMOTE that
 * belongs to nothing. A reset in that place ends it. Where REMOTE is no address of this namespace,
 * or a reset is the answer as there is no such socket, or none comes within a second, it is left
 * alone.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "craft.h"

enum { ANSWER_MS = 1000, PACKET_MAX = 65536 };

/* From REMOTE, which this program is, to LOCAL. */
struct ends {
	struct sockaddr_storage local, remote;
	socklen_t local_len, remote_len;
	in_port_t local_port, remote_port;
};

/* A socket of IPv6 that has an IPv4 connection sends what one of IPv4 sends. */
static void unmap(struct sockaddr_storage *sa, socklen_t *len)
{
	const struct sockaddr_in6 in6 = *(const struct sockaddr_in6 *)sa;
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = in6.sin6_port };

	if (sa->ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memcpy(sa, &in, sizeof(in));
	*len = sizeof(in);
}

/* Returns the port, which is no part of a raw socket's address. */
static in_port_t parse(const char *text, struct sockaddr_storage *sa, socklen_t *len)
{
	in_port_t port;

	if (address_parse(text, sa, len))
		errx(2, "%s is no address", text);
	unmap(sa, len);
	/* It has the same place in both families. */
	port = ((struct sockaddr_in *)sa)->sin_port;
	address_set_port(sa, 0);
	return port;
}

/* Returns -1 where there is no such address. */
static int raw_socket(const struct ends *ends)
{
	int fd = socket(ends->remote.ss_family, SOCK_RAW, IPPROTO_TCP);

	if (fd < 0)
		err(1, "socket");
	if (!bind(fd, (const struct sockaddr *)&ends->remote, ends->remote_len))
		return fd;
	if (errno != EADDRNOTAVAIL)
		err(1, "bind");
	close(fd);
	return -1;
}

static void copy_address(uint8_t *to, const struct sockaddr_storage *sa)
{
	if (sa->ss_family == AF_INET)
		memcpy(to, &((const struct sockaddr_in *)sa)->sin_addr, sizeof(struct in_addr));
	else
		memcpy(to, &((const struct sockaddr_in6 *)sa)->sin6_addr, sizeof(struct in6_addr));
}

static void send_segment(int fd, const struct ends *ends, struct tcphdr tcp)
{
	struct craft_ends summed = { .family = ends->remote.ss_family };
	struct craft_bytes segment = { .len = sizeof(tcp) };

	tcp.source = ends->remote_port;
	tcp.dest = ends->local_port;
	tcp.doff = sizeof(tcp) / 4;
	tcp.window = htons(1024);
	copy_address(summed.local, &ends->local);
	copy_address(summed.remote, &ends->remote);
	memcpy(segment.byte, &tcp, sizeof(tcp));
	craft_checksum(&summed, &segment);
	if (sendto(fd, segment.byte, segment.len, 0, (const struct sockaddr *)&ends->local,
		   ends->local_len) < 0)
		err(1, "sendto");
}

/* The ACK that answers, not a copy of what was sent, which REMOTE gets if it is LOCAL, too. */
static bool receive_answer(int fd, const struct ends *ends, struct tcphdr *tcp)
{
	static uint8_t packet[PACKET_MAX];
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	while (poll(&poll_fd, 1, ANSWER_MS) > 0) {
		ssize_t n = recv(fd, packet, sizeof(packet), 0);
		/* Only IPv4 leaves its own header there. */
		size_t at = ends->remote.ss_family == AF_INET ? (packet[0] & 15) * 4 : 0;

		if (n < (ssize_t)(at + sizeof(*tcp)))
			continue;
		memcpy(tcp, packet + at, sizeof(*tcp));
		if (tcp->source != ends->local_port || tcp->dest != ends->remote_port)
			continue;
		if (tcp->rst)
			return false;
		if (tcp->ack && tcp->ack_seq)
			return true;
	}
	return false;
}

static void assassinate(const char *local, const char *remote)
{
	const struct tcphdr stray = { .ack = 1 };
	struct tcphdr answer;
	struct ends ends;
	int fd;

	ends.local_port = parse(local, &ends.local, &ends.local_len);
	ends.remote_port = parse(remote, &ends.remote, &ends.remote_len);
	fd = raw_socket(&ends);
	if (fd < 0)
		return;
	send_segment(fd, &ends, stray);
	if (receive_answer(fd, &ends, &answer)) {
		const struct tcphdr reset = { .rst = 1, .seq = answer.ack_seq };

		send_segment(fd, &ends, reset);
	}
	close(fd);
}

int main(void)
{
	char local[ADDRESS_TEXT_MAX], remote[ADDRESS_TEXT_MAX];

	while (scanf("%79s %79s", local, remote) == 2)
		assassinate(local, remote);
	return 0;
}
