#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Handshakes that are under way, and those that fail: the file syn_recv against ss and a packet
# capture, and what `tcpwatch handshakes` makes of them.

# shellcheck source=selftests/lib_handshakes.sh
. "$(dirname "$0")/lib_handshakes.sh"

FORGED=60	# of each network

# request FAMILY PORT COLUMN: of the request of a client
request()
{
	table b syn_recv remote "$3" | awk -v remote="$(client "$1"):$2" '$1 == remote { print $2 }'
}

retrans_is()
{
	[ "$(request "$1" "$2" retrans)" = "$3" ]
}

retrans_reaches()
{
	[ "$(request "$1" "$2" retrans)" -ge "$3" ]
}

# As many SYN-ACKs as were sent again on the link.
retrans_as_captured()
{
	retrans_is "$1" "$2" $(($(synacks_captured "$2") - 1))
}

# synacks_captured PORT: SYN-ACKs to that port
synacks_captured()
{
	tcpdump -nr "$WORK/link.pcap" dst port "$1" 2>/dev/null | grep -cF 'Flags [S.]'
}

no_request()
{
	[ -z "$(request "$1" "$2" retrans)" ]
}

requests_as_ss_has_them()
{
	local f=$1 port=$((5000 + $1)) before after asked second now i

	half_open "first$f" "$f" $port
	before=$BEFORE
	after=$AFTER
	requests_agree 1
	expect_eq "its listener" "$(table b syn_recv local)" "$(server "$f"):80"
	expect_eq "its client" "$(table b syn_recv remote)" "$(client "$f"):$port"
	wait_for "the SYN-ACK is sent again twice" retrans_reaches "$f" $port 2
	wait_for "as many as captured" retrans_as_captured "$f" $port
	# One that is younger, and one more, beside it.
	half_open "second$f" "$f" $((port + 10))
	wait_for "its SYN-ACK is sent again" retrans_reaches "$f" $((port + 10)) 1
	half_open "third$f" "$f" $((port + 20))
	requests_agree 3
	for i in 0 10 20; do
		wait_for "as many as captured" retrans_as_captured "$f" $((port + i))
	done
	peer pa time
	asked=$BEFORE
	second=$(request "$f" $((port + 10)) age_ms)
	now=$(request "$f" $port age_ms)
	peer pa time
	# A whole number of ms is up to one less.
	expect_between "its age" "$now" $(((asked - after) / 1000 - 1)) $(((AFTER - before) / 1000))
	expect_between "the second's age" "$second" 1000 "$now"
	expect_eq "connections" "$(summary b connections)" 0
}

completed()
{
	local f=$1 port=$((5000 + $1)) passive name i

	passive=$(summary b opened_passive)
	for i in 0 10 20; do
		acks_again b $((port + i))
	done
	# The next SYN-ACK, or anything that the client says, brings the ACK.
	for name in first second third; do
		peer pa send "$name$f" 1
		peer pb accept "s$name$f" "l$f"
	done
	expect_eq "opened_passive" "$(summary b opened_passive)" $((passive + 3))
	requests_agree 0
	for name in first second third; do
		peer pa reset "$name$f"
		peer pb close "s$name$f"
	done
	wait_for "nothing is left" summary_is b connections 0
}

given_up()
{
	local f=$1 port=$((5100 + $1)) again

	again=$(summary b synack_retrans)
	half_open "lost$f" "$f" $port
	requests_agree 1
	wait_for "it is sent again" retrans_reaches "$f" $port 1
	ns_sysctl b net.ipv4.tcp_synack_retries=1
	wait_for "it is given up" no_request "$f" $port
	ns_sysctl b net.ipv4.tcp_synack_retries=10
	requests_agree 0
	again=$((SUMMARY[synack_retrans] - again))
	expect_between "SYN-ACKs sent again" $again 1 10
	expect_eq "SYN-ACKs captured" "$(synacks_captured $port)" $((again + 1))
	peer pa reset "lost$f"
	acks_again b $port
}

forge()
{
	local network

	for network in ${NETWORKS[$1]}; do
		in_ns a "$TRAFFIC/flood" $FORGED "$network" "$(server "$1"):80" >/dev/null
	done
}

