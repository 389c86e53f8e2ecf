#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The columns of connections about queues and windows: as `ss -tinme` says, as the
# programs that sent and read know, and as the two ends of a connection have it of
# each other.
#
#	clients             servers
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"

TOLERANCE_MS=50

part()
{
	peer pa close "c$1"
	peer pb close "s$1"
}

# ss_line NAMESPACE ID
ss_line()
{
	in_ns "$1" ss -HOtinme 2>/dev/null | grep " sk:$(printf %x "$2") "
}

# What ss knows of a socket, in the words of connections; "-" where a FIN counts.
ss_windows()
{
	awk '
		{
			for (i = 6; i <= NF; i++) {
				colon = index($i, ":")
				v[substr($i, 1, colon - 1)] = substr($i, colon + 1)
			}
			split(v["wscale"], wscale, ",")
			split(v["rtt"], rtt, "/")
			split(v["retrans"], retrans, "/")
			print "rcv_unread", ($1 == "CLOSE-WAIT") ? $2 - 1 : $2
			print "queued", $3
			print "snd_unsent", v["notsent"] + 0
			print "snd_wnd", v["snd_wnd"] + 0
			print "cwnd_bytes", v["cwnd"] * v["mss"]
			print "mss", v["mss"]
			print "snd_wscale", wscale[1]
			print "rcv_wscale", wscale[2]
			printf "rtt_us %d\n", rtt[1] * 1000 + 0.5
			print "retrans", retrans[2] + 0
			print "bytes_in", v["bytes_received"] + 0
			print "bytes_out", v["bytes_sent"] - v["bytes_retrans"]
		}'
}

row_windows()
{
	row "$1" connections "$2" rcv_unread snd_unacked snd_unsent snd_wnd cwnd_bytes mss \
		snd_wscale rcv_wscale rtt_us retrans bytes_in bytes_out |
		awk '{
			$2 += $3
			n = split("rcv_unread queued snd_unsent snd_wnd cwnd_bytes mss " \
				  "snd_wscale rcv_wscale rtt_us retrans bytes_in bytes_out", name)
			for (i = 1; i <= n; i++)
				print name[i], $i
		}'
}

# An older ss says nothing of SND.WND, nor a newer one if it is 0.
what_ss_says()
{
	if grep -q snd_wnd "$(command -v ss)"; then
		cat
	else
		grep -v '^snd_wnd '
	fi
}

same_windows()
{
	ss_line "$1" "$2" | ss_windows | what_ss_says >"$WORK/wanted"
	row_windows "$1" "$2" | what_ss_says >"$WORK/got"
	cmp -s "$WORK/got" "$WORK/wanted"
}

# as_ss_says PEER SOCKET: once nothing moves
as_ss_says()
{
	cookie "$1" "$2"
	wait_for "ss and connections agree on $2" same_windows "${1#p}" "$VALUE" ||
		expect_same "the columns of $2" "$WORK/got" "$WORK/wanted"
}

# column PEER SOCKET COLUMN
column()
{
	cookie "$1" "$2"
	row "${1#p}" connections "$VALUE" "$3"
}

column_is()
{
	[ "$(column "$1" "$2" "$3")" = "$4" ]
}

# Each end's RCV.WND is the other's SND.WND while nothing is on the way.
ends_agree()
{
	expect_eq "what s$1 may send" "$(column pb "s$1" snd_wnd)" "$(column pa "c$1" rcv_wnd)"
	expect_eq "what c$1 may send" "$(column pa "c$1" snd_wnd)" "$(column pb "s$1" rcv_wnd)"
	expect_eq "c$1's own shift" "$(column pa "c$1" rcv_wscale)" "$(column pb "s$1" snd_wscale)"
	expect_eq "s$1's own shift" "$(column pb "s$1" rcv_wscale)" "$(column pa "c$1" snd_wscale)"
}

idle_pair()
{
	pair "idle$1" "$1"
	as_ss_says pa "cidle$1"
	as_ss_says pb "sidle$1"
	ends_agree "idle$1"
	expect_eq "what limits it" "$(column pa "cidle$1" limited)" app
	expect_eq "usable" "$(column pa "cidle$1" snd_usable)" "$(column pa "cidle$1" snd_wnd)"
	expect_eq "bytes in" "$(column pa "cidle$1" bytes_in)" 0
	expect_eq "bytes out" "$(column pa "cidle$1" bytes_out)" 0
	part "idle$1"
}

