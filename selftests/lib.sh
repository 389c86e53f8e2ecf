# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts here share: cases and checks (TAP out), the module, network
# namespaces, traffic programs moved by line commands, and ss as the oracle.
#
# A script sources this, defines functions, names them as cases with
# `test_case`, and ends with `run_cases`. All that a script made is gone when
# it ends, however it ends.

set -u
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TRAFFIC=${TCPWATCH_TRAFFIC:-$HERE/traffic}
WAIT_LIMIT_S=${WAIT_LIMIT_S:-60}

# shellcheck source=/dev/null
. "${KSELFTEST_DIR:?is a folder of the kernel: run this by make test}/kselftest/ktap_helpers.sh"
# shellcheck source=selftests/lib_ss.sh
. "$HERE/lib_ss.sh"

: "${TCPWATCH_KO:?is the path of tcpwatch.ko: run this by make test}"

WORK=$(mktemp -d)
declare -A PEER_PID PEER_IN PEER_OUT NS_PID SUMMARY
CASES=()
CASE_FAILED=0
BEFORE='' AFTER='' VALUE=''

# ---- cases and checks

# test_case TEXT FUNCTION [ARG...]
test_case()
{
	local quoted

	printf -v quoted '%q ' "${@:2}"
	CASES+=("$1" "$quoted")
}

# Whatever a test does, no state changes in a way that RFC 9293 does not have.
states_were_legal()
{
	local ns count

	for ns in "${!NS_PID[@]}"; do
		count=$(sed -n 's/^illegal_transitions //p' "$(ns_proc "$ns")/summary" 2>/dev/null)
		expect_eq "illegal transitions in $ns" "${count:-0}" 0
	done
}