# More than a hundred of a family, of both at once, from four networks.
many()
{
	local all=$((4 * FORGED)) f network

	forge 4
	forge 6
	requests_agree $all
	for f in 4 6; do
		expect_eq "the SYN queue over IPv$f" "$(listener "$(server $f):80" syn_queue)" \
			$((2 * FORGED))
	done
	ran "handshakes" 0 handshakes --json
	expect_eq "half-open" "$(json .passive.half_open_now)" $all
	expect_eq "at the listeners" "$(json '.listeners[] | select(.half_open > 0) |
			"\(.local) \(.half_open)"' | sort | paste -sd' ')" \
		"$(for f in 4 6; do echo "$(server $f):80 $((2 * FORGED))"; done | paste -sd' ')"
	expect_eq "networks" "$(json .networks_total)" 4
	json '.networks[] | "\(.network) \(.half_open)"' | sort >"$WORK/got"
	for network in ${NETWORKS[4]} ${NETWORKS[6]}; do
		echo "$network $FORGED"
	done | sort >"$WORK/wanted"
	expect_same "half-open by network" "$WORK/got" "$WORK/wanted"
	wait_for "all are silent" all_silent $all
	expect_eq "the problem" "$(problem syn_flood .bad)" true
	expect_match "what it says" "$(problem syn_flood .text)" \
		"$all of $all half-open .* 4 networks. So few can be shut out by a packet filter"
	expect_eq "lost SYN-ACKs" "$(problem synack_lost .bad)" false
	ran "handshakes" 0 handshakes
	expect_match "handshakes" "$(cat "$WORK/out")" "$(server 4):80 +peer +$((2 * FORGED))/"
	expect_match "handshakes" "$(cat "$WORK/out")" "203.0.113.0/24 +$FORGED +$FORGED"
	expect_match "handshakes" "$(cat "$WORK/out")" "2001:db8:2::/64 +$FORGED +$FORGED"
	forget_requests b
	requests_agree 0
	ran "handshakes" 0 handshakes --json
	expect_eq "networks" "$(json '.networks_total, (.networks | length)' | paste -sd' ')" '0 0'
}

all_silent()
{
	ran "handshakes" 0 handshakes --json
	[ "$(json '[.listeners[].unanswered] | add')" = "$1" ]
}

# The last ACK of one client is lost.
lost_last_ack()
{
	local f=$1 port=$((5500 + $1)) at again

	at=$(server "$f"):80
	module_fresh
	half_open "ack$f" "$f" $port
	ran "handshakes" 0 handshakes --json
	expect_eq "unanswered at first" "$(front "$at" .half_open)" 1
	wait_for "it is sent again" retrans_reaches "$f" $port 1
	ran "handshakes" 0 handshakes --json
	expect_eq "unanswered" "$(front "$at" .unanswered)" 1
	expect_eq "problems" "$(json '.problems | length')" 0
	again=$(json .passive.synack_retrans)
	expect_between "SYN-ACKs sent again" "$again" 1 10
	expect_eq "SYN-ACKs" "$(json .passive.synack_out)" $((again + 1))
	expect_between "how long" "$(front "$at" .oldest_ms)" 1000 \
		"$(request "$f" $port age_ms)"
	expect_eq "none failed so far" "$(json .passive.success_percent)" null
	expect_eq "where from" "$(json '.networks[].network')" \
		"$(if [ "$f" = 6 ]; then echo fd77::/64; else echo 10.77.0.0/24; fi)"
	ran "handshakes" 0 handshakes
	expect_match "handshakes" "$(cat "$WORK/out")" '[0-9]+ SYN-ACKs sent, [1-9] of them again'
	expect_match "handshakes" "$(grep -F "$at" "$WORK/out")" ' 1/1024 +1 '
	acks_again b $port
	peer pa send "ack$f" 1
	peer pb accept "sack$f" "l$f"
	ran "handshakes" 0 handshakes --json
	expect_eq "none failed" "$(json '.passive.success_percent + 0')" 100
	peer pa reset "ack$f"
	peer pb close "sack$f"
}

# numbers FILTER MEMBER...: those of that object, on a line
numbers()
{
	local member

	for member in "${@:2}"; do
		json "$1.$member + 0" # newer versions of jq say 75.00 as it came
	done | paste -sd' '
}

