#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch top: what it shows, held against the module's own tables and the sockets that
# are moved by hand, and what its keys do.
#
#	namespace a   all connections, and top

# shellcheck source=selftests/lib_top.sh
. "$(dirname "$0")/lib_top.sh"

LEAKS=5
RATE='(0\.[0-9]*)?[1-9][0-9.]*[KM]?'

# agrees STATE: there are some, and as many as summary says
agrees()
{
	local shown

	shown=$(pulse "$1")
	[ "${shown:-0}" != 0 ] && summary_is a "${1,,}" "$shown"
}

states_shown()
{
	local state f

	peer_start s a
	for f in 4 6; do
		make_states s "$f"
	done
	top 80x24
	# It stays there for a minute only.
	peer_pair q tw 127.0.0.1:0 l4 127.0.0.1:9000
	peer q close ctw
	peer q close stw
	for state in TIME_WAIT ESTABLISHED CLOSE_WAIT SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 \
		     LAST_ACK CLOSING LISTEN; do
		wait_for "$state agrees" agrees "$state" ||
			screen_fail "$state is $(pulse "$state"), not $(summary a "${state,,}")"
	done
	shows "Connections: $(summary a connections) "
	# A history begins to stand beside each.
	shows 'ESTABLISHED +[0-9]+ +(█)+  CLOSE_WAIT +[0-9]+ +(█)+'
	screen_end
	unmake_states s a 4 6
}

# Between two looks, which are when the screen thaws, only what is done here happens.
rates_shown()
{
	local i

	top 80x24 --delay=3600
	keys f
	shows FROZEN
	for ((i = 0; i < 20; i++)); do
		peer_pair q "rate$i" 127.0.0.1:0 l4 127.0.0.1:9000
	done
	keys f
	shows "opened/s +$RATE "
	expect_eq "ended, reset, failed" "$(pulse ended/s) $(pulse reset/s) $(pulse failed/s)" \
		"0 0 0"
	keys f
	shows FROZEN
	for ((i = 0; i < 20; i++)); do
		peer q reset "crate$i"
		peer q close "srate$i"
	done
	peer q socket refused 4
	peer q try connect refused 127.0.0.1:9001
	peer q close refused
	keys f
	shows "reset/s +$RATE"
	expect_eq "opened" "$(pulse opened/s)" 0
	expect_eq "reset" "$(pulse reset/s)" "$(pulse ended/s)"
	expect_match "failed" "$(pulse failed/s)" "^$RATE\$"
	screen_end
}

leak_shown()
{
	top 80x24
	shows 'Nothing is wrong now'
	shows 'none: no socket is in CLOSE_WAIT'
	leak $LEAKS
	shows "^ +${PEER_PID[q]} q-leaks +$LEAKS +$LEAKS +[0-9.]+m?s leaked $LEAKS\$"
	shows "^$LEAKS sockets are stuck in CLOSE_WAIT"
	expect_pulse CLOSE_WAIT $LEAKS

	# Its line finds its sockets.
	keys Tab
	keys Enter
	shows "Filter: state=CLOSE_WAIT pid=${PEER_PID[q]} "
	shows "Found: $LEAKS of [0-9]+ "
	expect_eq "its sockets" \
		"$(screen | grep -cE '^127\.0\.0\.1:9000 .* CLOSE_WAIT .* q-leaks$')" $LEAKS
	keys Escape
	shows 'Connections: [0-9]+ '

	leak_end $LEAKS
	shows 'Nothing is wrong now'
	screen_end
}

# What the listener has not accepted is whose it should be.
unaccepted_shown()
{
	peer_socket p late 127.0.0.1:0
	peer p connect late 127.0.0.1:9000
	peer p close late
	top 80x24
	shows "^ +${PEER_PID[q]} q-leaks +1 +1 .* unaccepted 1\$"
	peer q accept late l4
	peer q close late
	shows 'none: no socket is in CLOSE_WAIT'
	screen_end
}

