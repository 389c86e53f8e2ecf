#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reader, tcpwatch, when things are wrong: wrong words, no module, no permission,
# tables cut short or of a later module, and what goes away while it looks. A clear
# word or a shorter answer, never a crash, never a wrong number.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

OK=0 USAGE=2 UNLOADED=3 DENIED=4 FAILED=5

# ended WHAT STATUS [COMMAND...]: with that status, and no word or one line of words
ended()
{
	local status

	"${@:3}" >"$WORK/out" 2>"$WORK/err" </dev/null
	status=$?
	expect_eq "the status of $1" $status "$2"
	[ $status = 0 ] || [ $status = 1 ] || [ -s "$WORK/err" ] ||
		fail "$1 does not say what is wrong"
}

# said WHAT REGEX: on standard error
said()
{
	expect_match "what it says of $1" "$(cat "$WORK/err")" "$2"
}

wrong_use()
{
	local words

	for words in --nosuch nosuch 'list --state=NOSUCH' 'list --verdict=nosuch' \
		     'list --port=x' 'list --port=70000' 'list --pid=x' 'list --local=1.2.3' \
		     'list --local=1.2.3.4/33' 'list --sort=nosuch' 'list --columns=nosuch' \
		     'list --state' 'list --state=' 'list --port=80,' 'list --comm=' \
		     'list extra' 'leaks extra' 'leaks --port=80' 'handshakes extra' \
		     'memory extra' 'port' 'port 0' 'port 80 localhost' 'events --id=0x10' \
		     'life --by=FIN' 'top --delay=0' 'window =1' 'window --svg=' \
		     'export --listen=80' 'export --textfile=' 'report' 'report --html=' \
		     'explain nosuch' '--watch=' '--watch=0' '--watch=-1' '--watch=x' \
		     '--color' '--color=red' '--json=x' '--netns' '--netns=' '--netns=nosuch' \
		     '--netns=99999999' '--from=' '--from=/nosuch' '--from=/etc/passwd' \
		     '--netns=1 --all-netns' '--netns=1 list --from=/' \
		     'list --all-netns --from=/'; do
		# shellcheck disable=SC2086 # several words
		ended "tcpwatch $words" $USAGE tcpwatch $words
		expect_eq "what tcpwatch $words prints" "$(cat "$WORK/out")" ''
	done
	ended "a mistyped command" $USAGE tcpwatch leak
	said "a mistyped command" leaks
	ended "--watch 5" $USAGE tcpwatch --watch 5
	said "--watch 5" 'do you mean --watch=5'
	ended "list --watch 5" $USAGE tcpwatch list --watch 5 --json
	said "list --watch 5" 'do you mean --watch=5'
	ended "--help" $OK tcpwatch --help
	expect_match "the help" "$(cat "$WORK/out")" 'Usage: tcpwatch'
	ended "--version" $OK tcpwatch --version
}

no_module()
{
	module_absent
	ended "the overview without the module" $UNLOADED tcpwatch
	said "the missing module" '(modprobe|insmod).*tcpwatch'
	ended "list without the module" $UNLOADED tcpwatch list
	ended "leaks without the module" $UNLOADED tcpwatch leaks
	ended "--netns without the module" $UNLOADED tcpwatch --netns "$(ns_name a)"
	module_load || fail "insmod failed"
	ended "the overview with the module" $OK tcpwatch
}

as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

no_permission()
{
	local command

	mkdir -m 700 "$WORK/closed"
	cp "$(ns_proc a)"/{summary,connections,close_wait,listeners} "$WORK/closed"
	chmod 711 "$WORK"
	ended "a closed folder" $DENIED as_nobody tcpwatch --from "$WORK/closed"
	ended "a closed namespace" $DENIED as_nobody tcpwatch --netns "$(ns_name a)"
	said "a closed namespace" 'takes root'
	for command in events life window; do
		ended "$command" $DENIED as_nobody tcpwatch $command --for=1
		said "$command" 'events: that takes root'
	done
	ended "one's own namespace" $OK in_ns a \
		setpriv --reuid=65534 --regid=65534 --clear-groups tcpwatch list --json
}

# Who has the sockets can't be seen, and that is said.
hidden_owner()
{
	local words

	# What leaks is not stuck, whatever time all the cases before this one took.
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=3600000
	in_ns a setpriv --reuid=65534 --regid=65534 --clear-groups \
		tcpwatch leaks --all --json >"$WORK/out"
	expect_eq "the kinds of holders" \
		"$(jq -r '.namespaces[0].holders[].kind' "$WORK/out" | sort -u)" unseen
	for words in 'leaks --all' 'list --owner' 'list --comm=leaky-server' memory; do
		# shellcheck disable=SC2086 # several words
		ended "$words" $OK in_ns a setpriv --reuid=65534 --regid=65534 --clear-groups \
			tcpwatch $words
		expect_match "what $words says" "$(tr '\n' ' ' <"$WORK/out")" \
			'the processes of others: run it as root, with CAP_SYS_PTRACE'
	done
}

