#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the reader, tcpwatch, says of real sockets: its commands, filters, owners,
# namespaces, and each of its forms.
#
#	namespace a   leaky-server, idle-acceptor, and connections that are fine
#	namespace b   one connection

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"

LEAKS=6
QUEUED=3
ESCAPE=$'\033'

# More than this test takes, also where the machine is emulated, and slow.
NEVER=3600000

# More than a process has.
NO_PID=99999999

threshold()
{
	ns_sysctl a "net.tcpwatch.close_wait_stuck_ms=$1"
}

overview()
{
	ran "the overview" 0
	expect_match "the overview" "$(cat "$WORK/out")" "CLOSE_WAIT"
	ran "the overview in JSON" 0 --json
	jq -r '.namespaces[0].summary | to_entries[] | "\(.key) \(.value)"' "$WORK/out" |
		grep -v '_ms ' | sort >"$WORK/got"
	grep -v '_ms ' "$(ns_proc a)/summary" | sort >"$WORK/wanted"
	expect_same "the summary in JSON" "$WORK/got" "$WORK/wanted"
	expect_eq "all CLOSE_WAITs" "$(json .close_wait.sockets)" $((LEAKS + QUEUED))
	expect_eq "healthy below the threshold" "$(json .healthy)" true
	threshold 1
	ran "the overview of a leak" 0 --json
	expect_eq "healthy with a leak" "$(json .healthy)" false
	expect_eq "stuck ones" "$(json .close_wait.stuck)" $((LEAKS + QUEUED))
	expect_eq "leaked ones" "$(json .close_wait.verdicts.leaked)" $LEAKS
	expect_eq "unaccepted ones" "$(json .close_wait.verdicts.unaccepted)" $QUEUED
	ran "the overview of a leak" 0
	expect_match "the overview of a leak" "$(cat "$WORK/out")" "leaked"
	threshold $NEVER
}

list_is_whole()
{
	ran "list" 0 list --json
	json '.connections[] | "\(.id) \(.state) \(.local) \(.remote) \(.uid) \(.inode)"' |
		sed 's/null$/-/' | sort >"$WORK/got"
	table a connections id state local remote uid inode | sort >"$WORK/wanted"
	expect_same "the connections" "$WORK/got" "$WORK/wanted"
	expect_eq "columns that are missing" \
		"$(json '.connections[0] | keys[]' | sort | comm -13 - \
			<(head -n 1 "$(ns_proc a)/connections" | tr ' ' '\n' | sort))" ''
	ran "list" 0 list
	expect_eq "lines of the table" "$(grep -c -e 127.0.0.1: -e '\[::1\]:' "$WORK/out")" \
		"$(table a connections id | wc -l)"
}

# filtered WANTED FILTER...: the rows left, "local remote", are those of WANTED
filtered()
{
	ran "list ${*:2}" 0 list --json "${@:2}"
	json '.connections[] | "\(.local) \(.remote)"' | sort >"$WORK/got"
	sort <<<"$1" | sed '/^$/d' >"$WORK/wanted"
	expect_same "the rows of ${*:2}" "$WORK/got" "$WORK/wanted"
}

# rows AWK-CONDITION: "local remote" of the connections for which that holds
rows()
{
	table a connections state local remote |
		awk "{ state = \$1; local = \$2; remote = \$3 } $1 { print local, remote }"
}

