#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# /proc/tcpwatch/follow and the segments that it makes events of: which filters there may
# be, whom they fit, and that each segment is told as tcpdump saw it on the same host, on a
# path that loses some.
#
#	clients             servers, where segments are followed
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

FOLLOW=/proc/tcpwatch/follow

# follow LINE...: written at once, in b
follow()
{
	local text

	printf -v text '%s\n' "$@"
	# One write, which printf of the shell would not promise for many lines.
	in_ns b dd bs=64k of=$FOLLOW status=none <<<"${text%$'\n'}" 2>"$WORK/err"
}

filters()
{
	in_ns b cat $FOLLOW
}

# expect_filters [FILTER...]
expect_filters()
{
	filters >"$WORK/got"
	printf '%s\n' "$@" | sed '/^$/d' >"$WORK/wanted"
	expect_same "the filters" "$WORK/got" "$WORK/wanted"
}

good_filters()
{
	follow clear
	expect_filters
	follow 'add local=*:9000'
	follow 'add remote=10.1.2.3/8'
	follow $'  add\tlocal=[2001:db8::1]/32:443   remote=192.0.2.7  '
	follow 'add remote=[2001:db8::7]:1' 'add local=0.0.0.0/0' ''
	follow 'add local=[::ffff:192.0.2.7]:5' 'add remote=[::]/0' 'add local=* remote=*'
	expect_filters '1 local=*:9000 remote=*' '2 local=* remote=10.0.0.0/8' \
		'3 local=[2001:db8::]/32:443 remote=192.0.2.7/32' \
		'4 local=* remote=[2001:db8::7]/128:1' '5 local=0.0.0.0/0 remote=*' \
		'6 local=192.0.2.7/32:5 remote=*' '7 local=* remote=[::]/0' '8 local=* remote=*'
	# What it lists it takes.
	filters >"$WORK/listed"
	mapfile -t lines < <(sed 's/^[0-9]*/add/' "$WORK/listed")
	follow clear "${lines[@]}"
	filters >"$WORK/again"
	expect_same "filters listed and written again" "$WORK/again" "$WORK/listed"
	# A number that has become free is the next one's.
	follow 'del 2' 'del 7'
	follow 'add remote=*:22'
	expect_eq "the one that took the free number" "$(filters | sed -n 2p)" \
		'2 local=* remote=*:22'
	expect_eq "how many" "$(filters | wc -l)" 7
	follow clear
	expect_filters
}

bad_filters()
{
	local line

	follow clear 'add local=*:1' 'add local=*:2'
	for line in 'add' 'add local=' 'add remote=' 'add local=*/8' 'add local=1.2.3' \
		    'add local=1.2.3.4.5' 'add local=1.2.3.256' 'add local=1.2.3.4/33' \
		    'add local=1.2.3.4/' 'add local=1.2.3.4/-1' 'add local=1.2.3.4/+8' \
		    'add local=*:0' 'add local=*:65536' 'add local=*:http' 'add local=*:' \
		    'add local=::1' 'add local=[::1' 'add local=[::1]/129' \
		    'add local=[::g]' 'add local=[]' 'add local=*:1 local=*:2' \
		    'add local=*:3 bogus' 'add bogus=*' 'del' 'del 0' 'del 3' 'del x' \
		    'del 1 2' 'clear all' 'bogus' 'Add local=*:3'; do
		if follow "$line"; then
			fail "'$line' was taken"
		fi
		grep -q 'Invalid argument' "$WORK/err" || fail "'$line': $(cat "$WORK/err")"
	done
	# One bad line among good ones, and none of them counts.
	follow 'clear' 'add local=*:3' 'add nonsense' && fail "a bad line was taken"
	follow 'del 1' 'del 1' && fail "what was deleted was deleted again"
	head -c 5000 /dev/zero | tr '\0' ' ' | in_ns b dd bs=64k of=$FOLLOW status=none \
		2>"$WORK/err" && fail "5,000 blanks were taken"
	printf 'add local=*:3\0' | in_ns b dd of=$FOLLOW status=none 2>"$WORK/err" &&
		fail "a NUL was taken"
	expect_filters '1 local=*:1 remote=*' '2 local=*:2 remote=*'
	follow clear
}

