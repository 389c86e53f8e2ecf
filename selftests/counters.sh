#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every counter of summary, moved by what it counts and by nothing else, IPv4 and
# IPv6. What crossed the link is counted by tcpdump too, and the kernel's own MIB
# (nstat) is asked where it has such a counter.
#
#	clients             servers
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"

COUNTERS='opened_active opened_passive connect_refused connect_timeout connect_failed
	syn_in syn_out synack_in synack_out synack_retrans fin_in fin_out rst_in rst_out
	closed_local_first closed_remote_first closed_simultaneous closed_reset closed_timeout
	zero_window_in zero_window_out syn_on_close_wait illegal_transitions'
declare -A MARKED
ABANDONED=0
VRF=''

# The counters as they are now: deltas are counted from here.
mark()
{
	local ns name

	MARKED=()
	for ns in a b; do
		summary_read $ns
		for name in $COUNTERS; do
			MARKED["$ns.$name"]=${SUMMARY[$name]:-0}
		done
	done
}

# deltas NAMESPACE: what moved since mark, "name=n ..." in alphabetical order
deltas()
{
	local name

	summary_read "$1"
	for name in $COUNTERS; do
		[ "${SUMMARY[$name]:-missing}" = "${MARKED[$1.$name]}" ] ||
			printf '%s=%s\n' "$name" $((${SUMMARY[$name]:-0} - ${MARKED[$1.$name]}))
	done | sort | paste -sd' '
}

deltas_are()
{
	[ "$(deltas "$1")" = "$2" ]
}

# expect_deltas NAMESPACE NAME=N...: these counters moved by so much, and no other one did
expect_deltas()
{
	local wanted

	wanted=$(printf '%s\n' "${@:2}" | sort | paste -sd' ')
	wait_for "the counters of $1 move as they should" deltas_are "$1" "$wanted" ||
		expect_eq "what moved in $1" "$(deltas "$1")" "$wanted"
}

# open_pair NAME FAMILY CLIENT-PORT: from a to b's listener
open_pair()
{
	peer_socket pa "c$1" "$(client "$2"):$3" && peer pa connect "c$1" "$(server "$2"):80" &&
		peer pb accept "s$1" "l$2"
}

handshake()
{
	open_pair hand "$1" 0
	expect_deltas a syn_out=1 synack_in=1 opened_active=1
	expect_deltas b syn_in=1 synack_out=1 opened_passive=1
}

client_closes_first()
{
	close_acked pa chand
	peer pb await shand CLOSE_WAIT
	# The client's socket ends here; a mini-socket waits for the server's FIN.
	expect_deltas a fin_out=1 closed_local_first=1
	expect_deltas b fin_in=1
	mark
	peer pb close shand
	expect_deltas a fin_in=1
	expect_deltas b fin_out=1 closed_remote_first=1
}

server_closes_first()
{
	open_pair "first$1" "$1" 0
	mark
	peer pb shutdown "sfirst$1"
	peer pa drain "cfirst$1"
	peer pa close "cfirst$1"
	expect_deltas a fin_in=1 fin_out=1 closed_remote_first=1
	expect_deltas b fin_out=1 fin_in=1 closed_local_first=1
	peer pb close "sfirst$1"
}

both_close_at_once()
{
	open_pair "both$1" "$1" 0
	mark
	hold
	peer pa shutdown "cboth$1"
	peer pb shutdown "sboth$1"
	let_pass
	expect_deltas a fin_in=1 fin_out=1 closed_simultaneous=1
	expect_deltas b fin_in=1 fin_out=1 closed_simultaneous=1
	hold_nothing
	peer pa close "cboth$1"
	peer pb close "sboth$1"
}

client_resets()
{
	open_pair "rst$1" "$1" 0
	mark
	peer pa reset "crst$1"
	expect_deltas a rst_out=1 closed_reset=1
	expect_deltas b rst_in=1 closed_reset=1
	peer pb close "srst$1"
}

# close() on bytes that were not read sends a reset, in CLOSE_WAIT too.
closed_unread()
{
	open_pair "unread$1" "$1" 0
	peer pa send "cunread$1" 1
	peer pa shutdown "cunread$1"
	peer pb await "sunread$1" CLOSE_WAIT
	mark
	peer pb close "sunread$1"
	expect_deltas b rst_out=1 closed_reset=1
	expect_deltas a rst_in=1 closed_reset=1
	peer pa close "cunread$1"
}

