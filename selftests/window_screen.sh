#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch window on a terminal: what the screen shows while a connection is closed by its
# peer, probed, opened again, loses data; as a line and as a ring; and what is left behind.
#
#	the connections shown        their peers
#	namespace a ---------------- namespace b
#	.1                 veth                .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_screen.sh
. "$(dirname "$0")/lib_screen.sh"

FOLLOW=/proc/tcpwatch/follow

# filled NAME FAMILY: cNAME has more to send than sNAME takes; so much in SENT
filled()
{
	peer pb set "l$2" rcvbuf 4096
	pair "$1" "$2"
	peer pb set "l$2" rcvbuf 131072
	peer pa fill "c$1"
	SENT=$VALUE
}

part()
{
	peer pa reset "c$1"
	peer pb close "s$1"
}

# In the reader's words.
amount()
{
	awk -v n="$1" 'BEGIN {
		if (n < 1024)
			printf "%d B\n", n
		else if (n < 1048576)
			printf "%.1f KiB\n", n / 1024
		else
			printf "%.1f MiB\n", n / 1048576
	}'
}

# column NAME COLUMN
column()
{
	cookie pa "c$1"
	row a connections "$VALUE" "$2"
}

# The numbers on the screen are those of the socket, while it stands still.
numbers_agree()
{
	local name value words=()

	for name in snd_unacked snd_usable snd_unsent snd_wnd cwnd_bytes; do
		value=$(column "$1" $name)
		words+=("$(amount "$value")")
	done
	printf -v value 'in flight %s, usable %s, unsent %s; window %s, cwnd %s' "${words[@]}"
	on_screen "^$value\$"
}

closed_and_opened()
{
	local f=$1 name=zero$1 round

	filled "$name" "$f"
	screen_start 80x24 window "remote=$(server "$f")" port=80
	shows "The peer's window is closed"
	shows 'window probe [0-9]+ by us'
	wait_for "the numbers are the socket's" numbers_agree "$name"
	shows 'SND\.UNA +SND\.NXT +SND\.UNA\+SND\.WND|SND\.UNA SND\.NXT SND\.UNA\+SND\.WND'
	shows 'read +RCV\.NXT +RCV\.NXT\+RCV\.WND'
	for round in 1 2; do
		peer pb recv "s$name" "$SENT"
		peer pa flushed "c$name"
		shows "the peer's window opens again, to [0-9.]+ K?i?B, after"
		shows 'Nothing to send: all is acknowledged'
		[ "$round" = 2 ] || {
			peer pa fill "c$name"
			SENT=$VALUE
			shows "The peer's window is closed for"
			shows "the peer's window closes"
		}
	done
	keys q
	shows 'The peer.s window closed'
	screen_ended 0
	expect_eq "filters left" "$(in_ns a cat $FOLLOW)" ''
	part "$name"
}

another_picture()
{
	screen >"$WORK/picture.now"
	! cmp -s "$WORK/picture.now" "$WORK/picture" || return 1
	mv "$WORK/picture.now" "$WORK/picture"
}

# pictures_show N REGEX: each of the next N that differ from the one before has such a line
pictures_show()
{
	local n

	rm -f "$WORK/picture"
	for ((n = 1; n <= $1; n++)); do
		wait_for "the picture changes" another_picture || return
		grep -qE -- "$2" "$WORK/picture" && continue
		fail "there is no /$2/ in picture $n:"
		sed 's/^/#   /' "$WORK/picture"
		return 1
	done
}

