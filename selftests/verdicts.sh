#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each of the eight verdicts on a CLOSE_WAIT, made with real sockets, IPv4 and IPv6.
#
#	servers             clients
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

host_a()
{
	if [ "$1" = 6 ]; then printf '[fd77::1]'; else printf '10.77.0.1'; fi
}


# verdict PORT: of the one connection to that port of namespace a
verdict()
{
	table a close_wait local verdict | sed -n "s/^.*:$1 //p"
}

verdict_is()
{
	[ "$(verdict "$1")" = "$2" ]
}

# What a program that reads slowly, and at last not at all, goes through.
one_socket_through_four()
{
	local f=$1 port=$((1000 * $1 + 1)) to

	to=$(host_a "$f"):$port
	peer_listen pa "l$f" "$to"
	peer pb socket "c$f" "$f"
	peer pb connect "c$f" "$to"
	peer pb send "c$f" 100
	peer pb shutdown "c$f"
	wait_for "the FIN is there" summary_is a close_wait 1
	expect_eq "nobody called accept()" "$(verdict "$port")" unaccepted
	peer pa accept "s$f" "l$f"
	expect_eq "100 bytes are unread" "$(verdict "$port")" unread
	peer pa recv "s$f" 60
	expect_eq "40 bytes are unread" "$(verdict "$port")" unread
	expect_eq "unread" "$(table a close_wait unread)" 40
	peer pa drain "s$f"
	expect_eq "all is read" "$(verdict "$port")" fresh
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=1
	expect_eq "all is read since more than 1 ms" "$(verdict "$port")" leaked
	expect_eq "close_wait_stuck" "$(summary a close_wait_stuck)" 1
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
	expect_eq "all is read since less than a minute" "$(verdict "$port")" fresh
	expect_eq "close_wait_stuck" "$(summary a close_wait_stuck)" 0
	peer pa close "s$f"
	wait_for "it is gone" summary_is a close_wait 0
	peer pb drain "c$f"
	peer pb close "c$f"
	peer pa close "l$f"
}

# An idle connection of which the program does not notice that its client is gone.
eof_unread()
{
	local f=$1 port=$((1000 * $1 + 5)) to

	to=$(host_a "$f"):$port
	peer_listen pa "l$f" "$to"
	peer pb socket "c$f" "$f"
	peer pb connect "c$f" "$to"
	peer pa accept "s$f" "l$f"
	peer pb send "c$f" 100
	peer pa recv "s$f" 100
	peer pb shutdown "c$f"
	wait_for "the FIN is there" summary_is a close_wait 1
	expect_eq "only the FIN is unread" "$(verdict "$port")" eof_unread
	expect_eq "unread" "$(table a close_wait unread)" 0
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=1
	expect_eq "since more than 1 ms" "$(verdict "$port")" eof_unread
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
	peer pa drain "s$f"
	expect_eq "all is read" "$(verdict "$port")" fresh
	peer pa close "s$f"
	peer pb close "c$f"
	peer pa close "l$f"
}

# The client said no more, and does not read either.
peer_stalled()
{
	local f=$1 port=$((1000 * $1 + 2)) to

	to=$(host_a "$f"):$port
	peer_listen pa "l$f" "$to"
	peer pb socket "c$f" "$f"
	peer pb set "c$f" rcvbuf 4096
	peer pb connect "c$f" "$to"
	peer pb shutdown "c$f"
	peer pa accept "s$f" "l$f"
	peer pa drain "s$f"
	peer pa fill "s$f"
	wait_for "its window is closed" verdict_is "$port" peer_stalled
	expect_eq "its window" "$(table a close_wait snd_wnd)" 0
	expect_between "what waits" "$(table a close_wait unsent)" 1 99999999
	# Now it reads, and all goes out: nothing is left but close().
	peer pb recv "c$f" "$VALUE"
	peer pa flushed "s$f"
	expect_eq "all went out" "$(verdict "$port")" fresh
	peer pa close "s$f"
	peer pb close "c$f"
	peer pa close "l$f"
}

# The client said no more, and then its host is gone.
peer_silent()
{
	local f=$1 port=$((1000 * $1 + 3)) to

	to=$(host_a "$f"):$port
	peer_listen pa "l$f" "$to"
	peer pb socket "c$f" "$f"
	peer pb connect "c$f" "$to"
	peer pb shutdown "c$f"
	peer pa accept "s$f" "l$f"
	peer pa drain "s$f"
	mute b "$port"
	peer pa send "s$f" 1000
	wait_for "it is sent again" verdict_is "$port" peer_silent
	expect_eq "what is out" "$(table a close_wait unacked)" 1000
	unmute b "$port"
	peer pa flushed "s$f"
	expect_eq "the host is back" "$(verdict "$port")" fresh
	peer pa close "s$f"
	peer pb close "c$f"
	peer pa close "l$f"
}

# The client said no more, and gets its answer over a slow line.
draining()
{
	local f=$1 port=$((1000 * $1 + 4)) seen row

	tc -n "$(ns_name a)" qdisc add dev a-b root netem delay 20ms rate 1mbit
	peer_start server a server --leak --send 4000000 "$(host_a "$f"):$port"
	peer_line server
	peer_start client b client --half-close --pace 65536 --every 10 "$(host_a "$f"):$port"
	peer_line client
	wait_for "the FIN is there" summary_is a close_wait 1
	wait_for "the line is busy" verdict_is "$port" draining
	for seen in 1 2 3; do
		row=$(table a close_wait unsent unacked verdict)
		expect_match "look $seen while it goes out" "$row" ' draining$'
	done
	tc -n "$(ns_name a)" qdisc del dev a-b root
	wait_for "the answer is out" verdict_is "$port" fresh
	peer_stop client
	peer_stop server
	wait_for "they are gone" summary_is a close_wait 0
}

# The oldest is the first, and summary knows it.
oldest_first()
{
	local i

	peer_listen pa many 10.77.0.1:80
	for i in 1 2 3 4 5; do
		peer_pair_across "$i"
	done
	# They come to CLOSE_WAIT in another order than they were born.
	for i in 3 1 5 2 4; do
		peer pb shutdown "m$i"
		peer pa await "n$i" CLOSE_WAIT
	done
	table a close_wait remote | sed 's/.*:910//' >"$WORK/got"
	printf '%s\n' 3 1 5 2 4 >"$WORK/wanted"
	expect_same "the order" "$WORK/got" "$WORK/wanted"
	expect_eq "close_wait" "$(summary a close_wait)" 5
	peer pa close n3
	peer pa close n5
	table a close_wait remote | sed 's/.*:910//' >"$WORK/got"
	printf '%s\n' 1 2 4 >"$WORK/wanted"
	expect_same "the order without two" "$WORK/got" "$WORK/wanted"
	for i in 1 2 4; do
		peer pa close "n$i"
	done
	expect_eq "close_wait_oldest_ms of none" "$(summary a close_wait_oldest_ms)" 0
}

peer_pair_across()
{
	peer_socket pb "m$1" "10.77.0.2:910$1"
	peer pb connect "m$1" 10.77.0.1:80
	peer pa accept "n$1" many
}

module_need
ns_add a
ns_add b
link_add a b
peer_start pa a
peer_start pb b

for family in 4 6; do
	test_case "unaccepted, unread, fresh, leaked: IPv$family" \
		one_socket_through_four $family
	test_case "eof_unread: IPv$family" eof_unread $family
	test_case "peer_stalled: IPv$family" peer_stalled $family
	test_case "peer_silent: IPv$family" peer_silent $family
	test_case "draining: IPv$family" draining $family
done
test_case "the oldest first" oldest_first
run_cases
