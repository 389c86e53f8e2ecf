#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `ss -K` ends sockets in every state there is, under readers that are in the middle of
# the files: nobody's hand is on those sockets but the kernel's.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

FILES=(connections close_wait listeners time_wait syn_recv)

# Every file is opened, its first bytes are read, and the rest is left for later.
declare -A BEGUN
begin_reading()
{
	local file fd

	for file in "${FILES[@]}"; do
		exec {fd}<"$(ns_proc a)/$file"
		BEGUN[$file]=$fd
		dd bs=300 count=1 status=none <&"$fd" >"$WORK/begun.$file"
	done
}

# The rest of each: whole rows, and no id twice.
end_reading()
{
	local file fd

	for file in "${FILES[@]}"; do
		fd=${BEGUN[$file]}
		cat <&"$fd" >>"$WORK/begun.$file"
		exec {fd}<&-
		expect_eq "rows of $file that are not whole" \
			"$(awk 'NR == 1 { n = NF } NF != n' "$WORK/begun.$file")" ''
		! head -n 1 "$WORK/begun.$file" | grep -q '^id ' ||
			expect_eq "ids that $file shows twice" \
				"$(columns id <"$WORK/begun.$file" | sort | uniq -d)" ''
	done
}

# kill_state STATE...: as ss calls them
kill_state()
{
	local state

	for state in "$@"; do
		in_ns a ss -HtaK state "$state" >/dev/null
	done
}

# stage FAMILY: sockets in every state, in a namespace of their own
stage()
{
	ns_add a
	peer_start p a
	make_states p "$1"
	agree a
}

# Of a mini-socket's end there is no event: it is looked for from time to time.
mini_sockets_are_missed()
{
	wait_for "no mini-socket is left" summary_is a fin_wait2 0
}

struck()
{
	peer_stop p
	agree a
	states_were_legal
	ns_del a
}

# One state after the other, each with its readers.
state_by_state()
{
	local state

	stage "$1"
	for state in syn-recv time-wait fin-wait-1 closing last-ack fin-wait-2 syn-sent \
		     close-wait established listening; do
		begin_reading
		kill_state $state
		end_reading
		[ $state != fin-wait-2 ] || mini_sockets_are_missed
		agree a
	done
	expect_eq "full sockets" "$(summary a connections)" 0
	expect_eq "listeners" "$(summary a listen)" 0
	struck
}

# All at once; that they ended is told as it is, with a reset of ours.
all_at_once()
{
	local open id ids

	stage "$1"
	open=$(summary a connections)
	ids=$(table a connections id)
	record ends a
	begin_reading
	in_ns a ss -HtaK >/dev/null
	end_reading
	wait_for "nothing is left" summary_is a connections 0
	mini_sockets_are_missed
	agree a
	for id in $ids; do
		wait_for "the end of $id is told" grep -q " $id closed " "$WORK/ends" || break
	done
	stop ends
	expect_eq "ends told" "$(grep -c ' closed ' "$WORK/ends")" "$open"
	expect_eq "ids of which two ends are told" \
		"$(awk '$3 == "closed" { print $2 }' "$WORK/ends" | sort | uniq -d)" ''
	struck
}

# A crowd that is killed while its table is read, with connections that come and go.
crowd_killed()
{
	local i

	ns_add a
	peer_start crowd4 a crowd 127.0.0.1:0
	peer_start crowd6 a crowd '[::1]:0'
	for ((i = 0; i < 3; i++)); do
		peer crowd4 open 100
		peer crowd6 open 100
		begin_reading
		in_ns a ss -HtK state established >/dev/null
		end_reading
		wait_for "all are killed" summary_is a established 0
		agree a
		peer crowd4 close 100
		peer crowd6 close 100
	done
	peer_stop crowd4
	peer_stop crowd6
	agree a
	expect_eq "untracked" "$(summary a untracked)" 0
}

reloaded()
{
	module_unload || fail "rmmod failed"
	module_left_nothing
}

module_fresh
log_mark

for f in 4 6; do
	test_case "state by state, IPv$f" state_by_state $f
	test_case "all at once, IPv$f" all_at_once $f
done
test_case "a crowd" crowd_killed
test_case "nothing is left" reloaded
run_cases
