// SPDX-License-Identifier: GPL-2.0
/* The state machine as data: every change that it may have, and no other. */
#include "kselftest_harness.h"

#include <netinet/tcp.h>

#include "state.h"

static const char *const names[TCPW_STATES] = {
	"-", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
	"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
};

struct change {
	unsigned int from;
	unsigned int to;
};

/*
 * RFC 9293, figure 5, by its arrows, with CLOSE for the RFC's CLOSED, and a reset that
 * leaves any state; but a listener does not SEND.
 */
static const struct change rfc9293[] = {
	{ TCP_CLOSE, TCP_LISTEN },		/* passive OPEN */
	{ TCP_CLOSE, TCP_SYN_SENT },		/* active OPEN */
	{ TCP_LISTEN, TCP_SYN_RECV },		/* a SYN came: a child is born so */
	{ TCP_LISTEN, TCP_CLOSE },		/* CLOSE */
	{ TCP_SYN_SENT, TCP_SYN_RECV },		/* a SYN came: both open at once */
	{ TCP_SYN_SENT, TCP_ESTABLISHED },	/* a SYN-ACK came */
	{ TCP_SYN_SENT, TCP_CLOSE },		/* CLOSE, or a reset */
	{ TCP_SYN_RECV, TCP_ESTABLISHED },	/* the ACK of our SYN came */
	{ TCP_SYN_RECV, TCP_FIN_WAIT1 },	/* CLOSE */
	{ TCP_SYN_RECV, TCP_CLOSE },		/* a reset */
	{ TCP_ESTABLISHED, TCP_FIN_WAIT1 },	/* CLOSE */
	{ TCP_ESTABLISHED, TCP_CLOSE_WAIT },	/* a FIN came */
	{ TCP_ESTABLISHED, TCP_CLOSE },		/* a reset */
	{ TCP_FIN_WAIT1, TCP_FIN_WAIT2 },	/* the ACK of our FIN came */
	{ TCP_FIN_WAIT1, TCP_CLOSING },		/* a FIN came */
	{ TCP_FIN_WAIT1, TCP_TIME_WAIT },	/* both came */
	{ TCP_FIN_WAIT1, TCP_CLOSE },		/* a reset */
	{ TCP_FIN_WAIT2, TCP_TIME_WAIT },	/* a FIN came */
	{ TCP_FIN_WAIT2, TCP_CLOSE },		/* a reset */
	{ TCP_CLOSING, TCP_TIME_WAIT },		/* the ACK of our FIN came */
	{ TCP_CLOSING, TCP_CLOSE },		/* a reset */
	{ TCP_TIME_WAIT, TCP_CLOSE },		/* 2 MSL are over */
	{ TCP_CLOSE_WAIT, TCP_LAST_ACK },	/* CLOSE */
	{ TCP_CLOSE_WAIT, TCP_CLOSE },		/* a reset */
	{ TCP_LAST_ACK, TCP_CLOSE },		/* the ACK of our FIN came, or a reset */
};

/* What Linux has beyond that, with TCP Fast Open (RFC 7413): a FIN before the last ACK. */
static const struct change linux_extra = { TCP_SYN_RECV, TCP_CLOSE_WAIT };

static bool wanted(unsigned int from, unsigned int to)
{
	if (from == linux_extra.from && to == linux_extra.to)
		return true;
	for (size_t i = 0; i < sizeof(rfc9293) / sizeof(*rfc9293); i++)
		if (rfc9293[i].from == from && rfc9293[i].to == to)
			return true;
	return false;
}

TEST(every_change_of_the_rfc_and_no_other)
{
	/* EXPECT_EQ() with words of its own is more than one statement. */
	for (unsigned int from = 0; from < TCPW_STATES; from++) {
		for (unsigned int to = 0; to < TCPW_STATES; to++) {
			EXPECT_EQ(wanted(from, to), !!tcpw_state_cause(from, to)) {
				TH_LOG("%s to %s", names[from], names[to]);
			}
		}
	}
}

TEST(numbers_that_are_no_state)
{
	EXPECT_EQ(NULL, tcpw_state_cause(TCPW_STATES, TCP_CLOSE));
	EXPECT_EQ(NULL, tcpw_state_cause(TCP_ESTABLISHED, TCPW_STATES));
	EXPECT_EQ(NULL, tcpw_state_cause(-1U, -1U));
	EXPECT_STREQ("-", tcpw_state_name(0));
	EXPECT_STREQ("-", tcpw_state_name(TCPW_STATES));
	EXPECT_STREQ("-", tcpw_state_name(-1U));
}

TEST(state_names)
{
	for (unsigned int state = 1; state < TCPW_STATES; state++) {
		const char *name = tcpw_state_name(state);

		EXPECT_STREQ(names[state], name);
	}
}

TEST_HARNESS_MAIN
