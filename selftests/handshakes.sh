#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Handshakes that are under way, and those that fail: the files syn_recv and listeners
# against ss, a packet capture and the kernel's MIB, and what `tcpwatch handshakes` makes
# of them. Clients are half-open as long as their last ACK is lost on its way.
#
#	clients             listeners
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"

FORGED=60	# of each network
declare -A NETWORKS=([4]='198.51.100.0/24 203.0.113.0/24' [6]='2001:db8:1::/64 2001:db8:2::/64')

# half_open NAME FAMILY PORT [LISTENING-PORT]: a client on PORT whose ACKs are lost
half_open()
{
	no_acks b "$3"
	peer_socket pa "$1" "$(client "$2"):$3" && peer pa connect "$1" "$(server "$2"):${4:-80}"
}

# Requests that ss shows, "local remote retrans".
ss_requests()
{
	in_ns "$1" ss -HOtano state syn-recv | awk '
		{
			match($0, /timer:\(on,[^,]*,[0-9]+\)/)
			split(substr($0, RSTART, RLENGTH - 1), timer, ",")
			print $3, $4, timer[3]
		}' | sort
}

# ss says the same before and after: so must the module meanwhile.
requests_read()
{
	ss_requests b >"$WORK/wanted"
	table b syn_recv local remote retrans | sort >"$WORK/got"
	summary_read b
	ss_requests b | cmp -s - "$WORK/wanted"
}

# requests_agree N: those, N of them
requests_agree()
{
	wait_for "ss says the same twice" requests_read || return
	expect_same "half-open requests" "$WORK/got" "$WORK/wanted"
	expect_eq "half-open requests" "$(wc -l <"$WORK/got")" "$1"
	expect_eq "syn_recv in summary" "${SUMMARY[syn_recv]}" "$1"
}

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

# listener LOCAL COLUMN
listener()
{
	table b listeners local "$2" | awk -v local="$1" '$1 == local { print $2 }'
}

listener_is()
{
	[ "$(listener "$1" "$2")" = "$3" ]
}

# Every listener's accept queue and backlog are Recv-Q and Send-Q.
queues_agree()
{
	table b listeners local accept_queue backlog | sort >"$WORK/got"
	in_ns b ss -HOltn | awk '{ print $4, $2, $3 }' | sort >"$WORK/wanted"
	expect_same "the listeners' queues" "$WORK/got" "$WORK/wanted"
}

# socket_drops ADDRESS:PORT: what the kernel counted at that listener
socket_drops()
{
	in_ns b ss -HOltnm "src = $1" | sed -n 's/.*skmem:(.*,d\([0-9]*\)).*/\1/p'
}

# Three wait for accept(), two of them have hung up; two are half-open.
queues_as_ss_has_them()
{
	local f=$1 at i

	at=$(server "$f"):81
	peer_listen pb "idle$f" "$at" 7
	queues_agree
	for i in 1 2 3; do
		peer_socket pa "q$i$f" "$(client "$f"):0"
		peer pa connect "q$i$f" "$at"
	done
	half_open "h1$f" "$f" $((5200 + f)) 81
	half_open "h2$f" "$f" $((5210 + f)) 81
	peer pa shutdown q1"$f"
	peer pa shutdown q3"$f"
	wait_for "all wait in the queue" listener_is "$at" accept_queue 3
	wait_for "two have hung up" listener_is "$at" close_wait_unaccepted 2
	queues_agree
	expect_eq "the backlog" "$(listener "$at" backlog)" 7
	requests_agree 2
	expect_eq "the SYN queue" "$(listener "$at" syn_queue)" 2
	expect_eq "other SYN queues" "$(listener "$(server "$f"):80" syn_queue)" 0
	expect_eq "drops" "$(listener "$at" drops)" 0
	peer pb accept "a1$f" "idle$f"
	expect_eq "the queue after accept()" "$(listener "$at" accept_queue)" 2
	expect_eq "what has hung up there" "$(listener "$at" close_wait_unaccepted)" 1
	queues_agree
	for i in 1 2 3; do
		peer pa reset "q$i$f"
	done
	peer pa reset "h1$f"
	peer pa reset "h2$f"
	peer pb close "a1$f"
	peer pb close "idle$f"
	acks_again b $((5200 + f))
	acks_again b $((5210 + f))
	wait_for "nothing is half-open" summary_is b syn_recv 0
}