# A client closes; the ACK of its FIN does not come alone, but with data that nobody takes any more.
closed_on_data()
{
	open_pair "data$1" "$1" 0
	mark
	no_acks a 80
	peer pa close "cdata$1"
	peer pb await "sdata$1" CLOSE_WAIT
	peer pb send "sdata$1" 1
	expect_deltas a fin_out=1 rst_out=1 closed_reset=1
	expect_deltas b fin_in=1 rst_in=1 closed_reset=1
	acks_again a 80
	peer pb close "sdata$1"
}

# The other end is gone, and what was sent is never acknowledged.
given_up()
{
	patient_link off
	open_pair "lost$1" "$1" $((5000 + $1))
	peer pa set "clost$1" user_timeout 500
	mute b $((5000 + $1))
	mark
	peer pa send "clost$1" 1
	expect_deltas a closed_timeout=1
	expect_deltas b
	unmute b $((5000 + $1))
	mark
	# It does not know yet that the other end has given up; the reset says so.
	peer pb send "slost$1" 1
	expect_deltas a rst_out=1
	expect_deltas b rst_in=1 closed_reset=1
	peer pa close "clost$1"
	peer pb close "slost$1"
	patient_link on
}

# A firewall on the way has begun to refuse what is sent: no error, but the reason in the end.
given_up_hint()
{
	local port=$((5002 + $1)) kind='icmp type port-unreachable'

	[ "$1" = 4 ] || kind='icmpv6 type port-unreachable'
	patient_link off
	open_pair "hint$1" "$1" $port
	peer pa set "chint$1" user_timeout 500
	in_ns b nft add chain inet traffic router '{ type filter hook input priority filter; }'
	in_ns b nft add rule inet traffic router tcp sport $port reject with "$kind"
	mark
	peer pa send "chint$1" 1
	expect_deltas a closed_timeout=1
	expect_deltas b
	in_ns b nft delete chain inet traffic router
	peer pa close "chint$1"
	peer pb reset "shint$1"
	wait_for "its end is seen" deltas_are b "closed_reset=1 rst_out=1"
	wait_for "its reset is answered by nobody" deltas_are a "closed_timeout=1 rst_in=1"
	patient_link on
}

refused()
{
	peer_socket pa "refused$1" "$(client "$1"):0"
	peer pa begin "refused$1" "$(server "$1"):81"
	peer pa outcome "refused$1"
	expect_eq "connect()" "$VALUE" "Connection refused"
	expect_deltas a syn_out=1 rst_in=1 connect_refused=1
	expect_deltas b syn_in=1 rst_out=1
	peer pa close "refused$1"
}

no_answer()
{
	local port=$((5010 + $1))

	mute b $port
	peer_socket pa "deaf$1" "$(client "$1"):$port"
	peer pa set "deaf$1" syncnt 1
	peer pa begin "deaf$1" "$(server "$1"):80"
	peer pa outcome "deaf$1"
	expect_eq "connect()" "$VALUE" "Connection timed out"
	expect_deltas a syn_out=2 connect_timeout=1
	expect_deltas b
	unmute b $port
	peer pa close "deaf$1"
}

# A router on the way says that there is no way.
unreachable()
{
	local kind='icmp type host-unreachable' again

	[ "$1" = 4 ] || kind='icmpv6 type addr-unreachable'
	again=$(summary a syn_retrans)
	in_ns b nft add chain inet traffic router '{ type filter hook input priority filter; }'
	in_ns b nft add rule inet traffic router tcp dport 82 reject with "$kind"
	# The answer comes when connect() has returned: one that is heard within is not final.
	hold
	peer_socket pa "away$1" "$(client "$1"):0"
	peer pa begin "away$1" "$(server "$1"):82"
	let_pass
	peer pa outcome "away$1"
	expect_eq "connect()" "$VALUE" "No route to host"
	# With KASAN it takes more than a second to let the SYN pass.
	again=$(($(summary a syn_retrans) - again))
	expect_deltas a syn_out=$((1 + again)) connect_failed=1
	expect_deltas b
	hold_nothing
	in_ns b nft delete chain inet traffic router
	peer pa close "away$1"
}

