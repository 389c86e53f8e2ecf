#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP sockets that are part of something else, or were made without a handshake: MPTCP's
# subflows, kTLS, TCP_REPAIR; and BPF iterators that walk the same sockets meanwhile.
#
# Needs a kernel with CONFIG_MPTCP, CONFIG_TLS and CONFIG_DEBUG_INFO_BTF, as a
# distribution's has.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_life.sh
. "$(dirname "$0")/lib_life.sh"

# Each subflow is a TCP connection; the MPTCP socket, which has TCP's states too, is none.
mptcp()
{
	local f=$1 at

	needs "MPTCP (CONFIG_MPTCP)" in_ns a test -e /proc/sys/net/mptcp/enabled || return 0
	at=$(loopback "$f"):$((f * 1000 + 1))
	counters_mark
	peer p mptcp "lm$f" "$f"
	peer p bind "lm$f" "$at"
	peer p listen "lm$f" 16
	agree a
	peer p mptcp "cm$f" "$f"
	peer p connect "cm$f" "$at"
	agree a
	peer p accept "sm$f" "lm$f"
	expect_eq "MPTCP's subflows, as ss tells" \
		"$(in_ns a ss -Htani state established | grep -c 'tcp-ulp-mptcp')" 2
	agree a
	peer p send "cm$f" 1000
	peer p recv "sm$f" 1000
	counted opened_active 1
	counted opened_passive 1

	# A second subflow, with which the connection goes on.
	if [ "$f" = 4 ]; then
		in_ns a ip mptcp limits set subflow 4 add_addr_accepted 4
		in_ns a ip mptcp endpoint add 127.0.0.2 subflow
		peer p send "cm$f" 1000
		peer p recv "sm$f" 1000
		wait_for "there are two subflows" summary_is a established 4
		agree a
		in_ns a ip mptcp endpoint flush
		agree a
	fi
	module_fresh
	agree a

	peer p shutdown "cm$f"
	peer p drain "sm$f"
	agree a
	peer p close "sm$f"
	peer p close "cm$f"
	peer p close "lm$f"
	all_gone
}

# A client that can do MPTCP and a server that can't, and the other way round.
mptcp_fallback()
{
	local f=$1 at

	needs "MPTCP (CONFIG_MPTCP)" in_ns a test -e /proc/sys/net/mptcp/enabled || return 0
	at=$(loopback "$f"):$((f * 1000))
	peer p mptcp "cfall$f" "$f"
	peer p connect "cfall$f" "$at"
	peer p accept "sfall$f" "l$f"
	agree a
	peer p disconnect "cfall$f"
	agree a
	peer p close "sfall$f"
	peer p close "cfall$f"

	peer p mptcp "lfall$f" "$f"
	peer p bind "lfall$f" "$(loopback "$f"):$((f * 1000 + 2))"
	peer p listen "lfall$f" 16
	peer_pair p "plain$f" "$(loopback "$f"):0" "lfall$f" "$(loopback "$f"):$((f * 1000 + 2))"
	agree a
	peer p reset "cplain$f"
	agree a
	peer p close "splain$f"
	peer p close "lfall$f"
	all_gone
}

# What the kernel encrypts is still a TCP connection, whoever's functions it calls.
ktls()
{
	local f=$1

	needs "kTLS (CONFIG_TLS)" modprobe tls || return 0
	peer_pair p "tls$f" "$(loopback "$f"):0" "l$f" "$(loopback "$f"):$((f * 1000))"
	peer p tls "ctls$f"
	peer p tls "stls$f"
	agree a
	expect_eq "kTLS, as ss tells" "$(in_ns a ss -Htani | grep -c 'tcp-ulp-tls')" 2
	peer p send "ctls$f" 1000
	peer p recv "stls$f" 1000
	cookie p "ctls$f"
	expect_between "bytes that went out, encrypted" \
		"$(row a connections "$VALUE" bytes_out)" 1001 2000
	agree a
	module_fresh
	agree a
	expect_life p "ctls$f" ESTABLISHED active -
	peer p shutdown "ctls$f"
	peer p await "stls$f" CLOSE_WAIT
	agree a
	expect_life p "stls$f" CLOSE_WAIT passive remote
	peer p close "stls$f"
	wait_for "the server's socket is gone" summary_is a connections 0
	peer p close "ctls$f"
	all_gone
}

