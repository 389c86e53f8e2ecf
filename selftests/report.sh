#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The page that tcpwatch report writes: its numbers are those of the files, of ss and of /proc; no
# name of a process is markup; --anonymous tells no address; the file is there whole or not at
# all. What a browser makes of it, selftests/vm/browser.sh tests with the pages that this leaves.
#
#	namespace a   clients, which have hung up
#	namespace b   leaky, which does not close; another, which does not accept; one that
#	              sends to a client that does not read

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$HERE/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$HERE/lib_reader.sh"

# shellcheck disable=SC2034 # of lib_reader.sh
READER_NS=b
LEAKS=6			# of each family
QUEUED=3
HOSTILE="<script>&\"'x"
ADDRESSES=(10.77.0.1 10.77.0.2 fd77::1 fd77::2)
# Of the VM that browser.sh has started; elsewhere it is not there.
KEPT=/run/tcpwatch/out

# More than this test takes, also where the machine is emulated, and slow.
NEVER=3600000

# page ARG...: write one, at once, to $WORK/page.html; and it is sound
page()
{
	ran "report $*" 0 report --html "$WORK/page.html" "$@"
	expect_eq "what it says" "$(cat "$WORK/out" "$WORK/err")" ''
	sound
}

sound()
{
	expect_eq "what tidy says" "$(tidy -q -e "$WORK/page.html" 2>&1)" ''
	expect_eq "what is wrong with it" "$(told form)" ''
}

# told WHAT [ARG...]: by the page
told()
{
	python3 "$HERE/report.py" "$WORK/page.html" "$@"
}

# leak NAME FAMILY: a connection that the server does not close
leak()
{
	pair "$@"
	close_acked pa "c$1"
	peer pb await "s$1" CLOSE_WAIT
	peer pb drain "s$1"
}

threshold()
{
	ns_sysctl b "net.tcpwatch.close_wait_stuck_ms=$1"
}

keep()
{
	[ ! -d $KEPT ] || { mkdir -p $KEPT/pages && cp "$WORK/page.html" "$KEPT/pages/$1.html"; }
}

# ---- what it tells

# Of a copy, which does not change: all of it.
as_files()
{
	local file

	mkdir "$WORK/saved"
	for file in summary close_wait connections listeners; do
		cat "$(ns_proc b)/$file" >"$WORK/saved/$file"
	done
	page --from "$WORK/saved"
	told rows 'The file summary' | cut -f1,2 | tr '\t' ' ' >"$WORK/told"
	expect_same "the counters" "$WORK/told" "$WORK/saved/summary"
	columns verdict <"$WORK/saved/close_wait" | sort | uniq -c | awk '{ print $1, $2 }' |
		sort >"$WORK/shown"
	told cards causes | awk '{ print $1, $2 }' | sort >"$WORK/told"
	expect_same "the verdicts" "$WORK/told" "$WORK/shown"
	columns verdict local remote <"$WORK/saved/close_wait" | head -n 15 >"$WORK/shown"
	told rows 'The oldest of these sockets' | awk '{ print $2, $3, $4 }' >"$WORK/told"
	expect_same "the oldest" "$WORK/told" "$WORK/shown"
	expect_eq "what is wrong with the ages" "$(told ages "$WORK/saved/close_wait")" ''
	expect_eq "what is wrong with the growth" "$(told growth "$WORK/saved/close_wait")" ''
	grep -qF "$(uname -n)" "$WORK/page.html" && fail "a copy has the name of this host"
	keep saved
}

# Many, of all ages, in two lines of the axis.
as_made()
{
	mkdir "$WORK/made"
	cp "$WORK/saved/summary" "$WORK/saved/connections" "$WORK/saved/listeners" "$WORK/made"
	{
		head -n 1 "$WORK/saved/close_wait"
		awk 'BEGIN {
			srand(5)
			for (age = 9e8; age > 1; age *= 0.7 + rand() * 0.29)
				printf "%d 192.0.2.7:80 198.51.100.9:%d 0 %d %d %s %s\n",
					++n, 40000 + n, n, age, rand() < 0.5 ? "yes" : "min",
					"leaked 0 0 0 9 9 0"
		}'
	} >"$WORK/made/close_wait"
	page --from "$WORK/made"
	expect_eq "what is wrong with the ages" "$(told ages "$WORK/made/close_wait")" ''
	expect_eq "what is wrong with the growth" "$(told growth "$WORK/made/close_wait")" ''
	keep made
}

