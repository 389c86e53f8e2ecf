#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch window: what it says of a connection that it followed, where the path loses data
# or ACKs, where the reader stops, where windows shrink. The kernel's own counters and what
# was dropped on purpose are what it is held against.
#
#	the connections followed     their peers
#	namespace a ---------------- namespace b
#	.1                 veth                .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_stream.sh
. "$(dirname "$0")/lib_stream.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

# ---- a connection that is followed from its first SYN to its end

# begin NAME FAMILY: cNAME in a, sNAME in b, and the reader, which was there before them
begin()
{
	reader "$1" window port=80 --json --for 100
	record "$1.events" a
	peer_socket pa "c$1" "$(client "$2"):0"
	peer pa connect "c$1" "$(server "$2"):80"
	peer pb accept "s$1" "l$2"
}

# finish NAME: a closes first, which ends what is followed
finish()
{
	peer pa shutdown "c$1"
	peer pb drain "s$1"
	peer pb close "s$1"
	peer pa close "c$1"
	reader_ended "$1" $OK
	wait_for "all is recorded" grep -q ' closed ' "$WORK/$1.events"
	stop "$1.events"
	cp "$WORK/$1.out" "$WORK/out"
	expect_eq "events lost" "$(of events_lost)" 0
}

# of PATH: of the connection, in the answer
of()
{
	json ".connection.$1"
}

# expect_words REGEX...: each is in what it says
expect_words()
{
	local regex

	json '.connection.words[]' >"$WORK/words"
	for regex; do
		grep -qE "$regex" "$WORK/words" ||
			fail "it does not say '$regex' but: $(paste -sd' ' "$WORK/words")"
	done
}

# to_b, to_a NAME BYTES: sent and read; no more at a time than buffers hold
to_b()
{
	peer pa send "c$1" "$2" && peer pb recv "s$1" "$2"
}

to_a()
{
	peer pb send "s$1" "$2" && peer pa recv "c$1" "$2"
}

# count NAMESPACE NAME...: of the kernel's counters, into MIB. What it sends again has SYNs and FINs
# in it, too: who compares that with data counts from begin on, and ends before finish.
declare -A MIB
count()
{
	local name

	for name in "${@:2}"; do
		MIB[$name]=$(mib "$1" "$name")
	done
}

# more NAMESPACE NAME: by how much it has grown since
more()
{
	echo $(($(mib "$1" "$2") - MIB[$2]))
}

# lose NAMESPACE MATCH...: what arrives there and matches, does not
lose()
{
	in_ns "$1" nft -f - <<-END
		table inet lossy {
			counter lost {
			}
			chain first {
				type filter hook prerouting priority -300
				${@:2} counter name lost drop
			}
		}
	END
}

# lost_there NAMESPACE: so many packets; and no more from now on. Counted when the rule has gone, as
# one more can be lost until then: what is sent again of what has arrived already.
lost_there()
{
	in_ns "$1" nft flush chain inet lossy first
	in_ns "$1" nft list counter inet lossy lost | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
	in_ns "$1" nft delete table inet lossy
}

# ---- the cases

handshake()
{
	local f=$1 name=hands$1

	spawn "$name.tcpdump" a tcpdump -i a-b -nU --immediate-mode -w "$WORK/$name.pcap" \
		'port 80' 2>/dev/null
	wait_for "tcpdump is ready" test -s "$WORK/$name.pcap"
	begin "$name" "$f"
	to_b "$name" 100
	finish "$name"
	stop "$name.tcpdump"
	tcpdump -nr "$WORK/$name.pcap" 2>/dev/null | sed -nE \
		-e '/Flags \[S/!d' -e '/sackOK/!d' -e 's/.*Flags \[(S\.*)\]/\1/' \
		-e 's/^(S\.*),.* win ([0-9]+),.*mss ([0-9]+),.*wscale ([0-9]+).*/\1 \2 \3 \4/p' \
		>"$WORK/wanted"
	for way in out in; do
		[ $way = out ] && printf 'S ' || printf 'S. '
		of "syn_$way | \"\\(.wnd) \\(.mss) \\(.wscale)\""
	done >"$WORK/got"
	expect_same "what the two offered" "$WORK/got" "$WORK/wanted"
	expect_eq "SACK" "$(of syn_out.sack_permitted) $(of syn_in.sack_permitted)" 'true true'
	expect_eq "its addresses" "$(of local | sed 's/:[0-9]*$//') $(of remote)" \
		"$(client "$f") $(server "$f"):80"
	expect_eq "bytes" "$(of out.bytes) $(of in.bytes)" '100 0'
	expect_words '^In the handshake we offered a first window of .* MSS .* SACK; the peer' \
		'^We sent nothing again\.$' '^The peer.s window never closed\.$' \
		'^No left edge ever moved back, and no window shrank'
}

