#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A module loaded after the sockets: it sees them all, says how sure it is of their
# ages, and counts their ends.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# The kernel's stamps are jiffies, which fall behind while no CPU takes a tick: seen in a VM with
# KASAN, by a quarter of a second.
TOLERANCE_MS=500
declare -A CLOSED_BEFORE CLOSED_AFTER BORN_BEFORE

all_seen()
{
	agree "$1"
	expect_between "sockets of $1" "$(summary "$1" connections)" 26 99
	expect_eq "untracked" "$(summary "$1" untracked)" 0
	expect_eq "those said to be exact" "$(table "$1" connections exact | grep -c yes)" 0
}

# leave NAME FAMILY PORT: a connection whose client said no more
leave()
{
	local at

	at=$(loopback "$2")
	peer pa time
	BORN_BEFORE[$1]=$BEFORE
	peer_pair pa "$1" "$at:$3" "l$2" "$at:$(($2 * 1000))"
	peer pa shutdown "c$1"
	CLOSED_BEFORE[$1]=$BEFORE
	peer pa await "s$1" CLOSE_WAIT
	CLOSED_AFTER[$1]=$AFTER
}

# wait_of SOCKET: "EXACT LEAST VALUE MOST" of its time in CLOSE_WAIT
wait_of()
{
	local begun ended

	cookie pa "s$1"
	"$TRAFFIC/stamp" "$(ns_proc a)/close_wait" >"$WORK/stamped"
	read -r begun ended <"$WORK/stamped"
	read -r EXACT WAIT < <(sed 1d "$WORK/stamped" | columns id exact wait_ms |
			       sed -n "s/^$VALUE //p")
	LEAST=$(((begun - CLOSED_AFTER[$1]) / 1000 - TOLERANCE_MS))
	MOST=$(((ended - CLOSED_BEFORE[$1]) / 1000 + 1 + TOLERANCE_MS))
}

# Nothing came after the FIN: the age is worked out.
estimated()
{
	local name

	for name in quiet4 quiet6; do
		wait_of $name
		expect_eq "exact of $name" "$EXACT" est
		expect_between "wait_ms of $name" "$WAIT" "$LEAST" "$MOST"
	done
}

# ACKs came after the FIN, or may have: the age is the least it can be.
at_least()
{
	local name

	for name in talked4 talked6 kept4 kept6; do
		wait_of $name
		expect_eq "exact of $name" "$EXACT" min
		expect_between "wait_ms of $name" "$WAIT" 0 "$MOST"
	done
}

# Whatever came before the FIN, a number that is called est is right.
honest()
{
	local name

	for name in answered4 answered6; do
		wait_of $name
		expect_match "exact of $name" "$EXACT" '^(est|min)$'
		[ "$EXACT" = min ] || expect_between "wait_ms of $name" "$WAIT" "$LEAST" "$MOST"
		expect_between "wait_ms of $name" "$WAIT" 0 "$MOST"
	done
}

no_age_too_high()
{
	local name begun ended

	"$TRAFFIC/stamp" "$(ns_proc a)/connections" >"$WORK/stamped"
	read -r begun ended <"$WORK/stamped"
	for name in quiet4 talked4 quiet6 talked6; do
		cookie pa "s$name"
		expect_between "age_ms of $name" \
			"$(sed 1d "$WORK/stamped" | columns id age_ms | sed -n "s/^$VALUE //p")" \
			0 $(((ended - BORN_BEFORE[$name]) / 1000 + 1 + TOLERANCE_MS))
	done
}

# closed_is SOCKET WHO
closed_is()
{
	cookie pa "$1"
	expect_eq "who closed $1 first" "$(row a connections "$VALUE" closed)" "$2"
}

# What cNAME or sNAME is to be, for all whose handshake was over: connect() made the
# one, accept() gave the other.
who_opened()
{
	local f name

	for f in 4 6; do
		for name in open finwait1 finwait2 orphan closing slastack quiet talked answered; do
			case $name in
			orphan) opened_is sorphan$f passive ;;
			slastack) opened_is slastack$f passive ;;
			*) opened_is c$name$f active; opened_is s$name$f passive ;;
			esac
		done
	done
}

# opened_is SOCKET WHO
opened_is()
{
	cookie pa "$1"
	expect_eq "who opened $1" "$(row a connections "$VALUE" opened)" "$2"
}

who_closed_first()
{
	local f

	for f in 4 6; do
		closed_is "sopen$f" -
		closed_is "sfinwait2$f" remote
		closed_is "cfinwait2$f" local
		closed_is "cfinwait1$f" local
		closed_is "cclosing$f" both
	done
}