filters()
{
	local any

	filtered "$(rows 'state == "CLOSE_WAIT"')" --state=CLOSE_WAIT
	filtered "$(rows 'state == "CLOSE_WAIT" || state == "ESTABLISHED"')" \
		--state=CLOSE_WAIT,ESTABLISHED
	filtered "$(rows 'state == "CLOSE_WAIT" || state == "ESTABLISHED"')" \
		--state=CLOSE_WAIT --state=ESTABLISHED
	filtered '' --state=SYN_SENT
	filtered "$(rows 'local == "127.0.0.1:9001"')" --local=127.0.0.1:9001
	filtered "$(rows 'local ~ /^127\./')" --local=127.0.0.0/8
	filtered "$(rows 'local ~ /^\[::1\]/')" --local=::1
	filtered "$(rows 'local ~ /:9002$/')" --local=:9002
	filtered "$(rows 'remote ~ /:9003$/')" --remote=:9003
	filtered "$(rows 'local ~ /:9003$/ || remote ~ /:9003$/')" --port=9003
	any=$(rows 'local == "127.0.0.1:9001"' | head -n 1)
	filtered "$any" --local=127.0.0.1:9001 --remote="${any#* }"
	filtered '' --local=127.0.0.1:9001 --state=ESTABLISHED
	filtered "$(rows 'local == "127.0.0.1:9001"')" --verdict=fresh
	filtered "$(rows 'local ~ /:9002$/')" --verdict=unaccepted
	filtered "$(rows 'local == "127.0.0.1:9001"')" --pid="${PEER_PID[leaky]}"
	filtered "$(rows 'local == "127.0.0.1:9001"')" --comm=leaky-server
	filtered "$(rows 'local == "127.0.0.1:9001"')" --comm='leaky*'
	filtered '' --comm=nobody
}

sorted_and_chosen()
{
	ran "list sorted" 0 list --json --sort=-state_ms
	json '.connections[].state_ms' >"$WORK/got"
	sort -rn "$WORK/got" >"$WORK/wanted"
	expect_same "the order of --sort=-state_ms" "$WORK/got" "$WORK/wanted"
	ran "list sorted" 0 list --json --sort=id
	json '.connections[].id' >"$WORK/got"
	sort -n "$WORK/got" >"$WORK/wanted"
	expect_same "the order of --sort=id" "$WORK/got" "$WORK/wanted"
	ran "list with columns" 0 list --json --columns=id,verdict,comm --port=9001
	expect_eq "the columns chosen" \
		"$(json '.connections[0] | del(.shared_with) | keys_unsorted | join(" ")')" \
		"id verdict comm"
	expect_eq "their owner" "$(json '.connections[].comm' | sort -u)" leaky-server
}

# holder FILTER: of the process, or listener, so called
holder()
{
	json ".holders[] | select(.comm == \"$1\") | $2"
}

leaking_process()
{
	local pid=${PEER_PID[leaky]}

	threshold 1
	ran "leaks" 1 leaks --json
	expect_eq "its kind" "$(holder leaky-server .kind)" process
	expect_eq "its pid" "$(holder leaky-server .pid)" "$pid"
	expect_eq "its sockets" "$(holder leaky-server .sockets)" $LEAKS
	expect_eq "its stuck ones" "$(holder leaky-server .stuck)" $LEAKS
	expect_eq "its leaked ones" "$(holder leaky-server .verdicts.leaked)" $LEAKS
	expect_eq "its descriptors" "$(holder leaky-server .fds)" \
		"$(find "/proc/$pid/fd" -mindepth 1 | wc -l)"
	expect_eq "their limit" "$(holder leaky-server .fds_limit)" \
		"$(awk '/^Max open files/ { print $4 }' "/proc/$pid/limits")"
	expect_between "its oldest" "$(holder leaky-server .oldest_ms)" 1 \
		"$(table a close_wait wait_ms | head -n 1)"
	ran "leaks" 1 leaks
	expect_match "leaks" "$(cat "$WORK/out")" "$pid +leaky-server +$LEAKS"
	threshold $NEVER
}

not_accepting_process()
{
	threshold 1
	ran "leaks" 1 leaks --json
	expect_eq "its kind" "$(holder idle-acceptor .kind)" listener
	expect_eq "its pid" "$(holder idle-acceptor .pid)" "${PEER_PID[idle]}"
	expect_eq "its sockets" "$(holder idle-acceptor .sockets)" $QUEUED
	expect_eq "its verdict" "$(holder idle-acceptor .verdicts.unaccepted)" $QUEUED
	expect_eq "its listener" "$(holder idle-acceptor .listener.local)" '[::1]:9002'
	expect_eq "its queue" "$(holder idle-acceptor .listener.accept_queue)" $QUEUED
	expect_eq "its backlog" "$(holder idle-acceptor .listener.backlog)" 8
	ran "leaks" 1 leaks
	expect_match "leaks" "$(cat "$WORK/out")" "${PEER_PID[idle]} +idle-acceptor +$QUEUED"
	threshold $NEVER
}