# Without scaling and SACK at the other end.
poor_handshake()
{
	ns_sysctl b net.ipv4.tcp_window_scaling=0 net.ipv4.tcp_sack=0
	begin poor 4
	lose b 'tcp dport 80' 'meta length > 1000' 'numgen inc mod 5 == 2'
	to_b poor 14480
	lost_there b >/dev/null
	finish poor
	ns_sysctl b net.ipv4.tcp_window_scaling=1 net.ipv4.tcp_sack=1
	expect_eq "what the peer offered" "$(of 'syn_in | "\(.wscale) \(.sack_permitted)"')" \
		'null false'
	expect_words 'The peer did not offer to scale its window, so no window can be above 64' \
		'again; without SACK nothing says whether the data was lost or the ACKs' \
		'no scale \(64\.0 KiB at most\)'
}

# What did not arrive was sent again for lost data; what was there already, needlessly.
lost_data()
{
	local f=$1 name=data$1 lost again i

	begin "$name" "$f"
	count a TcpRetransSegs TcpExtTCPDSACKRecv
	lose b 'tcp dport 80' 'meta length > 1000' 'numgen inc mod 10 == 5'
	for ((i = 0; i < 5; i++)); do
		to_b "$name" 40000
	done
	lost=$(lost_there b)
	peer pa flushed "c$name"
	again=$(more a TcpRetransSegs)
	finish "$name"
	expect_between "segments lost" "$lost" 10 40
	expect_eq "bytes" "$(of out.bytes)" 200000
	expect_eq "sent again for lost data" "$(of out.again)" "$lost"
	expect_eq "sent again in all" "$(of 'out | .again + .needless + .unclear')" "$again"
	expect_eq "needlessly" "$(of out.needless)" "$(more a TcpExtTCPDSACKRecv)"
	expect_words "We sent $lost segments .* again for lost data: no DSACK said" \
		'^No left edge ever moved back'
}

# Of ACKs, only those arrive that select something: all that is sent again is needless.
lost_acks()
{
	local f=$1 name=acks$1 again i

	begin "$name" "$f"
	count a TcpRetransSegs TcpExtTCPDSACKRecv
	lose a 'tcp sport 80' 'tcp flags & (syn|fin|rst) == 0' 'tcp option sack missing'
	for ((i = 0; i < 3; i++)); do
		to_b "$name" 10000
		peer pa flushed "c$name"
	done
	expect_between "ACKs lost" "$(lost_there a)" 3 99
	again=$(more a TcpRetransSegs)
	finish "$name"
	expect_eq "bytes" "$(of out.bytes)" 30000
	expect_between "sent again" "$(of out.needless)" 3 30
	expect_eq "for lost data" "$(of out.again)" 0
	expect_eq "in all" "$(of out.needless)" "$again"
	expect_eq "DSACKs" "$(of out.needless)" "$(more a TcpExtTCPDSACKRecv)"
	expect_words 'We sent [0-9]+ segments .* again needlessly: the peer had them .*DSACK'
}

again_at_least()
{
	[ "$(more a TcpRetransSegs)" -ge "$1" ]
}

# At first no ACK arrives, then the DSACK of the last time that the data was sent again: of
# the times before nobody can tell whether they were needed.
lost_dsacks()
{
	local f=$1 name=unclear$1 again

	begin "$name" "$f"
	count a TcpRetransSegs
	lose a 'tcp sport 80' 'tcp flags & (syn|fin|rst) == 0'
	to_b "$name" 1000
	wait_for "it is sent again" again_at_least 2
	lost_there a >/dev/null
	peer pa flushed "c$name"
	again=$(more a TcpRetransSegs)
	finish "$name"
	expect_eq "needlessly" "$(of out.needless)" 1
	expect_eq "for lost data" "$(of out.again)" 0
	expect_eq "nobody can tell" "$(of out.unclear)" $((again - 1))
	expect_words 'again for lost data or lost ACKs: a DSACK came for a later copy only'
}

