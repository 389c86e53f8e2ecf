#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loaded and unloaded 50 times under traffic, with readers inside the files: nothing
# is left behind, the traffic notices nothing, and the last one loaded is right.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

TIMES=50

fifty_times()
{
	local i fd

	for ((i = 1; i <= TIMES; i++)); do
		module_load || fail "insmod $i failed"
		exec {fd}<"$(ns_proc a)/connections"
		dd bs=100 count=1 status=none <&"$fd" >"$WORK/begun" ||
			fail "connections can't be read the time $i"
		expect_between "sockets the time $i" "$(summary a connections)" 400 9999
		expect_eq "illegal transitions the time $i" "$(summary a illegal_transitions)" 0
		module_unload || fail "rmmod $i failed"
		exec {fd}<&-
		[ "$CASE_FAILED" = 0 ] || break
	done
}

traffic_unharmed()
{
	local name

	for name in "$@"; do
		peer_stop "$name" || fail "$name failed"
		expect_match "what became of $name" "$VALUE" '^[1-9][0-9]* connections, 0 failures$'
		say "$name: $VALUE"
	done
}

cat_forever()
{
	while :; do
		cat "$(ns_proc a)"/*
	done
}

# Small reads, so that most of them begin in the midst of the table.
nibble_forever()
{
	while :; do
		dd bs=7 if="$(ns_proc a)/$1"
	done
}

readers_gone()
{
	local name

	for name in "${!PEER_PID[@]}"; do
		[[ $name != reader.* ]] || stop "$name"
	done
}

the_last_one_is_right()
{
	readers_gone
	module_load || fail "insmod failed"
	agree a
	expect_eq "the crowd" "$(summary a established)" 400
	peer crowd close 200
	wait_for "the crowd is gone" summary_is a connections 0
	agree a
}

module_absent
log_mark
ns_add a
ns_sysctl a net.ipv4.ip_local_port_range='10000 65535'
peer_start crowd a crowd 127.0.0.1:0
peer crowd open 200
peer_start churn4 a churn 127.0.0.1:0
peer_start churn6 a churn '[::1]:0'
peer_line churn4
peer_line churn6
background reader.cat cat_forever
background reader.dd nibble_forever connections
# They never rest; loading and unloading is to have its share of the CPU.
renice -n 10 "${PEER_PID[@]}" >/dev/null

test_case "loaded and unloaded $TIMES times" fifty_times
test_case "the traffic had no failure" traffic_unharmed churn4 churn6
test_case "nothing is left" module_left_nothing
test_case "the last one is right" the_last_one_is_right
run_cases
