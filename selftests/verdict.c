// SPDX-License-Identifier: GPL-2.0
/* The verdicts and limits as pure functions of a snapshot, each answer and their order. */
#include "kselftest_harness.h"

#include "verdict.h"

enum { STUCK_MS = 60000 };

/* All that can be wrong with a socket in CLOSE_WAIT at once. */
static const struct tcpw_snapshot worst = {
	.rcv_unread = 1,
	.snd_unacked = 1,
	.snd_unsent = 1,
	.snd_wnd = 0,
	.mss = 1000,
	.fin_unread = 1,
	.unaccepted = 1,
	.retransmitting = 1,
	.sndbuf_full = 1,
};

FIXTURE(close_wait)
{
	struct tcpw_snapshot s;
};

FIXTURE_SETUP(close_wait)
{
	/* Everything read, nothing to send, the window open: only close() is missing. */
	self->s = (struct tcpw_snapshot){ .snd_wnd = 65536, .snd_usable = 65536, .mss = 1000 };
}

FIXTURE_TEARDOWN(close_wait)
{
}

TEST_F(close_wait, leaked_after_the_threshold)
{
	EXPECT_EQ(TCPW_LEAKED, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
	EXPECT_EQ(TCPW_LEAKED, tcpw_verdict(&self->s, ~0ULL, STUCK_MS));
	EXPECT_EQ(TCPW_LEAKED, tcpw_verdict(&self->s, 2, 1));
	EXPECT_EQ(TCPW_LEAKED, tcpw_verdict(&self->s, (__u64)UINT32_MAX + 1, UINT32_MAX));
}

TEST_F(close_wait, fresh_up_to_the_threshold)
{
	EXPECT_EQ(TCPW_FRESH, tcpw_verdict(&self->s, 0, STUCK_MS));
	EXPECT_EQ(TCPW_FRESH, tcpw_verdict(&self->s, STUCK_MS, STUCK_MS));
	EXPECT_EQ(TCPW_FRESH, tcpw_verdict(&self->s, UINT32_MAX, UINT32_MAX));
}

TEST_F(close_wait, eof_unread)
{
	self->s.fin_unread = 1;
	EXPECT_EQ(TCPW_EOF_UNREAD, tcpw_verdict(&self->s, 0, STUCK_MS));
	EXPECT_EQ(TCPW_EOF_UNREAD, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
}

TEST_F(close_wait, unread)
{
	self->s.rcv_unread = 1;
	self->s.fin_unread = 1;
	EXPECT_EQ(TCPW_UNREAD, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
}

TEST_F(close_wait, draining_what_waits)
{
	self->s.snd_unsent = 1;
	EXPECT_EQ(TCPW_DRAINING, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
}

TEST_F(close_wait, draining_what_is_out)
{
	self->s.snd_unacked = 1;
	EXPECT_EQ(TCPW_DRAINING, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
	/* The last of it filled the peer's window: it is not stalled, nothing waits. */
	self->s.snd_usable = 0;
	EXPECT_EQ(TCPW_DRAINING, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
}

TEST_F(close_wait, peer_silent)
{
	self->s.snd_unacked = 1;
	self->s.retransmitting = 1;
	EXPECT_EQ(TCPW_PEER_SILENT, tcpw_verdict(&self->s, 0, STUCK_MS));
	self->s.snd_unsent = 1;
	EXPECT_EQ(TCPW_PEER_SILENT, tcpw_verdict(&self->s, 0, STUCK_MS));
}

TEST_F(close_wait, peer_stalled)
{
	self->s.snd_unsent = 1;
	self->s.snd_wnd = 0;
	self->s.snd_usable = 0;
	EXPECT_EQ(TCPW_PEER_STALLED, tcpw_verdict(&self->s, 0, STUCK_MS));
}

TEST_F(close_wait, no_stall_without_data)
{
	self->s.snd_wnd = 0;
	self->s.snd_usable = 0;
	EXPECT_EQ(TCPW_LEAKED, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
}

TEST_F(close_wait, unaccepted)
{
	self->s.unaccepted = 1;
	EXPECT_EQ(TCPW_UNACCEPTED, tcpw_verdict(&self->s, 0, STUCK_MS));
	EXPECT_EQ(TCPW_UNACCEPTED, tcpw_verdict(&self->s, STUCK_MS + 1, STUCK_MS));
}

/* The worst socket there is, mended bit by bit: each time the next verdict holds. */
TEST(the_first_that_holds)
{
	struct tcpw_snapshot s = worst;

	EXPECT_EQ(TCPW_UNACCEPTED, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	s.unaccepted = 0;
	EXPECT_EQ(TCPW_PEER_STALLED, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	s.snd_wnd = 1;
	EXPECT_EQ(TCPW_PEER_SILENT, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	s.retransmitting = 0;
	EXPECT_EQ(TCPW_DRAINING, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	s.snd_unacked = 0;
	s.snd_unsent = 0;
	EXPECT_EQ(TCPW_UNREAD, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	s.rcv_unread = 0;
	EXPECT_EQ(TCPW_EOF_UNREAD, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	s.fin_unread = 0;
	EXPECT_EQ(TCPW_LEAKED, tcpw_verdict(&s, STUCK_MS + 1, STUCK_MS));
	EXPECT_EQ(TCPW_FRESH, tcpw_verdict(&s, STUCK_MS, STUCK_MS));
}

TEST(verdict_names)
{
	static const char *const names[] = {
		"unaccepted", "peer_stalled", "peer_silent", "draining",
		"unread", "eof_unread", "fresh", "leaked",
	};

	ASSERT_EQ(sizeof(names) / sizeof(*names), TCPW_VERDICTS);
	for (int i = 0; i < TCPW_VERDICTS; i++) {
		const char *name = tcpw_verdict_name(i);

		EXPECT_STREQ(names[i], name);
	}
}

FIXTURE(sender)
{
	struct tcpw_snapshot s;
};

FIXTURE_SETUP(sender)
{
	/* Much to send, and both windows wide open. */
	self->s = (struct tcpw_snapshot){
		.snd_unacked = 10000,
		.snd_unsent = 50000,
		.snd_wnd = 65536,
		.snd_usable = 55536,
		.cwnd_bytes = 100000,
		.mss = 1000,
	};
}

FIXTURE_TEARDOWN(sender)
{
}

TEST_F(sender, limited_by_the_peer)
{
	self->s.snd_usable = 0;
	EXPECT_EQ(TCPW_LIMITED_PEER, tcpw_limited(&self->s));
	self->s.snd_usable = self->s.mss - 1;
	EXPECT_EQ(TCPW_LIMITED_PEER, tcpw_limited(&self->s));
}

TEST_F(sender, limited_by_the_peer_below_one_segment)
{
	self->s.snd_unsent = 10;
	self->s.snd_usable = 9;
	EXPECT_EQ(TCPW_LIMITED_PEER, tcpw_limited(&self->s));
	self->s.snd_usable = 10;
	EXPECT_EQ(TCPW_LIMITED_NETWORK, tcpw_limited(&self->s));
}

TEST_F(sender, limited_by_the_network)
{
	self->s.cwnd_bytes = self->s.snd_unacked;
	EXPECT_EQ(TCPW_LIMITED_NETWORK, tcpw_limited(&self->s));
	self->s.snd_usable = self->s.mss;
	EXPECT_EQ(TCPW_LIMITED_NETWORK, tcpw_limited(&self->s));
}

TEST_F(sender, limited_by_the_send_buffer)
{
	self->s.snd_unsent = 0;
	self->s.sndbuf_full = 1;
	EXPECT_EQ(TCPW_LIMITED_SNDBUF, tcpw_limited(&self->s));
}

TEST_F(sender, limited_by_the_program)
{
	self->s.snd_unsent = 0;
	EXPECT_EQ(TCPW_LIMITED_APP, tcpw_limited(&self->s));
	self->s.snd_unacked = 0;
	EXPECT_EQ(TCPW_LIMITED_APP, tcpw_limited(&self->s));
	/* All is acknowledged: the buffer is empty, whatever the flag was a moment ago. */
	self->s.sndbuf_full = 1;
	EXPECT_EQ(TCPW_LIMITED_APP, tcpw_limited(&self->s));
}

TEST_F(sender, program_limited_in_a_closed_window)
{
	self->s.snd_unsent = 0;
	self->s.snd_unacked = 0;
	self->s.snd_wnd = 0;
	self->s.snd_usable = 0;
	EXPECT_EQ(TCPW_LIMITED_APP, tcpw_limited(&self->s));
}

TEST(limit_names)
{
	EXPECT_STREQ("peer", tcpw_limited_name(TCPW_LIMITED_PEER));
	EXPECT_STREQ("network", tcpw_limited_name(TCPW_LIMITED_NETWORK));
	EXPECT_STREQ("sndbuf", tcpw_limited_name(TCPW_LIMITED_SNDBUF));
	EXPECT_STREQ("app", tcpw_limited_name(TCPW_LIMITED_APP));
}

TEST_HARNESS_MAIN