dropped()
{
	[ "$(mib b TcpExtListenDrops)" -ge "$1" ]
}

# drops_read ADDRESS:PORT: the kernel's counts of it and of all, and the module's meanwhile
drops_read()
{
	SOCKET_DROPS=$(socket_drops "$1")
	LISTEN_DROPS=$(mib b TcpExtListenDrops)
	DROPS=$(listener "$1" drops)
	OVERFLOWS=$(mib b TcpExtListenOverflows)
	[ "$SOCKET_DROPS $LISTEN_DROPS" = "$(socket_drops "$1") $(mib b TcpExtListenDrops)" ]
}

# A listener that does not accept(): SYNs are dropped, then a last ACK is.
accept_queue_full()
{
	local f=$1 at port=$((5300 + $1)) i drops overflows was

	at=$(server "$f"):82
	peer_listen pb "deaf$f" "$at" 1
	half_open "late$f" "$f" $port 82
	for i in 1 2; do
		peer_socket pa "in$i$f" "$(client "$f"):0"
		peer pa connect "in$i$f" "$at"
	done
	wait_for "the accept queue is full" listener_is "$at" accept_queue 2
	drops=$(mib b TcpExtListenDrops)
	overflows=$(mib b TcpExtListenOverflows)
	peer_socket pa "out$f" "$(client "$f"):0"
	peer pa begin "out$f" "$at"
	wait_for "its SYN is dropped twice" dropped $((drops + 2))
	wait_for "no SYN comes" drops_read "$at"
	expect_eq "drops, as ListenDrops" "$DROPS" $((LISTEN_DROPS - drops))
	expect_eq "drops, as ListenOverflows" "$DROPS" $((OVERFLOWS - overflows))
	expect_eq "drops, as of the socket" "$DROPS" "$SOCKET_DROPS"

	was=$(mib b TcpExtListenOverflows)
	ran "handshakes" 0 handshakes --json
	expect_between "overflows" "$(json .kernel.accept_queue_overflows)" "$was" \
		"$(mib b TcpExtListenOverflows)"
	expect_eq "full" "$(front "$at" .full)" accept
	expect_eq "problems" "$(json '.problems[] | select(.bad) | .name')" accept_queue_full
	expect_match "the problem" "$(problem accept_queue_full .text)" \
		"accept queue of .*:82 is full \(2 wait, the backlog is 1\).* accept\(\) faster"
	ran "handshakes" 0 handshakes
	expect_match "handshakes" "$(grep -F "$at" "$WORK/out")" ' 2/1 .* accept queue *$'

	# The ACK of the one that is half-open does not help it now; no SYN may be taken for it.
	peer pa reset "out$f"
	was=$(mib b TcpExtListenOverflows)
	acks_again b $port
	peer pa send "late$f" 1
	wait_for "its last ACK is dropped" dropped_ack $((was + 1))
	expect_eq "the SYN queue" "$(listener "$at" syn_queue)" 1
	wait_for "no segment comes" drops_read "$at"
	expect_eq "drops, as of the socket" "$DROPS" "$SOCKET_DROPS"
	expect_between "drops" "$DROPS" $((LISTEN_DROPS - drops)) 1000
	ran "handshakes" 0 handshakes --json
	expect_eq "problems" "$(json '.problems[] | select(.bad) | .name')" accept_queue_full
	for i in in1 in2 late; do
		peer pa reset "$i$f"
	done
	peer pb close "deaf$f"
	wait_for "nothing is left" summary_is b connections 0
}

# More listeners than are looked at in one go, each with a request.
many_listeners()
{
	local n=400 port=5900

	no_acks b $port
	become b python3 -c "
import signal, socket
listeners = [socket.create_server(('127.0.0.1', 0)) for i in range($n)]
clients = []
for listener in listeners:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind(('127.0.0.1', $port))
    client.setblocking(False)
    client.connect_ex(listener.getsockname())
    clients.append(client)
signal.pause()" &
	PEER_PID[many]=$!
	wait_for "each has a request" summary_is b syn_recv $n
	agree b
	expect_eq "the SYN queues" "$(table b listeners syn_queue |
		awk '{ n += $1 } END { print n }')" $n
	stop many
	# Of those that have closed, too.
	agree b
	forget_requests b
	acks_again b $port
	wait_for "no request is left" summary_is b syn_recv 0
}