no_leak_no_status()
{
	ran "leaks below the threshold" 0 leaks --json
	expect_eq "all sockets" "$(json .close_wait.sockets)" $((LEAKS + QUEUED))
	expect_eq "fresh ones left out" "$(json .fresh_left_out)" $LEAKS
	ran "leaks --all" 0 leaks --all --json
	expect_eq "fresh ones left out" "$(json .fresh_left_out)" 0
	expect_eq "the fresh ones" "$(holder leaky-server .verdicts.fresh)" $LEAKS
}

# A download goes on for hours after its client's FIN; a leak began a minute ago.
draining_is_not_stuck()
{
	local copy=$WORK/draining

	mkdir "$copy"
	threshold 60000
	cp "$(ns_proc a)"/{summary,connections,listeners} "$copy"
	threshold $NEVER
	awk 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	     NR == 2 { $at["verdict"] = "draining"; $at["wait_ms"] = 10800000 }
	     NR == 3 { $at["verdict"] = "forgotten"; $at["wait_ms"] = 61000 }
	     NR == 2 || NR == 3 { $at["exact"] = "yes" }
	     NR <= 3' "$(ns_proc a)/close_wait" >"$copy/close_wait"
	ran "a copy" 0 --from "$copy" --json
	expect_eq "the oldest of all" "$(json .close_wait.oldest_ms)" 10800000
	expect_match "the oldest that is stuck" "$(problem close_wait_stuck .text)" \
		'^1 socket is stuck in CLOSE_WAIT, the oldest for 1m01s\.'
	ran "a page" 0 report --html "$WORK/draining.html" --from "$copy"
	grep -q '1 of 2 sockets in CLOSE_WAIT is stuck .* The oldest has been there for 1m01s\.' \
		"$WORK/draining.html" || fail "the page names another one"
}

# The same from outside, by name and by process.
other_namespaces()
{
	local name

	name=$(ns_name a)
	for name in "$name" "${NS_PID[a]}"; do
		tcpwatch --netns "$name" --json >"$WORK/out" ||
			fail "--netns $name ended with $?"
		expect_eq "CLOSE_WAITs in $name" "$(json .close_wait.sockets)" $((LEAKS + QUEUED))
	done
	tcpwatch list --netns "$(ns_name b)" --json >"$WORK/out" || fail "list --netns failed"
	json '.connections[].id' | sort >"$WORK/got"
	table b connections id | sort >"$WORK/wanted"
	expect_same "the connections of b" "$WORK/got" "$WORK/wanted"
	tcpwatch leaks --all --netns "$(ns_name a)" --json >"$WORK/out"
	expect_eq "the owner, seen from outside" "$(holder leaky-server .pid)" "${PEER_PID[leaky]}"
}

# namespace_of WHAT INODE: that --netns takes WHAT for the namespace of that inode
namespace_of()
{
	tcpwatch --netns "$1" --json >"$WORK/one" 2>"$WORK/err" || fail "--netns $1 ended with $?"
	expect_eq "the namespace that --netns $1 takes" \
		"$(jq -r '.namespaces[].netns_inode' "$WORK/one")" "$2"
}

inode()
{
	stat -Lc %i "$1"
}

left_ours()
{
	! [ "/proc/$1/ns/net" -ef /proc/self/ns/net ]
}

# A number is a process, and may be the name of another namespace.
numbers()
{
	local pid name there

	{
		let_go
		exec unshare --net sleep infinity
	} &
	pid=$!
	PEER_PID[unnamed]=$pid
	wait_for "it is in another namespace" left_ours $pid
	there=$(inode "/proc/$pid/ns/net")
	namespace_of $pid "$there"
	ip netns add $pid
	tcpwatch --netns $pid >"$WORK/out" 2>"$WORK/err"
	expect_eq "the status where both are there" $? 2
	expect_match "which ones there are" "$(cat "$WORK/err")" \
		"--netns /run/netns/$pid or --netns /proc/$pid/ns/net\$"
	namespace_of /run/netns/$pid "$(inode /run/netns/$pid)"
	namespace_of /proc/$pid/ns/net "$there"
	tcpwatch --all-netns --json >"$WORK/out" || fail "--all-netns ended with $?"
	expect_eq "both, of all" \
		"$(jq -r --argjson a "$there" --argjson b "$(inode /run/netns/$pid)" \
			'.namespaces[].netns_inode | select(. == $a or . == $b)' "$WORK/out" |
			wc -l)" 2
	while read -r name there; do
		namespace_of "$name" "$there"
	done < <(jq -r '.namespaces[] | select(.netns) | "\(.netns) \(.netns_inode)"' "$WORK/out")
	ip netns del $pid
	# The name that it has for ip netns, as scripts give it.
	ip netns attach $pid $pid
	namespace_of $pid "$(inode "/proc/$pid/ns/net")"
	ip netns del $pid
	# No process has it.
	ip netns add $NO_PID
	namespace_of $NO_PID "$(inode /run/netns/$NO_PID)"
	ip netns del $NO_PID
	stop unnamed
}

