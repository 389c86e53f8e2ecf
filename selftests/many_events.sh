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

# What is wrong with the events in a file, of which none is lost: a change that does not
# begin where the last one ended, a connection that ends twice, or not at all.
gaps()
{
	awk '
		$3 == "state" {
			split($6, from, "=")
			split($7, to, "=")
			born = from[2] == "CLOSE" || from[2] == "LISTEN"
			if ($2 in state ? state[$2] != from[2] : !born)
				print $2 " goes from " from[2] " and was in " state[$2]
			state[$2] = to[2]
			if (to[2] == "LISTEN")
				listeners++
			next
		}
		$3 == "closed" {
			if (state[$2] !~ /^(CLOSE|TIME_WAIT|FIN_WAIT2)$/)
				print $2 " is closed in " state[$2]
			if (closed[$2]++)
				print $2 " is closed twice"
			n++
			next
		}
		{ print "not expected: " $0 }
		END { print n " ended" }' "$1"
}

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
	expect_eq "events lost by who was fast enough" "$(lost_in fast)" 0
	expect_eq "what is wrong" "$(gaps "$WORK/fast" | head -n 3)" "$((2 * COUNT)) ended"
	lost=$(lost_in slow)
	say "$(all_in fast) events, of which the slow reader missed $lost"
	expect_between "events lost by who slept" "$lost" 1 "$(all_in fast)"
	expect_eq "events_lost" "$(summary a events_lost)" "$lost"
	expect_eq "illegal transitions" "$(summary a illegal_transitions)" 0
	stop fast
	stop slow
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
