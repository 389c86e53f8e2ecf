#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that live more than one life: handed from process to process, shut down in
# every way, disconnected and connected again, listeners that become clients; and calls
# that fail half-way. After each, ss and the module say the same.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_life.sh
. "$(dirname "$0")/lib_life.sh"

# Closes what is open of a pair, so that nothing stays.
end_pair()
{
	peer "$1" reset "c$2"
	peer "$1" reset "s$2"
}

# Given away, on its way (when no process has it), taken by a process of another namespace:
# the socket stays the same, and where it was made.
handed_on()
{
	local f=$1 id before

	peer_pair p "hand$f" "$(loopback "$f"):0" "l$f" "$(loopback "$f"):$((f * 1000))"
	cookie p "shand$f"
	id=$VALUE
	before=$(row a connections "$id" state opened closed local remote uid inode)
	peer p give "shand$f" "$WORK/box"
	agree a
	expect_eq "the socket on its way" \
		"$(row a connections "$id" state opened closed local remote uid inode)" "$before"
	peer q take "shand$f" box
	cookie q "shand$f"
	expect_eq "its id in another process" "$VALUE" "$id"
	agree a
	agree b
	expect_eq "sockets of the other namespace" "$(summary b connections)" 0
	expect_eq "the socket taken" \
		"$(row a connections "$id" state opened closed local remote uid inode)" "$before"
	peer p shutdown "chand$f"
	peer q await "shand$f" CLOSE_WAIT
	peer q close "shand$f"
	wait_for "it is gone" row_is a connections "$id" state ''
	peer p close "chand$f"
	all_gone
}

# A listener handed on goes on listening, with what waits in it.
listener_handed_on()
{
	local f=$1 at

	at=$(loopback "$f"):$((f * 1000 + 1))
	peer_listen p "handed$f" "$at"
	peer_socket p "cwaits$f" "$(loopback "$f"):0"
	peer p connect "cwaits$f" "$at"
	peer p give "handed$f" "$WORK/box"
	agree a
	peer q take "handed$f" box
	agree a
	peer q accept "swaits$f" "handed$f"
	expect_life q "swaits$f" ESTABLISHED passive -
	peer q close "handed$f"
	peer q reset "swaits$f"
	peer p close "cwaits$f"
	all_gone
}

# shutdown() of what may be read changes no state, of both directions as of the one.
shut_down()
{
	local f=$1 how

	for how in rd wr rdwr; do
		peer_pair p "$how$f" "$(loopback "$f"):0" "l$f" "$(loopback "$f"):$((f * 1000))"
		peer p shut "c$how$f" $how
		agree a
	done
	peer p await "srdwr$f" CLOSE_WAIT
	expect_life p "crd$f" ESTABLISHED active -
	expect_life p "cwr$f" FIN_WAIT2 active local
	expect_life p "crdwr$f" FIN_WAIT2 active local
	expect_life p "srdwr$f" CLOSE_WAIT passive remote
	peer p shut "srdwr$f" rdwr
	peer p await "srdwr$f" CLOSE
	for how in rd wr rdwr; do
		end_pair p "$how$f"
	done
	all_gone
}

# disconnected_from FAMILY STATE: by connect(AF_UNSPEC), then the same socket connects again
disconnected_from()
{
	local f=$1 at name=d$2$1 id

	at=$(loopback "$f"):$((f * 1000))
	peer_pair p "$name" "$(loopback "$f"):0" "l$f" "$at"
	cookie p "c$name"
	id=$VALUE
	case $2 in
	CLOSE_WAIT)
		peer p shutdown "s$name"
		;;
	FIN_WAIT2)
		peer p shutdown "c$name"
		;;
	CLOSE)
		peer p reset "s$name"
		;;
	esac
	peer p await "c$name" "$2"
	peer p disconnect "c$name"
	agree a
	expect_eq "the row of what is disconnected" "$(row a connections "$id" id)" ''
	[ "$2" = CLOSE ] || peer p reset "s$name"

	peer p connect "c$name" "$at"
	peer p accept "s$name" "l$f"
	expect_life p "c$name" ESTABLISHED active -
	expect_eq "its id in the second life" "$VALUE" "$id"
	expect_life p "s$name" ESTABLISHED passive -
	peer p send "c$name" 1000
	peer p recv "s$name" 1000
	expect_eq "what went out in the second life" "$(row a connections "$id" bytes_out)" 1000
	agree a
	end_pair p "$name"
	all_gone
}

disconnected()
{
	local state

	counters_mark
	for state in ESTABLISHED CLOSE_WAIT FIN_WAIT2 CLOSE; do
		disconnected_from "$1" $state
	done
	counted opened_active 8
	counted opened_passive 8
	# Both ends of each, first and second life.
	counted closed_reset 16
}