# A connection is taken out of its socket without a word, and put into another.
repaired()
{
	local f=$1 port=$((1000 * $1 + 3)) id

	counters_mark
	peer_pair p "fix$f" "$(loopback "$f"):$port" "l$f" "$(loopback "$f"):$((f * 1000))"
	cookie p "cfix$f"
	id=$VALUE
	counted opened_active 1
	peer p send "cfix$f" 1000
	peer p recv "sfix$f" 1000
	peer p flushed "cfix$f"
	# This it has in its queue.
	peer p send "sfix$f" 300
	peer p unread "cfix$f" 300
	agree a

	# No segment may meet the gap between the two.
	mute a $((f * 1000))
	peer p freeze "cfix$f"
	agree a
	expect_eq "the row of the one that was" "$(row a connections "$id" id)" ''
	expect_eq "sockets" "$(summary a connections)" 1
	counted rst_out 0
	counted closed_reset 0
	peer p thaw "cfix$f"
	unmute a $((f * 1000))
	agree a
	expect_life p "cfix$f" ESTABLISHED active -
	[ "$VALUE" != "$id" ] || fail "the new socket has the id of the old one"
	counted opened_active 1
	peer p recv "cfix$f" 300
	peer p send "cfix$f" 1000
	peer p recv "sfix$f" 1000
	peer p send "sfix$f" 1000
	peer p recv "cfix$f" 1000
	agree a

	peer p shutdown "cfix$f"
	peer p await "sfix$f" CLOSE_WAIT
	peer p await "cfix$f" FIN_WAIT2
	agree a
	expect_life p "cfix$f" FIN_WAIT2 active local
	peer p close "sfix$f"
	wait_for "both have ended" summary_is a connections 0
	peer p close "cfix$f"
	counted closed_local_first 1
	counted closed_remote_first 1
	counted closed_reset 0
	all_gone
}

# The kernel's own walk locks every socket in turn.
iterated()
{
	local wanted i

	needs "BTF (CONFIG_DEBUG_INFO_BTF)" test -e /sys/kernel/btf/vmlinux || return 0
	peer_start walker a iterate
	peer_start crowd a crowd 127.0.0.1:0
	peer crowd open 100
	peer p close l4
	make_states p 4
	peer_start churn a churn '[::1]:0'
	peer_line churn
	for ((i = 0; i < 10; i++)); do
		peer walker walk
		expect_between "sockets that BPF sees" "$VALUE" 200 9999
		table a connections id | sort >"$WORK/ids"
		expect_eq "ids that a read shows twice" "$(uniq -d "$WORK/ids")" ''
	done
	peer_stop churn || fail "churn failed"
	peer crowd close 50
	agree a
	while :; do
		wanted=$(ss_dump a | wc -l)
		peer walker walk || break
		[ "$(ss_dump a | wc -l)" != "$wanted" ] || break
	done
	expect_eq "sockets that BPF sees in the end" "$VALUE" "$wanted"
	peer_stop crowd
	peer_stop walker
	unmake_states p a 4
}

reloaded()
{
	all_gone
	module_unload || fail "rmmod failed"
	module_left_nothing
}

module_fresh
log_mark
ns_add a
peer_start p a
peer_listen p l4 127.0.0.1:4000
peer_listen p l6 '[::1]:6000'

for f in 4 6; do
	# The distribution's 5.10 has none of these.
	if [[ $(uname -r) != 5.10.* ]]; then
		test_case "MPTCP, IPv$f" mptcp $f
		test_case "MPTCP on one side alone, IPv$f" mptcp_fallback $f
		test_case "kTLS, IPv$f" ktls $f
	fi
	test_case "taken out and put into another socket, IPv$f" repaired $f
done
test_case "BPF iterators" iterated
test_case "nothing is left" reloaded
run_cases
