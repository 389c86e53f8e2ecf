#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The manual pages tcpwatch(4) and tcpwatch(5) tell of all that the module shows and takes, and of
# nothing else. tcpwatch(8) is made of what the program says, and has to be made right.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

MAN=$HERE/../kmod/man

# told PAGE SECTION [MACRO]: the names that a subsection lists
told()
{
	awk -v section="$2" -v macro="${3:-Va}" '
		/^\.S[hs] / { inside = $2 == section }
		inside && $1 == ".It" && $2 == macro {
			sub(/^.It [A-Z][a-z] /, "")
			sub(/ No .*/, "")
			gsub(/ , /, "\n")
			print
		}' "$MAN/tcpwatch.$1" | sort
}

# expect_told WHAT PAGE SECTION [MACRO]: the names on standard input
expect_told()
{
	sort >"$WORK/shown"
	told "${@:2}" >"$WORK/told"
	[ -s "$WORK/shown" ] || fail "nothing of $1 is shown"
	expect_same "$1" "$WORK/told" "$WORK/shown"
}

files()
{
	local file

	find -L /proc/tcpwatch/ -mindepth 1 -printf '%f\n' | sort >"$WORK/shown"
	sed -n '/^\.Sh FILES/,/^\.Sh SEE/s/^\.Ss //p' "$MAN/tcpwatch.5" | sort >"$WORK/told"
	expect_same "files" "$WORK/told" "$WORK/shown"
	cut -d' ' -f1 /proc/tcpwatch/summary | expect_told "lines of summary" 5 summary
	for file in connections close_wait time_wait syn_recv listeners; do
		head -n 1 "/proc/tcpwatch/$file" | tr ' ' '\n' |
			expect_told "columns of $file" 5 "$file"
	done
}

# As far as a connection shows them: opened, followed, closed.
events()
{
	local event key

	record events a
	in_ns a sh -c 'echo "add local=*" >/proc/tcpwatch/follow'
	peer_start p a
	peer_listen p l 127.0.0.1:4000
	peer_pair p x 127.0.0.1:0 l 127.0.0.1:4000
	peer p close cx
	peer p close sx
	wait_for "the end is told" grep -q ' closed ' "$WORK/events"
	stop events
	for event in state closed segment; do
		awk -v event=$event '$3 == event' "$WORK/events" |
			grep -oE ' [a-z_]+=' | tr -d ' =' | sort -u >"$WORK/keys"
		while read -r key; do
			sed -n "/^\.It Ev $event /,/^\.It Ev/p" "$MAN/tcpwatch.5" |
				grep -qw "$key" || fail "nothing is told of $key in $event"
		done <"$WORK/keys"
		[ -s "$WORK/keys" ] || fail "no event $event"
	done
}

module_takes()
{
	find /sys/module/tcpwatch/parameters -type f -printf '%f\n' |
		expect_told "parameters" 4 Parameters
	find /proc/sys/net/tcpwatch -type f -printf '%f\n' | expect_told "settings" 4 Settings
}

tracepoints()
{
	local events=/sys/kernel/tracing/events/tcpwatch field

	[ -d $events ] || mount -t tracefs tracefs /sys/kernel/tracing
	find $events -mindepth 1 -maxdepth 1 -type d -printf '%f\n' |
		expect_told "tracepoints" 4 Tracepoints
	sed -nE 's/.*field:.* ([a-z0-9_]+)(\[.*)?;\toffset.*/\1/p' $events/*/format |
		grep -v '^common_' | sort -u >"$WORK/fields"
	[ -s "$WORK/fields" ] || fail "no tracepoint has a field"
	while read -r field; do
		grep -qE "^\.Va $field( |$)" "$MAN/tcpwatch.4" || fail "nothing is told of $field"
	done <"$WORK/fields"
}

# Each command and option of the program stands in its page.
commands()
{
	local command option

	mandoc -T ascii "$HERE/../userspace/tcpwatch.8" | col -b >"$WORK/page"
	for command in $(tcpwatch --help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
		grep -qx "   $command" "$WORK/page" || fail "nothing is told of $command"
		for option in $(tcpwatch "$command" --help | grep -oE -- '--[a-z-]+'); do
			grep -q -e "$option" "$WORK/page" ||
				fail "nothing is told of $command $option"
		done
	done
	[ -n "${option:-}" ] || fail "no command has an option"
}

form()
{
	mandoc -T lint -W warning "$MAN"/tcpwatch.[45] "$HERE/../userspace/tcpwatch.8" >"$WORK/lint"
	expect_eq "what mandoc says" "$(cat "$WORK/lint")" ''
}

module_fresh
ns_add a
test_case "files, their lines and columns" files
test_case "the keys of events" events
test_case "parameters and settings" module_takes
test_case "tracepoints and their fields" tracepoints
test_case "the command and its options" commands
test_case "the form" form
run_cases