too_many()
{
	local i lines=()

	for ((i = 1; i <= 16; i++)); do
		lines+=("add local=*:$i")
	done
	follow clear "${lines[@]}" || fail "16 filters were refused: $(cat "$WORK/err")"
	follow 'add local=*:17' && fail "a 17th filter was taken"
	grep -q 'No space left' "$WORK/err" || fail "a 17th filter: $(cat "$WORK/err")"
	expect_eq "how many" "$(filters | wc -l)" 16
	follow 'del 5' 'add local=*:17' || fail "there is room again: $(cat "$WORK/err")"
	expect_eq "filters of the other namespace" "$(in_ns a cat $FOLLOW)" ''
	expect_eq "the mode" "$(stat -c %a "$(ns_proc b)/follow")" 600
	expect_fails "reading by somebody else" in_ns b setpriv --reuid=65534 --regid=65534 \
		--clear-groups cat $FOLLOW
	follow clear
}

# fits FAMILY FILTER YES-OR-NO: whether a connection from port 4001 to 80 is followed
fits()
{
	local f=$1 wanted=$3 id

	follow clear "$2" || fail "'$2' was refused"
	record matching b
	peer_socket pa "fit" "$(client "$f"):4001"
	peer pa connect fit "$(server "$f"):80"
	peer pb accept sfit "l$f"
	cookie pb sfit
	id=$VALUE
	peer pb reset sfit
	peer pa close fit
	wait_for "its end is told" grep -q "^[0-9]* $id closed " "$WORK/matching"
	expect_eq "whether '$2' fits IPv$f" \
		"$(grep -q "^[0-9]* $id segment" "$WORK/matching" && echo yes || echo no)" "$wanted"
	stop matching
}

whom_they_fit()
{
	fits 4 'add local=*:80' yes
	fits 6 'add local=*:80' yes
	fits 4 'add local=*:81' no
	fits 4 'add remote=*:80' no
	fits 4 'add remote=*:4001' yes
	fits 4 'add local=10.77.0.2' yes
	fits 4 'add local=10.77.0.1' no
	fits 4 'add remote=10.77.0.1 local=10.77.0.2:80' yes
	fits 4 'add remote=10.77.0.9 local=10.77.0.2:80' no
	fits 4 'add local=10.77.0.0/30:80' yes
	fits 4 'add local=10.77.0.4/30' no
	fits 4 'add local=0.0.0.0/0' yes
	fits 6 'add local=0.0.0.0/0' no
	fits 4 'add local=[::]/0' no
	fits 6 'add local=[::]/0' yes
	fits 6 'add local=[fd77::]/64:80' yes
	fits 6 'add local=[fd78::]/16' no
	fits 6 'add remote=[fd77::1]:4001 local=[fd77::2]:80' yes
	follow clear
}

# What tcpdump saw, "dir flags seq ack len wnd sack", in the module's words: numbers
# counted from the initial ones, windows in bytes. A segment with nothing in it has no
# number there.
captured()
{
	tcpdump -nSr "$WORK/$1.pcap" 2>/dev/null | awk '
		function number(key, text) {
			if (!match(text, key " [0-9]+"))
				return -1
			return substr(text, RSTART + length(key) + 1, RLENGTH - length(key) - 1) + 0
		}
		function relative(n, isn) { return (n - isn + 4294967296) % 4294967296 }
		/ > (10\.77\.0\.2|fd77::2)\.80:/ { way = "in"; back = "out" }
		/ > (10\.77\.0\.1|fd77::1)\./ { way = "out"; back = "in" }
		{
			match($0, /Flags \[[^]]*\]/)
			flags = substr($0, RSTART + 7, RLENGTH - 8)
			rest = substr($0, RSTART + RLENGTH)
			seq = number("seq", rest)
			ack = number("ack", rest)
			if (flags ~ /S/) {
				isn[way] = seq
				scale[way] = number("wscale", rest)
			}
			wnd = number("win", rest)
			if (flags !~ /S/)
				wnd *= 2 ^ scale[way]
			sack = ""
			if (match(rest, /sack [0-9]+ [{}0-9:]+/)) {
				text = substr(rest, RSTART, RLENGTH)
				for (n = 0; n < 2 && match(text, /\{[0-9]+:[0-9]+\}/); n++) {
					split(substr(text, RSTART + 1, RLENGTH - 2), edge, ":")
					sack = sack (n ? "," : "") relative(edge[1], isn[back]) \
						"-" relative(edge[2], isn[back])
					text = substr(text, RSTART + RLENGTH)
				}
			}
			print way, flags, seq < 0 ? "-" : relative(seq, isn[way]), \
				ack < 0 ? 0 : relative(ack, isn[back]), \
				number("length", rest), wnd, sack
		}'
}