# Longer than what is looked at in one go; then the server accepts it all meanwhile.
long_queue()
{
	local n=2000 closed=1700 at=127.0.0.1:84

	ns_sysctl b net.core.somaxconn=4096
	become b python3 -c "
import resource, signal, socket
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
resource.setrlimit(resource.RLIMIT_NOFILE, (3 * $n, 3 * $n))
listener = socket.create_server(('127.0.0.1', 84), backlog=$n)
clients = [socket.create_connection(('127.0.0.1', 84)) for i in range($n)]
for client in clients[-$closed:]:
    client.shutdown(socket.SHUT_WR)
signal.sigwait({signal.SIGUSR1})
servers = [listener.accept() for i in range($n)]
signal.pause()" &
	PEER_PID[long]=$!
	wait_for "they have hung up" summary_is b close_wait $closed
	expect_eq "the accept queue" "$(listener "$at" accept_queue)" $n
	expect_eq "those of it that have hung up" "$(listener "$at" close_wait_unaccepted)" $closed
	kill -USR1 "${PEER_PID[long]}"
	wait_for "it is empty" no_more_than $closed "$at"
	expect_eq "those at the end" "$(listener "$at" close_wait_unaccepted)" 0
	stop long
	wait_for "nothing is left" summary_is b connections 0
}

# no_more_than N LISTENER: have hung up there; and is its queue empty by now?
no_more_than()
{
	expect_between "those that have hung up" "$(listener "$2" close_wait_unaccepted)" 0 "$1"
	listener_is "$2" accept_queue 0
}

dropped_ack()
{
	[ "$(mib b TcpExtListenOverflows)" -ge "$1" ]
}

# front LOCAL FILTER: of that listener
front()
{
	json ".listeners[] | select(.local == \"$1\") | $2"
}

# Clients whose ACKs are lost fill it; too few for a flood.
# By SO_REUSEPORT several listen there; the module does not say with which of them a request is.
accept_queue_full_of_one()
{
	local at copy=$WORK/shared

	at=$(server 4):80
	mkdir "$copy"
	cp "$(ns_proc b)"/{summary,connections,close_wait} "$copy"
	awk -v at="$at" 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; print }
		$col["local"] == at {
			$col["accept_queue"] = 0; $col["syn_queue"] = 0; print
			$col["accept_queue"] = $col["backlog"] + 1; $col["syn_queue"] = 40; print
		}' "$(ns_proc b)/listeners" >"$copy/listeners"
	{
		echo "local remote age_ms retrans"
		seq -f "$at $(client 4):%.0f 5000 2" 10001 10040
	} >"$copy/syn_recv"
	ran "a copy" 0 handshakes --from "$copy" --json
	expect_eq "listeners there" "$(json '.listeners | length')" 2
	expect_eq "silent ones" "$(json '[.listeners[].unanswered] | add')" 40
	expect_eq "problems" "$(json '.problems[] | select(.bad) | .name')" accept_queue_full
	# Nor would it be right to say nothing while all of them accept.
	awk 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i }
	     NR > 1 { $col["accept_queue"] = 0 } 1' "$copy/listeners" >"$WORK/listeners"
	mv "$WORK/listeners" "$copy"
	ran "a copy" 0 handshakes --from "$copy" --json
	expect_eq "problems" "$(json '.problems[] | select(.bad) | .name')" syn_flood
	ran "a copy" 0 handshakes --from "$copy"
	expect_match "what it says" "$(cat "$WORK/out")" 'SYN cookies +unknown'
	echo 1 >"$copy/tcp_syncookies"
	ran "a copy" 0 handshakes --from "$copy"
	expect_match "what it says" "$(cat "$WORK/out")" 'SYN cookies +when .* how many is unknown'
}

# waits_at PORT LISTENER: a request of that client counts there, alone
waits_at()
{
	half_open at 4 "$1" 84
	ran "handshakes" 0 handshakes --json
	expect_eq "where a client of IPv4 waits" \
		"$(json '.listeners[] | select(.half_open > 0) | .local')" "$2"
	peer pa reset at
	forget_requests b
	acks_again b "$1"
}

