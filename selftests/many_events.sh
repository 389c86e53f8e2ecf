#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 50,000 connections, opened and closed as fast as can be while events are read: every
# change of state is told, for each connection in order, or counted as lost.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

COUNT=50000

# One reads as fast as it can. The other sleeps until it must have missed some, and knows
# how many.
in_order_or_lost()
{
	local lost

	record fast a
	record_by slow a dd bs=4k status=none
	kill -STOP "${PEER_PID[slow]}"
	become a "$TRAFFIC/churn" 127.0.0.1:0 2 $COUNT >"$WORK/churned" &
	PEER_PID[churn]=$!
	wait_for "more has happened than is kept" more_than_kept
	kill -CONT "${PEER_PID[slow]}"
	wait "${PEER_PID[churn]}"
	unset 'PEER_PID[churn]'
	expect_eq "what became of them" "$(tail -n 1 "$WORK/churned")" \
		"$COUNT connections, 0 failures"
	wait_for "the last are told" accounted_alike
	if fast_enough; then
		expect_eq "events lost by who was fast enough" "$(lost_in fast)" 0
		expect_eq "what is wrong" "$(gaps "$WORK/fast" | head -n 3)" "$((2 * COUNT)) ended"
	fi
	lost=$(lost_in slow)
	say "$(all_in fast) events, of which the slow reader missed $lost"
	expect_between "events lost by who slept" "$lost" 1 "$(all_in fast)"
	expect_eq "events_lost" "$(summary a events_lost)" $((lost + $(lost_in fast)))
	expect_eq "illegal transitions" "$(summary a illegal_transitions)" 0
	stop fast
	stop slow
}

# Nobody is where the module's accesses are held up, to see who comes by: the reader's are, too.
fast_enough()
{
	[ ! -e /sys/kernel/debug/kcsan ]
}

# On each CPU, whichever it is that does the work.
more_than_kept()
{
	[ "$(wc -l <"$WORK/fast")" -gt $((8192 * $(nproc) * 2)) ]
}

accounted_alike()
{
	[ "$(all_in fast)" = "$(all_in slow)" ]
}

module_fresh
ns_add a
ns_sysctl a net.ipv4.ip_local_port_range='10000 65535'
test_case "$COUNT connections" in_order_or_lost
run_cases
