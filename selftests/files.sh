#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The form of the files: names, modes, columns and lines as the contract has them,
# however they are read, and by whom.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

CONNECTIONS='id state state_ms age_ms exact opened closed local remote uid inode
	rcv_unread rcv_wnd rcv_wscale snd_unacked snd_unsent snd_wnd snd_wscale snd_usable
	cwnd_bytes mss rtt_us retrans limited zero_in zero_out zero_in_ms probes bytes_in
	bytes_out idle_in_ms idle_out_ms'
CLOSE_WAIT='id local remote uid inode wait_ms exact verdict unread unsent unacked snd_wnd
	idle_out_ms syn_blocked'
LISTENERS='id local uid inode accept_queue backlog syn_queue drops close_wait_unaccepted'
NAMES='abi version loaded_ms connections established syn_sent syn_recv fin_wait1 fin_wait2
	time_wait close_wait last_ack closing listen close_wait_stuck close_wait_oldest_ms
	opened_active opened_passive connect_refused connect_timeout connect_failed syn_in
	syn_out synack_in synack_out synack_retrans fin_in fin_out rst_in rst_out
	closed_local_first closed_remote_first closed_simultaneous closed_reset closed_timeout
	zero_window_in zero_window_out syn_on_close_wait illegal_transitions untracked
	events_lost memory_bytes'
NUMBER='[0-9]+'
NUMBER_OR_NONE='([0-9]+|-)'
ADDRESS='([0-9]+(\.[0-9]+){3}|\[[0-9a-f:.]+\]):[0-9]+'

words()
{
	printf '%s' "$*" | tr -s '[:space:]' ' '
}

symbolic_link()
{
	expect_eq "/proc/tcpwatch" "$(readlink /proc/tcpwatch)" self/net/tcpwatch
	in_ns a cat /proc/tcpwatch/summary | sed 's/ .*//' >"$WORK/got"
	in_ns a cat /proc/self/net/tcpwatch/summary | sed 's/ .*//' >"$WORK/wanted"
	expect_same "the two ways to the summary" "$WORK/got" "$WORK/wanted"
}

modes()
{
	local file

	for file in summary connections close_wait listeners; do
		expect_eq "the mode of $file" "$(stat -c %A "$(ns_proc a)/$file")" -r--r--r--
		expect_eq "the owner of $file" "$(stat -c %u:%g "$(ns_proc a)/$file")" \
			"$(stat -c %u:%g "/proc/${NS_PID[a]}/net/tcp")"
	done
	expect_eq "the mode of the folder" "$(stat -c %A "$(ns_proc a)")" \
		"$(stat -c %A "/proc/${NS_PID[a]}/net/stat")"
}

# columns_of FILE WANTED: those, and then any others
columns_of()
{
	local wanted head

	wanted=$(words "$2")
	head=$(head -n 1 "$(ns_proc a)/$1")
	expect_eq "the columns of $1" "${head:0:${#wanted}}" "$wanted"
	expect_match "what follows them" "${head:${#wanted}}" '^( [a-z0-9_]+)*$'
	expect_eq "the columns of $1 where there are no rows" "$(cat "$(ns_proc b)/$1")" "$head"
}

summary_names()
{
	sed 's/ .*//' "$(ns_proc a)/summary" | sort >"$WORK/shown"
	tr -s '[:space:]' '\n' <<<"$NAMES" | sort | comm -13 "$WORK/shown" - >"$WORK/missing"
	expect_eq "names that are missing" "$(cat "$WORK/missing")" ''
	expect_eq "names that are there twice" "$(uniq -d "$WORK/shown")" ''
	expect_eq "lines that are no name and one value" \
		"$(grep -vcE '^[a-z0-9_]+ [^ ]+$' "$(ns_proc a)/summary")" 0
	expect_eq "values that are no number" \
		"$(grep -v '^version ' "$(ns_proc a)/summary" | grep -vcE ' [0-9]+$')" 0
	expect_eq abi "$(summary a abi)" 1
	expect_match version "$(summary a version)" '^[0-9]+\.[0-9]'
	expect_eq "version, as modinfo has it" "$(summary a version)" \
		"$(modinfo -F version "$TCPWATCH_KO")"
}

