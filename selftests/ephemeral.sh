#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whether connect() is running out of ports, as `tcpwatch port` says, against connect():
# it must fail with EADDRNOTAVAIL exactly where that says so. The range is small.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

SERVER=80
OTHER=81
FIRST=40000
USED=0
OUTCOME=''
NONE='Cannot assign requested address'

# A host's own address that is not a loopback one: tcp_tw_reuse=2 leaves that alone.
own()
{
	if [ "$1" = 6 ]; then printf '[fd77::1]'; else printf '10.77.0.1'; fi
}

# range PORTS [RESERVED]: what connect() may choose from
range()
{
	ns_sysctl a net.ipv4.ip_local_port_range="$FIRST $((FIRST + $1 - 1))" \
		net.ipv4.ip_local_reserved_ports="${2:-}"
}

# ask [PORT]: the answer into $WORK/asked
ask()
{
	in_ns a tcpwatch port "${1:-$SERVER}" --json >"$WORK/asked"
}

# told TO [FROM]: what it says of that destination, "used usable time_wait reusable exhausted"
told()
{
	jq -r --arg to "$1" --arg from "${2:-}" '.namespaces[0] | .local_ports.usable as $usable |
		[.destinations[] | select(.remote == $to and ($from == "" or .from == $from))][0] |
		"\(.used) \($usable) \(.time_wait) \(.reusable) \(.exhausted)"' "$WORK/asked"
}

# one_more NAME FAMILY TO [FROM]: connect(), and its outcome into OUTCOME
one_more()
{
	peer pa socket "$1" "$2"
	if [ "${4:-}" ]; then
		peer pa set "$1" bind_address_no_port 1
		peer pa bind "$1" "$4:0"
	fi
	peer pa try connect "$1" "$3"
	OUTCOME=$VALUE
	[ "$OUTCOME" != Success ] || peer pa accept "s$1" "l${3##*:}$2"
}

# use_up FAMILY TO PORTS [MISSED]: connects until that fails, which is said before, and not
# earlier; but for MISSED ports that the kernel may not look at
use_up()
{
	local n=0 used usable rest

	while :; do
		ask
		read -r used usable rest < <(told "$2")
		one_more "c$n" "$1" "$2"
		if [ $n -gt 0 ]; then
			expect_eq "ports taken" "$used" $n
			expect_eq "ports" "$usable" "$3"
		fi
		[ "$OUTCOME" = Success ] || break
		[ $n = 0 ] || expect_eq "exhausted after $n" "${rest##* }" false
		n=$((n + 1))
		[ $n -le 64 ] || give_up "connect() never fails"
	done
	expect_eq "what connect() says" "$OUTCOME" "$NONE"
	expect_between "connections" $n $(($3 - ${4:-0})) "$3"
	[ $n != "$3" ] || expect_eq "exhausted after $n" "${rest##* }" true
	peer pa close "c$n"
	USED=$n
}

said()
{
	expect_match "what it says" "$(in_ns a tcpwatch port "${2:-$SERVER}" |
		tr -s '[:space:]' ' ')" "$1"
}

all_reset()
{
	local i

	for ((i = 0; i < USED; i++)); do
		peer pa reset "c$i"
		peer pa close "sc$i"
	done
}

# The first to close is the one with a TIME_WAIT.
all_to_time_wait()
{
	local i

	for ((i = 0; i < USED; i++)); do
		peer pa close "c$i"
		peer pa await "sc$i" CLOSE_WAIT
		peer pa close "sc$i"
	done
	wait_for "TIME_WAIT" summary_is a time_wait "$USED"
}

no_minis()
{
	end_minis a
	wait_for "no mini-socket is left" summary_is a fin_wait2 0
}

connections()
{
	local to

	to=$(loopback "$1"):$SERVER
	range 8
	use_up "$1" "$to" 8
	said "Towards .*:$SERVER connect\(\) from .* has taken 8 of 8 ports \(100 %\), 0 of them"
	said '0 of them in TIME_WAIT. None is left: connect\(\) fails .EADDRNOTAVAIL.. Use fewer'
	# It is said whatever the port that was asked about.
	ask 8080
	expect_eq "the destination, asked about another port" "$(told "$to")" "8 8 0 0 true"
	all_reset
	ask
	expect_eq "the destination, once all is closed" "$(told "$to")" \
		"null 8 null null null"
	said 'connect\(\) has 8 ports, and is short of them nowhere'
}

