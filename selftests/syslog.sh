#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch events --syslog: to a real logger at /dev/log, each event with its priority, filtered as
# on stdout, where nothing is said then.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

# log_start: a logger that takes all, its lines in $WORK/log
log_start()
{
	: >"$WORK/log"
	spawn logger a busybox syslogd -n -O "$WORK/log"
	wait_for "the logger listens" test -S /dev/log
}

log_stop()
{
	stop logger
	rm -f /dev/log
}

# tell NAME OPTION...: events into the log, from now on
tell()
{
	spawn "$1" a tcpwatch events --syslog --color=always "${@:2}" \
		>"$WORK/$1.out" 2>"$WORK/$1.err"
	wait_for "$1 has opened the file" has_open "$1"
	# It can be looked for before the logger is told.
	wait_for "$1 has opened the log" has_socket "$1"
}

has_socket()
{
	local fd

	for fd in "/proc/${PEER_PID[$1]}/fd/"*; do
		[[ $(readlink "$fd") != socket:* ]] || return 0
	done
	return 1
}

# logged NAME PRIORITY TEXT: a line of that, from its beginning
logged()
{
	grep -qE "^[A-Z][a-z]+ +[0-9]+ [0-9:]+ [^ ]+ daemon\.$2 tcpwatch\[${PEER_PID[$1]}\]: $3" \
		"$WORK/log"
}

expect_logged()
{
	wait_for "it is logged" logged "$@" && return
	grep tcpwatch "$WORK/log" | tail -n 5 | sed 's/^/#   /'
}

# of ID: what a line begins with after its event's name
of()
{
	row a connections "$1" local remote |
		sed -E 's/([].[])/\\\1/g; s/^([^ ]+) ([^ ]+)$/local=\1 remote=\2/; s/$/ id='"$1: /"
}

priorities()
{
	local f=$1 at client server port=$((3030 + $1))

	at=$(loopback "$f")
	peer_pair pa "c$f" "$at:0" "l$f" "$at:$((f * 1000))"
	cookie pa "cc$f"
	client=$VALUE
	expect_logged all info "state $(of "$client")SYN_SENT -> ESTABLISHED after [0-9.]+[a-z]+\$"
	peer pa fill "cc$f"
	expect_logged all warn "zero_window $(of "$client")the peer's window closed after [0-9.]+"
	expect_logged few warn "zero_window $(of "$client")the peer's window closed after [0-9.]+"
	peer pa close "sc$f"
	peer pa close "cc$f"

	peer_pair pa "leak$f" "$at:$port" "l$f" "$at:$((f * 1000))"
	cookie pa "sleak$f"
	server=$VALUE
	close_and_vanish pa "cleak$f"
	peer pa await "sleak$f" CLOSE_WAIT
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=50
	expect_logged all warn "stuck $(of "$server")stuck in CLOSE_WAIT for [0-9.]+[a-z]+\$"
	expect_logged few warn "stuck $(of "$server")stuck in CLOSE_WAIT for [0-9.]+[a-z]+\$"
	wait_for "the client's port is free again" port_is_free "$port"
	no_acks a "$port"
	peer_socket pa "back$f" "$at:$port"
	peer pa set "back$f" syncnt 1
	peer pa begin "back$f" "$at:$((f * 1000))"
	expect_logged all warn "syn_blocked $(of "$server")a SYN met this CLOSE_WAIT"
	server=$(of "$server")
	peer pa close "back$f"
	acks_again a "$port"
	peer pa close "sleak$f"
	expect_logged all info "closed ${server}[a-z ]*; opened by the peer "
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
}

# The one that was told to leave them out did, and both are silent otherwise.
filtered()
{
	local name

	grep "tcpwatch\[${PEER_PID[few]}\]" "$WORK/log" >"$WORK/few"
	expect_eq "what few should not log" "$(grep -vE ': (stuck|zero_window) ' "$WORK/few")" ''
	expect_eq "colours" "$(grep -c $'\e' "$WORK/log")" 0
	for name in all few; do
		kill "${PEER_PID[$name]}"
		wait "${PEER_PID[$name]}"
		expect_eq "the status of $name" $? 0
		unset "PEER_PID[$name]"
		expect_eq "what $name says" "$(cat "$WORK/$name.out" "$WORK/$name.err")" ''
	done
}

# A reader that is stopped for too long.
lost()
{
	local n

	module_absent
	module_load_with event_slots=16
	tell slow --event stuck
	kill -STOP "${PEER_PID[slow]}"
	for ((n = 0; n < 8; n++)); do
		peer_pair pa "n$n" 127.0.0.1:0 l4 127.0.0.1:4000
		peer pa close "cn$n"
		peer pa close "sn$n"
	done
	kill -CONT "${PEER_PID[slow]}"
	expect_logged slow warn 'lost: [0-9]+ events, overwritten before'
	stop slow
}

refused()
{
	run events --syslog --json --for=0.1
	expect_eq "the status of --json" "$STATUS" 2
	run events --syslog --from "$WORK" --count=1
	expect_eq "the status of --from" "$STATUS" 2
	log_stop
	ran "it without a logger" 5 events --syslog --for=0.1
	expect_match "what it says" "$(cat "$WORK/err")" 'no /dev/log'
}

[ ! -e /dev/log ] || give_up "something has /dev/log"
module_fresh
ns_add a
peer_start pa a
for family in 4 6; do
	peer_listen pa "l$family" "$(loopback "$family"):$((family * 1000))"
done
log_start
tell all
tell few --event=stuck,zero_window
test_case "priorities and words, in IPv4" priorities 4
test_case "and in IPv6" priorities 6
test_case "filters" filtered
test_case "lost events" lost
test_case "what can't be logged" refused
run_cases