# form WORD...: the WORDs' forms, each as "FORM" or "TIMES*FORM"
form()
{
	local word i

	for word in "$@"; do
		case $word in
		*'*n') for ((i = 0; i < ${word%\*n}; i++)); do echo "$NUMBER"; done ;;
		n) echo "$NUMBER" ;;
		n-) echo "$NUMBER_OR_NONE" ;;
		address) echo "$ADDRESS" ;;
		*) echo "($word)" ;;
		esac
	done
}

# rows_have_form FILE WORD...: each row begins with these columns
rows_have_form()
{
	local all

	all=$(form "${@:2}" | paste -sd' ' | sed 's/ / +/g')
	sed 1d "$(ns_proc a)/$1" >"$WORK/rows"
	expect_between "rows of $1" "$(wc -l <"$WORK/rows")" 1 999
	expect_eq "rows of another form" "$(grep -vE "^$all( +[^ ]+)*\$" "$WORK/rows")" ''
	expect_eq "rows not in ASCII" "$(grep -c '[^ -~]' "$WORK/rows")" 0
}

# The rows of the same listeners, as ss has them.
listeners_as_ss()
{
	table a listeners local accept_queue backlog id uid inode |
		awk '{ $4 = sprintf("%x", $4); print }' | sort >"$WORK/got"
	in_ns a ss -HOtlne 2>/dev/null | awk '{
			uid = 0
			inode = "-"
			for (i = 6; i <= NF; i++) {
				if ($i ~ /^uid:/)
					uid = substr($i, 5)
				if ($i ~ /^ino:/)
					inode = substr($i, 5)
				if ($i ~ /^sk:/)
					id = substr($i, 4)
			}
			sub(/^\*:/, "[::]:", $4)
			print $4, $2, $3, id, uid, inode
		}' | sort >"$WORK/wanted"
	expect_same "the listeners" "$WORK/got" "$WORK/wanted"
}

wildcards()
{
	expect_eq "the wildcard listeners" \
		"$(table a listeners local | grep -E ':700[01]$' | sort | paste -sd' ')" \
		'0.0.0.0:7000 [::]:7001'
}

# Each row's parts that don't change with time.
still()
{
	columns id state local remote uid inode
}

# However small the bites, it is the same table.
in_chunks()
{
	still <"$(ns_proc a)/connections" | sort >"$WORK/wanted"
	dd bs="$1" status=none if="$(ns_proc a)/connections" | still | sort >"$WORK/got"
	expect_same "rows read $1 bytes at a time" "$WORK/got" "$WORK/wanted"
	columns id local verdict <"$(ns_proc a)/close_wait" >"$WORK/wanted"
	dd bs="$1" status=none if="$(ns_proc a)/close_wait" | columns id local verdict >"$WORK/got"
	expect_same "close_wait read $1 bytes at a time" "$WORK/got" "$WORK/wanted"
}

# Back to the beginning, to somewhere else, and to beyond the end.
seeking()
{
	python3 - "$(ns_proc a)" <<-'END' || fail "seeking does not work"
		import os, sys

		def lines(text):
		    return [line.split()[0] for line in text.decode().splitlines()]

		for name in "connections", "close_wait", "listeners", "summary":
		    fd = os.open(f"{sys.argv[1]}/{name}", os.O_RDONLY)
		    whole = b"".join(iter(lambda: os.read(fd, 4096), b""))
		    assert os.read(fd, 100) == b"", f"{name}: more after its end"
		    os.lseek(fd, 0, os.SEEK_SET)
		    again = b"".join(iter(lambda: os.read(fd, 333), b""))
		    assert sorted(lines(whole)) == sorted(lines(again)), f"{name}: lseek"
		    head = whole.index(b"\n")
		    assert os.pread(fd, head - 3, 3) == whole[3:head], f"{name}: pread of its head"
		    assert os.pread(fd, 10, 1 << 40) == b"", f"{name}: pread beyond its end"
		    os.lseek(fd, 5, os.SEEK_SET)
		    assert os.read(fd, head - 5) == whole[5:head], f"{name}: read after lseek"
		    os.close(fd)
	END
}