unread_bytes()
{
	pair "unread$1" "$1"
	peer pa send "cunread$1" 5000
	peer pb unread "sunread$1" 5000
	peer pa flushed "cunread$1"
	as_ss_says pa "cunread$1"
	as_ss_says pb "sunread$1"
	expect_eq "unread" "$(column pb "sunread$1" rcv_unread)" 5000
	expect_eq "bytes in" "$(column pb "sunread$1" bytes_in)" 5000
	expect_eq "bytes out" "$(column pa "cunread$1" bytes_out)" 5000
	peer pb recv "sunread$1" 2000
	as_ss_says pb "sunread$1"
	expect_eq "unread" "$(column pb "sunread$1" rcv_unread)" 3000

	# The FIN is no byte to read.
	peer pa shutdown "cunread$1"
	peer pb await "sunread$1" CLOSE_WAIT
	expect_eq "unread with a FIN" "$(column pb "sunread$1" rcv_unread)" 3000
	expect_eq "bytes in with a FIN" "$(column pb "sunread$1" bytes_in)" 5000
	peer pb recv "sunread$1" 3000
	expect_eq "unread before a FIN" "$(column pb "sunread$1" rcv_unread)" 0
	peer pb drain "sunread$1"
	expect_eq "unread after a FIN" "$(column pb "sunread$1" rcv_unread)" 0
	part "unread$1"
}

# Much went both ways.
worn_pair()
{
	local i

	pair "worn$1" "$1"
	for i in 1 2 3 4 5 6 7 8; do
		peer pa send "cworn$1" 30000
		peer pb recv "sworn$1" 30000
		peer pb send "sworn$1" 7001
		peer pa recv "cworn$1" 7001
	done
	peer pb flushed "sworn$1"
	as_ss_says pa "cworn$1"
	as_ss_says pb "sworn$1"
	expect_eq "bytes out" "$(column pa "cworn$1" bytes_out)" 240000
	expect_eq "bytes in" "$(column pa "cworn$1" bytes_in)" 56008
	part "worn$1"
}

# Sent and sent again, and counted as bytes once.
sent_again()
{
	pair "again$1" "$1"
	peer pa local "cagain$1"
	mute b "${VALUE##*:}"
	peer pa send "cagain$1" 700
	cookie pa "cagain$1"
	wait_for "it is sent again" has_retrans "$VALUE"
	expect_eq "unacked" "$(column pa "cagain$1" snd_unacked)" 700
	expect_eq "usable" "$(column pa "cagain$1" snd_usable)" \
		$(($(column pa "cagain$1" snd_wnd) - 700))
	unmute_all b
	peer pa flushed "cagain$1"
	as_ss_says pa "cagain$1"
	expect_eq "bytes out" "$(column pa "cagain$1" bytes_out)" 700
	part "again$1"
}

has_retrans()
{
	[[ $(row a connections "$1" retrans) =~ ^[1-9] ]]
}

has_probes()
{
	[[ $(row a connections "$1" probes) =~ ^[1-9] ]]
}

# zero_ms SOCKET: its zero_in_ms, and between which moments that was read
zero_ms()
{
	cookie pa "$1"
	"$TRAFFIC/stamp" "$(ns_proc a)/connections" >"$WORK/stamped"
	read -r BEGUN ENDED <"$WORK/stamped"
	ZERO_MS=$(sed 1d "$WORK/stamped" | columns id zero_in_ms | sed -n "s/^$VALUE //p")
}

