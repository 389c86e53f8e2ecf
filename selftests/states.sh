#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets in every state, of both families, in three namespaces: what summary and
# connections say of them is what ss says, and no namespace sees another's.
#
#	namespace a, b   made before the module is loaded
#	namespace c      made after
#	namespace d      made after, and empty

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

every_state_is_there()
{
	local ns=$1 state

	summary_read "$ns"
	for state in established syn_sent syn_recv fin_wait1 fin_wait2 time_wait close_wait \
		     last_ack closing listen; do
		expect_between "$state in $ns" "${SUMMARY[$state]:-missing}" 2 99
	done
}

states_of_both_families()
{
	make_states "p$1" 4
	make_states "p$1" 6
	every_state_is_there "$1"
	agree "$1"
}

# The id a table shows is the one that a program gets for its own socket.
id_is_the_cookie()
{
	local shown

	cookie pa sopen4
	shown=$(row a connections "$VALUE" state uid local)
	expect_eq "the row of $VALUE" "$shown" "ESTABLISHED 65534 127.0.0.1:4000"
	peer pa cookie copen6
	shown=$(row a connections "$VALUE" state uid local)
	expect_eq "the row of $VALUE" "$shown" "ESTABLISHED 0 [::1]:6111"
	shown=$(row a connections "$VALUE" inode)
	peer pa inode copen6
	expect_eq "the inode" "$shown" "$VALUE"
}

# v4 through an IPv6 socket: both sides, bound to a mapped address and to a wildcard.
mapped_addresses()
{
	local client

	peer pa socket dual 6
	peer pa set dual v6only 0
	peer pa bind dual '[::]:7000'
	peer pa listen dual 8
	peer_socket pa mapped '[::ffff:127.0.0.1]:7001'
	peer pa connect mapped '[::ffff:127.0.0.1]:7000'
	peer pa accept smapped dual
	peer_socket pa plain 127.0.0.1:7002
	peer pa connect plain 127.0.0.1:7000
	peer pa accept splain dual
	agree a
	cookie pa smapped
	client=$(row a connections "$VALUE" local remote)
	expect_eq "the mapped server" "$client" '[::ffff:127.0.0.1]:7000 [::ffff:127.0.0.1]:7001'
	cookie pa plain
	client=$(row a connections "$VALUE" local remote)
	expect_eq "the plain client" "$client" '127.0.0.1:7002 127.0.0.1:7000'
}

empty_namespace()
{
	expect_eq "connections of an empty namespace" "$(table d connections id)" ''
	expect_eq "close_wait of an empty namespace" "$(table d close_wait id)" ''
	agree d
}

# A connection from one namespace to another: each sees its own end only.
two_ends_apart()
{
	link_add a c
	peer_listen pc far 10.77.0.2:80
	peer_socket pa near 10.77.0.1:8080
	peer pa connect near 10.77.0.2:80
	peer pc accept far1 far
	peer_listen pc far6 '[fd77::2]:80'
	peer_socket pa near6 '[fd77::1]:8080'
	peer pa connect near6 '[fd77::2]:80'
	peer pc accept far61 far6
	agree a
	agree c
	cookie pa near
	expect_eq "the near end" "$(row a connections "$VALUE" local remote)" \
		'10.77.0.1:8080 10.77.0.2:80'
	expect_eq "the near end, seen from afar" \
		"$(table c connections local | grep -c -e 10.77.0.1: -e fd77::1)" 0
}

# Every socket is closed: what is left is what ss says, and in the end nothing.
all_gone()
{
	unmake_states "p$1" "$1" 4 6
	agree "$1"
	wait_for "nothing is tracked in $1" summary_is "$1" connections 0
	expect_eq "connections" "$(table "$1" connections id)" ''
	expect_eq "illegal transitions" "$(summary "$1" illegal_transitions)" 0
	expect_eq "untracked" "$(summary "$1" untracked)" 0
}

# A namespace goes away with sockets in it.
namespace_gone()
{
	local name

	ns_add gone
	# What nobody can get at any more is to end by itself before long.
	ns_sysctl gone net.ipv4.tcp_orphan_retries=1
	peer_start pgone gone
	make_states pgone 4
	name=$(ns_name gone)
	ip netns del "$name"
	kill "${NS_PID[gone]}"
	wait "${NS_PID[gone]}" 2>/dev/null
	unset 'NS_PID[gone]'
	peer_stop pgone
	agree d
}

module_absent
ns_add a
ns_add b
module_fresh
ns_add c
ns_add d
peer_start pa a
peer_start pb b
peer_start pc c

test_case "every state in a namespace older than the module" states_of_both_families a
test_case "every state in a second one" states_of_both_families b
test_case "every state in a namespace younger than the module" states_of_both_families c
test_case "an empty namespace shows nothing" empty_namespace
test_case "id, uid and inode are the socket's" id_is_the_cookie
test_case "IPv4-mapped addresses" mapped_addresses
test_case "two ends in two namespaces" two_ends_apart
test_case "all closed in the first" all_gone a
test_case "all closed in the second" all_gone b
test_case "all closed in the third" all_gone c
test_case "a namespace that goes away with its sockets" namespace_gone
run_cases
