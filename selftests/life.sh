#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch life: what it says of connections that ended, held against what sockets that
# are moved by hand did, whose they were, and what ss counted of them.
#
#	namespace a   both ends of all connections, and who reads

# shellcheck source=selftests/lib_stream.sh
. "$(dirname "$0")/lib_stream.sh"

# life_of ID FILTER: of the line that life said of that connection
life_of()
{
	jq -r --argjson id "$1" "select(.id == \$id) | $2" "$WORK/life.out"
}

# life ID: in short
life()
{
	life_of "$1" '"\(.opened) \(.closed) \(.by) in \(.bytes_in) out \(.bytes_out)" +
		" retrans \(.retrans)"'
}

# Connections that are there when it begins: their process is known at once.
life_of_older()
{
	local pid=${PEER_PID[p]} name

	patient_loopback on a
	peer p name life-peer
	pair "$1" old
	peer p send cold 3000
	peer p recv sold 3000
	reader life life --json
	reader mine life --json --pid="$pid" --comm='life-*'
	reader others life --json --comm=nobody
	end_pair old life
	closed_event mine "${ID[cold]}"
	closed_event mine "${ID[sold]}"
	reader_stop life
	reader_stop mine
	reader_stop others
	expect_eq "the life of the client" "$(life "${ID[cold]}")" \
		"active local fin in 0 out 3000 retrans 0"
	expect_eq "the life of the server" "$(life "${ID[sold]}")" \
		"passive remote fin in 3000 out 0 retrans 0"
	for name in cold sold; do
		expect_eq "the process of $name" "$(life_of "${ID[$name]}" \
			'"\(.pid) \(.comm) \(.shared_with) \(.age_exact)"')" "$pid life-peer 0 yes"
	done
	same_lines . mine >"$WORK/got"
	same_lines . life >"$WORK/wanted"
	expect_same "what --pid and --comm let through" "$WORK/got" "$WORK/wanted"
	expect_eq "what another --comm does" "$(cat "$WORK/others.out")" ''
	patient_loopback off a
}

# Older than the module: what is known of its age is said with it.
life_of_oldest()
{
	local mark

	module_absent
	pair "$1" oldest
	module_load || fail "insmod failed"
	mark=$(row a connections "${ID[coldest]}" exact)
	expect_match "what the module knows of its age" "$mark" '^(min|est)$'
	reader life life --json
	reader words life
	told words '^ended '
	end_pair oldest life
	told words 'closed, we first$'
	reader_stop life
	reader_stop words
	expect_eq "what life knows of its age" "$(life_of "${ID[coldest]}" .age_exact)" "$mark"
	expect_match "what it says" "$(grep 'closed, we' "$WORK/words.out")" ' [>~][0-9.]+m?s '
}

# Done about as often as life itself looks for a process.
look_at_processes()
{
	in_ns a tcpwatch list --owner >/dev/null
}

# Those that begin later: their process is known if they live long enough, and then right.
life_of_newer()
{
	local looks=1 known='' i

	peer p name life-peer
	reader life life --json
	while [ "$known" != "2" ] && [ $looks -le 32 ]; do
		pair "$1" new
		for ((i = 0; i < looks; i++)); do
			look_at_processes
		done
		looks=$((looks * 2))
		end_pair new life
		known=$(jq -s --argjson c "${ID[cnew]}" --argjson s "${ID[snew]}" \
			'map(select((.id == $c or .id == $s) and .pid)) | length' "$WORK/life.out")
	done
	reader_stop life
	expect_eq "processes known, of both ends" "$known" 2
	expect_eq "processes that are wrong" "$(jq -c --argjson pid "${PEER_PID[p]}" \
		'select(.pid and (.pid != $pid or .comm != "life-peer"))' "$WORK/life.out")" ''
	expect_eq "how well their age is known" \
		"$(jq -r .age_exact "$WORK/life.out" | sort -u)" yes
}

# No accept() has taken it, so no process had it, whoever listens.
life_of_unaccepted()
{
	reader life life --json
	peer_socket p never "$(loopback "$1"):0"
	peer p connect never "$(loopback "$1"):80"
	cookie p never && ID[never]=$VALUE
	look_at_processes
	look_at_processes
	peer p reset never
	closed_event life "${ID[never]}"
	told life '"by":"reset_in"'
	reader_stop life
	expect_eq "the process of what nobody accepted" \
		"$(jq -r 'select(.by == "reset_in") | "\(.opened) \(.pid) \(.comm)"' \
			"$WORK/life.out")" "passive null null"
	peer p accept never "l$1"
	peer p close never
}

