#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The pictures of tcpwatch window --svg: plot.py reads back what they show, and works it out
# again from the events, for both ends of connections whose path loses data or ACKs, whose
# reader stops, that are refused or reset; and that what is large stays small.
#
#	clients              servers
#	namespace a -------- namespace b
#	.1          veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_stream.sh
. "$(dirname "$0")/lib_stream.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

LARGEST=2000000

# begin NAME: events of both ends, from now on
begin()
{
	local ns

	for ns in a b; do
		mkdir "$WORK/$1.$ns"
		record "$1.$ns/events" $ns
		in_ns $ns sh -c 'echo "add local=*" >/proc/tcpwatch/follow'
	done
}

# finish NAME: and both ends' pictures of both ways are right
finish()
{
	local ns way

	for ns in a b; do
		in_ns $ns sh -c 'echo clear >/proc/tcpwatch/follow'
		stop "$1.$ns/events"
		expect_eq "events lost" "$(lost_in "$1.$ns/events")" 0
		for way in out in; do
			draw "$1.$ns" "$way" "$1.$ns.$way.svg"
			right "$1.$ns.$way.svg" "$1.$ns" "$way"
		done
	done
}

# draw FOLDER WAY FILE: of the events saved there
draw()
{
	tcpwatch window --from "$WORK/$1" --way "$2" --svg "$WORK/$3" >/dev/null 2>"$WORK/err" ||
		fail "$3: $(cat "$WORK/err")"
	expect_between "the size of $3" "$(stat -c %s "$WORK/$3")" 1000 $LARGEST
}

# right FILE FOLDER WAY: the picture shows what the events there say
right()
{
	python3 "$HERE/plot.py" "$WORK/$1" "$WORK/$2/events" "$3" >"$WORK/wrong" 2>&1 ||
		fail "$1 can't be read: $(tail -n 1 "$WORK/wrong")"
	[ -s "$WORK/wrong" ] || return 0
	fail "$1 is wrong:"
	sed -n '1,10s/^/#   /p' "$WORK/wrong"
}

# shows FILE REGEX...: a text in it
shows()
{
	local regex

	for regex in "${@:2}"; do
		grep -qE ">[^<]*${regex}[^<]*</text>" "$WORK/$1" || fail "$1 does not show '$regex'"
	done
}

# opened FAMILY
opened()
{
	peer_socket pa c "$(client "$1"):0"
	peer pa connect c "$(server "$1"):80"
	peer pb accept s "l$1"
}

# closed NAME: what is recorded has both ends' last events
closed()
{
	peer pa shutdown c
	peer pb drain s
	peer pb close s
	peer pa close c
	over "$1"
}

over()
{
	local ns

	for ns in a b; do
		wait_for "it is over in $ns" grep -q ' closed ' "$WORK/$1.$ns/events"
	done
}

# to_b BYTES, to_a BYTES: sent and read; no more at a time than buffers hold
to_b()
{
	peer pa send c "$1" && peer pb recv s "$1"
}

to_a()
{
	peer pb send s "$1" && peer pa recv c "$1"
}

# lose NAMESPACE MATCH...: what arrives there and matches, does not
lose()
{
	in_ns "$1" nft add rule inet traffic arriving "${@:2}" drop
}

lose_no_more()
{
	in_ns "$1" nft flush chain inet traffic arriving
}

lost_data()
{
	local name=data$1 i

	begin "$name"
	opened "$1"
	to_b 30000
	lose b tcp dport 80 numgen inc mod 15 == 3
	for ((i = 0; i < 5; i++)); do
		to_b 30000
		to_a 20000
	done
	lose_no_more b
	closed "$name"
	finish "$name"
	shows "$name.a.out.svg" 'lost, sent again: [1-9]' 'SACK: [1-9]' 'ACK line' 'SYN: 1' 'FIN: 1'
	shows "$name.b.in.svg" 'lost or overtaken: [1-9]'
}

