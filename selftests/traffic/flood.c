// SPDX-License-Identifier: GPL-2.0
/*
 * flood COUNT SOURCES TO: SYNs from sources that do not exist.
 *
 * SOURCES is a network, 198.18.0.0/15 or 2001:db8::/32, and TO is a listener of the
 * same family, 192.0.2.7:80. Every SYN has another source. No source hears of it: the
 * answers go astray. For tests within network namespaces of their own; it sends no
 * more than RATE a second, so that there is time to look, ends after COUNT, and prints
 * "sent COUNT".
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "address.h"
#include "clock.h"

enum {
	BATCH = 64,
	COUNT_MAX = 1 << 20,
	RATE = 5000,
	HOST_BITS = 17,		/* of a source that differ from one to the next */
	PORT_BITS = 15,
	HOP_LIMIT = 64,
	IPV4_BITS = 32,
	IPV6_BITS = 128,
};

struct syn4 {
	struct iphdr ip;
	struct tcphdr tcp;
};

struct syn6 {
	struct ip6_hdr ip;
	struct tcphdr tcp;
};

union syn {
	struct syn4 v4;
	struct syn6 v6;
};

/* What the checksum of TCP counts beside TCP itself. */
struct pseudo {
	uint8_t source[16];
	uint8_t dest[16];
	uint32_t len;
	uint32_t protocol;
	struct tcphdr tcp;
};

struct flood {
	struct sockaddr_storage to;
	in_port_t port;
	uint8_t network[16];
	int network_bits;
	int host_bits;
	uint32_t seed;
};

/* Takes each number below 2^bits to another one below it. */
static uint32_t scatter(uint32_t n, int bits)
{
	const uint32_t mask = UINT32_MAX >> (32 - bits);

	n = (n * 2654435769U) & mask;
	n ^= n >> (bits / 2);
	n = (n * 2246822519U) & mask;
	n ^= n >> (bits / 2);
	return n;
}