running_out()
{
	local to i

	to=$(loopback "$1"):$SERVER
	range 10
	for ((i = 0; i < 8; i++)); do
		one_more "c$i" "$1" "$to"
	done
	USED=8
	said '8 of 10 ports \(80 %\), 0 of them in TIME_WAIT. It is running out of them. Use fewer'
	peer pa reset c7
	peer pa close sc7
	USED=7
	said '7 of 10 ports \(70 %\), 0 of them in TIME_WAIT\. *$'
	# Only who asks for it hears of what is not short of ports.
	ask 8080
	expect_eq "what is told when nobody is short" \
		"$(jq -c '.namespaces[0].destinations' "$WORK/asked")" '[]'
	all_reset
}

# Of an odd number of ports, connect() looks at all but one, by chance.
odd_range()
{
	range 7
	use_up "$1" "$(loopback "$1"):$SERVER" 7 1
	all_reset
	range 1
	use_up "$1" "$(loopback "$1"):$SERVER" 1
	all_reset
}

# Ports that are in the range, and not to be had: reserved, listened on, or a server's.
not_to_be_had()
{
	local at

	at=$(loopback "$1")
	range 10 "$((FIRST + 1)),$((FIRST + 4))-$((FIRST + 5))"
	peer_listen pa held "$at:$((FIRST + 2))"
	peer_listen pa gone "$at:$((FIRST + 7))"
	peer_pair pa served "$at:1024" gone "$at:$((FIRST + 7))"
	peer pa close gone
	use_up "$1" "$at:$SERVER" 5
	said '5 of 5 ports \(100 %\)'
	all_reset
	peer pa close held
	peer pa reset cserved
	peer pa close sserved
}

# By how long they stay yet, of the 60 s: what connect() may take over, it may once this holds.
all_are_old()
{
	! table a time_wait left_ms | awk '$1 > 57000' | grep -q .
}

time_waits()
{
	local to

	to=$(own "$1"):$SERVER
	range 8
	ns_sysctl a net.ipv4.tcp_tw_reuse="$2"
	use_up "$1" "$to" 8
	all_to_time_wait
	wait_for "all are more than a second old" all_are_old
	ask
	expect_eq "all in TIME_WAIT" "$(told "$to")" "8 8 8 0 true"
	one_more more "$1" "$to"
	expect_eq "connect()" "$OUTCOME" "$NONE"
	peer pa close more
	said '8 of 8 ports \(100 %\), 8 of them in TIME_WAIT. None is left: connect\(\) fails'
	said 'Keep connections open, or set net.ipv4.tcp_tw_reuse to 1'
	no_minis
	one_more more "$1" "$to"
	expect_eq "connect(), once they are gone" "$OUTCOME" Success
	peer pa reset more
	peer pa close smore
	ns_sysctl a net.ipv4.tcp_tw_reuse=2
}

connects_again()
{
	one_more again "$1" "$2"
	[ "$OUTCOME" = Success ] && return
	peer pa close again
	return 1
}

# Those that are a second old may be taken over: told apart from those that may not.
reused()
{
	local to

	to=$("$2" "$1"):$SERVER
	range 8
	ns_sysctl a net.ipv4.tcp_tw_reuse="$3"
	use_up "$1" "$to" 8
	all_to_time_wait
	ask
	expect_eq "all in TIME_WAIT" "$(told "$to")" "8 8 8 8 false"
	said 'None is left but what connect\(\) may take over from TIME_WAIT'
	wait_for "connect() takes one over" connects_again "$1" "$to"
	ask
	expect_eq "one is used again" "$(told "$to")" "8 8 7 7 false"
	peer pa reset again
	peer pa close sagain
	no_minis
	ns_sysctl a net.ipv4.tcp_tw_reuse=2
}