closed_window()
{
	local first sent begun ended

	peer pb set "l$1" rcvbuf 4096
	pair "shut$1" "$1"
	peer pb set "l$1" rcvbuf 131072
	peer pa fill "cshut$1"
	sent=$VALUE
	cookie pa "cshut$1"
	wait_for "the window is closed" row_is a connections "$VALUE" snd_wnd 0
	wait_for "all that went is acknowledged" row_is a connections "$VALUE" snd_unacked 0
	expect_eq "what limits it" "$(column pa "cshut$1" limited)" peer
	expect_eq "usable" "$(column pa "cshut$1" snd_usable)" 0
	expect_eq "times closed, at the sender" "$(column pa "cshut$1" zero_in)" 1
	expect_eq "times closed, at the receiver" "$(column pb "sshut$1" zero_out)" 1
	expect_eq "the receiver's window" "$(column pb "sshut$1" rcv_wnd)" 0
	as_ss_says pa "cshut$1"
	as_ss_says pb "sshut$1"

	# The time in which it is closed goes on.
	zero_ms "cshut$1"
	first=$ZERO_MS begun=$BEGUN ended=$ENDED
	no_acks a 80
	cookie pa "cshut$1"
	wait_for "a probe gets no answer" has_probes "$VALUE"
	acks_again a 80
	wait_for "a probe gets its answer" row_is a connections "$VALUE" probes 0
	zero_ms "cshut$1"
	expect_between "zero_in_ms" "$ZERO_MS" $((first + (BEGUN - ended) / 1000 - TOLERANCE_MS)) \
		$((first + (ENDED - begun) / 1000 + TOLERANCE_MS))
	expect_eq "times closed, probed" "$(column pa "cshut$1" zero_in)" 1

	# It opens, and the time stands still.
	peer pb recv "sshut$1" "$sent"
	peer pa flushed "cshut$1"
	zero_ms "cshut$1"
	first=$ZERO_MS
	sleep 0.2
	zero_ms "cshut$1"
	expect_eq "zero_in_ms after it opened" "$ZERO_MS" "$first"
	expect_eq "what limits it" "$(column pa "cshut$1" limited)" app
	as_ss_says pa "cshut$1"
	as_ss_says pb "sshut$1"
	part "shut$1"
}

# only_row NAMESPACE PORT COLUMN: of the one connection from that local port
only_row()
{
	table "$1" connections local "$3" | sed -n "s/^.*:$2 //p"
}

only_row_is()
{
	[ "$(only_row "$1" "$2" "$3")" = "$4" ]
}

# A server that has much to say, on a line that takes its time.
limited_by()
{
	local f=$1 limit=$2 port=$((9000 + $1))

	tc -n "$(ns_name b)" qdisc add dev b-a root netem "${@:4}"
	# shellcheck disable=SC2086 # several options or none
	peer_start server b server --send 50000000 $3 "$(server "$f"):$port"
	peer_line server
	peer_start client a client --pace 65536 --every 1 "$(server "$f"):$port"
	peer_line client
	wait_for "$limit limits it" only_row_is b $port limited "$limit"
	peer_stop client
	peer_stop server
	tc -n "$(ns_name b)" qdisc del dev b-a root
}

# idle_in_ms and idle_out_ms, between what ss says before and after.
idle_times()
{
	local id before after row

	pair "still$1" "$1"
	peer pa send "cstill$1" 100
	peer pb recv "sstill$1" 100
	sleep 0.3 # time itself is the subject
	peer pb send "sstill$1" 100
	peer pa recv "cstill$1" 100
	cookie pa "cstill$1"
	id=$VALUE
	before=$(ss_line a "$id" | idle_of_ss)
	row=$(row a connections "$id" idle_in_ms idle_out_ms)
	after=$(ss_line a "$id" | idle_of_ss)
	expect_between idle_in_ms "${row% *}" $((${before% *} - TOLERANCE_MS)) \
		$((${after% *} + TOLERANCE_MS))
	expect_between idle_out_ms "${row#* }" $((${before#* } - TOLERANCE_MS)) \
		$((${after#* } + TOLERANCE_MS))
	expect_between "idle_out_ms above idle_in_ms" $((${row#* } - ${row% *})) 200 99999
	part "still$1"
}

idle_of_ss()
{
	awk '{
		for (i = 6; i <= NF; i++)
			if (split($i, pair, ":") == 2)
				v[pair[1]] = pair[2]
		print v["lastrcv"] + 0, v["lastsnd"] + 0
	}'
}

module_need
ns_add a
ns_add b
link_add a b
peer_start pa a
peer_start pb b
peer_listen pb l4 10.77.0.2:80
peer_listen pb l6 '[fd77::2]:80'

for family in 4 6; do
	test_case "a connection at rest, IPv$family" idle_pair $family
	test_case "unread bytes and the FIN, IPv$family" unread_bytes $family
	test_case "much went both ways, IPv$family" worn_pair $family
	test_case "sent again, IPv$family" sent_again $family
	test_case "a window that closes and opens, IPv$family" closed_window $family
	test_case "idle times, IPv$family" idle_times $family
	test_case "limited by the network, IPv$family" \
		limited_by $family network '' delay 50ms rate 10mbit limit 20
	test_case "limited by the send buffer, IPv$family" \
		limited_by $family sndbuf '--sndbuf 4096' delay 100ms
done
run_cases
