// SPDX-License-Identifier: GPL-2.0
/*
 * craft DEVICE: the remote end of a connection over a tun device, which sends what no TCP
 * would.
 *
 * Reads one command a line, answers each with a line as peer does:
 *
 *	connect LOCAL REMOTE	a connection to address LOCAL, port 80, from REMOTE, port 4000
 *	send SEED COUNT FILE	so many segments; what an event has to say of each that is to
 *				be told goes into FILE. Answers how many were sent, and how many
 *				the hooks have to count as SYN, SYN-ACK, FIN and RST
 *	reset			ends the connection
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "craft.h"
#include "draw.h"

enum {
	LIMIT_MS = 60 * 1000,
	COUNT_MAX = 1 << 20,
	TOLD_MAX = 256,
	OUR_ISN = 1 << 30,
	SYN = 2, RST = 4, ACK = 16, SYN_ACK = SYN | ACK, FIN = 1,
};

struct counts {
	unsigned int sent, syn, synack, fin, rst;
};

static int tun_open(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	if (fd < 0)
		err(1, "/dev/net/tun");
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &request))
		err(1, "%s", name);
	return fd;
}

/* The kernel takes no notice of much of it, nor is it asked to. */
static void send_packets(int tun, const struct craft_packets *packets)
{
	size_t i;

	for (i = 0; i < packets->n; i++)
		if (write(tun, packets->part[i].byte, packets->part[i].len) < 0 && errno != EINVAL)
			err(1, "a packet of %zu bytes", packets->part[i].len);
}

static void send_sound(int tun, const struct craft_ends *ends, uint8_t flags, uint32_t seq)
{
	struct craft_packets packets;
	struct craft_bytes segment;

	craft_sound(ends, flags, seq, flags & ACK ? ends->iss + 1 : 0, &segment);
	craft_plain(ends, &segment, &packets);
	send_packets(tun, &packets);
}

/* Forget what the kernel answered. */
static void drain(int tun)
{
	char buffer[2048];

	while (read(tun, buffer, sizeof(buffer)) > 0)
		;
}

/* Wait for the SYN-ACK of our port, and learn the kernel's first number from it. */
static int await_synack(int tun, struct craft_ends *ends)
{
	struct pollfd wait = { .fd = tun, .events = POLLIN };
	size_t header = ends->family == AF_INET ? 20 : 40;
	uint8_t packet[2048];

	while (poll(&wait, 1, LIMIT_MS) == 1) {
		const struct tcphdr *th = (const void *)(packet + header);
		ssize_t len = read(tun, packet, sizeof(packet));

		if (len < (ssize_t)(header + sizeof(*th)) || !th->syn || !th->ack ||
		    ntohs(th->dest) != CRAFT_REMOTE_PORT)
			continue;
		ends->iss = ntohl(th->seq);
		return 0;
	}
	return -ETIMEDOUT;
}

static int run_connect(int tun, struct craft_ends *ends, const char *local, const char *remote)
{
	int error;

	ends->family = strchr(local, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(ends->family, local, ends->local) != 1 ||
	    inet_pton(ends->family, remote, ends->remote) != 1)
		return -EINVAL;
	ends->irs = OUR_ISN;
	send_sound(tun, ends, SYN, ends->irs);
	error = await_synack(tun, ends);
	if (!error)
		send_sound(tun, ends, ACK, ends->irs + 1);
	return error;
}

static void count(struct counts *counts, uint8_t flags)
{
	if (flags & RST) {
		counts->rst++;
		return;
	}
	counts->syn += (flags & SYN_ACK) == SYN;
	counts->synack += (flags & SYN_ACK) == SYN_ACK;
	counts->fin += flags & FIN;
}

static int run_send(int tun, const struct craft_ends *ends, uint64_t seed, unsigned int n,
		    const char *path, struct counts *counts)
{
	FILE *file = fopen(path, "w");
	char told[TOLD_MAX];

	if (!file)
		return -errno;
	for (; counts->sent < n; counts->sent++) {
		struct craft_packets packets;
		struct craft_bytes segment;

		craft_segment(&seed, ends, &segment);
		if (craft_wrap(&seed, ends, &segment, &packets) && craft_is_whole(&segment)) {
			count(counts, craft_flags(&segment));
			craft_told(ends, &segment, told, sizeof(told));
			if (*told)
				fprintf(file, "%s\n", told);
		}
		send_packets(tun, &packets);
		drain(tun);
	}
	return fclose(file) ? -errno : 0;
}

static int obey(int tun, char *line, struct counts *counts)
{
	static struct craft_ends ends;
	unsigned long long seed;
	char one[64], two[64], path[128];
	unsigned int n;

	drain(tun);
	if (sscanf(line, "connect %63s %63s", one, two) == 2)
		return run_connect(tun, &ends, one, two);
	if (sscanf(line, "send %llu %u %127s", &seed, &n, path) == 3 && n <= COUNT_MAX)
		return run_send(tun, &ends, seed, n, path, counts);
	if (strcmp(line, "reset\n"))
		return -EINVAL;
	send_sound(tun, &ends, RST, ends.irs + 1);
	return 0;
}

int main(int argc, char **argv)
{
	cpu_set_t first;
	char line[512];
	int tun;

	if (argc != 2)
		errx(2, "usage: craft DEVICE");
	/* What one CPU receives is told in this order. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		err(1, "sched_setaffinity");
	tun = tun_open(argv[1]);
	while (fgets(line, sizeof(line), stdin)) {
		struct counts counts = { 0 };
		int error = obey(tun, line, &counts);

		if (error)
			printf("error %s\n", strerror(-error));
		else
			printf("ok 0 0 %u %u %u %u %u\n", counts.sent, counts.syn, counts.synack,
			       counts.fin, counts.rst);
		fflush(stdout);
	}
	return 0;
}