static uint16_t checksum(const void *data, size_t len)
{
	uint32_t sum = 0;
	uint16_t word;

	for (size_t i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, (const char *)data + i, sizeof(word));
		sum += word;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* The network's bits, then host_bits that are @host, then whatever. */
static void source_make(const struct flood *f, uint32_t host, uint8_t *source)
{
	uint32_t rest = host * 2654435769U + 1;

	memcpy(source, f->network, sizeof(f->network));
	for (int i = f->network_bits; i < IPV6_BITS; i++) {
		int n = i - f->network_bits;
		uint32_t bit = n < f->host_bits ? host >> n : rest >> (i % 32);

		source[i / 8] |= (bit & 1) << (7 - i % 8);
	}
}

static void tcp_make(const struct flood *f, uint32_t n, const uint8_t *source,
		     const uint8_t *dest, int address_len, struct tcphdr *tcp)
{
	struct pseudo pseudo = {
		.len = htonl(sizeof(*tcp)),
		.protocol = htonl(IPPROTO_TCP),
	};

	*tcp = (struct tcphdr){
		.source = htons(1U << PORT_BITS | (n & ((1U << PORT_BITS) - 1))),
		.dest = f->port,
		.seq = htonl(n * 2654435769U),
		.doff = sizeof(*tcp) / 4,
		.syn = 1,
		.window = htons(64240),
	};
	memcpy(pseudo.source, source, address_len);
	memcpy(pseudo.dest, dest, address_len);
	pseudo.tcp = *tcp;
	tcp->check = checksum(&pseudo, sizeof(pseudo));
}

static size_t syn_make(const struct flood *f, uint32_t i, union syn *syn)
{
	const struct sockaddr_in6 *to6 = (const struct sockaddr_in6 *)&f->to;
	const struct sockaddr_in *to4 = (const struct sockaddr_in *)&f->to;
	uint32_t n = scatter(i + f->seed, f->host_bits + PORT_BITS);
	uint8_t source[16];

	source_make(f, n >> PORT_BITS, source);
	if (f->to.ss_family == AF_INET) {
		struct syn4 *v4 = &syn->v4;

		/* The kernel fills in the length and the checksum. */
		v4->ip = (struct iphdr){
			.version = 4,
			.ihl = sizeof(v4->ip) / 4,
			.ttl = HOP_LIMIT,
			.protocol = IPPROTO_TCP,
			.daddr = to4->sin_addr.s_addr,
		};
		memcpy(&v4->ip.saddr, source, sizeof(v4->ip.saddr));
		tcp_make(f, n, source, (const uint8_t *)&to4->sin_addr,
			 sizeof(to4->sin_addr), &v4->tcp);
		return sizeof(*v4);
	}
	syn->v6.ip = (struct ip6_hdr){ .ip6_dst = to6->sin6_addr };
	syn->v6.ip.ip6_vfc = 6 << 4;
	syn->v6.ip.ip6_plen = htons(sizeof(syn->v6.tcp));
	syn->v6.ip.ip6_nxt = IPPROTO_TCP;
	syn->v6.ip.ip6_hlim = HOP_LIMIT;
	memcpy(&syn->v6.ip.ip6_src, source, sizeof(source));
	tcp_make(f, n, source, (const uint8_t *)&to6->sin6_addr, sizeof(source), &syn->v6.tcp);
	return sizeof(syn->v6);
}

static void nap(void)
{
	static const struct timespec time = { .tv_nsec = 1000000 };

	nanosleep(&time, NULL);
}

/* A queue that is full for a moment is no reason to end. */
static void send_all(int fd, struct mmsghdr *messages, unsigned int n)
{
	while (n) {
		int sent = sendmmsg(fd, messages, n, 0);

		if (sent < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			err(1, "sendmmsg");
		if (sent < 0) {
			nap();
			continue;
		}
		messages += sent;
		n -= sent;
	}
}

static void run(const struct flood *f, uint32_t count)
{
	/* The kernel wants no port where it is a protocol's number. */
	struct sockaddr_storage to = f->to;
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec parts[BATCH];
	union syn syns[BATCH];
	int fd = socket(to.ss_family, SOCK_RAW, IPPROTO_RAW);
	const long long began = clock_us();

	if (fd < 0)
		err(1, "a raw socket");
	if (to.ss_family == AF_INET)
		((struct sockaddr_in *)&to)->sin_port = 0;
	else
		((struct sockaddr_in6 *)&to)->sin6_port = 0;
	for (uint32_t i = 0; i < count;) {
		unsigned int n;

		for (n = 0; n < BATCH && i < count; n++, i++) {
			parts[n].iov_base = &syns[n];
			parts[n].iov_len = syn_make(f, i, &syns[n]);
			messages[n].msg_hdr = (struct msghdr){
				.msg_name = &to,
				.msg_namelen = sizeof(to),
				.msg_iov = &parts[n],
				.msg_iovlen = 1,
			};
		}
		send_all(fd, messages, n);
		while (clock_us() - began < i * 1000000LL / RATE)
			nap();
	}
}

static int network_parse(struct flood *f, char *text)
{
	char *slash = strchr(text, '/');
	char *end;
	long bits;
	int most = f->to.ss_family == AF_INET ? IPV4_BITS : IPV6_BITS;

	if (!slash)
		return -EINVAL;
	*slash = '\0';
	bits = strtol(slash + 1, &end, 10);
	if (*end || bits < 1 || bits > most ||
	    inet_pton(f->to.ss_family, text, f->network) != 1)
		return -EINVAL;
	f->network_bits = bits;
	f->host_bits = most - bits < HOST_BITS ? most - bits : HOST_BITS;
	return 0;
}

int main(int argc, char **argv)
{
	struct flood f = { .port = 0 };
	unsigned long count;
	socklen_t len;
	char *end;

	if (argc != 4)
		errx(2, "usage: flood COUNT SOURCES TO");
	count = strtoul(argv[1], &end, 10);
	if (*end || count > COUNT_MAX)
		errx(2, "COUNT is at most %d", COUNT_MAX);
	if (address_parse(argv[3], &f.to, &len))
		errx(2, "%s is no address", argv[3]);
	f.port = f.to.ss_family == AF_INET ? ((struct sockaddr_in *)&f.to)->sin_port :
					     ((struct sockaddr_in6 *)&f.to)->sin6_port;
	if (network_parse(&f, argv[2]))
		errx(2, "%s is no network", argv[2]);
	if (count > 1UL << (f.host_bits + PORT_BITS))
		errx(2, "%s has not so many sources", argv[2]);
	/* A source of an earlier flood is not forged anew: it may be half-open still. */
	if (getrandom(&f.seed, sizeof(f.seed), 0) != sizeof(f.seed))
		err(1, "getrandom");
	run(&f, count);
	printf("sent %lu\n", count);
	return 0;
}
