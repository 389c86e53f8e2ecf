// SPDX-License-Identifier: GPL-2.0
/*
 * Which connections do not get on, and why: bytes wait, and none of them has moved for a
 * while. A single look shows a closed window, but not an ACK that does not come: that
 * takes two.
 */
#include <string.h>

#include "moment.h"
#include "stall.h"
#include "windows.h"

enum {
	NS_PER_MS = 1000 * 1000,
	STILL_MS = 1000,	/* on the slowest of paths an ACK comes sooner */
};

/**
 * stall_text() - put it into words
 * @stall: why nothing moves
 *
 * Return: a constant string of at most 17 characters.
 */
const char *stall_text(enum stall stall)
{
	static const char *const texts[] = {
		[STALL_NONE] = "-",
		[STALL_WINDOW] = "peer's window 0",
		[STALL_SILENT] = "no ACK comes",
		[STALL_HELD] = "held back by us",
		[STALL_UNREAD] = "we do not read",
		[STALL_UNANSWERED] = "no answer to SYN",
	};

	return texts[stall];
}

static void still_since(struct conn *conn, struct number ms, int64_t now_ns, bool least)
{
	conn->still_ns = now_ns - moment_span_ns(ms.value);
	conn->still_least = least;
}

/*
 * Since when what is to be sent has not moved: the ACKs tell, from one look to the next,
 * and at the first look, when data was sent last.
 */
static void sender_since(struct conn *conn, const struct conn *before,
			 const struct number *value, int64_t now_ns)
{
	const struct number now = { .known = true, .value = 0 };

	conn->waits = value[LOOK_SND_UNACKED].value || value[LOOK_SND_UNSENT].value;
	if (!conn->waits || (before && (!before->waits || before->acked != conn->acked))) {
		still_since(conn, now, now_ns, false);
	} else if (before) {
		conn->still_ns = before->still_ns;
		conn->still_least = before->still_least;
	} else {
		still_since(conn, value[LOOK_IDLE_OUT_MS], now_ns, true);
	}
}

static enum stall judge_sender(const struct number *value)
{
	if (value[LOOK_SND_UNSENT].value && !value[LOOK_SND_WND].value)
		return STALL_WINDOW;
	return value[LOOK_SND_UNACKED].value ? STALL_SILENT : STALL_HELD;
}

/**
 * stall_judge() - does a connection get on?
 * @conn: the connection; its stall and its still_* are set
 * @before: the same a look ago, NULL if it was not there
 * @value: what the table says of it
 * @state: its state
 * @now_ns: CLOCK_BOOTTIME of the look
 */
void stall_judge(struct conn *conn, const struct conn *before, const struct number *value,
		 const char *state, int64_t now_ns)
{
	const int64_t long_ago_ns = now_ns - (int64_t)STILL_MS * NS_PER_MS;

	if (!strcmp(state, "SYN_SENT")) {
		still_since(conn, value[LOOK_STATE_MS], now_ns, false);
		conn->stall = conn->still_ns <= long_ago_ns ? STALL_UNANSWERED : STALL_NONE;
		return;
	}
	sender_since(conn, before, value, now_ns);
	if (conn->waits && conn->still_ns <= long_ago_ns && windows_we_may_send(state)) {
		conn->stall = judge_sender(value);
		return;
	}
	if (!windows_peer_may_send(state) || !value[LOOK_RCV_UNREAD].value ||
	    !value[LOOK_RCV_WND].known || value[LOOK_RCV_WND].value ||
	    value[LOOK_IDLE_IN_MS].value < STILL_MS)
		return;
	conn->stall = STALL_UNREAD;
	still_since(conn, value[LOOK_IDLE_IN_MS], now_ns, false);
}
