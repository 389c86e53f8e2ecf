// SPDX-License-Identifier: GPL-2.0
/* The TCP part of craft: segments, and what the module has to tell of them. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "craft.h"
#include "draw.h"

enum {
	HEADER_LEN = 20,
	OPTIONS_MAX = 40,
	PAYLOAD_MAX = 40,
	WSCALE = 7,		/* as craft_sound() offers it */
	SACKS_TOLD = 2,
	WSCALE_NONE = 255,
	KIND_EXPERIMENT = 254,
	FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16,
};

static void put16(uint8_t *to, unsigned int n)
{
	to[0] = n >> 8;
	to[1] = n;
}

static void put32(uint8_t *to, uint32_t n)
{
	put16(to, n >> 16);
	put16(to + 2, n);
}

static unsigned int get16(const uint8_t *from)
{
	return from[0] << 8 | from[1];
}

static uint32_t get32(const uint8_t *from)
{
	return (uint32_t)get16(from) << 16 | get16(from + 2);
}

static uint32_t sum(const uint8_t *byte, size_t len)
{
	uint32_t total = 0;
	size_t i;

	for (i = 0; i < len; i++)
		total += i % 2 ? byte[i] : byte[i] << 8;
	return total;
}

void craft_checksum(const struct craft_ends *ends, struct craft_bytes *segment)
{
	size_t size = ends->family == AF_INET ? 4 : 16;
	uint32_t total;

	if (segment->len < HEADER_LEN)
		return;
	put16(segment->byte + 16, 0);
	total = sum(segment->byte, segment->len) + sum(ends->local, size) +
		sum(ends->remote, size) + IPPROTO_TCP + segment->len;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	put16(segment->byte + 16, ~total);
}

static size_t put_header(struct craft_bytes *segment, uint8_t flags, uint32_t seq, uint32_t ack,
			 unsigned int window)
{
	uint8_t *byte = segment->byte;

	memset(byte, 0, HEADER_LEN);
	put16(byte, CRAFT_REMOTE_PORT);
	put16(byte + 2, CRAFT_LOCAL_PORT);
	put32(byte + 4, seq);
	put32(byte + 8, ack);
	byte[12] = HEADER_LEN / 4 << 4;
	byte[13] = flags;
	put16(byte + 14, window);
	segment->len = HEADER_LEN;
	return HEADER_LEN;
}

void craft_sound(const struct craft_ends *ends, uint8_t flags, uint32_t seq, uint32_t ack,
		 struct craft_bytes *segment)
{
	static const uint8_t offer[] = {
		TCPOPT_MAXSEG, TCPOLEN_MAXSEG, 5, 0xb4, TCPOPT_NOP, TCPOPT_NOP,
		TCPOPT_SACK_PERMITTED, TCPOLEN_SACK_PERMITTED, TCPOPT_NOP,
		TCPOPT_WINDOW, TCPOLEN_WINDOW, WSCALE,
	};

	put_header(segment, flags, seq, ack, 1000);
	if (flags & SYN) {
		memcpy(segment->byte + HEADER_LEN, offer, sizeof(offer));
		segment->len += sizeof(offer);
		segment->byte[12] = segment->len / 4 << 4;
	}
	craft_checksum(ends, segment);
}

/* Options up to ROOM, of which the last may not be there as a whole, nor say how long it is. */
static void put_options(uint64_t *seed, uint8_t *to, size_t room)
{
	static const struct {
		uint8_t kind, len;
	} options[] = {
		{ TCPOPT_NOP, 1 }, { TCPOPT_MAXSEG, TCPOLEN_MAXSEG },
		{ TCPOPT_WINDOW, TCPOLEN_WINDOW },
		{ TCPOPT_SACK_PERMITTED, TCPOLEN_SACK_PERMITTED },
		{ TCPOPT_SACK, 10 }, { TCPOPT_SACK, 18 }, { TCPOPT_SACK, 26 },
		{ TCPOPT_SACK, 34 }, { TCPOPT_SACK, 13 }, { TCPOPT_SACK, 2 },
		{ TCPOPT_TIMESTAMP, TCPOLEN_TIMESTAMP }, { KIND_EXPERIMENT, 4 },
		{ TCPOPT_EOL, 1 },
	};

	while (room) {
		uint32_t i = draw(seed, ARRAY_SIZE(options));
		size_t len = options[i].len < room ? options[i].len : room, at;

		for (at = 0; at < len; at++)
			to[at] = draw(seed, 256);
		to[0] = options[i].kind;
		if (options[i].len > 1 && len > 1)
			to[1] = draw_one_in(seed, 8) ? draw(seed, 256) : options[i].len;
		to += len;
		room -= len;
	}
}

