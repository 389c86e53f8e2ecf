#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Connections that begin in another way than by SYN, SYN-ACK and ACK alone: TCP Fast Open,
# syncookies, TCP_DEFER_ACCEPT; and half-open requests that their listener has left behind.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_life.sh
. "$(dirname "$0")/lib_life.sh"

# fast_client NAME PORT FAMILY: connects with 100 bytes in its SYN
fast_client()
{
	local at

	at=$(loopback "$3")
	peer_socket p "$1" "$at:$2"
	peer p fastopen "$1" "$at:$(($3 * 1000))" 100
}

# The first one gets the cookie, and sends its data in the ordinary way.
fast_open_cookie()
{
	local f=$1

	counters_mark
	peer p set "l$f" fastopen 16
	fast_client "cgets$f" 0 "$f"
	peer p accept "sgets$f" "l$f"
	peer p recv "sgets$f" 100
	expect_life p "cgets$f" ESTABLISHED active -
	expect_life p "sgets$f" ESTABLISHED passive -
	agree a
	peer p reset "cgets$f"
	peer p reset "sgets$f"
	all_gone
	counted opened_active 1
	counted opened_passive 1
}

# From then on the server has a socket, in SYN_RECV, and data, before the client's ACK,
# which is lost here: a socket that is accepted, one that is not, one that is closed.
fast_open_data()
{
	local f=$1 n

	counters_mark
	for n in 1 2 3; do
		no_acks a $((f * 1000 + 200 + n))
		fast_client "cfast$n$f" $((f * 1000 + 200 + n)) "$f"
	done
	peer p accept "sfast1$f" "l$f"
	peer p recv "sfast1$f" 100
	expect_life p "sfast1$f" SYN_RECV passive -
	peer p accept "sfast2$f" "l$f"
	expect_life p "sfast2$f" SYN_RECV passive -
	agree a
	expect_eq "full sockets in SYN_RECV" "$(table a connections state | grep -c SYN_RECV)" 3
	counted opened_passive 0
	# Unread, it would end with a reset.
	peer p recv "sfast2$f" 100
	peer p close "sfast2$f"
	agree a
	expect_eq "a socket closed in SYN_RECV" \
		"$(table a connections state opened closed | grep FIN_WAIT1)" \
		'FIN_WAIT1 passive local'

	# A module that comes now sees them as they are.
	module_fresh
	agree a
	expect_life p "sfast1$f" SYN_RECV passive -

	for n in 1 2 3; do
		acks_again a $((f * 1000 + 200 + n))
	done
	peer p await "sfast1$f" ESTABLISHED
	peer p accept "sfast3$f" "l$f"
	peer p await "sfast3$f" ESTABLISHED
	expect_life p "sfast1$f" ESTABLISHED passive -
	expect_life p "sfast3$f" ESTABLISHED passive -
	peer p await "cfast2$f" CLOSE_WAIT
	agree a
	expect_eq "handshakes that a listener has seen through" "$(summary a opened_passive)" 2
	for n in 1 2 3; do
		peer p reset "cfast$n$f"
	done
	peer p close "sfast1$f"
	peer p close "sfast3$f"
	all_gone
}

# A Fast Open child is told that the peer has gone before the handshake is over.
fast_open_reset()
{
	local f=$1 port=$((1000 * $1 + 210))

	no_acks a "$port"
	fast_client "cgone$f" "$port" "$f"
	peer p accept "sgone$f" "l$f"
	expect_life p "sgone$f" SYN_RECV passive -
	peer p reset "sgone$f"
	agree a
	acks_again a "$port"
	peer p reset "cgone$f"
	all_gone
}

# TCP_FASTOPEN_CONNECT: connect() sends nothing, what is sent first does.
fast_open_deferred()
{
	local f=$1 at

	at=$(loopback "$f"):$((f * 1000))
	counters_mark
	peer_socket p "cdefer$f" "$(loopback "$f"):0"
	peer p set "cdefer$f" fastopen_connect 1
	peer p connect "cdefer$f" "$at"
	expect_life p "cdefer$f" SYN_SENT active -
	counted syn_out 0
	agree a
	peer p send "cdefer$f" 100
	peer p accept "sdefer$f" "l$f"
	peer p recv "sdefer$f" 100
	expect_life p "cdefer$f" ESTABLISHED active -
	agree a
	counted syn_out 1

	peer_socket p "cnever$f" "$(loopback "$f"):0"
	peer p set "cnever$f" fastopen_connect 1
	peer p connect "cnever$f" "$at"
	agree a
	peer p close "cnever$f"
	agree a
	counted connect_failed 1
	counted syn_out 1
	peer p reset "cdefer$f"
	peer p close "sdefer$f"
	all_gone
}