run_cases()
{
	local i

	ktap_print_header
	ktap_set_plan $((${#CASES[@]} / 2))
	for ((i = 0; i < ${#CASES[@]}; i += 2)); do
		CASE_FAILED=0
		eval "${CASES[i + 1]}" || fail "${CASES[i + 1]% }returned $?"
		states_were_legal
		if [ "$CASE_FAILED" = 0 ]; then
			ktap_test_pass "${CASES[i]}"
		else
			ktap_test_fail "${CASES[i]}"
		fi
	done
	ktap_finished
}

say()
{
	printf '# %s\n' "$*"
}

# The case goes on, and fails in the end.
fail()
{
	CASE_FAILED=1
	say "$*"
}

# The whole script can't go on.
give_up()
{
	printf 'Bail out! %s\n' "$*"
	exit "$KSFT_FAIL"
}

# expect_eq WHAT GOT WANTED
expect_eq()
{
	[ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"
}

# expect_between WHAT GOT LEAST MOST
expect_between()
{
	if ! [[ $2 =~ ^-?[0-9]+$ ]] || [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
		fail "$1 is '$2', expected $3 to $4"
	fi
}

# expect_match WHAT GOT REGEX
expect_match()
{
	[[ $2 =~ $3 ]] || fail "$1 is '$2', expected it to match $3"
}

# expect_same WHAT GOT-FILE WANTED-FILE
expect_same()
{
	cmp -s "$2" "$3" && return
	fail "$1 differ (-: got, +: expected)"
	diff -U0 "$2" "$3" | sed -n '3,23s/^/#   /p'
}

# expect_fails WHAT COMMAND [ARG...]
expect_fails()
{
	! "${@:2}" >/dev/null 2>&1 || fail "$1 worked: ${*:2}"
}

# wait_for WHAT COMMAND [ARG...]: until COMMAND succeeds
wait_for()
{
	local end=$((SECONDS + WAIT_LIMIT_S))

	until "${@:2}"; do
		if [ "$SECONDS" -ge "$end" ]; then
			fail "waited $WAIT_LIMIT_S s in vain until $1 (${*:2})"
			return 1
		fi
		sleep 0.02
	done
}

# ---- the module

module_loaded()
{
	[ -d /sys/module/tcpwatch ]
}

module_load()
{
	insmod "$TCPWATCH_KO"
}

# module_load_with PARAMETER=VALUE
module_load_with()
{
	insmod "$TCPWATCH_KO" "$1"
}

module_unload()
{
	rmmod tcpwatch
}

module_absent()
{
	! module_loaded || module_unload || give_up "tcpwatch can't be unloaded"
}

# Its counters are 0, and what exists now is seeded.
module_fresh()
{
	module_absent
	module_load || give_up "tcpwatch can't be loaded"
}

# Nothing of the module is there any more, and the kernel did not complain since log_mark.
module_left_nothing()
{
	local path

	for path in /proc/tcpwatch /proc/net/tcpwatch /sys/module/tcpwatch \
		    /proc/sys/net/tcpwatch "${NS_PID[@]/#//proc/}"; do
		[[ $path != /proc/[0-9]* ]] || path=$path/net/tcpwatch
		if [ -e "$path" ] || [ -L "$path" ]; then
			fail "$path is still there"
		fi
	done
	expect_eq "slab caches" "$(grep -ci tcpw /proc/slabinfo)" 0
	! log_says 'BUG|WARNING|Oops|Call Trace' || fail "the kernel complained"
}

module_need()
{
	module_loaded || module_load || give_up "tcpwatch can't be loaded"
}

# ---- the kernel's log, from a mark on

log_mark()
{
	LOG_MARK="tcpwatch test $$ $RANDOM$RANDOM"
	echo "$LOG_MARK" >/dev/kmsg
}

# log_says REGEX
log_says()
{
	dmesg | sed "1,/$LOG_MARK/d" | grep -qE "$1"
}

# ---- network namespaces, each with a process that does nothing but be in it

ns_name()
{
	printf 'tcpw-%d-%s' $$ "$1"
}

in_ns()
{
	nsenter --net="/run/netns/$(ns_name "$1")" "${@:2}"
}

# A process in the background would hold the traffic programs' input open.
let_go()
{
	local fd

	for fd in "${PEER_IN[@]}" "${PEER_OUT[@]}"; do
		exec {fd}>&-
	done
}

# become NAMESPACE COMMAND...: only ever in the background
become()
{
	let_go
	exec nsenter --net="/run/netns/$(ns_name "$1")" "${@:2}"
}

# spawn NAME NAMESPACE COMMAND...: in the background, until stopped by its name
spawn()
{
	become "${@:2}" &
	PEER_PID[$1]=$!
}

# background NAME FUNCTION [ARG...]: of this script, quiet, until stopped by its name
background()
{
	{
		let_go
		"${@:2}"
	} >/dev/null 2>&1 &
	PEER_PID[$1]=$!
}

# The namespace's /proc/tcpwatch as seen from outside.
ns_proc()
{
	printf '/proc/%s/net/tcpwatch' "${NS_PID[$1]}"
}

# ns_sysctl NAMESPACE KEY=VALUE...
ns_sysctl()
{
	in_ns "$1" sysctl -qw "${@:2}"
}

# What is lost of what these ports send, for make_states.
SYNLESS='4101, 4103, 6101, 6103'
FINLESS='4112, 4116, 4117, 6112, 6116, 6117'
ACKLESS='4104, 6104'

# ns_add NAME: with loopback up, ports that can be muted, and timers long enough
# for a state to stay while it is looked at.
ns_add()
{
	local name

	name=$(ns_name "$1")
	ip netns add "$name" || give_up "no network namespace can be made"
	become "$1" sleep infinity &
	NS_PID[$1]=$!
	ip -n "$name" link set lo up
	ns_sysctl "$1" net.ipv4.tcp_syn_retries=10 net.ipv4.tcp_synack_retries=10 \
		net.ipv4.tcp_orphan_retries=15 net.ipv4.ip_local_port_range='30000 64999'
	# From 6.5 on some SYNs are sent before those that the timer doubles, and not counted.
	[ ! -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ] ||
		ns_sysctl "$1" net.ipv4.tcp_syn_linear_timeouts=0
	in_ns "$1" nft -f - <<-RULES || give_up "nft does not work in a namespace"
		table inet traffic {
			set muted { type inet_service; }
			set synless { type inet_service; elements = { $SYNLESS }; }
			set finless { type inet_service; elements = { $FINLESS }; }
			set ackless { type inet_service; elements = { $ACKLESS }; }
			chain arriving {
				type filter hook prerouting priority raw;
				tcp sport @muted drop
				tcp sport @synless tcp flags & syn == syn drop
				tcp sport @finless tcp flags & fin == fin drop
				tcp sport @ackless tcp flags & (fin|syn|rst|psh|ack) == ack drop
				tcp sport @ackless tcp flags & rst == rst drop
			}
		}
	RULES
}

# no_late_resets NAMESPACE: where sockets that any program closed are to stay in CLOSE_WAIT for more
# than a minute. If the ACK of a FIN comes while close() holds the socket, it waits for the peer's
# FIN as it is, and resets the peer in the end; not if it may wait for longer than in TIME_WAIT.
# Sources: tcp_rcv_state_process(), tcp_keepalive_timer().
no_late_resets()
{
	ns_sysctl "$1" net.ipv4.tcp_fin_timeout=120
}

# assassinate: the sockets that standard input has, "LOCAL REMOTE" each, wherever their peers are.
# Before Linux 6.0 ss -K ends no mini-socket, and makes one that nobody holds stay for ever.
assassinate()
{
	local ns

	cat >"$WORK/doomed"
	[ -s "$WORK/doomed" ] || return
	for ns in "${!NS_PID[@]}"; do
		in_ns "$ns" "$TRAFFIC/assassin" <"$WORK/doomed"
	done
}

minis_ended()
{
	ss_minis "$1" | cut -d' ' -f2,3 | assassinate
	[ -z "$(ss_minis "$1")" ]
}

# end_minis NAMESPACE: its mini-sockets
end_minis()
{
	wait_for "no mini-socket is left in $1" minis_ended "$1"
}

orphans()
{
	ss_dump "$1" | awk '$6 == "-" && $7 == "full" { print $2, $3 }'
}

orphans_ended()
{
	orphans "$1" | assassinate
	[ -z "$(orphans "$1")" ]
}

# end_orphans NAMESPACE: sockets that nobody holds would hold it, and count for the module
end_orphans()
{
	unmute_all "$1" 2>/dev/null # a test may have taken its rules away
	wait_for "no orphan is left in $1" orphans_ended "$1"
}

ns_end()
{
	kill "${NS_PID[$1]}"
	wait "${NS_PID[$1]}" 2>/dev/null
	unset "NS_PID[$1]"
	ip netns del "$(ns_name "$1")"
}

ns_del()
{
	end_orphans "$1"
	ns_end "$1"
}

# link_add A B: a veth pair, 10.77.0.1 and fd77::1 in A, 10.77.0.2 and fd77::2 in B
link_add()
{
	local end n=0

	ip link add "$1-$2" netns "$(ns_name "$1")" type veth \
		peer name "$2-$1" netns "$(ns_name "$2")"
	for end in "$1 $1-$2" "$2 $2-$1"; do
		n=$((n + 1))
		ip -n "$(ns_name "${end% *}")" addr add "10.77.0.$n/24" dev "${end#* }"
		ip -n "$(ns_name "${end% *}")" addr add "fd77::$n/64" dev "${end#* }" nodad
		ip -n "$(ns_name "${end% *}")" link set "${end#* }" up
	done
}

# mute NAMESPACE PORT: nothing sent from PORT arrives there any more
mute()
{
	in_ns "$1" nft add element inet traffic muted "{ $2 }"
}

# Everything arrives again.
unmute_all()
{
	local set

	for set in muted synless finless ackless; do
		echo "flush set inet traffic $set"
	done | in_ns "$1" nft -f -
}

unmute()
{
	in_ns "$1" nft delete element inet traffic muted "{ $2 }"
}

# no_acks NAMESPACE PORT: bare ACKs and resets from PORT don't arrive there
no_acks()
{
	in_ns "$1" nft add element inet traffic ackless "{ $2 }"
}

acks_again()
{
	in_ns "$1" nft delete element inet traffic ackless "{ $2 }"
}

# loopback 4|6: this host in that family, as an address needs it before ":PORT"
loopback()
{
	if [ "$1" = 6 ]; then printf '[::1]'; else printf '127.0.0.1'; fi
}

# ---- traffic programs: a command a line in, an answer a line out

# peer_start NAME NAMESPACE [PROGRAM [ARG...]]: PROGRAM of traffic/, or peer
peer_start()
{
	local name=$1 ns=$2 program=${3:-peer} fd

	mkfifo "$WORK/$name.in" "$WORK/$name.out"
	# Opening a fifo waits for the other end, so that must be in the background, too.
	become "$ns" "$TRAFFIC/$program" "${@:4}" <"$WORK/$name.in" >"$WORK/$name.out" &
	PEER_PID[$name]=$!
	exec {fd}>"$WORK/$name.in"
	PEER_IN[$name]=$fd
	exec {fd}<"$WORK/$name.out"
	PEER_OUT[$name]=$fd
	rm "$WORK/$name.in" "$WORK/$name.out"
}

# peer_line NAME: wait for a line of what it says, into VALUE
peer_line()
{
	VALUE=''
	IFS= read -r -t $((WAIT_LIMIT_S + 30)) VALUE <&"${PEER_OUT[$1]}" && return
	fail "$1 says nothing more"
	return 1
}

# peer NAME COMMAND...: obeyed and answered, with its times and value in BEFORE AFTER VALUE
peer()
{
	peer_ask "$@"
	peer_answer "$@"
}

# peer_ask NAME COMMAND...: of which peer_answer, with the same, hears later
peer_ask()
{
	printf '%s\n' "${*:2}" >&"${PEER_IN[$1]}"
}

peer_answer()
{
	local answer

	peer_line "$1" || return
	read -r answer BEFORE AFTER VALUE <<<"$VALUE"
	[ "$answer" = ok ] && return
	fail "$1 $2: $answer $BEFORE $AFTER $VALUE"
	return 1
}

# peer_stop NAME: ends its input; gives its last word in VALUE, its exit status as its own
peer_stop()
{
	local fd status line

	fd=${PEER_IN[$1]}
	exec {fd}>&-
	VALUE=''
	while IFS= read -r -t $((WAIT_LIMIT_S + 30)) line <&"${PEER_OUT[$1]}"; do
		VALUE=$line
	done
	wait "${PEER_PID[$1]}"
	status=$?
	fd=${PEER_OUT[$1]}
	exec {fd}<&-
	unset "PEER_PID[$1]" "PEER_IN[$1]" "PEER_OUT[$1]"
	return $status
}

# stop NAME: of spawn, by a signal
stop()
{
	kill "${PEER_PID[$1]}"
	wait "${PEER_PID[$1]}" 2>/dev/null
	unset "PEER_PID[$1]"
}

# peer_listen PEER NAME ADDRESS:PORT [BACKLOG]
peer_listen()
{
	local family=4

	[[ $3 != \[* ]] || family=6
	peer "$1" socket "$2" "$family" && peer "$1" set "$2" reuseaddr 1 &&
		peer "$1" bind "$2" "$3" && peer "$1" listen "$2" "${4:-16}"
}

# peer_socket PEER NAME ADDRESS:PORT: a client's socket bound there
peer_socket()
{
	local family=4

	[[ $3 != \[* ]] || family=6
	peer "$1" socket "$2" "$family" && peer "$1" set "$2" reuseaddr 1 &&
		peer "$1" bind "$2" "$3"
}

# peer_pair PEER NAME FROM LISTENER TO: cNAME connects from FROM to TO, sNAME is
# what LISTENER accepts; port 0 in FROM is any
peer_pair()
{
	peer_socket "$1" "c$2" "$3" && peer "$1" connect "c$2" "$5" &&
		peer "$1" accept "s$2" "$4"
}

# close_acked PEER SOCKET: close() by a client whose server is to stay in CLOSE_WAIT, not before
# the FIN is acknowledged. If that ACK came while close() holds the socket, it would stay as a full
# one, and reset the server in the end (see no_late_resets()).
close_acked()
{
	peer "$1" shutdown "$2" && peer "$1" await "$2" FIN_WAIT2 && peer "$1" close "$2"
}

# close_and_vanish PEER SOCKET: the same, and within a second or two its port is free again
close_and_vanish()
{
	peer "$1" set "$2" linger2 1 && close_acked "$1" "$2"
}

# make_states PEER FAMILY: at least one socket in every state there is, half-open
# requests and both kinds of FIN_WAIT2 too, for as long as segments of some ports are
# lost. Each name tells what cNAME, the client of sNAME, comes to; FAMILY * 1000 listens.
make_states()
{
	local p=$1 f=$2 at base=$(($2 * 1000)) port=$(($2 * 1000 + 110)) name to

	at=$(loopback "$f")
	to=$at:$base
	peer_listen "$p" "l$f" "$to"

	# Both ends call connect(); only the SYN of one gets through.
	peer_socket "$p" "crossed$f" "$at:$((base + 101))"
	peer_socket "$p" "crossing$f" "$at:$((base + 102))"
	peer "$p" begin "crossed$f" "$at:$((base + 102))"
	peer "$p" begin "crossing$f" "$at:$((base + 101))"
	peer "$p" await "crossed$f" SYN_RECV

	peer_socket "$p" "unheard$f" "$at:$((base + 103))"
	peer "$p" begin "unheard$f" "$to"

	peer_socket "$p" "halfopen$f" "$at:$((base + 104))"
	peer "$p" connect "halfopen$f" "$to"

	for name in open finwait1 finwait2 orphan timewait lastack closing; do
		port=$((port + 1))
		peer_pair "$p" "$name$f" "$at:$port" "l$f" "$to"
	done
	peer "$p" chown "sopen$f" 65534

	peer "$p" shutdown "cfinwait1$f"

	peer "$p" shutdown "cfinwait2$f"
	peer "$p" await "sfinwait2$f" CLOSE_WAIT
	peer "$p" await "cfinwait2$f" FIN_WAIT2

	close_acked "$p" "corphan$f"
	peer "$p" await "sorphan$f" CLOSE_WAIT

	peer "$p" close "ctimewait$f"
	peer "$p" await "stimewait$f" CLOSE_WAIT
	peer "$p" close "stimewait$f"

	peer "$p" shutdown "slastack$f"
	peer "$p" await "clastack$f" CLOSE_WAIT
	peer "$p" close "clastack$f"

	peer "$p" shutdown "cclosing$f"
	peer "$p" shutdown "sclosing$f"
	peer "$p" await "cclosing$f" CLOSING
}

# unmake_states PEER NAMESPACE FAMILY...: what hangs, and would until its FIN is sent
# again, hears from its other end that it is over; the rest ends with PEER
unmake_states()
{
	local p=$1 f name

	unmute_all "$2"
	for f in "${@:3}"; do
		for name in crossed sfinwait1 slastack sclosing; do
			peer "$p" reset "$name$f"
		done
	done
	peer_stop "$p"
}

# ---- what the module shows

# summary_read NAMESPACE: the whole of it, into SUMMARY
summary_read()
{
	local lines line

	SUMMARY=()
	mapfile -t lines <"$(ns_proc "$1")/summary" || fail "summary of $1 can't be read"
	for line in "${lines[@]}"; do
		SUMMARY[${line%% *}]=${line##* }
	done
}

# summary NAMESPACE NAME
summary()
{
	summary_read "$1"
	printf '%s' "${SUMMARY[$2]:-missing}"
}

summary_is()
{
	[ "$(summary "$1" "$2")" = "$3" ]
}

# columns FILE NAME...: these columns of a table on standard input
columns()
{
	awk -v want="$*" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			n = split(want, name)
			next
		}
		{
			for (i = 1; i <= n; i++)
				printf "%s%s", (name[i] in at) ? $at[name[i]] : "MISSING",
					i < n ? " " : "\n"
		}'
}

# table NAMESPACE FILE COLUMN...
table()
{
	columns "${@:3}" <"$(ns_proc "$1")/$2"
}

# row NAMESPACE FILE ID COLUMN...: of the one socket
row()
{
	table "$1" "$2" id "${@:4}" | sed -n "s/^$3 //p"
}

row_is()
{
	[ "$(row "$1" "$2" "$3" "$4")" = "$5" ]
}

# cookie PEER SOCKET: its id, into VALUE
cookie()
{
	peer "$1" cookie "$2"
}

# ---- the end

MODULE_WAS_LOADED=0
! module_loaded || MODULE_WAS_LOADED=1

clean_up()
{
	local name

	trap '' INT TERM
	for name in "${!PEER_PID[@]}"; do
		kill -CONT "${PEER_PID[$name]}"
		kill "${PEER_PID[$name]}"
		wait "${PEER_PID[$name]}"
	done 2>/dev/null
	# Of all, as long as their peers' namespaces are there.
	for name in "${!NS_PID[@]}"; do
		end_orphans "$name"
	done
	for name in "${!NS_PID[@]}"; do
		ns_end "$name"
	done
	if [ $MODULE_WAS_LOADED = 1 ]; then
		module_loaded || module_load
	else
		! module_loaded || module_unload
	fi
	rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