# An IPv6 socket takes IPv4 too, or leaves it to another socket.
ipv4_at_a_wildcard()
{
	peer pb socket six 6
	peer pb set six reuseaddr 1
	peer pb bind six '[::]:84'
	peer pb listen six 16
	waits_at 5810 '[::]:84'
	peer pb close six
	peer pb socket six 6
	peer pb set six reuseaddr 1
	peer pb set six v6only 1
	peer pb bind six '[::]:84'
	peer pb listen six 16
	peer_listen pb four 0.0.0.0:84
	waits_at 5820 '0.0.0.0:84'
	peer pb close six
	peer pb close four
}

syn_queue_full()
{
	local f=$1 at i

	at=$(server "$f"):83
	peer_listen pb "small$f" "$at" 3
	for i in 0 1 2; do
		half_open "s$i$f" "$f" $((5400 + f + 10 * i)) 83
	done
	requests_agree 3
	ran "handshakes" 0 handshakes --json
	expect_eq "full" "$(front "$at" .full)" syn
	expect_eq "the queue" "$(front "$at" '"\(.syn_queue)/\(.syn_queue_limit)"')" 3/3
	expect_eq "bad" "$(problem syn_queue_full .bad)" false
	expect_match "what it says" "$(problem syn_queue_full .text)" \
		"SYN queue of .*:83 is full \(3 half-open, the limit is 3\). SYN cookies answer"
	ns_sysctl b net.ipv4.tcp_syncookies=0
	ran "handshakes" 0 handshakes --json
	expect_eq "bad" "$(problem syn_queue_full .bad)" true
	expect_match "what it says" "$(problem syn_queue_full .text)" \
		'SYN cookies are off, so new clients get no answer'
	ran "handshakes" 0 handshakes
	expect_match "handshakes" "$(grep -F "$at" "$WORK/out")" ' 3/3 .* SYN queue *$'
	# Also where it is the sysctl that makes it short: of 4, three quarters and one.
	ns_sysctl b net.ipv4.tcp_max_syn_backlog=4
	in_ns a "$TRAFFIC/flood" 20 "${NETWORKS[$f]% *}" "$(server "$f"):80" >/dev/null
	wait_for "the others are dropped" listener_is "$(server "$f"):80" syn_queue 4
	ran "handshakes" 0 handshakes --json
	expect_eq "the queue" "$(front "$(server "$f"):80" '"\(.syn_queue)/\(.syn_queue_limit)"')" \
		4/4
	expect_eq "full" "$(front "$(server "$f"):80" .full)" syn
	expect_eq "a flood" "$(problem syn_flood .name)" ''
	ns_sysctl b net.ipv4.tcp_max_syn_backlog=128 net.ipv4.tcp_syncookies=1
	for i in 0 1 2; do
		peer pa reset "s$i$f"
		acks_again b $((5400 + f + 10 * i))
	done
	peer pb close "small$f"
	forget_requests b
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
command -v jq >/dev/null || give_up "jq is missing"
READER_NS=b
ns_add a
ns_add b
link_add a b
# The way to the networks that forged SYNs are from.
route_back
spawn tcpdump a tcpdump -i a-b -U --immediate-mode -w "$WORK/link.pcap" tcp or ip6 proto 6 \
	2>"$WORK/tcpdump"
wait_for "tcpdump listens" grep -q 'listening on' "$WORK/tcpdump"
peer_start pa a
peer_start pb b
peer_listen pb l4 10.77.0.2:80 1024
peer_listen pb l6 '[fd77::2]:80' 1024

for family in 4 6; do
	test_case "half-open requests as ss has them, IPv$family" requests_as_ss_has_them $family
	test_case "they complete, and their rows go, IPv$family" completed $family
	test_case "one is given up, and its row goes, IPv$family" given_up $family
done
test_case "over a hundred half-open requests" many
test_case "requests at many listeners" many_listeners
test_case "a long accept queue" long_queue
test_case "an IPv4 request at a wildcard" ipv4_at_a_wildcard
test_case "one of two listeners does not accept" accept_queue_full_of_one
for family in 4 6; do
	test_case "listeners as ss has them, IPv$family" queues_as_ss_has_them $family
	test_case "a full accept queue, IPv$family" accept_queue_full $family
	test_case "a full SYN queue, IPv$family" syn_queue_full $family
	test_case "a lost last ACK, IPv$family" lost_last_ack $family
	test_case "what succeeds and what fails, IPv$family" success_and_failure $family
done
test_case "another namespace, and a saved copy" from_elsewhere
test_case "wrong words" wrong_words
run_cases
