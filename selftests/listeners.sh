#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who listens, and what waits there: the file listeners against ss and the kernel's MIB, queues
# that are long or full, and what `tcpwatch handshakes` says of them.

# shellcheck source=selftests/lib_handshakes.sh
. "$(dirname "$0")/lib_handshakes.sh"

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

# Clients whose ACKs are lost fill it; too few for a flood.
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

module_fresh
link_up
peers_up

test_case "requests at many listeners" many_listeners
test_case "a long accept queue" long_queue
test_case "an IPv4 request at a wildcard" ipv4_at_a_wildcard
test_case "one of two listeners does not accept" accept_queue_full_of_one
for family in 4 6; do
	test_case "listeners as ss has them, IPv$family" queues_as_ss_has_them $family
	test_case "a full accept queue, IPv$family" accept_queue_full $family
	test_case "a full SYN queue, IPv$family" syn_queue_full $family
done
run_cases