# The program does not wait for the answer.
abandoned()
{
	local port=$((5020 + $1)) again how=connect_failed

	mute b $port
	again=$(summary a syn_retrans)
	peer_socket pa "hasty$1" "$(client "$1"):$port"
	peer pa begin "hasty$1" "$(server "$1"):80"
	peer pa close "hasty$1"
	# Unless it took so long that the SYN was sent again.
	again=$(($(summary a syn_retrans) - again))
	[ $again = 0 ] || how=connect_timeout
	expect_deltas a syn_out=$((1 + again)) $how=1
	expect_deltas b
	unmute b $port
	ABANDONED=$((ABANDONED + 1))
}

# SYN-ACKs go out again while the handshake's last ACK does not arrive; then it does.
lost_last_ack()
{
	local port=$((5030 + $1)) again before

	no_acks b $port
	before=$(mib b TcpRetransSegs)
	peer_socket pa "half$1" "$(client "$1"):$port"
	peer pa connect "half$1" "$(server "$1"):80"
	wait_for "a SYN-ACK is sent again" sent_again $((${MARKED[b.synack_retrans]} + 1))
	expect_eq "half-open requests" "$(summary b syn_recv)" 1
	acks_again b $port
	# The next SYN-ACK brings an ACK that gets through.
	peer pb accept "served$1" "l$1"
	summary_read b
	again=$((SUMMARY[synack_retrans] - ${MARKED[b.synack_retrans]}))
	expect_eq "segments sent again" "$(mib b TcpRetransSegs)" $((before + again))
	expect_deltas b syn_in=1 synack_out=$((1 + again)) "synack_retrans=$again" opened_passive=1
	expect_deltas a syn_out=1 synack_in=$((1 + again)) opened_active=1
	peer pa close "half$1"
	peer pb close "served$1"
}

sent_again()
{
	[ "$(summary b synack_retrans)" -ge "$1" ]
}

# How many SYNs a and b have sent again.
syns_again()
{
	echo $(($(mib a TcpExtTCPSynRetrans) + $(mib b TcpExtTCPSynRetrans)))
}

# meet FAMILY N: both ends call connect(), each before it has the other's SYN
meet()
{
	local near far

	near=$(client "$1"):$((5700 + 10 * $2 + $1))
	far=$(server "$1"):$((5800 + 10 * $2 + $1))
	peer_socket pa "near$1" "$near"
	peer_socket pb "far$1" "$far"
	hold
	peer pa begin "near$1" "$far"
	peer pb begin "far$1" "$near"
	let_pass
	peer pa await "near$1" ESTABLISHED
	peer pb await "far$1" ESTABLISHED
	hold_nothing
}

end_was_reset()
{
	[[ " $(deltas b) " = *" closed_reset=1 "* ]]
}

# Two active opens, no passive one. Whom the machine holds up for a second sends his SYN again,
# and then there is more to count: once more, from other ports.
both_open_at_once()
{
	local n before

	for n in 0 1 2 3 4 5 6 7 8 9; do
		mark
		before=$(syns_again)
		meet "$1" $n
		[ "$(syns_again)" != "$before" ] || break
		peer pa reset "near$1"
		wait_for "the other end is reset" end_was_reset
		peer pb close "far$1"
	done
	expect_deltas a opened_active=1 syn_in=1 syn_out=1 synack_in=1 synack_out=1
	expect_deltas b opened_active=1 syn_in=1 syn_out=1 synack_in=1 synack_out=1
	peer pa close "near$1"
	peer pb close "far$1"
}

# The server does not read until its window is closed, then reads it all. The kernel
# counts the same at the end that closes.
closed_window()
{
	local before before_probe sent closed

	patient_link off
	peer pb set "l$1" rcvbuf 4096
	open_pair "full$1" "$1" 0
	peer pb set "l$1" rcvbuf 131072
	mark
	before=$(mib b TcpExtTCPToZeroWindowAdv)
	peer pa fill "cfull$1"
	sent=$VALUE
	wait_for "the window is closed" deltas_are b zero_window_out=1
	expect_deltas a zero_window_in=1
	# A probe is answered with the same closed window: no second time.
	before_probe=$(mib a TcpExtTCPWinProbe)
	wait_for "the closed window is probed" probed $((before_probe + 1))
	expect_deltas a zero_window_in=1
	expect_deltas b zero_window_out=1
	peer pb recv "sfull$1" "$sent"
	closed=$(($(mib b TcpExtTCPToZeroWindowAdv) - before))
	expect_deltas b zero_window_out=$closed
	expect_deltas a zero_window_in=$closed
	peer pa close "cfull$1"
	peer pb close "sfull$1"
	patient_link on
}