# Ways for a handshake to go, and how many did.
success_and_failure()
{
	local f=$1 i port=$((5600 + $1)) again other=1

	module_fresh
	ns_sysctl b net.ipv4.tcp_synack_retries=0
	half_open "gone$f" "$f" $port
	wait_for "the server gives up" no_request "$f" $port
	ns_sysctl b net.ipv4.tcp_synack_retries=10
	for i in 1 2 3; do
		peer_socket pa "good$i$f" "$(client "$f"):0"
		peer pa connect "good$i$f" "$(server "$f"):80"
		peer pb accept "sgood$i$f" "l$f"
	done
	half_open "half$f" "$f" $((port + 10))
	peer_socket pa "refused$f" "$(client "$f"):0"
	peer pa begin "refused$f" "$(server "$f"):99"
	peer pa outcome "refused$f"
	mute b $((port + 20))
	peer_socket pa "unheard$f" "$(client "$f"):$((port + 20))"
	peer pa set "unheard$f" syncnt 1
	peer pa begin "unheard$f" "$(server "$f"):80"
	peer pa outcome "unheard$f"
	mute b $((port + 30))
	again=$(summary a syn_retrans)
	peer_socket pa "hasty$f" "$(client "$f"):$((port + 30))"
	peer pa begin "hasty$f" "$(server "$f"):80"
	peer pa close "hasty$f"
	# Unless it took so long that the SYN was sent again.
	again=$(($(summary a syn_retrans) - again))
	[ $again = 0 ] || other=0

	ran "handshakes" 0 handshakes --json
	expect_eq "of listeners" "$(numbers .passive answered completed half_open_now \
		never_completed success_percent)" "5 3 1 1 75"
	ran "handshakes" 0 handshakes
	expect_match "of listeners" "$(tr -s ' \n' ' ' <"$WORK/out")" \
		'75.0 % succeeded: 5 SYNs answered, 3 completed, 1 half-open now, 1 never completed'
	READER_NS=a
	ran "handshakes" 0 handshakes --json
	expect_eq "of connect()" "$(numbers .active completed refused no_answer other \
		syn_sent_now syn_out syn_retrans success_percent)" \
		"5 1 $((2 - other)) $other 0 $((9 + again)) $((1 + again)) 62.5"
	expect_eq "problems" "$(json '.problems | length')" 0
	ran "handshakes" 0 handshakes
	expect_match "of connect()" "$(tr -s ' \n' ' ' <"$WORK/out")" "62.5 % succeeded: \
5 completed, 1 refused, $((2 - other)) without an answer, $other failed otherwise; 0 under way \
$((9 + again)) SYNs sent, $((1 + again)) of them again"
	READER_NS=b

	for i in good1 good2 good3; do
		peer pb close "s$i$f"
	done
	for i in good1 good2 good3 gone half refused unheard; do
		peer pa reset "$i$f"
	done
	forget_requests b
	acks_again b $port
	acks_again b $((port + 10))
	unmute b $((port + 20))
	unmute b $((port + 30))
}

# The same from outside, and of a copy.
from_elsewhere()
{
	half_open outside 4 5700
	requests_agree 1
	tcpwatch handshakes --netns "$(ns_name b)" --json >"$WORK/out" ||
		fail "--netns ended with $?"
	expect_eq "half-open, from outside" "$(json .passive.half_open_now)" 1
	expect_eq "the owner, from outside" "$(front 10.77.0.2:80 .pid)" "${PEER_PID[pb]}"
	tcpwatch handshakes --all-netns --json >"$WORK/out" || fail "--all-netns ended with $?"
	jq -c '.namespaces[]' "$WORK/out" | grep -F "\"netns\":\"$(ns_name b)\"" >"$WORK/b"
	expect_eq "half-open, among all" "$(jq .passive.half_open_now "$WORK/b")" 1
	mkdir "$WORK/copy"
	cp "$(ns_proc b)"/{summary,connections,close_wait,listeners,syn_recv} "$WORK/copy"
	in_ns b cat /proc/net/netstat >"$WORK/copy/netstat"
	echo 2 >"$WORK/copy/tcp_syncookies"
	ran "a saved copy" 0 handshakes --from="$WORK/copy" --json
	expect_eq "the setting, of a copy" "$(json .kernel.tcp_syncookies)" 2
	expect_eq "drops, of a copy" "$(json .kernel.listener_drops)" "$(mib b TcpExtListenDrops)"
	expect_eq "half-open, of a copy" "$(front 10.77.0.2:80 .half_open)" 1
	peer pa reset outside
	forget_requests b
	acks_again b 5700
}

# wrong STATUS ARG...: refused with a word
wrong()
{
	run handshakes "${@:2}"
	expect_eq "the status of handshakes ${*:2}" "$STATUS" "$1"
	[ -s "$WORK/err" ] || fail "handshakes ${*:2} does not say what is wrong"
	[ ! -s "$WORK/out" ] || fail "handshakes ${*:2} says something all the same"
}

wrong_words()
{
	wrong 2 extra
	wrong 2 --nosuch
	wrong 2 --netns=nosuch
	wrong 2 --netns="$(ns_name b)" --all-netns
	wrong 2 --from=/nosuch
	wrong 2 --watch=0
	module_absent
	wrong 3
	module_need
}

module_fresh
link_up
spawn tcpdump a tcpdump -i a-b -U --immediate-mode -w "$WORK/link.pcap" tcp or ip6 proto 6 \
	2>"$WORK/tcpdump"
wait_for "tcpdump listens" grep -q 'listening on' "$WORK/tcpdump"
peers_up

for family in 4 6; do
	test_case "half-open requests as ss has them, IPv$family" requests_as_ss_has_them $family
	test_case "they complete, and their rows go, IPv$family" completed $family
	test_case "one is given up, and its row goes, IPv$family" given_up $family
done
test_case "over a hundred half-open requests" many
for family in 4 6; do
	test_case "a lost last ACK, IPv$family" lost_last_ack $family
	test_case "what succeeds and what fails, IPv$family" success_and_failure $family
done
test_case "another namespace, and a saved copy" from_elsewhere
test_case "wrong words" wrong_words
run_cases