as_ss()
{
	local state

	page --for 0
	for state in established:ESTABLISHED close-wait:CLOSE_WAIT listening:LISTEN \
		     fin-wait-2:FIN_WAIT2 syn-recv:SYN_RECV last-ack:LAST_ACK; do
		expect_eq "${state#*:}" "$(told states | sed -n "s/^${state#*:} //p")" \
			"$(in_ns b ss -Htan state "${state%:*}" | wc -l)"
	done
	grep -qF "TCP connections of $(uname -n)" "$WORK/page.html" || fail "no host"
	grep -qF "$(uname -r)" "$WORK/page.html" || fail "no kernel"
}

processes()
{
	local pid=${PEER_PID[pb]} row

	threshold 1
	page --for 0
	threshold $NEVER
	row=$(told rows 'Processes with sockets in CLOSE_WAIT' | grep '^leaky')
	expect_match "leaky" "$row" "^leaky	$pid	$((2 * LEAKS))	$((2 * LEAKS))	"
	expect_match "its descriptors" "$row" "	$(find "/proc/$pid/fd" -mindepth 1 | wc -l)/$(
		awk '/^Max open files/ { print $4 }' "/proc/$pid/limits")	"
	expect_match "its verdicts" "$row" "	leaked $((2 * LEAKS))\$"
	row=$(told rows 'Processes with sockets in CLOSE_WAIT' | grep -F "$HOSTILE")
	expect_match "who does not accept" "${row#"$HOSTILE"}" \
		"^	${PEER_PID[lazy]}	$QUEUED	$QUEUED	.*	$QUEUED/$((QUEUED - 1))	.*	unaccepted $QUEUED; not accepted from 10.77.0.2:81\$"
	expect_eq "elements made of its name" "$(grep -ci '<script' "$WORK/page.html")" 0
	keep leaking
}

# Where a client does not read, what waits is what the file says.
windows()
{
	local card id

	cookie pb sslow
	id=$VALUE
	row_is_still()
	{
		[ "$(row b connections "$id" snd_wnd)" = 0 ] &&
			[ "$(row b connections "$id" idle_out_ms)" -gt 1000 ]
	}
	wait_for "it stands still" row_is_still
	page --for 0
	card=$(told cards windows | head -n 1)
	expect_match "it comes first" "$card" "^$(row b connections "$id" local |
		sed 's/[][]/\\&/g') ↔ $(row b connections "$id" remote | sed 's/[][]/\\&/g') "
	expect_match "why" "$card" "Stands still for at least [0-9.ms]+: peer's window 0"
	expect_match "what waits" "$card" "not sent yet .*\($(row b connections "$id" snd_unsent) bytes\)"
	expect_match "the window" "$card" "peer’s window 0 B \(0 bytes\)"
}

# ---- how it moved

# Ctrl-C ends the watching, and not the report.
interrupted()
{
	local signal n

	for signal in INT TERM HUP; do
		rm -f "$WORK/page.html"
		n=$(summary b close_wait)
		spawn reader b tcpwatch report --for 3600 --html "$WORK/page.html" 2>"$WORK/err"
		# It is asleep, and so has looked once.
		wait_for "it waits" grep -q '^271 ' "/proc/${PEER_PID[reader]}/syscall"
		leak "more$signal" 4
		expect_fails "to find the page before" test -e "$WORK/page.html"
		kill -s $signal "${PEER_PID[reader]}"
		wait "${PEER_PID[reader]}"
		expect_eq "the status after $signal" $? 0
		unset 'PEER_PID[reader]'
		expect_eq "what it complains of" "$(cat "$WORK/err")" ''
		sound
		expect_match "CLOSE_WAIT" "$(told cards past | grep CLOSE_WAIT)" \
			"CLOSE_WAIT $((n + 1)) between $n and $((n + 1)); at first $n\$"
	done
}

watched()
{
	page --for 1.5
	expect_eq "what is shown" "$(told cards past | awk '{ print $1 }' | xargs)" \
		"CLOSE_WAIT ESTABLISHED TIME_WAIT SYN_RECV opened/s ended/s reset/s failed/s"
	expect_match "how long it took" "$(grep -o 'The last [0-9.]*s;' "$WORK/page.html")" '[1-9]'
	keep watched
	page --for 0
	expect_eq "what is shown without any time" "$(told cards past)" ''
}

# ---- of whom it does not tell

anonymous()
{
	local address

	threshold 1
	page --for 0 --anonymous
	for address in "${ADDRESSES[@]}"; do
		grep -qF "$address" "$WORK/page.html" && fail "$address is told"
	done
	grep -qF "$(uname -n)" "$WORK/page.html" && fail "the name of this host is told"
	expect_eq "peers" "$(told rows 'The oldest of these sockets' | cut -f4 | sort -u)" \
		$'#1 (10.77.0.0/24)\n#2 (fd77::/48)'
	expect_eq "own ends" "$(told rows 'The oldest of these sockets' | cut -f3 | sort -u)" \
		$':80\n:81'
	threshold $NEVER
	keep anonymous
	# Addresses of IPv4 in others, and one that was opened here.
	mkdir "$WORK/odd"
	cp "$WORK/saved/summary" "$WORK/saved/listeners" "$WORK/odd"
	awk 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	     NR == 2 { $at["id"] = 999999; $at["opened"] = "active" }
	     { print }' "$WORK/saved/connections" >"$WORK/odd/connections"
	sed 1q "$WORK/saved/close_wait" >"$WORK/odd/close_wait"
	for address in '[2002:c633:6409::1]:443' '[::ffff:198.51.100.9]:443' \
		       '198.51.100.9:443' '[2001:db8:1:2:3:4:5:6]:443'; do
		printf '%s\n' "999996 192.0.2.7:80 $address 0 1 9 yes leaked 0 0 0 9 9 0"
	done | awk '{ $1 += NR - 1; print }' >>"$WORK/odd/close_wait"
	page --from "$WORK/odd" --anonymous
	expect_eq "peers" "$(told rows 'The oldest of these sockets' | cut -f4)" \
		'#1 (2002:c633:6400::/40)
#2 (198.51.100.0/24)
#2 (198.51.100.0/24)
#3 (2001:db8:1::/48):443'
}