verdicts()
{
	local f shown

	for f in 4 6; do
		cookie pa "squiet$f"
		expect_eq "verdict of quiet$f" "$(row a close_wait "$VALUE" verdict)" eof_unread
		shown=$(table a close_wait remote verdict | sed -n "s/^.*:$((f * 1000 + 209)) //p")
		expect_eq "verdict of what nobody accepted" "$shown" unaccepted
		peer pa drain "squiet$f"
		ns_sysctl a net.tcpwatch.close_wait_stuck_ms=1
		cookie pa "squiet$f"
		expect_eq "verdict of quiet$f, read" "$(row a close_wait "$VALUE" verdict)" leaked
		ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
	done
}

# A change of state after loading is exact for itself.
later_changes()
{
	local before

	peer pa shutdown copen4
	before=$BEFORE
	peer pa await sopen4 CLOSE_WAIT
	CLOSED_BEFORE[open4]=$before
	CLOSED_AFTER[open4]=$AFTER
	wait_of open4
	expect_eq "exact of open4" "$EXACT" yes
	expect_between "wait_ms of open4" "$WAIT" "$LEAST" "$MOST"
}

ends_are_counted()
{
	local first

	summary_read a
	first=${SUMMARY[closed_remote_first]}
	peer pa close squiet4
	peer pa close squiet6
	wait_for "both ends are counted" \
		summary_is a closed_remote_first $((first + 2))
}

all_gone()
{
	unmake_states "p$1" "$1" 4 6
	agree "$1"
	wait_for "nothing is tracked in $1" summary_is "$1" connections 0
	agree "$1"
	expect_eq "close_wait" "$(summary "$1" close_wait)" 0
	expect_eq "illegal transitions" "$(summary "$1" illegal_transitions)" 0
}

# A task sleeps in send(), and owns its socket meanwhile: that can't be looked at, and no one waits
# for it for long.
owned()
{
	local f=$1 at port=$((7000 + $1))

	module_absent
	at=$(loopback "$f"):$port
	peer_listen pd "l$f" "$at"
	spawn held d "$TRAFFIC/held" send "$at" >"$WORK/held"
	wait_for "it is held" grep -q held "$WORK/held"
	peer pd accept "s$f" "l$f"
	background insmod module_load
	wait_for "it is loaded" test -e /proc/tcpwatch/summary
	expect_eq "untracked" "$(summary d untracked)" 1
	expect_eq "who is tracked" "$(table d connections local)" "$at"
	stop held
	peer pd await "s$f" CLOSE_WAIT
	expect_eq "untracked, as it changes its state" "$(summary d untracked)" 0
	agree d
	peer pd close "s$f"
	peer pd close "l$f"
	wait_for "nothing is tracked" summary_is d connections 0
	wait "${PEER_PID[insmod]}"
	expect_eq "the status of insmod" $? 0
	unset 'PEER_PID[insmod]'
}

module_absent
for ns in a b c; do
	ns_add $ns
	peer_start p$ns $ns
	make_states p$ns 4
	make_states p$ns 6
done
for family in 4 6; do
	at=$(loopback $family)
	to=$at:$((family * 1000))
	leave quiet$family $family $((family * 1000 + 201))

	leave talked$family $family $((family * 1000 + 202))
	sleep 1 # for the later ACK to make a difference
	peer pa send stalked$family 1000
	peer pa recv ctalked$family 1000

	leave kept$family $family $((family * 1000 + 203))
	peer pa set skept$family keepidle 1
	peer pa set skept$family keepintvl 1
	peer pa set skept$family keepalive 1

	peer_pair pa answered$family "$at:$((family * 1000 + 204))" l$family "$to"
	peer pa send canswered$family 10
	peer pa recv sanswered$family 10
	peer pa send sanswered$family 1000
	peer pa recv canswered$family 1000
	peer pa shutdown canswered$family
	CLOSED_BEFORE[answered$family]=$BEFORE
	peer pa await sanswered$family CLOSE_WAIT
	CLOSED_AFTER[answered$family]=$AFTER

	peer_socket pa waiting$family "$at:$((family * 1000 + 209))"
	peer pa connect waiting$family "$to"
	peer pa shutdown waiting$family
	peer pa await waiting$family FIN_WAIT2
done
sleep 1.5 # the age that is to be worked out, and a keepalive
module_fresh

test_case "all sockets of the first namespace" all_seen a
test_case "all sockets of the second" all_seen b
test_case "all sockets of the third" all_seen c
test_case "a FIN and nothing after it: est" estimated
test_case "ACKs after the FIN: min" at_least
test_case "data before the FIN: no wrong number" honest
test_case "no age above the true one" no_age_too_high
test_case "who opened" who_opened
test_case "who closed first" who_closed_first
test_case "verdicts of older sockets" verdicts
test_case "a later change is exact" later_changes
test_case "later ends are counted" ends_are_counted
test_case "all closed in the first" all_gone a
test_case "all closed in the second" all_gone b
test_case "all closed in the third" all_gone c
ns_add d
peer_start pd d
for family in 4 6; do
	test_case "a socket that a task owns, IPv$family" owned $family
done
run_cases
