#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What sockets cost, as `tcpwatch memory` and the column mem_bytes say, against what
# `ss -m` has of each, the sizes of the kernel's objects, and the sum that the kernel
# itself keeps of what is in the queues.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

MANY=120
PAIRS=8
NOBODY=65534
PAGE=$(getconf PAGESIZE)
MIB=1048576
SLAB=/sys/kernel/slab

# object_size CACHE: as it is asked for, without padding
object_size()
{
	cat "$SLAB/$1/object_size"
}

# ss_memory: "cookie state bytes pid" of each full socket: the object and all of skmem
# that is no limit; pid is the lowest that has it, or "-"
ss_memory()
{
	ss_all a mnpe |
		awk -v four="$(object_size TCP)" -v six="$(object_size TCPv6)" '
		match($0, /skmem:\([^)]*/) {
			n = split(substr($0, RSTART + 7, RLENGTH - 7), part, ",")
			bytes = $4 ~ /^[[*]/ ? six : four
			for (i = 1; i <= n; i++)
				if (part[i] ~ /^(r|f|w|o|bl)[0-9]/) {
					sub(/^[a-z]+/, "", part[i])
					bytes += part[i]
				}
			cookie = pid = "-"
			for (i = 6; i <= NF; i++)
				if ($i ~ /^sk:/)
					cookie = substr($i, 4)
			rest = $0
			while (match(rest, /pid=[0-9]+/)) {
				one = substr(rest, RSTART + 4, RLENGTH - 4) + 0
				if (pid == "-" || one < pid)
					pid = one
				rest = substr(rest, RSTART + RLENGTH)
			}
			print cookie, $1, bytes, pid
		}' | sed 's/ ESTAB / ESTABLISHED /; s/FIN-WAIT-/FIN_WAIT/; s/-\([A-Z]\)/_\1/' |
		sort
}

# Each socket's mem_bytes are what ss has.
rows_as_ss()
{
	ss_memory | cut -d' ' -f1,3 >"$WORK/wanted"
	{
		table a connections id mem_bytes
		table a listeners id mem_bytes
	} | awk '{ printf "%x %s\n", $1, $2 }' | sort >"$WORK/got"
	cmp -s "$WORK/got" "$WORK/wanted"
}

# memory_json ARG...: the answer in $WORK/answer
memory_json()
{
	in_ns a "$@" tcpwatch memory --json >"$WORK/answer"
}

# costs KEY: "KEY sockets bytes" of the lines "KEY bytes" on standard input
costs()
{
	awk '{ n[$1]++; bytes[$1] += $2 } END { for (i in n) print i, n[i], bytes[i] }' | sort
}

# states_and_holders: all that the command says, as ss has it
states_and_holders()
{
	local mini request

	mini=$(object_size tw_sock_TCP)
	request=$(object_size request_sock_TCP)
	ss_memory >"$WORK/ss"
	ss_dump a >"$WORK/dump"
	memory_json
	{
		cut -d' ' -f2,3 "$WORK/ss"
		awk -v mini="$mini" -v request="$request" '
			$7 == "mini" { print "TIME_WAIT", mini }
			$7 == "request" { print "SYN_RECV", request }' "$WORK/dump"
	} | costs >"$WORK/states.wanted"
	awk '{ print $4, $3 }' "$WORK/ss" | costs >"$WORK/holders.wanted"
	jq -r '.namespaces[0] |
		(.states[] | "states \(.state) \(.sockets) \(.mem_bytes)"),
		(.holders[] | "holders \(.pid // "-") \(.sockets) \(.mem_bytes)"),
		"total \(.sockets) \(.mem_bytes)"' "$WORK/answer" >"$WORK/said"
	sed -n 's/^states //p' "$WORK/said" | sort >"$WORK/states"
	sed -n 's/^holders //p' "$WORK/said" | sort >"$WORK/holders"
	cmp -s "$WORK/states" "$WORK/states.wanted" && cmp -s "$WORK/holders" "$WORK/holders.wanted"
}

# in_order WHAT: the most memory first
in_order()
{
	sed -n "s/^$1 //p" "$WORK/said" | cut -d' ' -f3 >"$WORK/got"
	sort -rn "$WORK/got" >"$WORK/wanted"
	expect_same "the order of $1" "$WORK/got" "$WORK/wanted"
}

# whole_is_right: what somebody has and, as mini-sockets and requests are nobody's, the rest
whole_is_right()
{
	local minis

	states_and_holders
	minis=$(awk '/_bytes / && /^(time_wait|syn_recv)_/ { n += $2 } END { print n }' \
		"$(ns_proc a)/summary")
	SUM=$(($(awk '{ n += $3 } END { print n }' "$WORK/holders") + minis))
	WHOLE=$(sed -n 's/^total .* //p' "$WORK/said")
	[ "$SUM" = "$WHOLE" ]
}

# all_is_right: every figure, once nothing moves
all_is_right()
{
	wait_for "each row is as ss has it" rows_as_ss ||
		expect_same "mem_bytes" "$WORK/got" "$WORK/wanted"
	if ! wait_for "the sums are as ss has them" states_and_holders; then
		expect_same "the states" "$WORK/states" "$WORK/states.wanted"
		expect_same "the holders" "$WORK/holders" "$WORK/holders.wanted"
	fi
	in_order states
	in_order holders
	expect_eq "all" "$(sed -n 's/^total //p' "$WORK/said")" \
		"$(awk '{ n += $2; bytes += $3 } END { print n, bytes }' "$WORK/states")"
	wait_for "what somebody has, and the rest, is all" whole_is_right ||
		expect_eq "what somebody has, and the rest" "$SUM" "$WHOLE"
}

every_state()
{
	expect_eq "a mini-socket for IPv6" "$(object_size tw_sock_TCPv6)" \
		"$(object_size tw_sock_TCP)"
	expect_eq "a request for IPv6" "$(object_size request_sock_TCPv6)" \
		"$(object_size request_sock_TCP)"
	make_states states 4
	make_states states 6
	all_is_right
	expect_eq "the states" "$(cut -d' ' -f1 "$WORK/states" | paste -sd' ')" \
		"CLOSE_WAIT CLOSING ESTABLISHED FIN_WAIT1 FIN_WAIT2 LAST_ACK LISTEN SYN_RECV SYN_SENT TIME_WAIT"
}

# cost_of PEER NAME: the row's mem_bytes
cost_of()
{
	cookie "$1" "$2"
	row a connections "$VALUE" mem_bytes
}

# reserve_of PEER NAME: what the socket keeps for what comes next, as ss has it; before Linux 6.0
# that may be all that was freed
reserve_of()
{
	cookie "$1" "$2"
	in_ns a ss -HOtamne 2>/dev/null |
		sed -nE "$(printf 's/.* sk:%x .*skmem:.*,f([0-9]+),.*/\\1/p' "$VALUE")"
}

# cost_below PEER NAME BYTES: but for its reserve
cost_below()
{
	[ $(($(cost_of "$1" "$2") - $(reserve_of "$1" "$2"))) -lt "$3" ]
}

to_listener()
{
	peer one socket "$1" "$2"
	peer one connect "$1" "$(loopback "$2"):$((1100 * $2))"
	peer two accept "s$1" "l$2"
}

# Bytes that are not read cost the one who does not read them.
unread()
{
	local before

	to_listener "cu$1" "$1"
	before=$(cost_of two "scu$1")
	peer one send "cu$1" 50000
	peer two unread "scu$1" 50000
	peer one flushed "cu$1"
	all_is_right
	expect_between "the reader's cost" "$(cost_of two "scu$1")" $((before + 50000)) \
		$((before + 500000))
	expect_between "the sender's cost" "$(cost_of one "cu$1")" "$before" \
		$((before + 40000))
	peer two recv "scu$1" 50000
	wait_for "it is given back" cost_below two "scu$1" $((before + 40000))
	peer one reset "cu$1"
	peer two close "scu$1"
}

# What cannot be sent costs the sender; once it is closed, nobody.
unsent()
{
	local filled cost

	to_listener "cf$1" "$1"
	peer one fill "cf$1"
	filled=$VALUE
	all_is_right
	cookie one "cf$1"
	cost=$(row a connections "$VALUE" "snd_unsent snd_unacked mem_bytes")
	expect_between "what waits" $((${cost%% *} + $(cut -d' ' -f2 <<<"$cost"))) 100000 "$filled"
	expect_between "the sender's cost" "${cost##* }" \
		$((${cost%% *} + $(cut -d' ' -f2 <<<"$cost"))) $((4 * filled + MIB))
	peer one close "cf$1"
	wait_for "an orphan" summary_is a fin_wait1 1
	all_is_right
	expect_between "what is nobody's" "$(sed -n 's/^- 1 //p' "$WORK/holders")" \
		$((${cost##* } / 2)) $((2 * ${cost##* }))
	expect_eq "its kind" "$(jq -r '.namespaces[0].holders[] | select(.pid == null) | .kind' \
		"$WORK/answer")" none
	peer two reset "scf$1"
	wait_for "it is gone" summary_is a fin_wait1 0
}

# The kernel's own sum of all queues and reserves, in bytes.
sockstat()
{
	awk -v page="$PAGE" '$1 == "TCP:" {
			for (i = 2; i < NF; i++)
				if ($i == "mem")
					print $(i + 1) * page
		}' "/proc/${NS_PID[a]}/net/sockstat"
}

total()
{
	memory_json
	jq -r '.namespaces[0].mem_bytes' "$WORK/answer"
}

as_sockstat()
{
	local i before_all before after_all after slack

	# Each CPU may keep 1 MiB for itself that is counted neither here nor there.
	slack=$((2 * MIB * $(getconf _NPROCESSORS_ONLN)))
	for ((i = 0; i < PAIRS; i++)); do
		to_listener "q$i" "$1"
	done
	before=$(sockstat)
	before_all=$(total)
	for ((i = 0; i < PAIRS; i++)); do
		peer one fill "q$i"
	done
	all_is_right
	after=$(sockstat)
	after_all=$(total)
	say "the kernel counts $((after - before)) bytes more, and so many are shown:" \
		"$((after_all - before_all))"
	expect_between "what is more" $((after_all - before_all)) $((2 * slack)) $((100 * MIB))
	expect_between "what is more" $((after_all - before_all)) $((after - before - slack)) \
		$((after - before + slack))
	for ((i = 0; i < PAIRS; i++)); do
		peer one reset "q$i"
		peer two close "sq$i"
	done
}

# One process with many sockets is one line.
many()
{
	local pid

	peer_start crowd a crowd "$(loopback "$1"):0"
	pid=${PEER_PID[crowd]}
	peer crowd open $MANY
	all_is_right
	expect_match "the crowd" "$(grep "^$pid " "$WORK/holders")" "^$pid $((2 * MANY + 1)) "
	expect_eq "its name" "$(jq -r ".namespaces[0].holders[] | select(.pid == $pid) | .comm" \
		"$WORK/answer")" crowd
	peer_stop crowd
	end_minis a
}

# A socket that two processes have counts once, for the older one.
shared()
{
	# shellcheck disable=SC2016 # for that shell to expand
	spawn sharer a bash -c '
		exec 5<>/dev/tcp/127.0.0.1/4400
		sleep infinity &
		trap "kill $!; exit" TERM
		wait' sharer
	peer two accept sshared l4
	wait_for "both have it" two_have_it
	all_is_right
	expect_match "the older one" "$(grep "^${PEER_PID[sharer]} " "$WORK/holders")" \
		"^${PEER_PID[sharer]} 1 "
	stop sharer
	peer two close sshared
}

two_have_it()
{
	in_ns a ss -Htnp dport = :4400 | grep -q 'pid=.*pid='
}

unaccepted()
{
	peer one socket "wait$1" "$1"
	peer one connect "wait$1" "$(loopback "$1"):$((1100 * $1))"
	all_is_right
	expect_match "what is nobody's" "$(grep '^- ' "$WORK/holders")" '^- 1 '
	peer two accept "swait$1" "l$1"
	memory_json
	expect_eq "what is nobody's" \
		"$(jq '[.namespaces[0].holders[] | select(.kind == "none")]' "$WORK/answer")" '[]'
	peer one reset "wait$1"
	peer two close "swait$1"
}

# Who may not look into processes still has the sum.
not_root()
{
	local wanted text

	memory_json
	wanted=$(jq -c '.namespaces[0] | .sockets, .mem_bytes, .states' "$WORK/answer")
	memory_json setpriv "--reuid=$NOBODY" "--regid=$NOBODY" --clear-groups
	expect_eq "the sums" "$(jq -c '.namespaces[0] | .sockets, .mem_bytes, .states' \
		"$WORK/answer")" "$wanted"
	expect_eq "the holders" "$(jq -r '.namespaces[0].holders[].kind' "$WORK/answer")" unseen
	text=$(in_ns a setpriv "--reuid=$NOBODY" "--regid=$NOBODY" --clear-groups tcpwatch memory)
	expect_match "the text" "$text" 'run it as root'
}

text()
{
	local total

	peer one socket "t$1" "$1"
	peer one connect "t$1" "$(loopback "$1"):$((1100 * $1))"
	peer two accept "st$1" "l$1"
	peer one fill "t$1"
	states_and_holders
	in_ns a tcpwatch memory >"$WORK/text"
	total=$(awk '$1 == "total" { print $2 }' "$WORK/said")
	expect_match "the first line" "$(head -n 1 "$WORK/text")" \
		"^$total sockets take .*B of kernel memory"
	sed -n 's/^states \([A-Z_0-9]* [0-9]*\) .*/\1/p; s/^holders \([0-9]* [0-9]*\) .*/\1/p' \
		"$WORK/said" >"$WORK/wanted"
	awk '$1 ~ /^[A-Z_0-9]+$/ && NF >= 4 && NR > 1 { print $1, $1 ~ /^[0-9]/ ? $3 : $2 }' \
		"$WORK/text" >"$WORK/got"
	expect_same "the lines" "$WORK/got" "$WORK/wanted"
	peer one reset "t$1"
	peer two close "st$1"
}

nothing()
{
	in_ns b tcpwatch memory --json >"$WORK/answer"
	expect_eq "a namespace without sockets" \
		"$(jq -c '.namespaces[0] | [.sockets, .mem_bytes, .states, .holders]' \
			"$WORK/answer")" '[0,0,[],[]]'
	expect_match "its text" "$(in_ns b tcpwatch memory)" '^0 sockets take 0 ?B of kernel memory'
}

module_fresh
ns_add a
ns_add b
peer_start states a
test_case "every state, both families" every_state
peer_start one a
peer_start two a
peer_listen two l4 127.0.0.1:4400
peer_listen two l6 '[::1]:6600'

states_end()
{
	unmake_states states a 4 6
	end_minis a
	wait_for "only listeners are left" summary_is a connections 0
	all_is_right
}

test_case "the same, once they are closed" states_end
for family in 4 6; do
	test_case "unread bytes, IPv$family" unread $family
	test_case "unsent bytes, and an orphan, IPv$family" unsent $family
	test_case "as much more as the kernel counts, IPv$family" as_sockstat $family
	test_case "a process with many sockets, IPv$family" many $family
	test_case "what no accept() took, IPv$family" unaccepted $family
done
test_case "text" text 4
test_case "a socket that two processes have" shared
test_case "another user" not_root
test_case "no sockets" nothing
run_cases
