// SPDX-License-Identifier: GPL-2.0
/* The IP part of craft: packets and fragments around a segment. */
#include <netinet/in.h>
#include <string.h>

#include "craft.h"
#include "draw.h"

enum {
	HEADER4_LEN = 20,
	HEADER6_LEN = 40,
	FRAGMENT_LEN = 8,
	TTL = 64,
	MORE4 = 0x2000,
	MORE6 = 1,
	OPTION_UNKNOWN = 0x9e,	/* of IPv4 */
	OPTION_SKIPPED = 0x1e,	/* of IPv6: who does not know it goes on */
	EXTENSIONS_MAX = 4,
};

static void put16(uint8_t *to, unsigned int n)
{
	to[0] = n >> 8;
	to[1] = n;
}

/* What each fragmented packet of this run is known by. */
static unsigned int next_id(void)
{
	static unsigned int id;

	return ++id;
}

static void append(struct craft_bytes *packet, const void *bytes, size_t len)
{
	memcpy(packet->byte + packet->len, bytes, len);
	packet->len += len;
}

/* ---- IPv4 */

static void checksum4(struct craft_bytes *packet, size_t header)
{
	uint32_t total = 0;
	size_t i;

	put16(packet->byte + 10, 0);
	for (i = 0; i < header; i += 2)
		total += packet->byte[i] << 8 | packet->byte[i + 1];
	total = (total & 0xffff) + (total >> 16);
	put16(packet->byte + 10, ~(total + (total >> 16)));
}

/* Bytes FROM to TO of the segment; FRAGMENT is the packet's field of that name. */
static void part4(const struct craft_ends *ends, const struct craft_bytes *segment, size_t from,
		  size_t to, unsigned int id, unsigned int fragment, struct craft_bytes *packet)
{
	uint8_t header[HEADER4_LEN] = { 0x45, [8] = TTL, [9] = IPPROTO_TCP };

	put16(header + 2, HEADER4_LEN + to - from);
	put16(header + 4, id);
	put16(header + 6, fragment);
	memcpy(header + 12, ends->remote, 4);
	memcpy(header + 16, ends->local, 4);
	packet->len = 0;
	append(packet, header, sizeof(header));
	append(packet, segment->byte + from, to - from);
	checksum4(packet, HEADER4_LEN);
}

/* With options: some that nobody knows, the last of which may LIE about its length. */
static void options4(uint64_t *seed, struct craft_bytes *packet, bool lie)
{
	size_t room = 4 * (1 + draw(seed, 10)), at = HEADER4_LEN;

	memmove(packet->byte + HEADER4_LEN + room, packet->byte + HEADER4_LEN,
		packet->len - HEADER4_LEN);
	packet->len += room;
	memset(packet->byte + HEADER4_LEN, 1, room);
	if (lie || draw_one_in(seed, 2)) {
		packet->byte[at] = OPTION_UNKNOWN;
		packet->byte[at + 1] = lie ? draw(seed, 2) * (room + 1) : 2 + draw(seed, room - 1);
		memset(packet->byte + at + 2, draw(seed, 256), room - 2);
		if (!lie)
			memset(packet->byte + at + packet->byte[at + 1], 1,
			       room - packet->byte[at + 1]);
	}
	packet->byte[0] = 0x40 | (HEADER4_LEN + room) / 4;
	put16(packet->byte + 2, packet->len);
	checksum4(packet, HEADER4_LEN + room);
}

/* In two; some are missing one, or overlap. Returns whether they can be put together. */
static bool fragments4(uint64_t *seed, const struct craft_ends *ends,
		       const struct craft_bytes *segment, struct craft_packets *packets)
{
	unsigned int id = next_id();
	size_t cut = 8 * (1 + draw(seed, (segment->len - 1) / 8)), overlap = 0;
	bool whole = !draw_one_in(seed, 3);

	if (!whole && cut > 8)
		overlap = 8;
	part4(ends, segment, 0, cut, id, MORE4, &packets->part[0]);
	part4(ends, segment, cut - overlap, segment->len, id, (cut - overlap) / 8,
	      &packets->part[1]);
	packets->n = whole || overlap ? 2 : 1;
	if (whole && draw_one_in(seed, 2)) {
		struct craft_bytes first = packets->part[0];

		packets->part[0] = packets->part[1];
		packets->part[1] = first;
	}
	return whole;
}

static bool wrap4(uint64_t *seed, const struct craft_ends *ends, struct craft_bytes *segment,
		  struct craft_packets *packets)
{
	struct craft_bytes *packet = &packets->part[0];

	switch (draw(seed, 16)) {
	case 0:
		options4(seed, packet, true);
		return false;
	case 1:
		packet->byte[10] ^= 1 + draw(seed, 255);
		return false;
	case 2:
		packet->byte[0] = 0x40 | draw(seed, 5);
		checksum4(packet, HEADER4_LEN);
		return false;
	case 3:
		put16(packet->byte + 2, packet->len + 1 + draw(seed, 1000));
		checksum4(packet, HEADER4_LEN);
		return false;
	case 4:
		put16(packet->byte + 2, draw(seed, HEADER4_LEN));
		checksum4(packet, HEADER4_LEN);
		return false;
	case 5:
		segment->len = draw(seed, segment->len + 1);
		put16(packet->byte + 2, HEADER4_LEN + segment->len);
		checksum4(packet, HEADER4_LEN);
		return true;
	case 6:
	case 7:
	case 8:
		return segment->len > 8 ? fragments4(seed, ends, segment, packets) : true;
	case 9:
	case 10:
		options4(seed, packet, false);
		return true;
	default:
		return true;
	}
}

/* ---- IPv6 */