# A connect() that is still on its way is disconnected, and goes elsewhere.
disconnected_while_connecting()
{
	local f=$1 at how=connect_failed

	at=$(loopback "$f")
	mute a $((f * 1000 + 2))
	peer_listen p "mute$f" "$at:$((f * 1000 + 2))"
	peer_socket p "cturn$f" "$at:0"
	counters_mark
	peer p begin "cturn$f" "$at:$((f * 1000 + 2))"
	expect_life p "cturn$f" SYN_SENT active -
	peer p disconnect "cturn$f"
	agree a
	# On a slow machine the SYN may have been sent again by then: unanswered.
	[ "$(summary a syn_retrans)" = "${MARKED[syn_retrans]}" ] || how=connect_timeout
	counted $how 1
	peer p connect "cturn$f" "$at:$((f * 1000))"
	peer p accept "sturn$f" "l$f"
	expect_life p "cturn$f" ESTABLISHED active -
	end_pair p "turn$f"
	unmute a $((f * 1000 + 2))
	peer p close "mute$f"
	all_gone
}

# A listener is disconnected, with a connection in its accept queue; the socket then
# connects, is disconnected, and listens again.
listener_disconnected()
{
	local f=$1 at again="again$1" id

	at=$(loopback "$f")
	peer_listen p "$again" "$at:$((f * 1000 + 3))"
	cookie p "$again"
	id=$VALUE
	peer_socket p "cleft$f" "$at:0"
	peer p connect "cleft$f" "$at:$((f * 1000 + 3))"
	agree a
	peer p disconnect "$again"
	agree a
	expect_eq "the listener that is none" "$(row a listeners "$id" id)" ''
	peer p connect "$again" "$at:$((f * 1000))"
	peer p accept "sagain$f" "l$f"
	expect_life p "$again" ESTABLISHED active -
	expect_eq "its id as a client" "$VALUE" "$id"
	agree a
	peer p disconnect "$again"
	peer p listen "$again" 4
	agree a
	expect_eq "its id as a listener again" "$(row a listeners "$id" id)" "$id"
	# As inet_shutdown() has it, that ends a listener too.
	peer p shut "$again" rd
	agree a
	expect_eq "the listener shut down" "$(row a listeners "$id" id)" ''
	peer p close "$again"
	peer p reset "sagain$f"
	peer p close "cleft$f"
	all_gone
}

# A socket that connects to itself is both ends; it closes both at once.
to_itself()
{
	local f=$1 at

	at=$(loopback "$f"):$((f * 1000 + 4))
	counters_mark
	peer_socket p "self$f" "$at"
	peer p connect "self$f" "$at"
	expect_life p "self$f" ESTABLISHED active -
	peer p send "self$f" 100
	peer p recv "self$f" 100
	agree a
	counted opened_active 1
	counted opened_passive 0
	peer p close "self$f"
	wait_for "it is gone" summary_is a connections 0
	agree a
	counted closed_simultaneous 1
	all_gone
}

# listen() and connect() that the kernel refuses after it has changed the state.
refused_half_way()
{
	local f=$1 at

	at=$(loopback "$f")
	# Two may be bound to a port, one may listen there.
	peer_listen p "first$f" "$at:$((f * 1000 + 5))"
	peer_socket p "second$f" "$at:0"
	peer p close "second$f"
	peer p disconnect "first$f"
	peer_socket p "second$f" "$at:$((f * 1000 + 5))"
	peer p listen "first$f" 4
	peer p try listen "second$f" 4
	expect_eq "the second listen()" "$VALUE" "Address already in use"
	agree a
	peer p close "first$f"
	peer p close "second$f"

	# Two may be bound to a port, one may be connected from there to one place.
	peer_socket p "cone$f" "$at:$((f * 1000 + 6))"
	peer_socket p "two$f" "$at:$((f * 1000 + 6))"
	peer p connect "cone$f" "$at:$((f * 1000))"
	peer p accept "sone$f" "l$f"
	counters_mark
	peer p try connect "two$f" "$at:$((f * 1000))"
	expect_eq "the second connect()" "$VALUE" "Cannot assign requested address"
	agree a
	counted connect_failed 1
	counted connect_timeout 0
	end_pair p "one$f"
	peer p close "two$f"
	all_gone
}

# That an earlier connect() of the socket got no answer says nothing of the present one.
refused_after_a_time_out()
{
	local f=$1 at

	at=$(loopback "$f")
	peer_socket p "cheld$f" "$at:$((f * 1000 + 7))"
	peer_socket p "late$f" "$at:$((f * 1000 + 7))"
	peer p connect "cheld$f" "$at:$((f * 1000))"
	peer p accept "sheld$f" "l$f"
	mute a $((f * 1000 + 8))
	peer_listen p "silent$f" "$at:$((f * 1000 + 8))"
	peer p set "late$f" syncnt 1
	counters_mark
	peer p begin "late$f" "$at:$((f * 1000 + 8))"
	peer p outcome "late$f"
	expect_eq "connect() without an answer" "$VALUE" "Connection timed out"
	counted connect_timeout 1
	peer p disconnect "late$f"
	peer p try connect "late$f" "$at:$((f * 1000))"
	expect_eq "connect() of what is connected" "$VALUE" "Cannot assign requested address"
	counted connect_failed 1
	counted connect_timeout 1
	unmute a $((f * 1000 + 8))
	end_pair p "held$f"
	peer p close "late$f"
	peer p close "silent$f"
	all_gone
}