# The peer reads all that comes, its window has room for much more, and the link has a rate: what
# waits does so for cwnd. Segments come and go all the time; those of the handshake were not seen.
held_by_cwnd()
{
	local n

	tc -n "$(ns_name a)" qdisc add dev a-b root netem delay 500ms rate 64kbit limit 20
	peer pa socket cslow 4
	peer pa set cslow maxseg 536
	peer pa set cslow sndbuf 212992
	peer pa connect cslow "$(server 4):80"
	peer pb accept sslow l4
	peer_ask pb try recv sslow 100000000
	peer pa fill cslow
	screen_start 80x24 window port=80
	shows 'The network holds us: cwnd, [0-9.]+ K?i?B, is in flight'
	for ((n = 0; n < 10; n++)); do
		# On a slow machine more is sent meanwhile than there was.
		peer pa fill cslow
		pictures_show 5 'The network holds us: ' || break
	done
	screen_end
	tc -n "$(ns_name a)" qdisc del dev a-b root
	peer pa reset cslow
	peer_answer pb try
	expect_eq "how reading ends" "$VALUE" 'Connection reset by peer'
	peer pb close sslow
}

# Nagle's algorithm keeps a little until the ACK of the little before it comes; both windows have
# room for more.
held_by_nagle()
{
	ns_sysctl a net.ipv4.tcp_early_retrans=0
	patient_link on
	pair nagle 4
	screen_start 80x24 window port=80
	shows 'Nothing to send: all is acknowledged'
	hold
	peer pa send cnagle 100
	peer pa send cnagle 100
	shows 'The network holds us: what may go waits for an ACK, pacing, Nagle or TCP_CORK\.'
	shows 'in flight 100 B, usable .*, unsent 100 B;'
	let_pass
	shows 'Nothing to send: all is acknowledged'
	hold_nothing
	screen_end
	part nagle
	patient_link off
	ns_sysctl a net.ipv4.tcp_early_retrans=3
}

# A ring and back, with the same numbers; the program's data, too, when the peer sends.
ring()
{
	filled ring 4
	screen_start 80x24 window port=80 --ring
	shows 'a ring of [0-9]+ bytes; clockwise'
	shows 'SND\.UNA\+SND\.WND'
	shows 'SND\.NXT'
	shows 'SND\.UNA$|SND\.UNA[^+]'
	wait_for "the numbers are the socket's" numbers_agree ring
	keys r
	shows_not 'a ring of'
	keys r
	shows 'a ring of'
	peer pb send sring 5000
	shows 'Our program has 4\.9 KiB to read'
	peer pa recv cring 5000
	shows 'Our program has read all'
	kill -TERM "$(screen_pid)"
	screen_ended 0
	expect_eq "filters left" "$(in_ns a cat $FOLLOW)" ''
	part ring
}

# What is lost on the way is seen to be sent again.
losses()
{
	pair lossy 4
	screen_start 120x40 window port=80
	shows 'Nothing to send'
	in_ns b nft add table inet lossy
	in_ns b nft add chain inet lossy first '{ type filter hook prerouting priority -300; }'
	in_ns b nft add rule inet lossy first tcp dport 80 meta length '>' 1000 \
		numgen inc mod 4 == 1 drop
	peer pa send clossy 20000
	peer pb recv slossy 20000
	shows 'we send [0-9]+ B again, from [0-9]+'
	in_ns b nft delete table inet lossy
	shows '^in flight .*(▁|█)'
	screen_end
	part lossy
}

# Of two, one and then the other; one that ends stays to be seen.
next_one()
{
	filled first 4
	pair second 6
	screen_start 80x24 window
	shows '10\.77\.0\.2:80 .*1 of 2'
	keys n
	shows '\[fd77::2\]:80'
	shows_not '10\.77\.0\.2:80'
	keys n
	shows '10\.77\.0\.2:80'
	keys n
	shows '\[fd77::2\]:80'
	peer pa shutdown csecond
	shows 'FIN_WAIT2'
	shows 'we send a FIN'
	peer pb close ssecond
	shows 'The connection is over'
	shows 'TIME_WAIT'
	screen_end
	part first
	peer pa close csecond
}

# One that is still to come, from its SYN on.
still_to_come()
{
	screen_start 80x24 window port=80
	shows 'No connection fits yet'
	pair late 4
	shows 'we send a SYN'
	shows 'the peer sends a SYN, with the ACK'
	shows 'ESTABLISHED'
	keys Escape
	screen_ended 0
	part late
}

