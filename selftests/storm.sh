#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once: connections that open, close, half-close and reset on all CPUs, others of
# each kind there is (traffic/medley.c), sockets that are killed, 8 readers in every file, filters
# that change, namespaces that come and go, a tracer, BPF's walk, and the module loaded and
# unloaded, 8 times or as often as STORM_ROUNDS says, while STORM_CROWD connections stay open.
# When it is over, ss and the module say the same.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

ROUNDS=${STORM_ROUNDS:-8}
CROWD=${STORM_CROWD:-100}
TRACING=/sys/kernel/tracing
KINDS=(handed disconnected shut_down fast_open cookies shared_port repaired dual)
# The distribution's 5.10 has neither.
[[ $(uname -r) = 5.10.* ]] || KINDS+=(mptcp encrypted)
# Which churns in namespace a.
CHURNS=(churn4 churn6 medley4 medley6)

# A namespace is made, has connections, and goes, with sockets that nobody holds.
come_and_go()
{
	local name=tcpw-$$-brief

	while :; do
		ip netns add "$name"
		ip -n "$name" link set lo up
		nsenter --net="/run/netns/$name" "$TRAFFIC/churn" 127.0.0.1:0 1 5 </dev/null
		nsenter --net="/run/netns/$name" "$TRAFFIC/churn" '[::1]:0' 1 5 </dev/null
		ip netns del "$name"
	done
}

# In namespace b; whose sockets they are is told that they are gone, and opens others.
kill_forever()
{
	while :; do
		in_ns b ss -HtK state established
		in_ns b ss -HtaK state time-wait
	done
}

open_forever()
{
	while :; do
		in_ns b "$TRAFFIC/client" -c 20 -x 127.0.0.1:80 </dev/null
		in_ns b "$TRAFFIC/client" -c 20 -x '[::1]:80' </dev/null
	done
}

rounds()
{
	local i

	for ((i = 1; i <= ROUNDS; i++)); do
		peer_ask walker walk
		module_load || fail "insmod $i failed"
		# Any CLOSE_WAIT that a tick finds is stuck, and traced to the end.
		ns_sysctl a net.tcpwatch.close_wait_stuck_ms=1
		echo 1 >$TRACING/events/tcpwatch/enable || fail "tracing $i failed"
		# Of the crowd alone; what moves while it is counted may be missing.
		expect_between "established the time $i" "$(summary a established)" \
			$((2 * CROWD - 10)) $((2 * CROWD + 9999))
		expect_eq "illegal transitions the time $i" "$(summary a illegal_transitions)" 0
		agree_about_crowd "$i"
		module_unload || fail "rmmod $i failed"
		peer_answer walker walk
		[ "$CASE_FAILED" = 0 ] || break
		[ $((i % 20)) != 0 ] || say "$i rounds"
	done
}

# The crowd lives through it all: each of its sockets is there, once, in every round.
agree_about_crowd()
{
	table a connections id | sort >"$WORK/shown"
	expect_eq "ids shown twice the time $1" "$(uniq -d "$WORK/shown")" ''
	expect_eq "ids of the crowd that are missing the time $1" \
		"$(comm -13 "$WORK/shown" "$WORK/crowd" | wc -l)" 0
}

calm()
{
	local name

	module_load || fail "insmod failed"
	for name in brief killer opener; do
		stop $name
	done
	# It may have been stopped with the namespace still there.
	ip netns del "tcpw-$$-brief" 2>/dev/null
	for name in "${CHURNS[@]}"; do
		peer_stop "$name" || fail "$name: $VALUE"
		expect_match "what became of $name" "$VALUE" '^[1-9][0-9]* connections, 0 failures$'
		say "$name: $VALUE"
	done
	peer_stop walker || fail "the walker failed"
	for name in nosya nosyb; do
		peer_stop $name || fail "$name: $VALUE"
		expect_match "what $name saw" "$VALUE" '^[1-9][0-9]* reads, 0 faults'
		say "$name: $VALUE"
	done
	agree a
	agree b
	expect_eq "the crowd" "$(summary a established)" $((2 * CROWD))
	expect_eq "untracked" "$(summary a untracked)" 0
}

# Of a TIME_WAIT and a listener that has sent SYN cookies, a segment that comes late makes a
# connection nobody has opened: the TIME_WAIT answers with an ACK (tcp_timewait_state_process()),
# which is for the listener, whose own socket is gone, and a cookie vouches for it if as much was
# sent one way as the other, but for 3 bytes (check_tcp_syn_cookie(): what both numbers have in
# common cancels out). Who accepts that closes it, and the TIME_WAIT never acknowledges its FIN,
# which is sent again for minutes (tcp_orphan_retries()). So goes the kernel with no module, too.
end_ghosts()
{
	in_ns a ss -HntK state fin-wait-1 >/dev/null
}

# all_ended NAMESPACE: its sockets; what is left is told, by ss and by the module
all_ended()
{
	local line

	wait_for "no socket of $1 is left" summary_is "$1" connections 0 && return
	{
		ss_all "$1" neoi | awk '!/timer:\(timewait/ { $1 = $1; print }'
		table "$1" connections state local remote opened closed state_ms age_ms
	} | while IFS= read -r line; do
		say "$line"
	done
}

over()
{
	end_ghosts
	peer crowd close "$CROWD"
	peer_stop server
	in_ns b ss -HtaK >/dev/null
	all_ended a
	all_ended b
	agree a
	agree b
	module_unload || fail "rmmod failed"
	module_left_nothing
}

[ -e $TRACING/trace ] || mount -t tracefs tracefs $TRACING || give_up "there is no tracefs"
[ -e /sys/kernel/btf/vmlinux ] || give_up "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)"
module_absent
modprobe -q tls # in the kernel, or there is none; then encrypted fails
log_mark
for ns in a b; do
	ns_add $ns
	# More TIME_WAITs than that are not kept, so that they don't have to be waited for.
	ns_sysctl $ns net.ipv4.ip_local_port_range='10000 65535' \
		net.ipv4.tcp_max_tw_buckets=100 net.ipv4.tcp_fastopen=3
done
peer_start crowd a crowd 127.0.0.1:0
peer crowd open "$CROWD"
ss_dump a | awk '$7 == "full" { print $4 }' | while read -r id; do
	echo $((16#$id))
done | sort >"$WORK/crowd"
# They never rest; loading and unloading is to have its share of the CPU. Each passes its
# priority on to its children.
renice -n 19 $$ >/dev/null
peer_start churn4 a churn 127.0.0.1:0 2
peer_start churn6 a churn '[::1]:0' 2
peer_start medley4 a medley 127.0.0.1:0 1 "${KINDS[@]}"
peer_start medley6 a medley '[::1]:0' 1 "${KINDS[@]}"
for churn in "${CHURNS[@]}"; do
	peer_line "$churn"
done
peer_start walker a iterate
peer_start server b server '[::]:80'
peer_line server
peer_start nosya a nosy /proc/tcpwatch 4
peer_start nosyb b nosy /proc/tcpwatch 4
peer_line nosya
peer_line nosyb
background brief come_and_go
background killer kill_forever
background opener open_forever
renice -n 0 $$ >/dev/null

test_case "$ROUNDS rounds" rounds
test_case "afterwards all is right" calm
test_case "nothing is left" over
run_cases