# A socket of IPv6 that becomes one of IPv4 (IPV6_ADDRFORM), in mid-connection.
turned_into_ipv4()
{
	peer_listen p dual '[::]:4600'
	peer_pair p mapped '[::ffff:127.0.0.1]:0' dual '[::ffff:127.0.0.1]:4600'
	agree a
	peer p set cmapped addrform 2
	agree a
	cookie p cmapped
	expect_match "its peer" "$(row a connections "$VALUE" remote)" '^127\.0\.0\.1:4600$'
	peer p shutdown cmapped
	peer p await smapped CLOSE_WAIT
	peer p close smapped
	wait_for "the server's end is gone" summary_is a connections 0
	peer p close cmapped
	peer p close dual
	all_gone
}

# Listeners of both families on one port, one of them for both.
dual_stack()
{
	local name

	peer_listen p both '[::]:4700'
	peer_pair p plain 127.0.0.1:0 both 127.0.0.1:4700
	peer_pair p six '[::1]:0' both '[::1]:4700'
	agree a
	cookie p splain
	expect_match "the server's end of the one over IPv4" "$(row a connections "$VALUE" local)" \
		'^\[::ffff:127\.0\.0\.1\]:4700$'
	peer p socket only 6
	peer p set only v6only 1
	peer p bind only '[::]:4701'
	peer p listen only 4
	peer_listen p four 0.0.0.0:4701
	peer_pair p apart 127.0.0.1:0 four 127.0.0.1:4701
	peer_pair p alone '[::1]:0' only '[::1]:4701'
	agree a
	for name in plain six apart alone; do
		end_pair p $name
	done
	for name in both only four; do
		peer p close $name
	done
	all_gone
}

# A group of listeners on one port: each connection is one of them's.
port_shared()
{
	local f=$1 at i left=6

	at=$(loopback "$f"):$((f * 1000 + 9))
	for i in 1 2 3; do
		peer p socket "g$i$f" "$f"
		peer p set "g$i$f" reuseport 1
		peer p bind "g$i$f" "$at"
		peer p listen "g$i$f" 16
	done
	for i in 1 2 3 4 5 6; do
		peer_socket p "member$i$f" "$(loopback "$f"):0"
		peer p connect "member$i$f" "$at"
	done
	agree a
	expect_eq "listeners there" "$(table a listeners local | grep -cF "$at")" 3
	expect_eq "what waits in them" \
		"$(table a listeners local accept_queue | awk -v at="$at" \
			'$1 == at { n += $2 } END { print n }')" 6
	# What waits in one that is closed moves to the others, where that is set; before Linux
	# 5.14 it is reset, also where there is something to set.
	[ ! -e /proc/sys/net/ipv4/tcp_migrate_req ] ||
		ns_sysctl a net.ipv4.tcp_migrate_req=1
	peer p close "g1$f"
	agree a
	[[ $(uname -r) != 5.10.* ]] ||
		left=$(in_ns a ss -Hltn | awk -v at="$at" '$4 == at { n += $2 } END { print n }')
	expect_eq "what waits in the others" \
		"$(table a listeners local accept_queue | awk -v at="$at" \
			'$1 == at { n += $2 } END { print n }')" "$left"
	[ ! -e /proc/sys/net/ipv4/tcp_migrate_req ] ||
		ns_sysctl a net.ipv4.tcp_migrate_req=0
	peer p close "g2$f"
	peer p close "g3$f"
	agree a
	for i in 1 2 3 4 5 6; do
		peer p close "member$i$f"
	done
	all_gone
}

reloaded()
{
	module_unload || fail "rmmod failed"
	module_left_nothing
}

module_fresh
log_mark
ns_add a
ns_add b
peer_start p a
peer_start q b
peer q box box "$WORK/box"
peer_listen p l4 127.0.0.1:4000
peer_listen p l6 '[::1]:6000'

for f in 4 6; do
	test_case "handed to a process of another namespace, IPv$f" handed_on $f
	test_case "a listener handed on, IPv$f" listener_handed_on $f
	test_case "shut down in each way, IPv$f" shut_down $f
	test_case "disconnected and connected again, IPv$f" disconnected $f
	test_case "disconnected while it connects, IPv$f" disconnected_while_connecting $f
	test_case "a listener becomes a client and listens again, IPv$f" listener_disconnected $f
	test_case "connected to itself, IPv$f" to_itself $f
	test_case "listen() and connect() refused half-way, IPv$f" refused_half_way $f
	test_case "refused after a time-out, IPv$f" refused_after_a_time_out $f
	test_case "a port shared by listeners, IPv$f" port_shared $f
done
test_case "IPv6 turned into IPv4" turned_into_ipv4
test_case "dual-stack listeners" dual_stack
test_case "nothing is left" reloaded
run_cases