# The same from the events.
followed()
{
	awk '$3 == "segment" {
		delete v
		for (i = 6; i <= NF; i++) {
			split($i, pair, "=")
			v[pair[1]] = pair[2]
		}
		if (!v["len"] && v["flags"] !~ /[SFR]/)
			v["seq"] = "-"
		print v["dir"], v["flags"], v["seq"], v["ack"], v["len"], v["wnd"], v["sack"]
	}' "$WORK/$1"
}

# enough_captured NAME: tcpdump has written as much as was followed
enough_captured()
{
	[ "$(captured "$1" | wc -l)" -ge "$(followed "$1" | wc -l)" ]
}

# same_segments NAME: each way as captured. What two CPUs send waits in the queue of each: of two
# such segments the one that tcpdump has first need not come to the hook first.
same_segments()
{
	local way

	captured "$1" >"$WORK/captured"
	followed "$1" >"$WORK/followed"
	for way in in out; do
		grep "^$way" "$WORK/captured" | sort >"$WORK/wanted"
		grep "^$way" "$WORK/followed" | sort >"$WORK/got"
		expect_between "segments $way" "$(wc -l <"$WORK/wanted")" "$2" 99999
		expect_same "the segments $way" "$WORK/got" "$WORK/wanted"
	done
}

# What the socket has is in the order of RFC 9293: SND.UNA to SND.NXT to the queue's end,
# what the program has read to RCV.NXT; a segment that leaves says RCV.NXT and RCV.WND.
sockets_make_sense()
{
	expect_eq "segments that make no sense" "$(awk '$3 == "segment" && $2 != "-" {
		delete v
		for (i = 6; i <= NF; i++) {
			split($i, pair, "=")
			v[pair[1]] = pair[2]
		}
		if (v["flags"] ~ /[SR]/)
			next
		if (v["una"] > v["nxt"] + 0 || v["nxt"] > v["write_seq"] + 0 ||
		    v["copied"] > v["rcv_nxt"] + 0)
			print
		else if (v["dir"] == "out" && v["ack"] != v["rcv_nxt"])
			print
		# Less than one unit of the scaled window apart.
		else if (v["dir"] == "out" && (v["rcv_wnd"] - v["wnd"] >= 128 ||
					       v["rcv_wnd"] < v["wnd"] + 0))
			print
	}' "$WORK/$1" | head -n 3)" ''
}

captures()
{
	spawn "$1.tcpdump" b tcpdump -i b-a -nU --immediate-mode -s 120 -w "$WORK/$1.pcap" \
		port 80 2>/dev/null
	wait_for "tcpdump is ready" test -s "$WORK/$1.pcap"
}

# Much each way, of which the path loses some, each way.
as_on_the_link()
{
	local f=$1 name=link$1 id i

	follow clear 'add local=*:80'
	record "$name" b
	captures "$name"
	tc -n "$(ns_name a)" qdisc add dev a-b root netem delay 5ms loss 5%
	in_ns a nft add rule inet traffic arriving tcp sport 80 numgen random mod 20 == 0 drop
	peer_socket pa "c$name" "$(client "$f"):0"
	peer pa connect "c$name" "$(server "$f"):80"
	peer pb accept "s$name" "l$f"
	cookie pb "s$name"
	id=$VALUE
	# No more at a time than buffers hold.
	for ((i = 0; i < 10; i++)); do
		peer pa send "c$name" 40000
		peer pb recv "s$name" 40000
		peer pb send "s$name" 40000
		peer pa recv "c$name" 40000
	done
	peer pa shutdown "c$name"
	peer pb await "s$name" CLOSE_WAIT
	peer pb close "s$name"
	wait_for "it is over" grep -q "^[0-9]* $id closed " "$WORK/$name"
	peer pa close "c$name"
	tc -n "$(ns_name a)" qdisc del dev a-b root
	in_ns a nft flush chain inet traffic arriving
	follow clear
	stop "$name"
	wait_for "tcpdump has written all" enough_captured "$name"
	stop "$name.tcpdump"
	same_segments "$name" 100
	sockets_make_sense "$name"
	expect_eq "events lost" "$(grep -c ' lost ' "$WORK/$name")" 0
	expect_between "segments sent again" \
		"$(sed -n 's/.* closed .* retrans=\([0-9]*\) .*/\1/p' "$WORK/$name")" 1 9999
	grep -q ' sack=' "$WORK/$name" || fail "no segment selects anything"
}

