#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A CPU goes and comes back while connections open and close and their events are read:
# nothing is lost, the counts are right, and whoever reads can go meanwhile; so, too, while a task
# with a real-time priority leaves a CPU's own threads no time.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

COUNT=1500
FEW=400
# How often a reader goes while a CPU is away. With PREEMPT_RT works of a CPU's own can wait until
# it is back, but seldom do: with a module that had such, this passed 80 times. With that it is
# while_it_has_no_time() that fails.
TIMES=3
[[ $(uname -v) != *PREEMPT_RT* ]] || TIMES=20
ROOM=32768	# for what all of them do, in the ring of one CPU, however slow the reader is
ONLINE=/sys/devices/system/cpu/cpu1/online

# cpu_is 0|1
cpu_is()
{
	echo "$1" >$ONLINE || fail "CPU 1 can't be turned to $1"
	expect_eq "CPU 1 online" "$(cat $ONLINE)" "$1"
}

# all_told N: reader has read all of N connections, in order
all_told()
{
	expect_eq "what became of them" "$(tail -n 1 "$WORK/churned")" \
		"$1 connections, 0 failures"
	wait_for "the last are told" told $((2 * $1))
	stop reader
	expect_eq "what is wrong" "$(gaps "$WORK/reader" | head -n 3)" "$((2 * $1)) ended"
	expect_eq "events_lost" "$(summary a events_lost)" 0
}

# told N: of the end of so many
told()
{
	[ "$(grep -c ' closed ' "$WORK/reader")" -ge "$1" ]
}

# Connections on both CPUs, of which one comes and goes.
while_they_come()
{
	local i

	record reader a
	become a "$TRAFFIC/churn" 127.0.0.1:0 2 $COUNT >"$WORK/churned" &
	PEER_PID[churn]=$!
	for ((i = 1; i <= 4; i++)); do
		cpu_is $((i % 2 == 0))
		wait_for "some more have ended" told $((i * COUNT / 3))
	done
	wait "${PEER_PID[churn]}"
	unset 'PEER_PID[churn]'
	all_told $COUNT
	agree a
}

# Whoever reads from before on must not miss what happens on it.
after_the_reader()
{
	cpu_is 0
	record reader a
	cpu_is 1
	in_ns a taskset -c 1 "$TRAFFIC/churn" '[::1]:0' 1 $FEW >"$WORK/churned"
	all_told $FEW
	agree a
}

# Nor what happened there before it went.
before_it_goes()
{
	record_by reader a dd bs=4k status=none
	kill -STOP "${PEER_PID[reader]}"
	in_ns a taskset -c 1 "$TRAFFIC/churn" 127.0.0.1:0 1 $FEW >"$WORK/churned"
	cpu_is 0
	kill -CONT "${PEER_PID[reader]}"
	all_told $FEW
	cpu_is 1
}

# Who reads may end while a CPU is away, on which a task was in the middle of an event.
while_it_is_away()
{
	local i task

	peer_start churn a churn 127.0.0.1:0 4
	peer_line churn
	for ((i = 1; i <= TIMES; i++)); do
		for task in $(pgrep -P "${PEER_PID[churn]}"); do
			taskset -p -c 1 "$task" >/dev/null
		done
		record_by reader a dd bs=4k status=none
		wait_for "there are events" test -s "$WORK/reader"
		cpu_is 0
		kill "${PEER_PID[reader]}"
		wait_for "the reader has ended" is_over reader
		cpu_is 1
		wait "${PEER_PID[reader]}" 2>/dev/null
		unset 'PEER_PID[reader]'
		[ "$CASE_FAILED" = 0 ] || break
	done
	peer_stop churn || fail "churn: $VALUE"
}

# What a CPU's own threads were given can wait for long even while it is there: with PREEMPT_RT a
# task of a higher priority comes before all of them. Before RCU's as well, unless whoever runs it
# gives that a higher one yet; and no other task must be in its way, for RCU may wait for that.
while_it_has_no_time()
{
	local rcu refused

	rcu=$(pgrep -x rcuc/1)
	[ -z "$rcu" ] || chrt -f -p 20 "$rcu" || fail "RCU can't get its priority"
	taskset -p -c 0 $BASHPID >/dev/null
	record_by reader a dd bs=4k status=none
	refused=$(summary a connect_refused)
	spawn greedy a chrt -f 10 taskset -c 1 bash -c \
		'while :; do : </dev/tcp/127.0.0.1/9; done 2>/dev/null'
	wait_for "some are refused" refused_since "$refused" 20
	wait_for "there are events" test -s "$WORK/reader"
	kill "${PEER_PID[reader]}"
	wait_for "the reader has ended" is_over reader
	wait_for "more are refused" refused_since "$(summary a connect_refused)" 20
	stop greedy
	wait "${PEER_PID[reader]}" 2>/dev/null
	unset 'PEER_PID[reader]'
	taskset -p -c "0-$(($(nproc --all) - 1))" $BASHPID >/dev/null
	[ -z "$rcu" ] || chrt -f -p 1 "$rcu"
}

# refused_since BEFORE N: so many more
refused_since()
{
	(($(summary a connect_refused) >= $1 + $2))
}

[ -e $ONLINE ] || give_up "CPU 1 can't be taken away"
module_absent
module_load_with event_slots=$ROOM || give_up "tcpwatch can't be loaded"
ns_add a
ns_sysctl a net.ipv4.ip_local_port_range='10000 65535'

test_case "a CPU goes and comes while connections do" while_they_come
test_case "a CPU comes after the reader" after_the_reader
test_case "a CPU goes before its events are read" before_it_goes
test_case "who reads goes while a CPU is away" while_it_is_away
test_case "who reads goes while a CPU has no time" while_it_has_no_time
run_cases