# The data comes, and of what says so only DSACKs come through.
lost_acks()
{
	local name=acks$1 i

	begin "$name"
	opened "$1"
	to_b 30000
	peer pa flushed c
	lose a tcp sport 80 tcp 'flags & (syn|fin|rst) == 0' tcp option sack missing
	for ((i = 0; i < 3; i++)); do
		to_b 5000
		peer pa flushed c
	done
	lose_no_more a
	closed "$name"
	finish "$name"
	shows "$name.a.out.svg" 'sent again without need: [1-9]' 'DSACK: came twice: [1-9]'
	shows "$name.b.in.svg" 'sent again without need: [1-9]'
}

# Until it is asked whether the window is still closed, twice.
stopped_reader()
{
	local name=stopped$1

	peer pb set "l$1" rcvbuf 20000
	begin "$name"
	opened "$1"
	peer pa fill c
	wait_for "the window is closed" grep -q ' zero_window .*dir=in' "$WORK/$name.a/events"
	wait_for "there are probes" probed "$name" 2
	printf 'drain s\n' >&"${PEER_IN[pb]}"
	peer pa flushed c
	peer pa shutdown c
	peer_line pb
	peer pb close s
	peer pa close c
	over "$name"
	finish "$name"
	shows "$name.a.out.svg" 'window probe: [2-9]' 'window closed: [1-9]' 'closed [0-9.]*m?s'
	shows "$name.b.in.svg" 'window closed: [1-9]'
	shows "$name.a.in.svg" 'No data went this way'
}

# probed NAME COUNT
probed()
{
	[ "$(awk '$3 == "segment" && / dir=out .* len=0 / {
		split($8, seq, "=")
		for (i = 9; i <= NF; i++)
			if ($i ~ /^una=/ && substr($i, 5) == seq[2] + 1)
				n++
	} END { print n + 0 }' "$WORK/$1.a/events")" -ge "$2" ]
}

refused()
{
	begin "refused$1"
	peer_socket pa c "$(client "$1"):0"
	peer pa begin c "$(server "$1"):99"
	peer pa outcome c
	peer pa close c
	wait_for "it is over" grep -q ' closed ' "$WORK/refused$1.a/events"
	finish "refused$1"
	shows "refused$1.a.out.svg" 'SYN: 1' 'RST: 1' 'No data went this way'
}

one_byte_and_reset()
{
	begin "byte$1"
	opened "$1"
	to_b 1
	peer pa reset c
	peer pb close s
	over "byte$1"
	finish "byte$1"
	shows "byte$1.a.out.svg" 'new data: 1' 'RST: [1-9]' 'Sequence number \(bytes\)'
}

# As it is used: followed, and drawn at the end.
followed()
{
	mkdir "$WORK/live.a"
	reader live window port=80 --svg "$WORK/live.svg" --for 100
	record live.a/events a
	opened 4
	to_b 50000
	peer pa shutdown c
	peer pb drain s
	peer pb close s
	peer pa close c
	reader_ended live "$OK"
	wait_for "all is recorded" grep -q ' closed ' "$WORK/live.a/events"
	stop live.a/events
	right live.svg live.a out
	expect_match "its title" "$(grep -o '<title id="title">[^<]*' "$WORK/live.svg")" \
		'Time-sequence plot of 10\.77\.0\.1:[0-9]+ → 10\.77\.0\.2:80$'
}