# as_regex TEXT: nothing but that
as_regex()
{
	local text=${1//./\\.}

	text=${text//[/\\[}
	printf '%s' "${text//]/\\]}"
}

# stalled NAME REGEX: the line of that socket says why
stalled()
{
	peer q local "$1"
	shows "^$(as_regex "$VALUE") .* $2 +q-leaks\$"
}

stalls_shown()
{
	local lost name

	peer_pair q full '[::1]:0' l6 '[::1]:9000'
	peer_pair q silent 127.0.0.1:0 l4 127.0.0.1:9000
	top 80x40
	shows 'none: wherever data waits'
	peer q fill cfull
	stalled cfull ">?[0-9.]+s peer's window 0"
	stalled sfull '[0-9.]+s we do not read'

	# What the client sends is lost, and so its ACKs are.
	peer q local csilent
	lost=$VALUE
	mute a "${lost##*:}"
	peer q send ssilent 1000
	shows "^127\.0\.0\.1:9000 +$(as_regex "$lost") +>?[0-9.]+s no ACK comes +q-leaks\$"
	unmute a "${lost##*:}"

	mute a 9103
	peer_socket q unheard 127.0.0.1:9103
	peer q begin unheard 127.0.0.1:9000
	stalled unheard '[0-9.]+s no answer to SYN'
	peer q close unheard
	unmute a 9103

	for name in full silent; do
		peer q reset "c$name"
		peer q close "s$name"
	done
	shows 'none: wherever data waits'
	screen_end
}

# A server that sends, a client that reads a little again and again.
busy_start()
{
	peer_start server a server --name busy-server --send=1000000000 --leak 127.0.0.1:9200
	peer_line server
	peer_start client a client --name busy-client --pace=20000 --every=20 127.0.0.1:9200
	peer_line client
}

busy_end()
{
	peer_stop client
	peer_stop server
}

busy_shown()
{
	local wide

	busy_start
	# Without a key they are the first, each in its direction.
	top 80x24
	shows "^127\.0\.0\.1:[0-9]+ +127\.0\.0\.1:9200 +ESTABLISHED +$RATE +0 busy-client\$"
	shows "^127\.0\.0\.1:9200 +127\.0\.0\.1:[0-9]+ +ESTABLISHED +0 +$RATE busy-server\$"
	expect_eq "the first two" \
		"$(screen | sed -n '/^Connections/,+2s/.* busy-\(server\|client\)$/busy/p' |
			uniq -c | awk '{ print $1, $2 }')" "2 busy"

	# More room, more columns: of the same connection what the table says.
	resize 200x60
	shows 'Connections.* rtt .* limited +so for .* pid process'
	wide="ESTABLISHED +0 +$RATE .* (peer|network|sndbuf) .* +${PEER_PID[server]} busy-server"
	shows "^127\.0\.0\.1:9200 +127\.0\.0\.1:[0-9]+ +$wide\$"
	screen_end
	busy_end
}

# rows_of LIST: the addresses in a list of the screen, as it has them
rows_of()
{
	screen | sed -n "/^$1:/,/^q quit/p" | grep -oE '^[^ ]+:[0-9]+ +[^ ]+:[0-9]+' |
		awk '{ print $1, $2 }'
}

# sorted_by COLUMN SORT-OPTION...: the list's order is sort's
sorted_by()
{
	rows_of Connections | awk -v column="$1" '{ print $column }' >"$WORK/got"
	[ -s "$WORK/got" ] && sort -c "${@:2}" "$WORK/got" 2>/dev/null
}

expect_sorted()
{
	wait_for "sorted" sorted_by "$@" || screen_fail "not sorted by column $1 (${*:2})"
}

sorting()
{
	local i

	for ((i = 0; i < 8; i++)); do
		peer_pair q "sort$i" 127.0.0.1:0 l4 127.0.0.1:9000
	done
	top 80x50
	shows 'Connections: 1[68] .*▼in/s▼out/s'
	keys s
	shows 'Connections: [0-9]+▲'
	expect_sorted 1 -t: -k2,2n
	keys r
	shows 'Connections: [0-9]+▼'
	expect_sorted 1 -t: -k2,2nr
	keys s
	shows 'remote▲'
	expect_sorted 2 -t: -k2,2n
	keys s
	shows 'state▲'
	keys s
	shows 'state +▼in/s out/s'
	keys s s
	shows 'out/s +▲?process|process▲'
	keys s
	shows '▼in/s▼out/s'
	screen_end
	for ((i = 0; i < 8; i++)); do
		peer q close "csort$i"
		peer q close "ssort$i"
	done
}

# found N OF: what the list's head says
found()
{
	shows "^Found: $1 of $2[^0-9]"
}

filtering()
{
	local all

	peer_pair q four 127.0.0.1:0 l4 127.0.0.1:9000
	peer_pair q six '[::1]:0' l6 '[::1]:9000'
	close_acked q cfour
	all=3
	top 80x24
	shows "^Connections: $all "

	keys /
	types 'state=close-wait'
	keys Enter
	found 1 $all
	# The words of list's options, too; what was there is changed.
	keys / C-u
	types '--remote ::1 --port 9000'
	keys Enter
	found 2 $all
	keys / C-u
	types 'local=[::1]:9000 comm=q-*'
	keys Enter
	found 1 $all
	shows '^\[::1\]:9000 '

	# What is wrong is said, and changes nothing; Esc leaves.
	keys / C-u
	types 'stat=close-wait'
	keys Enter
	shows "'stat' is no filter; do you mean 'state'"
	keys C-u
	types 'port=http'
	keys Enter
	shows '--port http: a port is a number'
	keys BSpace BSpace BSpace BSpace
	types '80x'
	shows '^Filter: port=80x'
	keys Escape
	shows '^Filter: local=\[::1\]:9000 comm=q-\*  Esc drops it'
	found 1 $all

	# Esc drops it.
	keys Escape
	shows "^Connections: $all "
	keys /
	types 'state=FIN_WAIT1'
	keys Enter
	found 0 $all
	shows '^none$'
	shows '^none that fits the filter$'
	screen_end
	peer q close sfour
	peer q close csix
	peer q close ssix
}

same_screen()
{
	screen | tail -n +2 >"$WORK/now"
	cmp -s "$WORK/frozen" "$WORK/now"
}

freezing()
{
	local i

	top 80x24
	shows '^Connections: 0 '
	leak 3
	shows "^ +${PEER_PID[q]} q-leaks +3 +3 "
	keys f
	shows 'FROZEN at [0-9:]{8}'
	screen | tail -n +2 >"$WORK/frozen"
	leak_end 3
	wait_for "they are gone" summary_is a close_wait 0
	# For as long as many looks would take, nothing changes.
	for ((i = 0; i < 5; i++)); do
		same_screen || break
		sleep 0.2
	done
	[ $i = 5 ] || screen_fail "it changes though it is frozen"
	# One can still move, sort and filter in what there is.
	keys Down Down
	keys s
	shows '^Connections: 3▲'
	keys /
	types 'state=established'
	keys Enter
	found 0 3
	keys Escape
	shows '^Connections: 3'
	keys Space
	shows_not FROZEN
	shows '^Connections: 0'
	screen_end
}

# The addresses in the line that is drawn the other way round. A colour may begin lines
# before the text that it is for.
chosen()
{
	tm capture-pane -p -e | awk '
		{
			found = ""
			while ($0 != "") {
				if (match($0, /^\033\[[0-9;]*m/)) {
					sgr = ";" substr($0, 3, RLENGTH - 3) ";"
					if (sgr ~ /;7;/)
						reverse = 1
					else if (sgr ~ /;(0|27|);/)
						reverse = 0
				} else if (match($0, /^[^\033]+/) && reverse) {
					found = found substr($0, 1, RLENGTH)
				}
				$0 = substr($0, RLENGTH + 1)
			}
			if (found ~ /^(127|\[::1)/) {
				$0 = found
				print $1, $2
			}
		}'
}

chosen_is()
{
	[ "$(chosen)" = "$1" ]
}

row_is_chosen()
{
	local row

	row=$(rows_of Connections | sed -n "$1p")
	[ "$row" ] && chosen_is "$row"
}

# expect_chosen ROW: that row of the list, which may have to scroll for it
expect_chosen()
{
	wait_for "row $1 is chosen" row_is_chosen "$1" ||
		screen_fail "'$(chosen)' is chosen, not row $1"
}

moving()
{
	local i last

	for ((i = 0; i < 20; i++)); do
		peer_pair q "move$i" 127.0.0.1:0 l4 127.0.0.1:9000
	done
	top 80x24
	shows '^Connections: 40 '
	keys s
	shows '^Connections: 40▲'
	last=$(rows_of Connections | wc -l)
	expect_between "rows" "$last" 5 10
	expect_chosen 1
	keys Down Down
	expect_chosen 3
	keys Up
	expect_chosen 2
	keys End
	expect_chosen "$last"
	expect_sorted 1 -t: -k2,2n
	keys PPage
	expect_chosen 1
	keys NPage
	expect_chosen "$last"
	keys Home
	expect_chosen 1

	# It stays with its connection, wherever that goes.
	keys Down Down
	expect_chosen 3
	last=$(chosen)
	keys r
	shows '^Connections: 40▼'
	wait_for "it has followed" chosen_is "$last" || screen_fail "it did not follow $last"
	keys Tab
	shows '^ +pid CLOSE_WAIT by'
	wait_for "another pane" chosen_is '' || screen_fail "the pane did not change"
	keys BTab
	wait_for "the same pane" chosen_is "$last" || screen_fail "it did not come back"
	screen_end
	for ((i = 0; i < 20; i++)); do
		peer q close "cmove$i"
		peer q close "smove$i"
	done
}

# cell NAME ID: of the one connection
cell()
{
	row a connections "$2" "$1"
}

opening()
{
	local id own

	peer_pair q open '[::1]:0' l6 '[::1]:9000'
	cookie q sopen
	id=$VALUE
	peer q local copen
	own=$VALUE
	top 80x30
	keys /
	types 'local=[::1]:9000'
	keys Enter
	found 1 2
	keys Enter
	shows "^ \[::1\]:9000 +· +$(as_regex "$own") "
	shows '^ESTABLISHED for [0-9.]+m?s, lives for [0-9.]+m?s; the peer opened it'
	shows "^process ${PEER_PID[q]} q-leaks; id $id \(sk:$(printf %x "$id") in ss\)"
	shows '^[0-9:.]{15} opened by the peer'

	# Its numbers are the table's.
	peer q send copen 1234
	shows '^unread +1234 '
	keys w
	shows '^Our program has 1\.2 KiB to read'
	shows '^ *SND\.UNA SND\.NXT '
	expect_eq "who is followed" "$(in_ns a cat /proc/tcpwatch/follow)" \
		"1 local=[::1]/128:9000 remote=${own/]:/]\/128:}"
	keys r
	shows 'a ring of [0-9]+ bytes'
	keys w
	shows '^unread +1234 '
	expect_eq "who is followed after that" "$(in_ns a cat /proc/tcpwatch/follow)" ''

	# What happens to it is told as it happens: windows, states, the end.
	peer q fill copen
	shows '^[0-9:.]{15} our window closed'
	shows '^stalled for [0-9.]+s: we do not read'
	peer q shutdown copen
	peer q drain sopen
	shows '^[0-9:.]{15} our window opened again after '
	shows '^[0-9:.]{15} ESTABLISHED -> CLOSE_WAIT after '
	shows '^CLOSE_WAIT for .*; the peer closed first'
	shows '^leaked: all is read and sent'
	peer q close sopen
	shows '^[0-9:.]{15} closed, the peer first; opened by the peer '
	shows '^It has ended'
	keys Escape
	found 0 0
	screen_end
	peer q close copen
}

clock()
{
	screen | head -n 1 | grep -oE '[0-9:]{8}'
}

clock_is_not()
{
	[ "$(clock)" != "$1" ]
}

many()
{
	local before

	peer_start crowd4 a crowd 127.0.0.1:0
	peer_start crowd6 a crowd '[::1]:0'
	peer crowd4 open 5000
	peer crowd6 open 5000
	screen_start 80x24 top
	shows "^Connections: $(summary a connections) .*process"
	expect_between "connections" "$(summary a connections)" 20000 20010
	shows ' crowd$'
	for _ in 1 2 3; do
		before=$(clock)
		wait_for "another look" clock_is_not "$before"
	done
	keys s
	shows '^Connections: 20[0-9]+▲'
	keys /
	types 'comm=crowd local=::1'
	keys Enter
	shows '^Found: 10000 of 20'
	say "20,000 connections: $(screen | grep -o 'read in *[^ ]*')," \
		"$(grep VmRSS "/proc/$(screen_pid)/status" | tr -s '\t ' ' ')"
	expect_between "kB of memory" "$(awk '/VmRSS/ { print $2 }' \
		"/proc/$(screen_pid)/status")" 1000 60000
	screen_end
	peer_stop crowd4
	peer_stop crowd6
}

set_up
peer_start p a

test_case "rates: opened, ended, reset, failed" rates_shown
test_case "a leak shows up by process, and its line finds its sockets" leak_shown
test_case "so does what is not accepted" unaccepted_shown
test_case "stalled: each cause, each way" stalls_shown
test_case "the busiest come first, each in its direction" busy_shown
test_case "s and r sort" sorting
test_case "/ filters, as list does" filtering
test_case "f freezes, and one can still move" freezing
test_case "arrows, pages, Home, End, Tab" moving
test_case "Enter opens a connection, and what happens to it is told" opening
test_case "every state's number, and its history" states_shown
test_case "20,000 connections" many
run_cases