# Older than the module, it has the same numbers.
older_than_the_module()
{
	local f=$1 name=old$1 id

	module_absent
	patient_link on
	captures "$name"
	peer_socket pa "c$name" "$(client "$f"):0"
	peer pa connect "c$name" "$(server "$f"):80"
	peer pb accept "s$name" "l$f"
	peer pa send "c$name" 3000
	peer pb recv "s$name" 3000
	module_load || fail "tcpwatch can't be loaded"
	follow 'add local=*:80'
	record "$name" b
	peer pa send "c$name" 5000
	peer pb recv "s$name" 5000
	peer pb send "s$name" 7000
	peer pa recv "c$name" 7000
	cookie pb "s$name"
	id=$VALUE
	peer pa close "c$name"
	peer pb await "s$name" CLOSE_WAIT
	peer pb close "s$name"
	wait_for "it is over" grep -q "^[0-9]* $id closed " "$WORK/$name"
	follow clear
	stop "$name"
	wait_for "tcpdump has written all" enough_captured "$name"
	stop "$name.tcpdump"
	captured "$name" >"$WORK/captured"
	followed "$name" >"$WORK/got"
	# Which came before it was followed, tcpdump does not know.
	tail -n "$(wc -l <"$WORK/got")" "$WORK/captured" >"$WORK/wanted"
	expect_between "segments" "$(wc -l <"$WORK/got")" 6 999
	sort "$WORK/got" >"$WORK/got.sorted"
	sort "$WORK/wanted" >"$WORK/wanted.sorted"
	expect_same "the segments" "$WORK/got.sorted" "$WORK/wanted.sorted"
	patient_link off
}

# A listener of both families: each event of a connection has the same addresses.
mapped()
{
	local id

	follow clear 'add local=10.77.0.2:88'
	record mapped b
	peer pb socket lmapped 6
	peer pb bind lmapped '[::]:88'
	peer pb listen lmapped 8
	peer_socket pa cmapped 10.77.0.1:4002
	peer pa connect cmapped 10.77.0.2:88
	peer pb accept smapped lmapped
	cookie pb smapped
	id=$VALUE
	peer pb reset smapped
	wait_for "it is over" grep -q "^[0-9]* $id closed " "$WORK/mapped"
	expect_eq "its addresses" \
		"$(awk -v id="$id" '$2 == id { print $4, $5 }' "$WORK/mapped" | sort -u)" \
		'[::ffff:10.77.0.2]:88 [::ffff:10.77.0.1]:4002'
	expect_between "its segments" "$(grep -c "^[0-9]* $id segment" "$WORK/mapped")" 2 9
	peer pa close cmapped
	peer pb close lmapped
	stop mapped
	follow clear
}

# The module goes while filters are set and segments pass.
unloaded_meanwhile()
{
	log_mark
	follow 'add local=*:80' 'add remote=*'
	record last b
	peer_socket pa clast "$(client 4):0"
	peer pa connect clast "$(server 4):80"
	peer pb accept slast l4
	peer pa send clast 10000
	module_unload || fail "rmmod failed"
	peer pb recv slast 10000
	wait "${PEER_PID[last]}"
	expect_eq "the status of who read to the end" $? 0
	unset 'PEER_PID[last]'
	module_left_nothing
	peer pa close clast
	peer pb close slast
}

link_set_up
link_as_sent

test_case "filters that are taken" good_filters
test_case "filters that are refused" bad_filters
test_case "16 filters, and each namespace its own" too_many
test_case "whom filters fit" whom_they_fit
for f in 4 6; do
	test_case "each segment as on the link, IPv$f" as_on_the_link $f
	test_case "a connection older than the module, IPv$f" older_than_the_module $f
done
test_case "a listener of both families" mapped
test_case "unloaded meanwhile" unloaded_meanwhile
run_cases