void craft_segment(uint64_t *seed, const struct craft_ends *ends, struct craft_bytes *segment)
{
	static const uint8_t flags[] = {
		ACK, ACK, ACK, PSH | ACK, SYN, SYN | ACK, FIN | ACK, FIN, RST, RST | ACK,
		SYN | FIN, SYN | RST, 0, 0xff,
	};
	uint32_t i = draw(seed, sizeof(flags) + 2);
	size_t room = 4 * draw(seed, OPTIONS_MAX / 4 + 1), payload = draw(seed, PAYLOAD_MAX), at;
	/* From long ago, so that nothing becomes of the connection. */
	uint32_t seq = ends->irs - 1000 - draw(seed, 1 << 20);
	uint32_t ack = draw_one_in(seed, 2) ? ends->iss + 1 : draw(seed, UINT32_MAX);
	bool spoil;

	at = put_header(segment, i < sizeof(flags) ? flags[i] : draw(seed, 256), seq, ack,
			draw_one_in(seed, 4) ? 0 : draw(seed, 65536));
	put_options(seed, segment->byte + at, room);
	for (at += room; payload--; at++)
		segment->byte[at] = draw(seed, 256);
	segment->len = at;
	segment->byte[12] = (draw_one_in(seed, 4) ? draw(seed, 16) : (HEADER_LEN + room) / 4) << 4;
	if (draw_one_in(seed, 8))
		put16(segment->byte, 5000 + draw(seed, 60000));
	else if (draw_one_in(seed, 16))
		put16(segment->byte + 2, CRAFT_LOCAL_PORT + 1);
	if (draw_one_in(seed, 6))
		segment->len = draw(seed, segment->len);
	craft_checksum(ends, segment);
	/* Who is not the connection's peer becomes nobody's, or there would be others soon. */
	spoil = draw_one_in(seed, 2) || get16(segment->byte) != CRAFT_REMOTE_PORT;
	if (segment->len >= HEADER_LEN && spoil)
		segment->byte[16] ^= 1 + draw(seed, 255);
}

bool craft_is_whole(const struct craft_bytes *segment)
{
	size_t header = segment->len < HEADER_LEN ? 0 : segment->byte[12] >> 4 << 2;

	return header >= HEADER_LEN && header <= segment->len;
}

uint8_t craft_flags(const struct craft_bytes *segment)
{
	return segment->byte[13];
}

/* What its options say, as far as they can be read one after the other. */
static void tell_options(const uint8_t *option, const uint8_t *end, bool syn, uint32_t base,
			 char *text, size_t size)
{
	unsigned int mss = 0, wscale = WSCALE_NONE, sacks = 0;
	bool permitted = false;
	size_t used = 0;

	for (; option < end && *option != TCPOPT_EOL; option += option[1]) {
		const uint8_t *block;

		for (; option < end && *option == TCPOPT_NOP; option++)
			;
		if (option == end || *option == TCPOPT_EOL)
			break;
		if (end - option < 2 || option[1] < 2 || option[1] > end - option)
			break;
		block = option + 2;
		if (syn && *option == TCPOPT_MAXSEG && option[1] == TCPOLEN_MAXSEG)
			mss = get16(block);
		if (syn && *option == TCPOPT_WINDOW && option[1] == TCPOLEN_WINDOW)
			wscale = *block;
		if (syn && *option == TCPOPT_SACK_PERMITTED && option[1] == TCPOLEN_SACK_PERMITTED)
			permitted = true;
		for (; *option == TCPOPT_SACK && block + 8 <= option + option[1] &&
		     sacks < SACKS_TOLD; block += 8)
			used += snprintf(text + used, size - used, "%s%u-%u",
					 sacks++ ? "," : " sack=", get32(block) - base,
					 get32(block + 4) - base);
	}
	if (mss)
		used += snprintf(text + used, size - used, " mss=%u", mss);
	if (wscale != WSCALE_NONE)
		used += snprintf(text + used, size - used, " wscale=%u", wscale);
	snprintf(text + used, size - used, "%s", permitted ? " sack_permitted=yes" : "");
}

void craft_told(const struct craft_ends *ends, const struct craft_bytes *segment, char *text,
		size_t size)
{
	static const char letters[] = "FSRP.UEW";
	const uint8_t *byte = segment->byte;
	bool ours = get16(byte) == CRAFT_REMOTE_PORT, syn = craft_flags(segment) & SYN;
	uint32_t header = byte[12] >> 4 << 2, seq = get32(byte + 4), ack = get32(byte + 8);
	/* A stranger's numbers can only be counted from themselves. */
	uint32_t irs = ours ? ends->irs : seq, iss = ours ? ends->iss : ack - 1;
	char flags[sizeof(letters)] = "", options[128] = "";
	unsigned int i, n = 0;

	*text = '\0';
	if (get16(byte + 2) != CRAFT_LOCAL_PORT || !(ours || syn))
		return;
	for (i = 0; letters[i]; i++)
		if (craft_flags(segment) & 1 << i)
			flags[n++] = letters[i];
	tell_options(byte + HEADER_LEN, byte + header, syn, iss, options, sizeof(options));
	snprintf(text, size, "flags=%s seq=%u ack=%u len=%zu wnd=%u%s", n ? flags : "-", seq - irs,
		 craft_flags(segment) & ACK ? ack - iss : 0, segment->len - header,
		 get16(byte + 14) << (ours && !syn ? WSCALE : 0), options);
}