# without WHAT TEXT FILE
without()
{
	! LC_ALL=C grep -qF "$2" "$3" || fail "$1 is in $3: $(cat -v "$3")"
}

# Whoever makes a namespace chooses its name.
strange_name()
{
	local how name=$'tcpw\e]0;\xe9' inode

	ip netns add "$name"
	inode=$(inode "/run/netns/$name")
	for how in "--netns=$name" --all-netns; do
		tcpwatch "$how" --json >"$WORK/out" || fail "$how ended with $?"
		iconv -f UTF-8 -t UTF-8 "$WORK/out" >"$WORK/again" 2>&1
		expect_same "what is UTF-8 of $how" "$WORK/out" "$WORK/again"
		expect_eq "its name" "$(jq ".namespaces[] | select(.netns_inode == $inode).netns" \
			"$WORK/out")" '"tcpw\u001b]0;?"'
	done
	tcpwatch --all-netns >"$WORK/out" || fail "--all-netns ended with $?"
	expect_match "the overview of all" "$(cat "$WORK/out")" 'tcpw\?]0;\?'
	without "an escape" "$ESCAPE" "$WORK/out"
	ip netns del "$name"
	tcpwatch --netns "$name" 2>"$WORK/err"
	expect_eq "the status when it is gone" $? 2
	without "an escape" "$ESCAPE" "$WORK/err"
	expect_match "what is said of it" "$(cat "$WORK/err")" 'tcpw\?]0;\?: there is no such'
}

is_zombie()
{
	ZOMBIE=$(pgrep -P "${PEER_PID[parent]}") && [[ $(cat "/proc/$ZOMBIE/stat") == *') Z '* ]]
}

# Its namespace went before it.
zombie()
{
	{
		let_go
		exec sh -c 'true & exec sleep infinity'
	} &
	PEER_PID[parent]=$!
	wait_for "its child has exited" is_zombie
	tcpwatch --netns "$ZOMBIE" >"$WORK/out" 2>"$WORK/err"
	expect_eq "the status for a zombie" $? 2
	expect_match "why not a zombie" "$(cat "$WORK/err")" 'has exited'
	stop parent
}

all_namespaces()
{
	local name

	tcpwatch list --all-netns --json >"$WORK/out" || fail "--all-netns ended with $?"
	for name in a b; do
		jq -r ".namespaces[] | select(.netns == \"$(ns_name $name)\") | .connections[].id" \
			"$WORK/out" | sort >"$WORK/got"
		table $name connections id | sort >"$WORK/wanted"
		expect_same "the connections of $name" "$WORK/got" "$WORK/wanted"
	done
	tcpwatch --all-netns >"$WORK/out" || fail "--all-netns ended with $?"
	expect_match "the overview of all" "$(cat "$WORK/out")" "$(ns_name a)"
	expect_match "the overview of all" "$(cat "$WORK/out")" "$(ns_name b)"
}

# One document on one line, whatever it says.
documents()
{
	local command

	for command in '' list leaks 'leaks --all' 'list --owner' '--all-netns' \
		       'list --all-netns'; do
		# shellcheck disable=SC2086 # several words
		run $command --json
		expect_between "the status of $command --json" "$STATUS" 0 1
		expect_eq "lines of $command --json" "$(wc -l <"$WORK/out")" 1
		expect_eq "the form of $command --json" "$(jq -r .format "$WORK/out")" 1
	done
}