# Segments sent again in namespace a, as the kernel counts them.
sent_again()
{
	in_ns a nstat -asz TcpRetransSegs | awk '$1 == "TcpRetransSegs" { print $2 }'
}

sent_more_than()
{
	[ "$(sent_again)" -ge "$1" ]
}

life_with_loss()
{
	local port=$((5020 + $1)) before

	before=$(sent_again)
	reader life life --json --no-owner
	peer_pair p lossy "$(loopback "$1"):$port" "l$1" "$(loopback "$1"):80"
	cookie p clossy && ID[clossy]=$VALUE
	cookie p slossy && ID[slossy]=$VALUE
	mute a $port
	peer p send clossy 11
	wait_for "data is sent again" sent_more_than $((before + 2))
	unmute a $port
	peer p recv slossy 11
	peer p flushed clossy
	end_pair lossy life
	reader_stop life
	expect_match "the life of the client" "$(life "${ID[clossy]}")" \
		'^active local fin in 0 out 11 retrans [1-9]'
	expect_match "the life of the server" "$(life "${ID[slossy]}")" \
		'^passive remote fin in 11 out 0 retrans '
	expect_eq "segments sent again" "$(jq -s 'map(.retrans) | add' "$WORK/life.out")" \
		$(($(sent_again) - before))
	expect_eq "processes with --no-owner" "$(jq -r .pid "$WORK/life.out" | sort -u)" null
}

life_in_words()
{
	patient_loopback on a
	peer p name life-peer
	pair "$1" words
	reader life life
	reader reset life --by=reset_in,reset_out
	told life '^ended .* how$'
	peer p send cwords 3000
	peer p recv swords 3000
	peer p shutdown cwords
	peer p await swords CLOSE_WAIT
	peer p close swords
	told life 'closed, the peer first$'
	told life 'closed, we first$'
	peer p close cwords
	pair "$1" hard
	peer p reset chard
	told life 'reset by us$'
	told life 'reset by the peer$'
	told reset 'reset by the peer$'
	told reset 'reset by us$'
	peer p close shard
	reader_stop life
	reader_stop reset
	expect_match "a line" "$(grep 'closed, we' "$WORK/life.out")" \
		" ${PEER_PID[p]} life-peer +$END -> $END +[0-9.]+m?s +0 B +2.9 KiB +0  closed"
	expect_match "a line" "$(grep 'closed, the peer' "$WORK/life.out")" \
		" ${PEER_PID[p]} life-peer +$END <- $END +[0-9.]+m?s +2.9 KiB +0 B +0  closed"
	expect_eq "lines with --by" "$(sed 1d "$WORK/reset.out" | grep -vc reset)" 0
	patient_loopback off a
}

# It goes on after events are lost.
life_with_lost_events()
{
	local i

	module_absent
	module_load_with event_slots=16 || give_up "tcpwatch can't be loaded"
	peer p name life-peer
	pair 4 lasting
	pair 4 missed
	reader life life --json
	kill -STOP "${PEER_PID[life]}"
	peer p reset cmissed
	peer p close smissed
	for ((i = 0; i < 20; i++)); do
		refused 4 gone
	done
	kill -CONT "${PEER_PID[life]}"
	told life '"event":"lost"'
	end_pair lasting life
	reader_stop life
	expect_eq "the process of what lasted" "$(life_of "${ID[clasting]}" \
		'"\(.pid) \(.comm)"')" "${PEER_PID[p]} life-peer"
	module_fresh
}

stage

for family in 4 6; do
	test_case "connections that were there before, IPv$family" life_of_older $family
	test_case "connections older than the module, IPv$family" life_of_oldest $family
	test_case "connections that come later, IPv$family" life_of_newer $family
	test_case "a connection without a process, IPv$family" life_of_unaccepted $family
	test_case "segments sent again, IPv$family" life_with_loss $family
	test_case "in words, IPv$family" life_in_words $family
done
test_case "lost events" life_with_lost_events
run_cases