probed()
{
	[ "$(mib a TcpExtTCPWinProbe)" -ge "$1" ]
}

# The client of a leaked connection comes back from the same port, and is not let in.
syn_on_close_wait()
{
	local port=$((5060 + $1)) id

	# What is left of the client stays for 3.5 times its RTO: tcp_time_wait().
	patient_link off
	open_pair "leak$1" "$1" $port
	close_and_vanish pa "cleak$1"
	peer pb drain "sleak$1"
	cookie pb "sleak$1"
	id=$VALUE
	expect_eq "syn_blocked before" "$(row b close_wait "$id" syn_blocked)" 0
	wait_for "the client's port is free again" port_is_free $port
	# Nor does the reset arrive with which its host answers the server's ACK.
	no_acks b $port
	mark
	peer_socket pa "back$1" "$(client "$1"):$port"
	peer pa set "back$1" syncnt 1
	peer pa begin "back$1" "$(server "$1"):80"
	peer pa outcome "back$1"
	expect_eq "connect()" "$VALUE" "Connection timed out"
	expect_deltas b syn_in=2 syn_on_close_wait=2
	expect_eq "syn_blocked" "$(row b close_wait "$id" syn_blocked)" 2
	patient_link on
	acks_again b $port
	peer pb close "sleak$1"
	peer pa close "back$1"
}

# What tcpdump saw on the link, in summary's words as of namespace a.
captured()
{
	tcpdump -nr "$WORK/link.pcap" tcp or ip6 proto 6 2>/dev/null | awk '
		/ > (10\.77\.0\.2|fd77::2)\./ { way = "out" }
		/ > (10\.77\.0\.1|fd77::1)\./ { way = "in" }
		{
			match($0, /Flags \[[^]]*\]/)
			flags = substr($0, RSTART + 7, RLENGTH - 8)
			if (flags ~ /R/)
				n["rst_" way]++
			else if (flags ~ /S/)
				n[(flags ~ /\./ ? "synack_" : "syn_") way]++
			if (flags ~ /F/ && flags !~ /R/)
				n["fin_" way]++
		}
		END {
			for (name in n)
				print name, n[name]
		}' | sort
}

# What is counted of the kinds of segments, and captured.
segments()
{
	sort "$(ns_proc a)/summary" |
		grep -E '^(syn|synack|fin|rst)_(in|out) ' >"$WORK/counted"
	captured >"$WORK/captured"
}

all_captured()
{
	segments
	cmp -s "$WORK/counted" "$WORK/captured"
}

as_on_the_link()
{
	wait_for "tcpdump has seen all" all_captured
	stop tcpdump
	segments
	expect_eq "kinds of segments captured" "$(wc -l <"$WORK/captured")" 8
	expect_same "counted and captured segments" "$WORK/counted" "$WORK/captured"
}

# The kernel's own counters of this namespace, where it has the same.
as_in_the_mib()
{
	local failed

	summary_read a
	expect_eq "opened_passive" "${SUMMARY[opened_passive]}" "$(mib a TcpPassiveOpens)"
	# ActiveOpens counts connect() calls, AttemptFails those that failed by themselves.
	failed=$((SUMMARY[connect_refused] + SUMMARY[connect_timeout] + SUMMARY[connect_failed]))
	expect_eq "opened_active and failed" $((SUMMARY[opened_active] + failed)) \
		"$(mib a TcpActiveOpens)"
	expect_eq "connections that failed" "$failed" \
		$(($(mib a TcpAttemptFails) + ABANDONED))
	summary_read b
	expect_eq "rst_out" "${SUMMARY[rst_out]}" "$(mib b TcpOutRsts)"
}

# b's end of the link becomes a slave of a VRF. What leaves passes netfilter twice then, once for
# each of the two, and what stays in the VRF once.
vrf_begin()
{
	needs "VRF (CONFIG_NET_VRF)" in_ns b ip link add b-vrf type vrf table 77 || return
	in_ns b ip link set b-vrf up
	in_ns b ip addr add 10.78.0.1/32 dev b-vrf
	in_ns b ip addr add fd78::1/128 dev b-vrf nodad
	in_ns b ip addr flush dev b-a
	in_ns b ip neigh flush dev b-a nud permanent
	in_ns b ip link set b-a master b-vrf
	link_end b b-a 2
	ns_sysctl b net.ipv4.tcp_l3mdev_accept=1
	VRF=$(in_ns b ip -o link show b-vrf | cut -d: -f1)
}