# half_close FAMILY TO: a range of four ports, all of them in FIN_WAIT2
half_close()
{
	local i

	range 4
	ns_sysctl a net.ipv4.tcp_tw_reuse=1
	use_up "$1" "$2" 4
	for ((i = 0; i < USED; i++)); do
		peer pa shutdown "c$i"
		peer pa await "c$i" FIN_WAIT2
		peer pa close "c$i"
	done
	wait_for "FIN_WAIT2" summary_is a fin_wait2 4
	wait_for "all are more than a second old" all_are_old
}

end_half_closed()
{
	local i

	for ((i = 0; i < USED; i++)); do
		peer pa reset "sc$i"
	done
	no_minis
	ns_sysctl a net.ipv4.tcp_tw_reuse=2
}

# Before Linux 6.12, and the stable kernels of October 2024, connect() takes these over, too
# (0d9e5df4a257), which tcpwatch port does not know of.
leaves_half_closed()
{
	local to

	to=$(loopback 4):$SERVER
	half_close 4 "$to"
	one_more more 4 "$to"
	if [ "$OUTCOME" = Success ]; then
		peer pa reset more
		peer pa close smore
	else
		peer pa close more
	fi
	end_half_closed
	[ "$OUTCOME" = "$NONE" ]
}

# Those in FIN_WAIT2 may not be.
half_closed()
{
	local to

	to=$(loopback "$1"):$SERVER
	half_close "$1" "$to"
	ask
	expect_eq "all in FIN_WAIT2" "$(told "$to")" "4 4 4 0 true"
	one_more more "$1" "$to"
	expect_eq "connect()" "$OUTCOME" "$NONE"
	peer pa close more
	end_half_closed
}

# Each peer, peer's port and own address has all the ports.
others_have_all()
{
	local at to else_from=127.0.0.2

	at=$(loopback "$1")
	to=$at:$SERVER
	[ "$1" = 4 ] || else_from='[fd77::1]'
	range 4
	use_up "$1" "$to" 4
	one_more other "$1" "$at:$OTHER"
	expect_eq "connect() to another port" "$OUTCOME" Success
	one_more from "$1" "$to" "$else_from"
	expect_eq "connect() from another address" "$OUTCOME" Success
	ask
	from=${at//[\[\]]/}
	expect_eq "the one from $from" "$(told "$to" "$from")" "4 4 0 0 true"
	from=${else_from//[\[\]]/}
	expect_eq "the one from $from" "$(told "$to" "$from")" "1 4 0 0 false"
	ask $OTHER
	expect_eq "the other port" "$(told "$at:$OTHER")" "1 4 0 0 false"
	peer pa reset other
	peer pa reset from
	peer pa close sother
	peer pa close sfrom
	all_reset
}

module_fresh
ns_add a
ip -n "$(ns_name a)" addr add 10.77.0.1/32 dev lo
ip -n "$(ns_name a)" addr add fd77::1/128 dev lo nodad
peer_start pa a
peer_listen pa l${SERVER}4 0.0.0.0:$SERVER
peer_listen pa l${OTHER}4 0.0.0.0:$OTHER
for port in $SERVER $OTHER; do
	peer pa socket "l${port}6" 6
	peer pa set "l${port}6" v6only 1
	peer pa bind "l${port}6" "[::]:$port"
	peer pa listen "l${port}6" 16
done

LEAVES=yes
leaves_half_closed || LEAVES=
for family in 4 6; do
	test_case "connections take all ports, IPv$family" connections $family
	test_case "connections take most ports, IPv$family" running_out $family
	test_case "a range with an odd number of ports, IPv$family" odd_range $family
	test_case "ports that connect() passes over, IPv$family" not_to_be_had $family
	test_case "TIME_WAITs take all ports, IPv$family" time_waits $family 0
	test_case "TIME_WAITs, tcp_tw_reuse for loopback, IPv$family" time_waits $family 2
	test_case "TIME_WAITs on loopback are taken over, IPv$family" reused $family loopback 2
	test_case "TIME_WAITs are taken over, IPv$family" reused $family own 1
	[ ! $LEAVES ] || test_case "FIN_WAIT2s take all ports, IPv$family" half_closed $family
	test_case "other destinations have ports, IPv$family" others_have_all $family
done
run_cases