# Two readers of one file, each at its own place.
two_readers()
{
	local one two

	exec {one}<"$(ns_proc a)/connections" {two}<"$(ns_proc a)/connections"
	dd bs=200 count=1 status=none <&"$one" >"$WORK/one"
	cat <&"$two" >"$WORK/two"
	cat <&"$one" >>"$WORK/one"
	exec {one}<&- {two}<&-
	still <"$WORK/one" | sort >"$WORK/got"
	still <"$WORK/two" | sort >"$WORK/wanted"
	expect_same "what two readers saw" "$WORK/got" "$WORK/wanted"
}

anyone()
{
	local file

	for file in summary connections close_wait listeners; do
		in_ns a setpriv --reuid=65534 --regid=65534 --clear-groups \
			cat /proc/tcpwatch/$file >"$WORK/theirs" ||
			fail "an unprivileged user can't read $file"
		expect_eq "lines of $file" "$(wc -l <"$WORK/theirs")" \
			"$(wc -l <"$(ns_proc a)/$file")"
	done
}

not_writable()
{
	local file

	for file in summary connections close_wait listeners; do
		expect_fails "writing to $file" sh -c "echo x >$(ns_proc a)/$file"
	done
}

# To read changes nothing: the counters, the sockets, the ages of what is read.
reading_changes_nothing()
{
	local i

	ss_dump a >"$WORK/wanted"
	grep -vE '_ms ' "$(ns_proc a)/summary" >"$WORK/before"
	for i in 1 2 3 4 5; do
		cat "$(ns_proc a)"/{summary,connections,close_wait,listeners} >"$WORK/read"
	done
	grep -vE '_ms ' "$(ns_proc a)/summary" >"$WORK/after"
	ss_dump a >"$WORK/got"
	expect_same "the sockets" "$WORK/got" "$WORK/wanted"
	expect_same "the summary" "$WORK/after" "$WORK/before"
}

module_need
ns_add a
ns_add b
peer_start pa a
for family in 4 6; do
	at=$(loopback $family)
	peer_listen pa l$family "$at:$((family * 1000))"
	for i in 1 2 3 4 5 6 7 8; do
		peer_pair pa $family.$i "$at:0" l$family "$at:$((family * 1000))"
	done
	for i in 1 2 3; do
		peer pa shutdown c$family.$i
		peer pa await s$family.$i CLOSE_WAIT
	done
	peer pa chown s$family.4 65534
done
peer_listen pa any 0.0.0.0:7000 5
peer_listen pa any6 '[::]:7001' 6
peer pa socket dual 6
peer pa set dual v6only 0
peer pa bind dual '[::]:7002'
peer pa listen dual 7
peer_socket pa mapped '[::ffff:127.0.0.1]:7003'
peer pa connect mapped '[::ffff:127.0.0.1]:7002'

test_case "/proc/tcpwatch is self/net/tcpwatch" symbolic_link
test_case "modes and owners" modes
test_case "the columns of connections" columns_of connections "$CONNECTIONS"
test_case "the columns of close_wait" columns_of close_wait "$CLOSE_WAIT"
test_case "the columns of listeners" columns_of listeners "$LISTENERS"
test_case "the names of summary" summary_names
test_case "the form of connections" rows_have_form connections n \
	'ESTABLISHED|SYN_SENT|SYN_RECV|FIN_WAIT[12]|CLOSE_WAIT|LAST_ACK|CLOSING' '2*n' \
	'yes|min|est' 'active|passive|-' 'local|remote|both|-' address address n n- '12*n' \
	'peer|network|sndbuf|app' '6*n' n- n-
test_case "the form of close_wait" rows_have_form close_wait n address address n n- n \
	'yes|min|est' \
	'unaccepted|peer_stalled|peer_silent|draining|unread|eof_unread|fresh|leaked' \
	'4*n' n- n
test_case "the form of listeners" rows_have_form listeners n address n n- '5*n'
test_case "listeners are those of ss" listeners_as_ss
test_case "wildcard addresses" wildcards
test_case "read byte by byte" in_chunks 1
test_case "read in 7 bytes" in_chunks 7
test_case "read in 4096 bytes" in_chunks 4096
test_case "lseek and pread" seeking
test_case "two readers at once" two_readers
test_case "anyone may read" anyone
test_case "nobody may write" not_writable
test_case "reading changes nothing" reading_changes_nothing
run_cases