is_in_a()
{
	[ "/proc/$1/ns/net" -ef "/proc/${NS_PID[a]}/ns/net" ]
}

# The process that told which namespace ends, and the namespace does not.
of_a_process()
{
	local left

	pair elsewhere 4
	spawn guide a sleep infinity
	wait_for "the process is in its namespace" is_in_a "${PEER_PID[guide]}"
	SCREEN_NETNS=b
	screen_start 80x24 window --netns "${PEER_PID[guide]}" port=80
	SCREEN_NETNS=a
	shows '^10\.77\.0\.1:[0-9]+ .* 10\.77\.0\.2:80'
	peer pb send selsewhere 5000
	shows 'Our program has 4\.9 KiB to read'
	stop guide
	# That the program reads is in no segment: each is of another look at the socket.
	for left in 3.9 2.9 2.0; do
		peer pa recv celsewhere 1000
		shows "Our program has ${left/./\\.} KiB to read"
	done
	keys n
	screen_end
	part elsewhere
}

sizes()
{
	filled small 4
	screen_start 80x24 window port=80
	shows "window is closed"
	resize 60x17
	shows 'q quit'
	shows 'RCV\.NXT'
	resize 40x10
	shows '60 x 16 are needed'
	resize 200x60
	shows '^in flight .*'
	shows 'window probe'
	shows 'acknowledged, read'
	resize 80x24
	shows 'RCV\.NXT'
	screen_end
	part small
}

# Without UTF-8 there is nothing but ASCII; without a real terminal, a reason; without keys, words.
terminals()
{
	filled terms 4
	SCREEN_LOCALE=C
	screen_start 80x24 window port=80 --ring
	shows 'a ring of'
	screen >"$WORK/captured"
	expect_eq "lines not in ASCII" "$(LC_ALL=C grep -cP '[^\x00-\x7f]' "$WORK/captured")" 0
	keys r
	shows 'SND\.NXT'
	screen_end
	SCREEN_LOCALE=C.UTF-8
	for SCREEN_TERM in linux vt100 xterm-256color screen tmux; do
		screen_start 80x24 window port=80 --color=never
		shows "window is closed"
		screen_end
	done
	SCREEN_TERM=dumb
	screen_start 80x24 window port=80
	wait_for "it ends" screen_has_ended
	expect_eq "lines about the connection" "$(screen | grep -c '10\.77\.0\.2')" 0
	screen_ended 2
	expect_match "its reason" "$(cat "$WORK/screen.err")" 'terminal'
	SCREEN_TERM=screen-256color
	SCREEN_STDIN=/dev/null
	screen_start 80x24 window port=80 --for 0.1
	shows '^10\.77\.0\.1:[0-9]+ -> 10\.77\.0\.2:80, id [0-9]+: [0-9]+ segments? in '
	screen_ended 0
	SCREEN_STDIN='&0'
	expect_eq "filters left" "$(in_ns a cat $FOLLOW)" ''
	part terms
}

unloaded()
{
	pair gone 4
	screen_start 80x24 window port=80
	shows 'Nothing to send'
	module_unload || fail "rmmod failed"
	screen_ended 3
	expect_match "the reason" "$(cat "$WORK/screen.err")" 'the module'
	part gone
}

link_set_up

for f in 4 6; do
	test_case "closed, probed, opened: IPv$f" closed_and_opened $f
done
test_case "held by cwnd" held_by_cwnd
test_case "held by Nagle's algorithm" held_by_nagle
test_case "as a ring" ring
test_case "losses" losses
test_case "the next connection" next_one
test_case "a connection still to come" still_to_come
test_case "of a process that ends" of_a_process
test_case "sizes" sizes
test_case "terminals" terminals
test_case "the module goes" unloaded
run_cases