# made NAME PROGRAM: events that awk makes, between ENDS, and their picture
made()
{
	mkdir "$WORK/$1"
	awk -v ends="${ENDS:-10.0.0.1:5000 10.0.0.2:80}" '
		function segment(t, dir, seq, ack, len, wnd, more) {
			printf "%.0f 7 segment %s dir=%s flags=. ", t, ends, dir
			printf "seq=%.0f ack=%.0f len=%d wnd=%d ", seq % 2^32, ack % 2^32, len, wnd
			printf "una=%.0f nxt=%.0f snd_wnd=0 ", una % 2^32, nxt % 2^32
			printf "write_seq=0 rcv_nxt=1 copied=1 rcv_wnd=9 cwnd=1%s\n", more
		}
		function data(t, seq) {
			segment(t, "out", seq, 1, 1448, 64256, "")
			if (seq == nxt)
				nxt += 1448
		}
		function answer(t, seq, wnd, more) {
			segment(t, "in", 1, seq, 0, wnd, more)
			if (seq > una)
				una = seq
		}
		BEGIN { una = nxt = 1; srand(7) }
		BEGIN {'"$2}" >"$WORK/$1/events"
	draw "$1" out "$1.svg"
}

# A hundred thousand segments, everywhere in the plot, with all that there is to mark.
much()
{
	made much '
		for (i = 0; i < 100000; i++) {
			t = 1e9 + i * 1e6
			data(t, nxt)
			if (i % 5 == 0)
				data(t + 9, 1 + int(rand() * i) * 1448)
			if (i % 4)
				continue
			left = 1 + int(rand() * i) * 1448
			answer(t + 99, 1 + int(i * 0.9) * 1448, i % 8 ? 100000 + rand() * 9e7 : 0,
			       " sack=" left "-" left + 5000)
		}'
	right_form much.svg
}

# Above 4 GiB, and not from the beginning on.
far()
{
	made far '
		una = nxt = 2^33 - 100000
		for (i = 0; i < 200; i++) {
			data(1e12 + i * 1e6, nxt)
			answer(1e12 + i * 1e6 + 5e5, nxt, 60000, "")
		}'
	right_form far.svg
	shows far.svg 'new data: 200' 'Sequence number, from 4294867296 on \(KiB\)'
}

# right_form FILE: XML, and no text is on another
right_form()
{
	printf '' >"$WORK/none"
	python3 "$HERE/plot.py" "$WORK/$1" "$WORK/none" out >"$WORK/wrong" 2>&1
	grep -E 'Error|is on|is not within' "$WORK/wrong" >"$WORK/bad" || return 0
	fail "$1: $(head -n 3 "$WORK/bad")"
}

# ACKs that later ones have overtaken move no edge; and the ends have long names.
overtaken()
{
	local net=2001:db8:1234:5678:9abc:def0

	ENDS="[$net:1234:5678]:54321 [$net:8765:4321]:65535" made overtaken '
		for (i = 0; i < 50; i++) {
			data(1e9 + i * 1e6, nxt)
			answer(1e9 + i * 1e6 + 3e5, nxt, 20000, "")
			answer(1e9 + i * 1e6 + 6e5, nxt - 1448, 90000, "")
		}'
	right overtaken.svg overtaken out
}

# A window of which the right edge moves back, every tenth time so that it is closed.
shrunk()
{
	made shrunk '
		for (i = 0; i < 50; i++) {
			t = 1e9 + i * 1e7
			data(t, nxt)
			wnd = i % 10 == 9 ? 0 : i % 5 == 4 ? 16000 : 20000
			answer(t + 3e6, nxt, wnd, "")
			if (!wnd || was_closed)
				printf "%.0f 7 %s %s dir=in after_us=1\n", t + 4e6,
					wnd ? "window_open" : "zero_window", ends
			was_closed = !wnd
		}'
	right shrunk.svg shrunk out
	shows shrunk.svg 'right edge moved back: 10' 'window closed: 5'
}

single()
{
	made single 'data(5, 1)'
	right single.svg single out
	shows single.svg 'new data: 1'
}

# A connection that does nothing while it is followed.
idle()
{
	mkdir "$WORK/idle"
	: >"$WORK/idle/events"
	opened 4
	in_ns a tcpwatch window port=80 --svg "$WORK/idle.svg" --for 1 >/dev/null 2>"$WORK/err" ||
		fail "idle.svg: $(cat "$WORK/err")"
	right idle.svg idle out
	shows idle.svg 'No segment was seen'
	peer pa close c
	peer pb close s
}

link_set_up
link_as_sent

for f in 4 6; do
	test_case "lost data, IPv$f" lost_data $f
	test_case "lost ACKs, IPv$f" lost_acks $f
	test_case "refused, IPv$f" refused $f
	test_case "one byte, and a reset, IPv$f" one_byte_and_reset $f
	# The last, as its listener's sockets have a small buffer from then on.
	test_case "a reader that stops, IPv$f" stopped_reader $f
done
test_case "followed and drawn" followed
test_case "what is large stays small" much
test_case "far behind the beginning" far
test_case "ACKs that were overtaken" overtaken
test_case "a window that shrinks" shrunk
test_case "a single segment" single
test_case "no segment" idle
run_cases
