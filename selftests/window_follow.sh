#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch window: which connection it follows, the filters by which it does, and what it says when
# it can't. What it says of a connection is window.sh's.
#
#	the connections followed     their peers
#	namespace a ---------------- namespace b
#	.1                 veth                .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_stream.sh
. "$(dirname "$0")/lib_stream.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"

FOLLOW=/proc/tcpwatch/follow

# reader_stop_quietly NAME: what it says while it waits is no complaint
reader_stop_quietly()
{
	kill -INT "${PEER_PID[$1]}"
	reader_ended "$1" $OK
}

# The reader follows, and its filters go when it does.
its_filters()
{
	local how

	in_ns a sh -c "echo 'add local=*:4711' >$FOLLOW"
	for how in INT TERM HUP; do
		reader filters window port=80 remote=10.77.0.0/24 --for 100
		expect_eq "filters while waiting" "$(in_ns a cat $FOLLOW)" "$(printf '%s\n' \
			'1 local=*:4711 remote=*' '2 local=*:80 remote=10.77.0.0/24' \
			'3 local=* remote=10.77.0.0/24:80')"
		reader again window port=81 --for 100
		expect_eq "filters of both" "$(in_ns a cat $FOLLOW | wc -l)" 5
		kill -$how "${PEER_PID[filters]}"
		reader_ended filters $OK
		expect_match "its answer" "$(cat "$WORK/filters.out")" 'No connection fitted'
		reader_stop_quietly again
		expect_eq "filters after $how" "$(in_ns a cat $FOLLOW)" '1 local=*:4711 remote=*'
	done
	pair kept 4
	reader filters window port=80 --for 100
	cookie pa ckept
	expect_match "the filter of one" "$(in_ns a sed -n 2p $FOLLOW)" \
		'^2 local=10\.77\.0\.1/32:[0-9]+ remote=10\.77\.0\.2/32:80$'
	reader_stop_quietly filters
	expect_eq "filters in the end" "$(in_ns a cat $FOLLOW)" '1 local=*:4711 remote=*'
	in_ns a sh -c "echo clear >$FOLLOW"
	peer pa close ckept
	peer pb close skept
}

# Of several the busiest; by each kind of filter.
which_one()
{
	local id

	pair idle 4
	# What the peer's buffer does not take waits at our end.
	peer pb set l4 rcvbuf 4096
	pair busy 4
	peer pb set l4 rcvbuf 131072
	pair other 6
	peer pa fill cbusy
	cookie pa cbusy
	id=$VALUE
	for filter in '' port=80 remote=10.77.0.2:80 local=10.77.0.0/24 "id=$id" \
		      "id=sk:$(printf %x "$id")" "pid=${PEER_PID[pa]}" comm=peer; do
		# shellcheck disable=SC2086
		ran "'$filter'" $OK window --json --for 0.1 $filter
		expect_eq "whom '$filter' finds" "$(json .connection.id)" "$id"
	done
	expect_match "what it says of the others" \
		"$(in_ns a tcpwatch window --for 0.1 2>&1 >/dev/null)" \
		'3 connections fit; following the busiest, 10\.77\.0\.1:[0-9]+ to 10\.77\.0\.2:80'
	cookie pa cother
	ran "IPv6" $OK window --json --for 0.1 'remote=[fd77::2]:80'
	expect_eq "whom it finds" "$(json .connection.id)" "$VALUE"
	ran "an idle one" $OK window --for 0.1 "id=$VALUE"
	expect_match "what it says" "$(cat "$WORK/out")" 'No segment came or went'
	for name in idle busy other; do
		peer pa reset c$name
		peer pb close s$name
	done
}

# complains STATUS REGEX ARG...
complains()
{
	ran "'${*:3}'" "$1" window "${@:3}"
	expect_match "'${*:3}' says" "$(cat "$WORK/err")" "$2"
	expect_eq "'${*:3}' answers" "$(cat "$WORK/out")" ''
}

wrong_use()
{
	complains $USAGE 'a filter is local=ADDR' 8080
	complains $USAGE 'a filter is local=ADDR' state=LISTEN
	complains $USAGE 'an address is' local=300.1.1.1
	complains $USAGE 'a port is a number' port=http
	complains $USAGE 'an end has one port only' remote=10.77.0.2:80 local=10.77.0.1:99 port=81
	complains $USAGE 'data goes in or out' --svg "$WORK/x.svg" --way both
	complains $USAGE 'says what --svg draws' --way in
	complains $USAGE 'is for the screen' --ring --json
	complains $USAGE 'SECONDS is a number' --for never
	complains $USAGE 'a stream is of one namespace' --all-netns
	complains $USAGE 'does not say which process' --from "$WORK" pid=1
	complains $FAILED 'no such connection is there now' id=999999
	complains $FAILED 'cannot write /proc/x.svg: ' --svg /proc/x.svg
	complains $USAGE 'the module takes 16' \
		port=1,2,3,4,5,6,7,8,9 --for 1
	in_ns a setpriv --reuid=65534 --regid=65534 --clear-groups tcpwatch window \
		>"$WORK/out" 2>"$WORK/err"
	expect_eq "the status of somebody else" $? $DENIED
	expect_eq "filters in the end" "$(in_ns a cat $FOLLOW)" ''
}

# nothing_followed STATUS REGEX COMMAND...: window, which complains so; a connection fits. It says
# nothing of that, and draws nothing.
nothing_followed()
{
	local how

	echo before >"$WORK/there.svg"
	for how in '' --json "--svg $WORK/there.svg"; do
		# shellcheck disable=SC2086 # an option and its argument, or none
		in_ns a "${@:3}" window port=80 $how >"$WORK/out" 2>"$WORK/err"
		expect_eq "the status of window $how" $? "$1"
		expect_match "what window $how complains of" "$(cat "$WORK/err")" "$2"
		expect_eq "what window $how answers" "$(cat "$WORK/out")" ''
	done
	expect_eq "the file that was there" "$(cat "$WORK/there.svg")" before
	expect_eq "files beside it" "$(ls "$WORK"/there.svg?* 2>/dev/null)" ''
}

# Root who may not set a filter, as in a container.
no_right()
{
	pair denied 4
	nothing_followed $DENIED \
		'not permitted to write /proc/self/net/tcpwatch/follow: that takes CAP_NET_ADMIN' \
		setpriv --bounding-set=-net_admin tcpwatch
	expect_eq "filters in the end" "$(in_ns a cat $FOLLOW)" ''
	peer pa reset cdenied
	peer pb close sdenied
}

# All the module's filters are taken.
no_room()
{
	in_ns a sh -c "for i in \$(seq 16); do echo \"add local=*:\$i\"; done >$FOLLOW"
	complains $FAILED 'has as many filters as it can: end another' port=80
	pair unheard 4
	nothing_followed $FAILED 'has as many filters as it can: end another' tcpwatch
	expect_eq "filters of others" "$(in_ns a cat $FOLLOW | wc -l)" 16
	in_ns a sh -c "echo clear >$FOLLOW"
	peer pa reset cunheard
	peer pb close sunheard
}

link_set_up

test_case "its filters" its_filters
test_case "which connection" which_one
test_case "wrong use" wrong_use
test_case "no right to set a filter" no_right
test_case "no room for a filter" no_room
run_cases