# in_vrf NAME FAMILY ADDRESS: connects from there
in_vrf()
{
	peer pb socket "$1" "$2"
	peer pb set "$1" bindtoifindex "$VRF"
	peer pb connect "$1" "$3"
}

through_a_vrf()
{
	local f=$1 here

	[ "$VRF" ] || vrf_begin || return
	counted handshake "$f"
	counted client_closes_first
	counted server_closes_first "$f"
	peer_listen pa "la$f" "$(client "$f"):85"
	mark
	in_vrf "cvrf$f" "$f" "$(client "$f"):85"
	peer pa accept "svrf$f" "la$f"
	expect_deltas b syn_out=1 synack_in=1 opened_active=1
	expect_deltas a syn_in=1 synack_out=1 opened_passive=1
	mark
	peer pb reset "cvrf$f"
	expect_deltas b rst_out=1 closed_reset=1
	expect_deltas a rst_in=1 closed_reset=1
	peer pa close "svrf$f"
	peer pa close "la$f"

	here=10.78.0.1
	[ "$f" = 4 ] || here='[fd78::1]'
	peer pb socket "lvrf$f" "$f"
	peer pb set "lvrf$f" bindtoifindex "$VRF"
	peer pb bind "lvrf$f" "$here:86"
	peer pb listen "lvrf$f" 16
	mark
	in_vrf "cin$f" "$f" "$here:86"
	peer pb accept "sin$f" "lvrf$f"
	expect_deltas b syn_out=1 syn_in=1 synack_out=1 synack_in=1 opened_active=1 \
		opened_passive=1
	peer pb reset "cin$f"
	peer pb close "sin$f"
	peer pb close "lvrf$f"
}

nothing_illegal()
{
	expect_eq "illegal transitions in a" "$(summary a illegal_transitions)" 0
	expect_eq "illegal transitions in b" "$(summary b illegal_transitions)" 0
	agree a
	agree b
}

# counted TEXT FUNCTION FAMILY: a case with the counters marked before
counted()
{
	mark
	"$@"
}

module_fresh
ns_add a
ns_add b
link_add a b
spawn tcpdump a tcpdump -i a-b -U --immediate-mode -w "$WORK/link.pcap" tcp or ip6 proto 6 \
	2>"$WORK/tcpdump"
wait_for "tcpdump listens" grep -q 'listening on' "$WORK/tcpdump"
patient_link on
peer_start pa a
peer_start pb b
peer_listen pb l4 10.77.0.2:80
peer_listen pb l6 '[fd77::2]:80'

for family in 4 6; do
	test_case "a handshake, IPv$family" counted handshake $family
	test_case "the client closes first, IPv$family" counted client_closes_first $family
	test_case "the server closes first, IPv$family" counted server_closes_first $family
	test_case "both close at once, IPv$family" counted both_close_at_once $family
	test_case "the client resets, IPv$family" counted client_resets $family
	test_case "a close with unread data, IPv$family" counted closed_unread $family
	test_case "a close, and then data, IPv$family" counted closed_on_data $family
	test_case "an established connection times out, IPv$family" counted given_up $family
	test_case "given up, and ICMP had said why, IPv$family" counted given_up_hint $family
	test_case "a refused connect, IPv$family" counted refused $family
	test_case "a connect that nobody answers, IPv$family" counted no_answer $family
	test_case "a connect to where there is no way, IPv$family" counted unreachable $family
	test_case "an abandoned connect, IPv$family" counted abandoned $family
	test_case "a handshake's last ACK is lost, IPv$family" counted lost_last_ack $family
	test_case "both ends open at once, IPv$family" counted both_open_at_once $family
	test_case "a window that closes and opens, IPv$family" counted closed_window $family
	test_case "a SYN on a CLOSE_WAIT, IPv$family" counted syn_on_close_wait $family
done
test_case "as many segments as tcpdump saw on the link" as_on_the_link
test_case "as in the kernel's MIB" as_in_the_mib
for family in 4 6; do
	test_case "through a VRF, and in it, IPv$family" through_a_vrf $family
done
test_case "no illegal transition" nothing_illegal
run_cases