# The same at the end that receives.
lost_data_of_the_peer()
{
	local f=$1 name=in$1 lost i

	begin "$name" "$f"
	lose a 'tcp sport 80' 'meta length > 1000' 'numgen inc mod 10 == 5'
	for ((i = 0; i < 5; i++)); do
		to_a "$name" 40000
	done
	lost=$(lost_there a)
	finish "$name"
	expect_eq "bytes" "$(of in.bytes)" 200000
	# One that was the last of what was on its way leaves no hole.
	expect_between "that filled a hole" "$(of in.again)" $((lost - 5)) "$lost"
	expect_words '[0-9]+ segments .* came late and filled a hole'
}

lost_acks_of_ours()
{
	local f=$1 name=ours$1 i

	count a TcpExtTCPDSACKOldSent
	begin "$name" "$f"
	lose b 'tcp dport 80' 'tcp flags & (syn|fin|rst) == 0' 'tcp option sack missing'
	for ((i = 0; i < 3; i++)); do
		to_a "$name" 10000
		peer pb flushed "s$name"
	done
	lost_there b >/dev/null
	finish "$name"
	expect_eq "bytes" "$(of in.bytes)" 30000
	expect_between "came again" "$(of in.needless)" 3 30
	expect_eq "of lost data" "$(of in.again)" 0
	expect_eq "DSACKs" "$(of in.needless)" "$(more a TcpExtTCPDSACKOldSent)"
	expect_words 'The peer sent [0-9]+ segments .* needlessly: we had them .*, so that our'
}

probes_out()
{
	[ "$(more a TcpExtTCPWinProbe)" -ge "$1" ]
}

# The peer's program does not read, twice; what opens the window is that it does.
closed_window()
{
	local f=$1 name=zero$1 round

	count a TcpExtTCPWinProbe
	count b TcpExtTCPToZeroWindowAdv
	peer pb set "l$f" rcvbuf 4096
	begin "$name" "$f"
	peer pb set "l$f" rcvbuf 131072
	for round in 1 2; do
		peer pa fill "c$name"
		wait_for "probes" probes_out $((2 * round))
		peer pb recv "s$name" "$VALUE"
		peer pa flushed "c$name"
	done
	cookie pa "c$name"
	expect_eq "closures as connections has them" "$(row a connections "$VALUE" zero_in)" \
		"$(more b TcpExtTCPToZeroWindowAdv)"
	finish "$name"
	expect_eq "closures" "$(of out.closures)" "$(more b TcpExtTCPToZeroWindowAdv)"
	expect_between "closures" "$(of out.closures)" 2 20
	expect_eq "probes" "$(of out.probes)" "$(more a TcpExtTCPWinProbe)"
	expect_eq "is it closed" "$(of out.closed)" false
	expect_words "The peer's window closed [0-9]+ times, for .* in all .*; [0-9]+ probes asked"
}

# Who comes when it is closed already sees a probe first.
closed_before()
{
	local f=$1 name=before$1 id filled

	peer pb set "l$f" rcvbuf 4096
	pair "$name" "$f"
	peer pb set "l$f" rcvbuf 131072
	cookie pa "c$name"
	id=$VALUE
	peer pa fill "c$name"
	filled=$VALUE
	wait_for "the window is closed" row_is a connections "$id" snd_wnd 0
	reader "$name" window "id=$id" --json --for 100
	record "$name.events" a
	count a TcpExtTCPWinProbe
	wait_for "probes" probes_out 2
	peer pb recv "s$name" "$filled"
	peer pa flushed "c$name"
	finish "$name"
	expect_between "probes" "$(of out.probes)" 2 99
	expect_eq "keepalives" "$(of out.keepalives)" 0
}

