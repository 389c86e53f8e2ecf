#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The file time_wait: every mini-socket that ss shows, in TIME_WAIT or FIN_WAIT2, exactly
# once, and until when the kernel keeps it.
#
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

CHURN=1500

shown()
{
	table "${1:-a}" time_wait state local remote | sort
}

# of_local LOCAL: what follows that in the lines of standard input that begin with it
of_local()
{
	awk -v at="$1" '$1 == at { sub(/^[^ ]+ /, ""); print }'
}

# row_of LOCAL COLUMN: of the one mini-socket there
row_of()
{
	table a time_wait local "$2" | of_local "$1"
}

row_of_is()
{
	[ "$(row_of "$1" "$2")" = "$3" ]
}

# kernel_timers FILE: "ports ms" of each mini-socket, from /proc/net/tcp as it was copied,
# which has hundredths of a second
kernel_timers()
{
	local _ from to timer

	while read -r _ from to _ _ timer _; do
		[[ $timer == 03:* ]] || continue
		printf '%d-%d %d\n' $((16#${from##*:})) $((16#${to##*:})) \
			$((16#${timer#03:} * 10))
	done <"$1"
}

# time_left_is_right: within what /proc/net/tcp says before and after, read by one process
# so that they are close to each other; and what ss says
time_left_is_right()
{
	local state from to left least most key tcp=(/proc/"${NS_PID[a]}"/net/tcp{,6})

	ss_minis a >"$WORK/ss.before"
	cat "${tcp[@]}" "$(ns_proc a)/time_wait" "${tcp[@]}" >"$WORK/all"
	ss_minis a >"$WORK/ss.after"
	sed '/left_ms/,$d' "$WORK/all" >"$WORK/tcp.before"
	sed '1,/left_ms/d; /local_address/,$d' "$WORK/all" >"$WORK/left"
	sed '1,/left_ms/d' "$WORK/all" | sed -n '/local_address/,$p' >"$WORK/tcp.after"
	expect_between "mini-sockets" "$(wc -l <"$WORK/left")" 1 999
	kernel_timers "$WORK/tcp.before" >"$WORK/most"
	kernel_timers "$WORK/tcp.after" >"$WORK/least"
	while read -r from to state left; do
		least=$(grep -F "$state $from $to " "$WORK/ss.after" | cut -d' ' -f4)
		most=$(grep -F "$state $from $to " "$WORK/ss.before" | cut -d' ' -f5)
		# One that has gone meanwhile may have been due, its timer waiting for a CPU.
		expect_between "left_ms of $from, by ss," "$left" "${least:-0}" \
			"${most:-0}"
		key=${from##*:}-${to##*:}
		least=$(sed -n "s/^$key //p" "$WORK/least")
		most=$(sed -n "s/^$key //p" "$WORK/most")
		# Jiffies are rounded twice there.
		expect_between "left_ms of $from, by /proc/net/tcp," "$left" \
			$((least - 20)) $((most + 20))
	done <"$WORK/left"
}

# as_ss [NAMESPACE]: the same mini-sockets, and as many as summary counts
as_ss()
{
	local ns=${1:-a} full

	# What ends by itself meanwhile makes for another try, not for a difference.
	for _ in {1..8}; do
		ss_minis "$ns" | cut -d' ' -f1-3 | sort >"$WORK/wanted"
		shown "$ns" >"$WORK/got"
		full=$(table "$ns" connections state | grep -c FIN_WAIT2)
		summary_read "$ns"
		ss_minis "$ns" | cut -d' ' -f1-3 | sort >"$WORK/again"
		! cmp -s "$WORK/wanted" "$WORK/again" || break
	done
	cmp -s "$WORK/wanted" "$WORK/again" || fail "ss itself does not come to rest in $ns"
	expect_same "the mini-sockets of $ns" "$WORK/got" "$WORK/wanted"
	expect_eq "TIME_WAITs in summary of $ns" "${SUMMARY[time_wait]}" \
		"$(grep -c ^TIME_WAIT "$WORK/wanted")"
	expect_eq "mini-sockets in FIN_WAIT2 in summary of $ns" $((SUMMARY[fin_wait2] - full)) \
		"$(grep -c ^FIN_WAIT2 "$WORK/wanted")"
}

# half_close NAME PEER: a FIN_WAIT2 in a mini-socket, by the straight way: where the peer's
# ACK meets close() itself, the kernel keeps the full socket for another while
half_close()
{
	peer pa shutdown "$1"
	peer pa await "$2" CLOSE_WAIT
	peer pa await "$1" FIN_WAIT2
	peer pa close "$1"
}

# mini NAME FAMILY STATE: cNAME closes first; its own end into LOCAL
mini()
{
	local at

	at=$(loopback "$2")
	peer pa socket "c$1" "$2"
	peer pa connect "c$1" "$at:$((1000 * $2))"
	peer pa accept "s$1" "l$2"
	peer pa local "c$1"
	LOCAL=$VALUE
	half_close "c$1" "s$1"
	wait_for "a mini-socket" row_of_is "$LOCAL" state FIN_WAIT2
	[ "$3" = TIME_WAIT ] || return 0
	peer pa close "s$1"
	wait_for "TIME_WAIT" row_of_is "$LOCAL" state TIME_WAIT
}

both_kinds()
{
	local i

	for i in 1 2 3; do
		mini "t$i$1" "$1" TIME_WAIT
	done
	for i in 1 2; do
		mini "f$i$1" "$1" FIN_WAIT2
		expect_eq "the peer of $LOCAL" "$(row_of "$LOCAL" remote)" \
			"$(loopback "$1"):$((1000 * $1))"
	done
	# A socket that somebody still has is no mini-socket.
	peer_pair pa "half$1" "$(loopback "$1"):0" "l$1" "$(loopback "$1"):$((1000 * $1))"
	peer pa shutdown "chalf$1"
	peer pa await "chalf$1" FIN_WAIT2
	expect_eq "their states" \
		"$(shown | grep ":$((1000 * $1))\$" | cut -d' ' -f1 |
			paste -sd' ')" "FIN_WAIT2 FIN_WAIT2 TIME_WAIT TIME_WAIT TIME_WAIT"
	as_ss
	time_left_is_right
}

# A server at :: that an IPv4 client came to.
mapped()
{
	peer pa socket l46 6
	peer pa set l46 reuseaddr 1
	peer pa bind l46 '[::]:4600'
	peer pa listen l46 4
	peer_pair pa mapped 127.0.0.1:0 l46 127.0.0.1:4600
	half_close smapped cmapped
	wait_for "FIN_WAIT2" row_of_is '[::ffff:127.0.0.1]:4600' state FIN_WAIT2
	peer pa close cmapped
	wait_for "TIME_WAIT" row_of_is '[::ffff:127.0.0.1]:4600' state TIME_WAIT
	as_ss
	time_left_is_right
}

is_less()
{
	[ "$(row_of "$1" left_ms)" -lt "$2" ]
}

runs_down()
{
	local left i

	mini "down$1" "$1" TIME_WAIT
	left=$(row_of "$LOCAL" left_ms)
	expect_between "left_ms" "$left" 30000 60000
	for i in 1 2 3; do
		wait_for "left_ms decreases" is_less "$LOCAL" $((left - 50))
		left=$(row_of "$LOCAL" left_ms)
	done
	time_left_is_right
}

# The peer's FIN makes it a TIME_WAIT, for another 60 s.
becomes_time_wait()
{
	ns_sysctl a net.ipv4.tcp_fin_timeout=20
	mini "turn$1" "$1" FIN_WAIT2
	expect_between "left_ms in FIN_WAIT2" "$(row_of "$LOCAL" left_ms)" 1 20000
	as_ss
	peer pa close "sturn$1"
	wait_for "TIME_WAIT" row_of_is "$LOCAL" state TIME_WAIT
	expect_between "left_ms in TIME_WAIT" "$(row_of "$LOCAL" left_ms)" 20001 60000
	as_ss
	ns_sysctl a net.ipv4.tcp_fin_timeout=60
}

has_no_row()
{
	[ -z "$(row_of "$1" state)" ]
}

# expires: what is at LOCAL goes when its time is over, and not before
expires()
{
	local left now seen

	seen=${EPOCHREALTIME/.}
	left=$(row_of "$LOCAL" left_ms)
	wait_for "its time is over" has_no_row "$LOCAL" || return 0
	now=${EPOCHREALTIME/.}
	# The kernel's timer has the granularity of its wheel, and may not be early.
	expect_between "how long it stayed" $(((now - seen) / 1000)) $((left - 100)) 600000
	as_ss
}

fin_wait2_expires()
{
	ns_sysctl a net.ipv4.tcp_fin_timeout=8
	mini "late$1" "$1" FIN_WAIT2
	time_left_is_right
	expires
	ns_sysctl a net.ipv4.tcp_fin_timeout=60
	peer pa reset "slate$1"
}

killed()
{
	mini "dead$1" "$1" TIME_WAIT
	in_ns a ss -HtaK state time-wait sport = ":${LOCAL##*:}" >/dev/null
	wait_for "its row is gone" has_no_row "$LOCAL"
	as_ss
	in_ns a ss -HtaK state fin-wait-2 >/dev/null
	mini "dead2$1" "$1" FIN_WAIT2
	in_ns a ss -HtaK state fin-wait-2 sport = ":${LOCAL##*:}" >/dev/null
	wait_for "its row is gone" has_no_row "$LOCAL"
	# Such an end makes no segment: the count of these follows a few seconds later.
	wait_for "no mini-socket in FIN_WAIT2 is counted" summary_is a fin_wait2 0
	as_ss
	peer pa reset "sdead2$1"
}

# Only since Linux 6.0. What is left the kernel says, not the module that is tested.
ss_kills()
{
	mini trial 4 TIME_WAIT
	in_ns a ss -HtaK state time-wait >/dev/null
	[ -z "$(ss_minis a)" ]
}

were_reset()
{
	local state

	for state in TIME_WAIT FIN_WAIT2; do
		mini "reset$state$1" "$1" $state
		assassinate <<<"$LOCAL $(row_of "$LOCAL" remote)"
		wait_for "its row is gone" has_no_row "$LOCAL"
		as_ss
	done
	peer pa reset "sresetFIN_WAIT2$1"
}

# The server closed first, and its client comes from the same port again.
new_syn()
{
	local at from server

	at=$(loopback "$1")
	server=$at:$((1000 * $1))
	from=$at:$((2000 + $1))
	peer_pair pa "first$1" "$from" "l$1" "$server"
	peer pa close "sfirst$1"
	peer pa await "cfirst$1" CLOSE_WAIT
	peer pa close "cfirst$1"
	wait_for "TIME_WAIT" row_of_is "$server" "state remote" "TIME_WAIT $from"
	as_ss
	peer_pair pa "again$1" "$from" "l$1" "$server"
	expect_eq "the row of what is open again" "$(row_of "$server" "state remote")" ''
	expect_eq "the connection" "$(table a connections local remote state |
		of_local "$server" | grep -F "$from " | cut -d' ' -f2)" ESTABLISHED
	as_ss
	peer pa reset "cagain$1"
	peer pa close "sagain$1"
}

# The same addresses and ports in two namespaces.
namespaces()
{
	local at ns

	at=$(loopback "$1")
	for ns in a b; do
		peer_listen p$ns "twin$1" "$at:$((3000 + $1))"
		peer_pair p$ns "twin$1" "$at:$((3100 + $1))" "twin$1" "$at:$((3000 + $1))"
		peer p$ns close "ctwin$1"
		peer p$ns await "stwin$1" CLOSE_WAIT
		peer p$ns close "stwin$1"
	done
	for ns in a b; do
		wait_for "TIME_WAIT in $ns" twin_is $ns "TIME_WAIT $at:$((3100 + $1))"
		as_ss $ns
	done
	expect_eq "all of b" "$(shown b)" "TIME_WAIT $at:$((3100 + $1)) $at:$((3000 + $1))"
	in_ns a "$TRAFFIC/assassin" <<<"$at:$((3100 + $1)) $at:$((3000 + $1))"
	wait_for "it is gone in a" has_no_row "$at:$((3100 + $1))"
	expect_eq "all of b" "$(shown b)" "TIME_WAIT $at:$((3100 + $1)) $at:$((3000 + $1))"
	end_minis b
	wait_for "b has none" summary_is b time_wait 0
	as_ss b
}

twin_is()
{
	[[ "$(shown "$1")" == *"$2 "* ]]
}

# Only the end that closed first has one.
across_the_link()
{
	peer_listen pb "link$1" "$(end_of "$1" 2):99"
	peer_socket pa "clink$1" "$(end_of "$1" 1):$((3200 + $1))"
	peer pa connect "clink$1" "$(end_of "$1" 2):99"
	peer pb accept "slink$1" "link$1"
	peer pa shutdown "clink$1"
	peer pb await "slink$1" CLOSE_WAIT
	peer pa await "clink$1" FIN_WAIT2
	peer pa close "clink$1"
	expect_eq "all of b" "$(shown b)" ''
	wait_for "FIN_WAIT2" row_of_is "$(end_of "$1" 1):$((3200 + $1))" "state remote" \
		"FIN_WAIT2 $(end_of "$1" 2):99"
	peer pb close "slink$1"
	wait_for "TIME_WAIT" row_of_is "$(end_of "$1" 1):$((3200 + $1))" "state remote" \
		"TIME_WAIT $(end_of "$1" 2):99"
	expect_eq "all of b" "$(shown b)" ''
	as_ss
	as_ss b
}

end_of()
{
	if [ "$1" = 6 ]; then printf '[fd77::%s]' "$2"; else printf '10.77.0.%s' "$2"; fi
}

still_runs()
{
	jobs -rp | grep -qx "${PEER_PID[$1]}"
}

# Those of $WORK/before that are in $WORK/after too. One whose port a new connection took,
# and that came to TIME_WAIT again, is another: it has more time left.
lived_through()
{
	awk '
		FNR == NR { most[$2 " " $3] = $5; next }
		($2 " " $3) in most && $4 <= most[$2 " " $3] { print $2, $3 }' \
		"$WORK/before" "$WORK/after" | sort
}

# During a churn each read shows what is there before and after it, and nothing twice.
each_once()
{
	local reads=0 last=0 lived=0 most=0 rows family

	for family in 4 6; do
		# None of which is taken again while others are read: that would end what is there.
		peer_start "churn$family" a churn "$(loopback $family):0" 1 $CHURN 10000
		peer_line "churn$family"
	done
	renice -n 10 "${PEER_PID[churn4]}" "${PEER_PID[churn6]}" >/dev/null
	ss_minis a >"$WORK/after"
	while [ $last = 0 ]; do
		still_runs churn4 || still_runs churn6 || last=1
		mv "$WORK/after" "$WORK/before"
		shown >"$WORK/read"
		ss_minis a >"$WORK/after"
		reads=$((reads + 1))
		rows=$(wc -l <"$WORK/read")
		most=$((rows > most ? rows : most))
		expect_eq "rows shown twice" "$(uniq -d "$WORK/read" | head -n 3)" ''
		# What was in FIN_WAIT2 may be in TIME_WAIT afterwards.
		cut -d' ' -f2-3 "$WORK/read" | sort >"$WORK/ends"
		lived_through | comm -23 - "$WORK/ends" >"$WORK/missing"
		lived=$((lived + $(lived_through | wc -l)))
		expect_eq "rows missing" "$(head -n 3 "$WORK/missing")" ''
		cut -d' ' -f2-3 "$WORK/before" "$WORK/after" | sort -u |
			comm -13 - "$WORK/ends" >"$WORK/forged"
		expect_eq "rows of nothing" "$(head -n 3 "$WORK/forged")" ''
		[ "$CASE_FAILED" = 0 ] || break
	done
	for family in 4 6; do
		peer_stop "churn$family"
		expect_eq "what became of them" "$VALUE" "$CHURN connections, 0 failures"
	done
	say "read $reads times, up to $most rows"
	expect_between "rows that lived through a read" "$lived" $((CHURN / 2)) 999999
	# A minute after the first ones have come, on a slow machine, as many go as come.
	expect_between "rows" "$most" $((CHURN / 4)) $((CHURN * 3))
}

# The one that has least time left, and has some.
time_wait_expires()
{
	LOCAL=$(table a time_wait left_ms state local | sort -n |
		awk '$2 == "TIME_WAIT" && $1 > 1000 { print $3; exit }')
	say "of $(wc -l <"$(ns_proc a)/time_wait") the first is to go in" \
		"$(row_of "$LOCAL" left_ms) ms"
	expires
	agree a
}

module_fresh
ns_add a
ns_add b
link_add a b
peer_start pa a
peer_start pb b
peer_listen pa l4 127.0.0.1:4000
peer_listen pa l6 '[::1]:6000'

SS_KILLS=yes
ss_kills || SS_KILLS=
end_minis a
for family in 4 6; do
	test_case "both kinds of mini-sockets, IPv$family" both_kinds $family
	test_case "a TIME_WAIT runs down, IPv$family" runs_down $family
	test_case "a FIN_WAIT2 becomes a TIME_WAIT, IPv$family" becomes_time_wait $family
	test_case "a FIN_WAIT2 goes after tcp_fin_timeout, IPv$family" fin_wait2_expires $family
	[ ! $SS_KILLS ] || test_case "mini-sockets that ss kills, IPv$family" killed $family
	test_case "mini-sockets that are reset, IPv$family" were_reset $family
	test_case "a new SYN takes over a TIME_WAIT, IPv$family" new_syn $family
	test_case "the same in two namespaces, IPv$family" namespaces $family
	test_case "across a link, IPv$family" across_the_link $family
done
test_case "an IPv4 client of an IPv6 server" mapped
test_case "a TIME_WAIT goes when its time is over" time_wait_expires
test_case "thousands come, each shown once" each_once
run_cases