# Where /proc does not even list the processes of others.
unlisted_owner()
{
	local words unlisted

	# shellcheck disable=SC2016 # for that shell
	unlisted=(in_ns a unshare --mount
		  sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' sh)
	for words in 'leaks --all' 'list --owner' memory; do
		# shellcheck disable=SC2086 # several words
		ended "$words" $OK "${unlisted[@]}" \
			setpriv --reuid=65534 --regid=65534 --clear-groups tcpwatch $words
		expect_match "what $words says" "$(tr '\n' ' ' <"$WORK/out")" \
			'the processes of others: run it as root, with CAP_SYS_PTRACE'
	done
	"${unlisted[@]}" setpriv --reuid=65534 --regid=65534 --clear-groups \
		tcpwatch --all-netns --json >"$WORK/out"
	expect_eq "the status of --all-netns" $? $DENIED
	expect_eq "hidden processes" "$(jq .hidden_processes "$WORK/out")" 1
	ended "--all-netns as root" $OK "${unlisted[@]}" tcpwatch --all-netns --json
	expect_eq "processes hidden from root" "$(jq .hidden_processes "$WORK/out")" 0
}

# fresh_copy: a saved copy of namespace a's files, in $WORK/copy
fresh_copy()
{
	rm -rf "$WORK/copy"
	mkdir "$WORK/copy"
	cp "$WORK/saved"/* "$WORK/copy"
}

# from STATUS WHAT [ARG...]: the answer to the copy
from()
{
	ended "$2" "$1" tcpwatch "${@:3}" --from "$WORK/copy" --json
	[ "$1" = $FAILED ] || expect_eq "the document of $2" "$(jq -r .format "$WORK/out")" 1
}

saved_copy()
{
	fresh_copy
	from $OK "a copy"
	from $OK "a copy" list
	expect_eq "connections" "$(jq '.namespaces[0].connections | length' "$WORK/out")" \
		"$(sed 1d "$WORK/saved/connections" | wc -l)"
	from $OK "a copy" leaks
	expect_eq "CLOSE_WAITs" "$(jq .namespaces[0].close_wait.sockets "$WORK/out")" \
		"$(sed 1d "$WORK/saved/close_wait" | wc -l)"
}

# cut_at FILE BYTES COMMAND...
cut_at()
{
	fresh_copy
	head -c "$2" "$WORK/saved/$1" >"$WORK/copy/$1"
	from $FAILED "$1 cut after $2 bytes" "${@:3}"
	said "$1 cut after $2 bytes" "$1"
}

# Wherever it is cut but between two lines, that is noticed.
cut_short()
{
	local file=$1 size at

	size=$(stat -c %s "$WORK/saved/$file")
	for at in 1 3 $((size / 5)) $((size / 3)) $((size / 2)) $((size - 20)) $((size - 1)); do
		[ "$(head -c $at "$WORK/saved/$file" | tail -c 1 | wc -l)" = 0 ] || at=$((at - 1))
		cut_at "$file" $at "${@:2}"
	done
	fresh_copy
	: >"$WORK/copy/$file"
	from $FAILED "an empty $file" "${@:2}"
	rm "$WORK/copy/$file"
	from $FAILED "no $file" "${@:2}"
	said "no $file" "$file"
}

# garbage FILE COMMAND...
garbage()
{
	local file=$1

	fresh_copy
	head -c 5000 /dev/urandom >"$WORK/copy/$file"
	from $FAILED "noise for $file" "${@:2}"
	head -c 5000 /dev/zero >"$WORK/copy/$file"
	from $FAILED "zeroes for $file" "${@:2}"
	head -c 3000000 /dev/zero | tr '\0' x >"$WORK/copy/$file"
	from $FAILED "one long line for $file" "${@:2}"
	{ head -n 1 "$WORK/saved/$file"; echo "one two three"; } >"$WORK/copy/$file"
	from $FAILED "a short row in $file" "${@:2}"
	rm "$WORK/copy/$file"
	mkdir "$WORK/copy/$file"
	from $FAILED "a folder for $file" "${@:2}"
	rmdir "$WORK/copy/$file"
	mkfifo "$WORK/copy/$file"
	from $FAILED "a fifo for $file" "${@:2}"
}

# with_column FILE NAME VALUE: in each row
with_column()
{
	fresh_copy
	awk -v name="$2" -v value="$3" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				if ($i == name)
					at = i
		}
		NR > 1 { $at = value }
		{ print }' "$WORK/saved/$1" >"$WORK/copy/$1"
}

without_column()
{
	fresh_copy
	awk -v name="$2" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				if ($i == name)
					at = i
		}
		{
			line = ""
			for (i = 1; i <= NF; i++)
				if (i != at)
					line = line (line == "" ? "" : " ") $i
			print line
		}' "$WORK/saved/$1" >"$WORK/copy/$1"
}

missing_columns()
{
	local column

	for column in id verdict wait_ms; do
		without_column close_wait $column
		from $FAILED "close_wait without $column" leaks
		said "a missing $column" "$column"
	done
	without_column connections state
	from $FAILED "connections without state" list --state=CLOSE_WAIT
	said "a missing state" "state"
	fresh_copy
	grep -v '^close_wait ' "$WORK/saved/summary" >"$WORK/copy/summary"
	from $FAILED "a summary without close_wait"
	said "a missing line" close_wait
}

# A later module has more; what is known is shown, what is not is passed on.
more_than_known()
{
	local before

	fresh_copy
	from $OK "a copy" list
	before=$(jq -c '.namespaces[0].connections | map(del(.later))' "$WORK/out")
	sed '1s/$/ later/; 2,$s/$/ 42/' "$WORK/saved/connections" >"$WORK/copy/connections"
	from $OK "connections with one more column" list
	expect_eq "what is known" \
		"$(jq -c '.namespaces[0].connections | map(del(.later))' "$WORK/out")" "$before"
	expect_eq "what is not" "$(jq '.namespaces[0].connections[0].later' "$WORK/out")" 42
	sed '1s/$/ la"t\\er null_ zeroes word big/
		2,$s/$/ wo"r\\d - 007 12x 18446744073709551616/' "$WORK/saved/connections" \
		>"$WORK/copy/connections"
	from $OK "names and words that JSON writes otherwise" list
	expect_eq "they" "$(jq -c '.namespaces[0].connections[0] |
			[."la\"t\\er", .null_, .zeroes, .word, .big]' "$WORK/out")" \
		'["wo\"r\\d",null,7,"12x","18446744073709551616"]'
	fresh_copy
	sed '1s/^/later /; 2,$s/^/42 /' "$WORK/saved/close_wait" >"$WORK/copy/close_wait"
	from $OK "close_wait with a new first column" leaks --all
	expect_eq "CLOSE_WAITs" "$(jq .namespaces[0].close_wait.sockets "$WORK/out")" \
		"$(sed 1d "$WORK/saved/close_wait" | wc -l)"
	fresh_copy
	echo "later 42" >>"$WORK/copy/summary"
	from $OK "a summary with one more line"
	expect_eq "the line" "$(jq .namespaces[0].summary.later "$WORK/out")" 42
	with_column close_wait verdict later
	from $OK "a verdict of a later module" leaks --all
	expect_eq "other verdicts" "$(jq .namespaces[0].close_wait.verdicts.other "$WORK/out")" \
		"$(sed 1d "$WORK/saved/close_wait" | wc -l)"
	fresh_copy
	sed 's/^abi 1$/abi 2/' "$WORK/saved/summary" >"$WORK/copy/summary"
	ended "a later contract" $OK tcpwatch --from "$WORK/copy"
}

wrong_values()
{
	local value

	for value in -1 99999999999999999999999 1x 0x10 1.5; do
		with_column close_wait wait_ms "$value"
		from $FAILED "wait_ms $value" leaks
		said "wait_ms $value" wait_ms
		with_column connections mem_bytes "$value"
		from $FAILED "mem_bytes $value" list
		said "mem_bytes $value" mem_bytes
	done
	with_column connections remote nowhere
	from $FAILED "an end that is none" list
	from $FAILED "an end that is none, looked for" list --columns=id --remote=:80
	with_column close_wait local nowhere
	from $FAILED "an address that is none" leaks
	with_column close_wait wait_ms -
	from $FAILED "an age that is not known" leaks
	said "an age that is not known" wait_ms
}

# Namespaces come and go while all of them are looked at.
namespaces_vanish()
{
	local i

	background vanish come_and_go
	for i in 1 2 3 4 5 6 7 8; do
		tcpwatch --all-netns --json >"$WORK/out" 2>"$WORK/err"
		expect_between "the status of look $i" $? 0 1
		expect_eq "the document of look $i" "$(jq -r .format "$WORK/out")" 1
		tcpwatch list --owner --all-netns --json >"$WORK/out" 2>"$WORK/err"
		expect_between "the status of list $i" $? 0 1
		expect_eq "the document of list $i" "$(jq -r .format "$WORK/out")" 1
	done
	stop vanish
}

come_and_go()
{
	local name

	name=$(ns_name fleeting)
	trap exit TERM
	while :; do
		ip netns add "$name"
		ip netns exec "$name" sleep 0.05
		ip netns del "$name"
	done
}

# Processes come and go while the owners of sockets are looked for.
processes_vanish()
{
	local i

	background vanish short_lives
	for i in 1 2 3 4 5 6 7 8; do
		ended "look $i" $OK tcpwatch list --owner --json
		ended "leaks $i" $OK tcpwatch leaks --all --json
	done
	stop vanish
}

short_lives()
{
	trap exit TERM
	while :; do
		"$TRAFFIC/churn" 127.0.0.1:0 4 40
	done
}

# The module goes, and comes back, while it is read.
module_vanishes()
{
	local i

	background vanish load_and_unload
	for i in 1 2 3 4 5 6 7 8 9 10; do
		tcpwatch list --json >"$WORK/out" 2>"$WORK/err"
		case $? in
		0) expect_eq "the document of look $i" "$(jq -r .format "$WORK/out")" 1 ;;
		3) said "look $i" tcpwatch ;;
		# It is back already.
		5) said "look $i" 'went away while it was being read' ;;
		*) fail "look $i ended with $?: $(cat "$WORK/err")" ;;
		esac
	done
	stop vanish
	module_need
}

load_and_unload()
{
	trap exit TERM
	while :; do
		module_unload
		module_load
	done
}

# The module goes while a reader that has a file open is between two reads of it.
file_taken_away()
{
	local status=0 tries

	peer_start crowd a client --count 500 127.0.0.1:9001
	peer_line crowd
	for ((tries = 0; tries < 20 && status == 0; tries++)); do
		spawn reader a tcpwatch list --json >"$WORK/out" 2>"$WORK/err" </dev/null
		if stopped_in_connections "${PEER_PID[reader]}"; then
			module_unload
			kill -CONT "${PEER_PID[reader]}"
		fi
		wait "${PEER_PID[reader]}"
		status=$?
		unset "PEER_PID[reader]"
		module_need
	done
	peer_stop crowd
	expect_eq "the status" $status $UNLOADED
	said "a file that was taken away" 'the module is not loaded'
	expect_eq "what it prints" "$(cat "$WORK/out")" ''
}

# stopped_in_connections READER: it stands still with that file open; false: it has ended, or will
stopped_in_connections()
{
	until reads_connections "$1"; do
		[ -e "/proc/$1" ] || return 1
	done
	kill -STOP "$1" 2>/dev/null
	wait_for "it stands still" stands_still "$1"
	reads_connections "$1" && return
	kill -CONT "$1" 2>/dev/null
	return 1
}

stands_still()
{
	[ ! -e "/proc/$1" ] || grep -q '^State:	T' "/proc/$1/status" 2>/dev/null
}

reads_connections()
{
	local fd

	for fd in "/proc/$1/fd"/*; do
		[ "$fd" -ef "/proc/$1/net/tcpwatch/connections" ] && return
	done
	return 1
}

# What it writes can't be written.
nobody_reads()
{
	tcpwatch list --json >/dev/full 2>"$WORK/err"
	expect_eq "the status with a full disk" $? $FAILED
	said "a full disk" 'No space left'
	(
		trap '' PIPE
		tcpwatch --json 2>"$WORK/err"
		echo $? >"$WORK/status"
	) | true
	expect_match "the status without a reader" "$(cat "$WORK/status")" '^(0|5)$'
}

module_need
command -v jq >/dev/null || give_up "jq is missing"
ns_add a
peer_start leaky a server --name leaky-server --leak 127.0.0.1:9001
peer_line leaky
peer_start gone a client --count 6 --close 127.0.0.1:9001
peer_line gone
wait_for "they are in CLOSE_WAIT" summary_is a close_wait 6
mkdir "$WORK/saved"
cp "$(ns_proc a)"/{summary,connections,close_wait,listeners} "$WORK/saved"
chmod 644 "$WORK/saved"/*

test_case "wrong use: status 2" wrong_use
test_case "the module is not loaded: status 3" no_module
test_case "not permitted: status 4" no_permission
test_case "owners that may not be seen" hidden_owner
test_case "owners that are not listed" unlisted_owner
test_case "a saved copy" saved_copy
test_case "a summary cut short" cut_short summary
test_case "connections cut short" cut_short connections list
test_case "close_wait cut short" cut_short close_wait leaks
test_case "garbage for a summary" garbage summary
test_case "garbage for connections" garbage connections list
test_case "garbage for close_wait" garbage close_wait leaks
test_case "columns that are missing" missing_columns
test_case "columns, lines and words of a later module" more_than_known
test_case "values that are none" wrong_values
test_case "namespaces that vanish" namespaces_vanish
test_case "processes that vanish" processes_vanish
test_case "a module that vanishes" module_vanishes
test_case "a file that is taken away" file_taken_away
test_case "an answer that can't be written" nobody_reads
run_cases