# most_in_flight NAME: at most, as captured where the data left: sequence numbers sent and not
# acknowledged
most_in_flight()
{
	tcpdump -nr "$WORK/$1.pcap" 2>/dev/null | awk '
		/Flags \[S/ { next }
		match($0, /\.80: .* seq [0-9]+:[0-9]+/) {
			split(substr($0, RSTART, RLENGTH), range, /[: ]+/)
			n = 0
			for (i in range)
				n = range[i] + 0 > n ? range[i] + 0 : n
			sent = n > sent ? n : sent
		}
		/\.80 > .* ack [0-9]+/ {
			match($0, /ack [0-9]+/)
			ack = substr($0, RSTART + 4, RLENGTH - 4) + 0
			acked = ack > acked ? ack : acked
		}
		sent - acked > most { most = sent - acked }
		END { print most }'
}

# Much is on its way at once, and some of it gets lost.
long_fat_path()
{
	local f=$1 name=fat$1 most again

	tc -n "$(ns_name b)" qdisc add dev b-a root netem delay 100ms limit 10000
	spawn "$name.tcpdump" a tcpdump -i a-b -nU --immediate-mode -s 120 \
		-w "$WORK/$name.pcap" 'port 80' 2>/dev/null
	wait_for "tcpdump is ready" test -s "$WORK/$name.pcap"
	# All that is sent at once must fit, as only then it is read.
	peer pb set "l$f" rcvbuf 212992
	begin "$name" "$f"
	count a TcpRetransSegs
	peer pb set "l$f" rcvbuf 131072
	for _ in 1 2 3 4; do
		to_b "$name" 150000
	done
	tc -n "$(ns_name a)" qdisc add dev a-b root netem loss 2% limit 10000
	to_b "$name" 150000
	tc -n "$(ns_name a)" qdisc del dev a-b root
	peer pa flushed "c$name"
	again=$(more a TcpRetransSegs)
	finish "$name"
	tc -n "$(ns_name b)" qdisc del dev b-a root
	stop "$name.tcpdump"
	most=$(most_in_flight "$name")
	expect_between "in flight at most" "$(of out.in_flight_max_bytes)" $((most * 9 / 10)) \
		$((most * 11 / 10))
	expect_between "in flight, as captured" "$most" 65536 750000
	expect_eq "bytes" "$(of out.bytes)" 750000
	expect_eq "sent again in all" "$(of 'out | .again + .needless + .unclear')" "$again"
	expect_eq "left edges that moved back" "$(of out.left_edge_back)" 0
}

# The peer takes little at a time, but reads it.
small_buffer()
{
	local f=$1 name=small$1

	peer pb set "l$f" rcvbuf 8192
	begin "$name" "$f"
	peer pb set "l$f" rcvbuf 131072
	for _ in 1 2 3 4 5; do
		to_b "$name" 6000
	done
	finish "$name"
	expect_eq "bytes" "$(of out.bytes)" 30000
	expect_between "the first window" "$(of syn_in.wnd)" 1000 8192
	expect_between "in flight at most" "$(of out.in_flight_max_bytes)" 500 8192
}

# windows_are N: in each segment of the listener, whatever it meant, by a middlebox
windows_are()
{
	in_ns b nft -f - <<-END
		table inet shrink
		delete table inet shrink
		table inet shrink {
			chain last {
				type filter hook output priority 300
				tcp sport 80 tcp window set $1
			}
		}
	END
}

# One that makes windows smaller makes them shrink once. That a window is a multiple of its
# unit lets the edge move back by less than that, which is not counted.
shrunk_window()
{
	local wnd shift

	begin shrunk 4
	to_b shrunk 100
	peer pa flushed cshrunk
	cookie pa cshrunk
	read -r wnd shift < <(row a connections "$VALUE" snd_wnd snd_wscale)
	windows_are 20
	to_b shrunk 100
	peer pa flushed cshrunk
	to_b shrunk 100
	windows_are 21
	to_b shrunk 50
	windows_are 20
	to_b shrunk 50
	in_ns b nft delete table inet shrink
	finish shrunk
	expect_eq "how often" "$(of out.shrunk)" 1
	expect_eq "by how much" "$(of out.shrunk_max_bytes)" $((wnd - (20 << shift) - 100))
	expect_words "The peer's window shrank 1 time: its right edge moved back" \
		'No left edge ever moved back\.$'
}

# What a saved stream says is what was said while it came.
saved_is_the_same()
{
	local name=data4

	mkdir -p "$WORK/saved"
	cp "$WORK/$name.events" "$WORK/saved/events"
	ran "a saved stream" $OK window --json --from "$WORK/saved"
	json .connection | jq -S . >"$WORK/got"
	jq -S '.namespaces[0].connection' "$WORK/$name.out" >"$WORK/wanted"
	expect_same "what it says" "$WORK/got" "$WORK/wanted"
	# What comes in finds the socket unlocked, another CPU sending what is told of after it.
	awk '/ segment / && / dir=in / && match($0, / nxt=[0-9]+/) {
		nxt = substr($0, RSTART + 5, RLENGTH - 5) + 1448
		$0 = substr($0, 1, RSTART + 4) nxt substr($0, RSTART + RLENGTH)
	} 1' "$WORK/$name.events" >"$WORK/saved/events"
	! cmp -s "$WORK/saved/events" "$WORK/$name.events" || fail "no event was changed"
	ran "a socket that goes on" $OK window --json --from "$WORK/saved"
	json .connection | jq -S . >"$WORK/got"
	expect_same "what it says of it" "$WORK/got" "$WORK/wanted"
	cp "$WORK/$name.events" "$WORK/saved/events"
	ran "in words" $OK window --from "$WORK/saved"
	expect_match "the head" "$(head -n 1 "$WORK/out")" \
		'^10\.77\.0\.1:[0-9]+ -> 10\.77\.0\.2:80, id [0-9]+: [0-9]+ segments in .* by fin$'
	ran "another one" $OK window --from "$WORK/saved" port=81
	expect_match "that is not there" "$(cat "$WORK/out")" 'No connection fitted'
}