# No request is made: the ACK makes the socket.
syncookies()
{
	local f=$1

	ns_sysctl a net.ipv4.tcp_syncookies=2
	counters_mark
	peer_pair p "cookie$f" "$(loopback "$f"):0" "l$f" "$(loopback "$f"):$((f * 1000))"
	expect_life p "scookie$f" ESTABLISHED passive -
	agree a
	# The SYN-ACK carries the cookie; while nothing comes back there is nothing at all.
	peer_socket p "chalf$f" "$(loopback "$f"):$((f * 1000 + 104))"
	peer p connect "chalf$f" "$(loopback "$f"):$((f * 1000))"
	agree a
	expect_eq "half-open requests" "$(summary a syn_recv)" 0
	counted opened_passive 1
	counted synack_out 2
	ns_sysctl a net.ipv4.tcp_syncookies=1
	peer p reset "chalf$f"
	peer p reset "ccookie$f"
	peer p close "scookie$f"
	all_gone
}

# The handshake is over for the client, not for the server, who waits for data.
deferred_accept()
{
	local f=$1 at

	at=$(loopback "$f"):$((f * 1000 + 2))
	peer_listen p "patient$f" "$at"
	peer p set "patient$f" defer_accept 30
	peer_socket p "csilent$f" "$(loopback "$f"):0"
	peer p connect "csilent$f" "$at"
	expect_life p "csilent$f" ESTABLISHED active -
	expect_eq "half-open requests" "$(summary a syn_recv)" 1
	agree a
	peer p send "csilent$f" 10
	peer p accept "ssilent$f" "patient$f"
	expect_eq "half-open requests" "$(summary a syn_recv)" 0
	agree a
	peer p reset "csilent$f"
	peer p close "ssilent$f"
	peer p close "patient$f"
	all_gone
}

# half_open FAMILY PORT: three requests for a listener there, "left"
half_open()
{
	local f=$1 n

	peer_listen p "left$f" "$(loopback "$f"):$2"
	for n in 1 2 3; do
		no_acks a $((f * 1000 + 300 + n))
		peer_socket p "chalf$n$f" "$(loopback "$f"):$((f * 1000 + 300 + n))"
		peer p connect "chalf$n$f" "$(loopback "$f"):$2"
	done
	expect_eq "half-open requests" "$(summary a syn_recv)" 3
}

half_open_end()
{
	local f=$1 n

	for n in 1 2 3; do
		peer p reset "chalf$n$f"
		acks_again a $((f * 1000 + 300 + n))
	done
	all_gone
}

# The kernel drops a request when its timer finds that nobody listens any more; until then
# it is half-open.
left_behind()
{
	local f=$1

	half_open "$f" $((f * 1000 + 3))
	# Asked again after this many times, they stay for seconds.
	wait_for "SYN-ACKs are sent again" retransmitted 2
	peer p close "left$f"
	agree a
	wait_for "nothing is half-open" summary_is a syn_recv 0
	half_open_end "$f"
}

# retransmitted N: every request's SYN-ACK so often at least
retransmitted()
{
	[ "$(table a syn_recv retrans | awk -v n="$1" '$1 >= n' | wc -l)" = 3 ]
}

# A listener that is disconnected and listens again has its requests back.
left_and_taken_up()
{
	local f=$1

	half_open "$f" $((f * 1000 + 4))
	wait_for "SYN-ACKs are sent again" retransmitted 2
	peer p disconnect "left$f"
	agree a
	peer p listen "left$f" 16
	agree a
	peer p disconnect "left$f"
	agree a
	peer p listen "left$f" 16
	peer p close "left$f"
	agree a
	half_open_end "$f"
}

module_fresh
log_mark
ns_add a
ns_sysctl a net.ipv4.tcp_fastopen=3
peer_start p a
peer_listen p l4 127.0.0.1:4000
peer_listen p l6 '[::1]:6000'

for f in 4 6; do
	test_case "Fast Open: the cookie, IPv$f" fast_open_cookie $f
	test_case "Fast Open: data before the handshake is over, IPv$f" fast_open_data $f
	test_case "Fast Open: reset before it is over, IPv$f" fast_open_reset $f
	test_case "Fast Open: nothing sent yet, IPv$f" fast_open_deferred $f
	test_case "syncookies, IPv$f" syncookies $f
	test_case "TCP_DEFER_ACCEPT, IPv$f" deferred_accept $f
	test_case "half-open, the listener closed, IPv$f" left_behind $f
	test_case "half-open, the listener listens again, IPv$f" left_and_taken_up $f
done
run_cases
