/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments as TCP would not send them, in packets as IP would not, and what of them the
 * module's hooks have to say.
 */
#ifndef TRAFFIC_CRAFT_H
#define TRAFFIC_CRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CRAFT_LEN_MAX = 512,
	CRAFT_PARTS_MAX = 3,
	CRAFT_LOCAL_PORT = 80,
	CRAFT_REMOTE_PORT = 4000,
};

/* A connection as its remote end knows it, which this program is. */
struct craft_ends {
	int family;
	uint8_t local[16];	/* the kernel's address; of IPv4 the first four bytes */
	uint8_t remote[16];	/* ours */
	uint32_t iss;		/* the kernel's first sequence number */
	uint32_t irs;		/* ours */
};

struct craft_bytes {
	uint8_t byte[CRAFT_LEN_MAX];
	size_t len;
};

/* A segment in as many packets as it takes. */
struct craft_packets {
	struct craft_bytes part[CRAFT_PARTS_MAX];
	size_t n;
};

/* A segment for the connection, or for nobody. */
void craft_segment(uint64_t *seed, const struct craft_ends *ends, struct craft_bytes *segment);
/* A segment of the connection that is as it should be. */
void craft_sound(const struct craft_ends *ends, uint8_t flags, uint32_t seq, uint32_t ack,
		 struct craft_bytes *segment);
/* Makes the checksum right. */
void craft_checksum(const struct craft_ends *ends, struct craft_bytes *segment);
/* Whether it has a whole header of TCP. */
bool craft_is_whole(const struct craft_bytes *segment);
uint8_t craft_flags(const struct craft_bytes *segment);
/*
 * What an event says of it from "flags=" on, without what it says of the socket; "" if it
 * is not told.
 */
void craft_told(const struct craft_ends *ends, const struct craft_bytes *segment, char *text,
		size_t size);

/* The segment in one packet that is as it should be. */
void craft_plain(const struct craft_ends *ends, const struct craft_bytes *segment,
		 struct craft_packets *packets);
/*
 * In one or more that may not be; what arrives may be less than SEGMENT was, which is cut
 * then. Returns whether the hooks get it.
 */
bool craft_wrap(uint64_t *seed, const struct craft_ends *ends, struct craft_bytes *segment,
		struct craft_packets *packets);

#endif /* TRAFFIC_CRAFT_H */