# What comes in while a program has the socket locked waits there, and if that takes long, it comes
# again while the socket still has it to come. That it came twice is told by our DSACK.
waited_at_the_socket()
{
	local name=in4 before

	mkdir -p "$WORK/saved"
	cp "$WORK/$name.events" "$WORK/saved/events"
	ran "as it was" $OK window --json --from "$WORK/saved"
	before=$(of 'in | "\(.bytes) \(.again) \(.needless + 1)"')
	awk '
		function number(key) {
			match($0, " " key "=[0-9]+")
			return substr($0, RSTART + length(key) + 2, RLENGTH - length(key) - 2) + 0
		}

		/ segment .* dir=in / && !right && number("len") > 1 {
			if (number("seq") == number("rcv_nxt")) {
				print
				right = number("seq") + number("len")
				twice = number("seq") "-" right
			}
		}
		/ segment .* dir=out / && right && !told && !/ sack=/ {
			if (number("ack") >= right) {
				$0 = $0 " sack=" twice
				told = 1
			}
		}
		{ print }' "$WORK/$name.events" >"$WORK/saved/events"
	expect_eq "events more" "$(diff "$WORK/$name.events" "$WORK/saved/events" | grep -c '^>')" 2
	ran "it came again" $OK window --json --from "$WORK/saved"
	expect_eq "bytes, again, needless" "$(of 'in | "\(.bytes) \(.again) \(.needless)"')" \
		"$before"
}

# What was seen until then is said.
unloaded_meanwhile()
{
	log_mark
	begin gone 4
	to_b gone 1000
	wait_for "that is told" grep -q ' len=1000 ' "$WORK/gone.events"
	module_unload || fail "rmmod failed"
	reader_ended gone $UNLOADED
	wait "${PEER_PID[gone.events]}"
	unset 'PEER_PID[gone.events]'
	cp "$WORK/gone.out" "$WORK/out"
	expect_eq "bytes" "$(of out.bytes)" 1000
	module_left_nothing
	peer pa close cgone
	peer pb close sgone
}

link_set_up
link_as_sent

for f in 4 6; do
	test_case "what the two ends agree on, IPv$f" handshake $f
	test_case "lost data, IPv$f" lost_data $f
	test_case "lost ACKs, IPv$f" lost_acks $f
	test_case "lost DSACKs, IPv$f" lost_dsacks $f
	test_case "lost data of the peer, IPv$f" lost_data_of_the_peer $f
	test_case "lost ACKs of ours, IPv$f" lost_acks_of_ours $f
	test_case "a reader that stops, IPv$f" closed_window $f
	test_case "a window that was closed before, IPv$f" closed_before $f
	test_case "a small buffer, IPv$f" small_buffer $f
	test_case "a long fat path, IPv$f" long_fat_path $f
done
test_case "an end without scaling and SACK" poor_handshake
test_case "a window that shrinks" shrunk_window
test_case "a saved stream" saved_is_the_same
test_case "what came again while a program had the socket" waited_at_the_socket
test_case "unloaded meanwhile" unloaded_meanwhile
run_cases
