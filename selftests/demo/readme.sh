#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What README.md shows, of the servers of lib_servers.sh: each block after a line "@ NAME".
# make_readme.sh puts them into their places.

# shellcheck source=selftests/demo/lib_servers.sh
. "$(dirname "$0")/lib_servers.sh"
# shellcheck source=selftests/lib_screen.sh
. "$(dirname "$0")/../lib_screen.sh"

# shellcheck disable=SC2034 # of lib_screen.sh
SCREEN_NETNS=servers

# scene NAME FUNCTION: what it prints is the block of that name
scene()
{
	"$2" >"$WORK/scene"
	if [ "$CASE_FAILED" != 0 ]; then
		cat "$WORK/scene" >&2
		exit 1
	fi
	printf '@ %s\n' "$1"
	sed 's/ *$//' "$WORK/scene"
}

# typed COMMAND...: as on the servers' host
typed()
{
	printf '# %s\n' "$*"
	in_ns servers "$@"
}

# The first socket of each verdict.
close_waits()
{
	typed cat /proc/tcpwatch/close_wait |
		awk 'NR <= 2 { print; for (i = 1; NR == 2 && i <= NF; i++) at[$i] = i; next }
		     !seen[$at["verdict"]]++ { print; shown++ }
		     END { if (NR > shown + 2) print "..." }'
}

in_trouble()
{
	close_waits
	echo
	typed tcpwatch
	echo
	typed tcpwatch leaks || [ $? = 1 ]
}

lines_in()
{
	[ "$(wc -l <"$WORK/$1")" -ge "$2" ]
}

# What nginx does for curl, and a connect() that is refused.
as_it_happens()
{
	spawn events servers tcpwatch events --port 8080 >"$WORK/events"
	spawn life servers tcpwatch life >"$WORK/life"
	wait_for "events" lines_in events 1
	in_ns servers curl -s "http://10.77.0.2:81/"
	wait_for "the refused one" grep -q refused "$WORK/life"
	wait_for "more lives" lines_in life 4
	wait_for "more events" lines_in events 6
	echo "# tcpwatch events --port 8080"
	head -n 6 "$WORK/events"
	echo "..."
	echo "# tcpwatch life"
	head -n 4 "$WORK/life"
	stop events
	stop life
}

live_screen()
{
	screen_start 80x24 top
	shows 'leaky-server +[0-9]+ .*leaked'
	shows '^10\.77\.0\.1:9002 .* busy-server'
	screen
	screen_end
}

# The peer of one that sends, and is in no trouble; remote it is then.
sent_to()
{
	REMOTE=$(table servers connections state local remote |
		awk -v local="$HOST:9002" '$1 == "ESTABLISHED" && $2 == local { print $3 }')
	[ "$REMOTE" ]
}

# A peer that reads now and then closes its window in between.
sliding_window()
{
	visit sleepy --count 1 --pace 65536 --every 1000 $HOST:9002
	wait_for "the answer goes out" sent_to
	screen_start 80x24 window "remote=$REMOTE"
	echo "# tcpwatch window remote=$REMOTE"
	shows "the peer's window opens again"
	shows "the peer's window closes"
	screen | grep -v '^$'
	keys q
	wait_for "it ends" screen_has_ended
	screen | grep -v '^$'
	screen_kill
}

metrics()
{
	local some='^tcpwatch_(close_wait_sockets|process_fds|accept_queue_con)'

	echo "# tcpwatch export | grep -E '$some'"
	in_ns servers tcpwatch export | grep -E "$some"
}

# One after the other becomes stuck.
tracepoint()
{
	local program

	# shellcheck disable=SC2016 # for bpftrace
	program='tracepoint:tcpwatch:stuck { printf("%d: %d ms\n", args->sport, args->wait_ms) }'
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	spawn bpftrace servers bpftrace -B line -e "$program" >"$WORK/bpftrace"
	wait_for "sockets that become stuck" lines_in bpftrace 4
	stop bpftrace
	printf "# bpftrace -e '%s'\n" "$program"
	head -n 4 "$WORK/bpftrace"
}

servers_begin
scene trouble in_trouble
scene export metrics
scene events as_it_happens
scene top live_screen
scene window sliding_window
scene tracepoint tracepoint
