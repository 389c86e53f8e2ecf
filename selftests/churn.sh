#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Connections that come and go while the files are read: what stays is shown
# exactly once, and afterwards everything agrees with ss.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

READS=20

short_connections()
{
	peer_start "short$1" a churn "$(loopback "$1"):0" 2 2000
	peer_line "short$1"
	peer_stop "short$1"
	expect_eq "what became of them" "$VALUE" "2000 connections, 0 failures"
	expect_between "TIME_WAITs" "$(summary a time_wait)" 1 4000
	agree a
}

# The ids of the long-lived ones, from ss.
crowd_ids()
{
	ss_dump a | awk '$7 == "full" { print $4 }' | sort
}

each_once_during_a_churn()
{
	local ids=$WORK/ids i

	peer_start crowd4 a crowd 127.0.0.1:0
	peer_start crowd6 a crowd '[::1]:0'
	peer crowd4 open 150
	peer crowd6 open 150
	crowd_ids >"$ids"
	expect_eq "the crowd" "$(wc -l <"$ids")" 600
	peer_start churn4 a churn 127.0.0.1:0
	peer_start churn6 a churn '[::1]:0'
	peer_line churn4
	peer_line churn6
	# It never rests; who reads is to have a share of the CPU.
	renice -n 10 "${PEER_PID[churn4]}" "${PEER_PID[churn6]}" >/dev/null
	for ((i = 0; i < READS; i++)); do
		columns id <"$(ns_proc a)/connections" | awk '{ printf "%x\n", $1 }' |
			sort >"$WORK/shown"
		expect_eq "ids that read $i shows twice" "$(uniq -d "$WORK/shown")" ''
		expect_eq "ids missing from read $i" "$(comm -13 "$WORK/shown" "$ids")" ''
		[ "$CASE_FAILED" = 0 ] || break
	done
	for i in churn4 churn6; do
		peer_stop "$i" || fail "$i failed"
		expect_match "what became of $i" "$VALUE" ' connections, 0 failures$'
		say "$i: $VALUE while read $READS times"
	done
	agree a
}

crowd_gone()
{
	peer_stop crowd4
	peer_stop crowd6
	wait_for "nothing is tracked" summary_is a connections 0
	agree a
	expect_eq "illegal transitions" "$(summary a illegal_transitions)" 0
	expect_eq "untracked" "$(summary a untracked)" 0
}

module_need
ns_add a
ns_sysctl a net.ipv4.ip_local_port_range='10000 65535'

test_case "2,000 short connections, IPv4" short_connections 4
test_case "2,000 short connections, IPv6" short_connections 6
test_case "each connection exactly once during a churn" each_once_during_a_churn
test_case "all closed" crowd_gone
run_cases