# on_a_terminal ENVIRONMENT ARG...: what the reader writes on one. script waits 10 ms after a
# command's end for what is still on its way through the terminal.
on_a_terminal()
{
	in_ns a env "$1" script -qec "tcpwatch ${*:2}; sleep 0.2" /dev/null </dev/null
}

colour()
{
	threshold 1
	expect_match "on a terminal" "$(on_a_terminal NO_COLOR= leaks)" "$ESCAPE\\[[0-9;]*m"
	expect_eq "escapes with NO_COLOR" "$(on_a_terminal NO_COLOR=1 leaks | grep -c "$ESCAPE")" 0
	expect_eq "escapes with --color=never" \
		"$(on_a_terminal NO_COLOR= leaks --color=never | grep -c "$ESCAPE")" 0
	run leaks
	expect_eq "escapes in a pipe" "$(grep -c "$ESCAPE" "$WORK/out")" 0
	run leaks --color=always
	expect_between "escapes with --color=always" "$(grep -c "$ESCAPE" "$WORK/out")" 1 99
	threshold $NEVER
}

looked_twice()
{
	[ "$(wc -l <"$WORK/watched")" -ge 2 ]
}

# watched STATUS ARG...: again and again, until a signal
watched()
{
	spawn watch a tcpwatch "${@:2}" --json --watch=0.1 >"$WORK/watched"
	wait_for "it looks twice" looked_twice
	kill -INT "${PEER_PID[watch]}"
	wait "${PEER_PID[watch]}"
	expect_eq "the status of ${*:2} --watch" $? "$1"
	unset 'PEER_PID[watch]'
	expect_eq "documents that are whole" "$(jq -r .format "$WORK/watched" | sort -u)" 1
	expect_eq "documents" "$(jq -r .format "$WORK/watched" | wc -l)" \
		"$(wc -l <"$WORK/watched")"
}

watch_until_interrupted()
{
	watched 0
	watched 0 leaks
	threshold 1
	watched 1 leaks
	threshold $NEVER
}

module_need
command -v jq >/dev/null || give_up "jq is missing"
ns_add a
ns_add b
threshold $NEVER
peer_start leaky a server --name leaky-server --leak 127.0.0.1:9001
peer_start idle a server --name idle-acceptor --no-accept --backlog 8 '[::1]:9002'
peer_line leaky
peer_line idle
peer_start gone a client --name gone-client --count $LEAKS --close 127.0.0.1:9001
peer_start queued a client --name queued-client --count $QUEUED --close '[::1]:9002'
peer_line gone
peer_line queued
peer_start pa a
peer_start pb b
peer_listen pa fine 127.0.0.1:9003
peer_listen pa fine6 '[::1]:9003'
for i in 1 2 3 4; do
	peer_pair pa a$i 127.0.0.1:0 fine 127.0.0.1:9003
	peer_pair pa b$i '[::1]:0' fine6 '[::1]:9003'
done
peer_listen pb one 127.0.0.1:9004
peer_pair pb one 127.0.0.1:0 one 127.0.0.1:9004
wait_for "all is read" summary_is a close_wait $((LEAKS + QUEUED))
fresh_ones()
{
	[ "$(table a close_wait verdict | grep -c fresh)" = $LEAKS ]
}
wait_for "the leaky server has read all" fresh_ones
# On a slow machine they would end in the midst of it.
end_minis a

test_case "the overview" overview
test_case "list shows every connection" list_is_whole
test_case "filters of list" filters
test_case "--sort and --columns" sorted_and_chosen
test_case "leaks: a process that does not close" leaking_process
test_case "leaks: a process that does not accept" not_accepting_process
test_case "leaks: nothing found, status 0" no_leak_no_status
test_case "the oldest that is stuck, beside one that drains" draining_is_not_stuck
test_case "--netns by name and by process" other_namespaces
test_case "--netns with a number" numbers
test_case "a name that is no text" strange_name
test_case "--netns of a zombie" zombie
test_case "--all-netns" all_namespaces
test_case "JSON documents" documents
test_case "colour on a terminal only" colour
test_case "--watch until a signal" watch_until_interrupted
run_cases