# ---- where it goes

refused()
{
	local args

	for args in '' '--html' '--html x more' '--html x --json' '--html x --watch' \
		    '--html x --for -1' '--html x --for 1e9' '--html x --for soon' \
		    '--html x --for=' '--html x --from / --for 1'; do
		# shellcheck disable=SC2086 # words
		(cd "$WORK" && in_ns b tcpwatch report $args) >"$WORK/out" 2>"$WORK/err" </dev/null
		expect_eq "the status of report $args" $? 2
		expect_eq "what it prints" "$(cat "$WORK/out")" ''
		grep -q . "$WORK/err" || fail "nothing is said of report $args"
	done
	expect_fails "to find a page of these" test -e "$WORK/x"
}

# Without times: of what the kernel forgets and makes anew, as in /sys, they change.
inside()
{
	find "$1" -maxdepth 1 -printf '%p %y %s\n' 2>&1 | sort
}

# place STATUS WORDS FILE: it can't be written there, which is said, and nothing is left
place()
{
	local before

	before=$(inside "${3%/*}")
	ran "report to $3" "$1" report --for 0 --html "$3"
	expect_match "what it says" "$(cat "$WORK/err")" "$2"
	expect_eq "what is in ${3%/*}" "$(inside "${3%/*}")" "$before"
}

places()
{
	mkdir "$WORK/full" "$WORK/there"
	mkdir "$WORK/there/folder"
	mkfifo "$WORK/there/fifo"
	place 5 'folder: it is no regular file' "$WORK/there/folder"
	place 5 'fifo: it is no regular file' "$WORK/there/fifo"
	place 5 'No such file' "$WORK/nowhere/page.html"
	place 5 'cannot write /sys/page.html' /sys/page.html
	mount -t tmpfs -o size=16k full "$WORK/full"
	echo old >"$WORK/full/page.html"
	place 5 'page.html: No space left' "$WORK/full/page.html"
	expect_eq "the file before" "$(cat "$WORK/full/page.html")" old
	umount "$WORK/full"
	ran "report to stdout" 0 report --for 0 --html -
	mv "$WORK/out" "$WORK/page.html"
	sound
	in_ns b tcpwatch report --for 0 --html - >/dev/full 2>"$WORK/err"
	expect_eq "the status with a full stdout" $? 5
}

namespaces()
{
	page --for 0 --all-netns
	grep -q ">Namespace $(ns_name a)<" "$WORK/page.html" || fail "nothing of namespace a"
	grep -q '>Namespace own<' "$WORK/page.html" || fail "nothing of the own namespace"
	page --for 0 --netns "${NS_PID[a]}"
	expect_eq "CLOSE_WAIT in a" "$(told states | sed -n 's/^CLOSE_WAIT //p')" 0
	grep -q 'class="good"' "$WORK/page.html" || fail "a is not fine"
	keep fine
}

no_module()
{
	rm -f "$WORK/page.html"
	module_absent
	ran "report without the module" 3 report --html "$WORK/page.html"
	expect_fails "to find a page" test -e "$WORK/page.html"
	module_need
}

link_set_up
threshold $NEVER
peer pb name leaky
for i in $(seq $LEAKS); do
	leak "four$i" 4
	leak "six$i" 6
done
peer_start lazy b
peer lazy name "$HOSTILE"
peer_listen lazy l 10.77.0.2:81 $((QUEUED - 1))
for ((i = 1; i <= QUEUED; i++)); do
	peer pa socket "q$i" 4
	peer pa connect "q$i" 10.77.0.2:81
	close_acked pa "q$i"
done
pair slow 6
peer pb fill sslow

test_case "all of it is as in the files" as_files
test_case "ages of days and of milliseconds" as_made
test_case "states are as ss has them" as_ss
test_case "processes, of any name" processes
test_case "windows" windows
test_case "a signal ends the watching" interrupted
test_case "how it moved" watched
test_case "anonymous" anonymous
test_case "wrong arguments" refused
test_case "where it can't be written" places
test_case "other namespaces" namespaces
test_case "no module" no_module
run_cases
