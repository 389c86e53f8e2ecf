#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whatever is written into the files that can be written, and given as parameters, is taken or
# refused, and the module goes on counting right.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

SEED=${SEED:-1}
ROUNDS=${ROUNDS:-3000}
THRESHOLD=/proc/sys/net/tcpwatch/close_wait_stuck_ms

# While somebody reads, and segments pass that filters may fit.
files()
{
	local i

	log_mark
	record events a
	in_ns a "$TRAFFIC/scribble" "$SEED" "$ROUNDS" /proc/tcpwatch/follow $THRESHOLD \
		>"$WORK/said" &
	PEER_PID[scribble]=$!
	for ((i = 0; i < 20; i++)); do
		peer_pair pa x 127.0.0.1:0 l4 127.0.0.1:4000
		peer pa reset cx
		peer pa reset sx
	done
	wait "${PEER_PID[scribble]}" || fail "$(cat "$WORK/said")"
	unset 'PEER_PID[scribble]'
	say "$(cat "$WORK/said")"
	# Neither all nothing nor all taken.
	expect_between "filters taken" "$(sed -n 's/.*taken: \([0-9]*\) .*/\1/p' "$WORK/said")" \
		$((ROUNDS / 50)) $((ROUNDS * 9 / 10))
	stop events
	! log_says 'BUG|WARNING|Oops|Call Trace' || fail "the kernel complained"
}

nothing_else_can_be_written()
{
	local file

	for file in /sys/module/tcpwatch/parameters/*; do
		expect_eq "the mode of $file" "$(stat -c %a "$file")" 444
		expect_fails "writing to $file" sh -c "echo 5 >$file"
	done
	expect_eq "what root may write" \
		"$(find "$(ns_proc a)/" -type f -perm /222 -printf '%f ')" 'follow '
}

still_right()
{
	in_ns a sh -c 'echo clear >/proc/tcpwatch/follow'
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
	peer_pair pa kept 127.0.0.1:0 l4 127.0.0.1:4000
	peer pa shutdown ckept
	peer pa await skept CLOSE_WAIT
	agree a
	expect_eq "the verdict" "$(table a close_wait verdict)" eof_unread
}

# parameter TEXT YES-OR-NO: whether it is taken; nothing is left of the module otherwise
parameter()
{
	local answer=no

	log_mark
	if module_load_with "$1" 2>"$WORK/err"; then
		answer=yes
		agree a
		# As large as may be: there is memory for it, or it is said that there is none.
		in_ns a sh -c 'exec 9</proc/tcpwatch/events' 2>"$WORK/err" ||
			grep -q 'Cannot allocate memory' "$WORK/err" ||
			fail "$1: $(cat "$WORK/err")"
		module_unload
	else
		module_left_nothing
	fi
	expect_eq "whether ${1:0:40} is taken" "$answer" "$2"
}

parameters()
{
	local text

	module_absent
	for text in max_connections=0 max_connections=4294967295 max_connections=0x7 \
		    event_slots=1 event_slots=17 event_slots=0377; do
		parameter "$text" yes
	done
	for text in max_connections= max_connections=-1 max_connections=4294967296 \
		    max_connections=1.5 max_connections=1x event_slots=-1 \
		    event_slots=18446744073709551616 event_slots=many \
		    "event_slots=$(printf '9%.0s' {1..3000})"; do
		parameter "$text" no
	done
	# More than may be is as much as may be: 128 MiB a CPU.
	parameter event_slots=4294967295 yes
}

module_fresh
ns_add a
peer_start pa a
peer_listen pa l4 127.0.0.1:4000

test_case "what is written is taken as a whole or refused" files
test_case "nothing else can be written" nothing_else_can_be_written
test_case "it counts right after that" still_right
test_case "parameters" parameters
run_cases