static void begin6(const struct craft_ends *ends, uint8_t next, struct craft_bytes *packet)
{
	uint8_t header[HEADER6_LEN] = { 0x60, [6] = next, [7] = TTL };

	memcpy(header + 8, ends->remote, 16);
	memcpy(header + 24, ends->local, 16);
	packet->len = 0;
	append(packet, header, sizeof(header));
}

static void end6(struct craft_bytes *packet)
{
	put16(packet->byte + 4, packet->len - HEADER6_LEN);
}

/* An extension header of KIND, as it should be; TCP or the next one follows. */
static void extend6(uint64_t *seed, uint8_t kind, uint8_t next, struct craft_bytes *packet)
{
	uint8_t header[32] = { next };
	size_t len = 8;

	switch (kind) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_DSTOPTS:
		len = 8 * (1 + draw(seed, 3));
		header[1] = len / 8 - 1;
		header[2] = OPTION_SKIPPED;
		header[3] = len - 4;
		break;
	case IPPROTO_FRAGMENT:
		put16(header + 6, next_id());
		break;
	case IPPROTO_AH:
		len = 24;
		header[1] = len / 4 - 2;
		break;
	}
	append(packet, header, len);
}

/* Extension headers, KIND the last of them, and the segment. */
static void chain6(uint64_t *seed, const struct craft_ends *ends,
		   const struct craft_bytes *segment, uint8_t kind, struct craft_bytes *packet)
{
	static const uint8_t kinds[] = { IPPROTO_DSTOPTS, IPPROTO_ROUTING };
	uint8_t chain[EXTENSIONS_MAX + 1];
	size_t n = draw(seed, EXTENSIONS_MAX), i;

	for (i = 0; i < n; i++)
		chain[i] = !i && draw_one_in(seed, 2) ? IPPROTO_HOPOPTS : kinds[draw(seed, 2)];
	chain[n++] = kind;
	begin6(ends, chain[0], packet);
	for (i = 0; i < n; i++)
		extend6(seed, chain[i], i + 1 < n ? chain[i + 1] : IPPROTO_TCP, packet);
	append(packet, segment->byte, segment->len);
	end6(packet);
}

static void part6(const struct craft_ends *ends, const struct craft_bytes *segment, size_t from,
		  size_t to, unsigned int id, unsigned int fragment, struct craft_bytes *packet)
{
	uint8_t header[FRAGMENT_LEN] = { IPPROTO_TCP };

	put16(header + 2, fragment);
	put16(header + 6, id);
	begin6(ends, IPPROTO_FRAGMENT, packet);
	append(packet, header, sizeof(header));
	append(packet, segment->byte + from, to - from);
	end6(packet);
}

/* As fragments4(); none of them is looked at: they are put together behind the hooks. */
static void fragments6(uint64_t *seed, const struct craft_ends *ends,
		       const struct craft_bytes *segment, struct craft_packets *packets)
{
	unsigned int id = next_id();
	size_t cut = 8 * (1 + draw(seed, (segment->len - 1) / 8));
	size_t from = cut - (cut > 8 && draw_one_in(seed, 3) ? 8 : 0);

	part6(ends, segment, 0, cut, id, MORE6, &packets->part[0]);
	part6(ends, segment, from, segment->len, id, from, &packets->part[1]);
	packets->n = 1 + !draw_one_in(seed, 3);
}

static bool wrap6(uint64_t *seed, const struct craft_ends *ends, struct craft_bytes *segment,
		  struct craft_packets *packets)
{
	static const uint8_t others[] = { IPPROTO_AH, IPPROTO_ESP, IPPROTO_NONE, IPPROTO_UDP };
	static const uint8_t known[] = { IPPROTO_DSTOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT };
	struct craft_bytes *packet = &packets->part[0];

	switch (draw(seed, 16)) {
	case 0:
	case 1:
		chain6(seed, ends, segment, others[draw(seed, sizeof(others))], packet);
		return false;
	case 2:
		/* One that says to be longer than all that follows. */
		begin6(ends, IPPROTO_DSTOPTS, packet);
		extend6(seed, IPPROTO_DSTOPTS, IPPROTO_TCP, packet);
		packet->byte[HEADER6_LEN + 1] = 32 + draw(seed, 224);
		append(packet, segment->byte, segment->len);
		end6(packet);
		return false;
	case 3:
		put16(packet->byte + 4, segment->len + 1 + draw(seed, 1000));
		return false;
	case 4:
		segment->len = draw(seed, segment->len + 1);
		put16(packet->byte + 4, segment->len);
		return true;
	case 5:
	case 6:
	case 7:
		if (segment->len > 8) {
			fragments6(seed, ends, segment, packets);
			return false;
		}
		return true;
	case 8:
	case 9:
	case 10:
		chain6(seed, ends, segment, known[draw(seed, sizeof(known))], packet);
		return true;
	default:
		return true;
	}
}

/* ---- both */

void craft_plain(const struct craft_ends *ends, const struct craft_bytes *segment,
		 struct craft_packets *packets)
{
	struct craft_bytes *packet = &packets->part[0];

	packets->n = 1;
	if (ends->family == AF_INET) {
		part4(ends, segment, 0, segment->len, 0, 0, packet);
		return;
	}
	begin6(ends, IPPROTO_TCP, packet);
	append(packet, segment->byte, segment->len);
	end6(packet);
}

bool craft_wrap(uint64_t *seed, const struct craft_ends *ends, struct craft_bytes *segment,
		struct craft_packets *packets)
{
	craft_plain(ends, segment, packets);
	return ends->family == AF_INET ? wrap4(seed, ends, segment, packets) :
					 wrap6(seed, ends, segment, packets);
}
