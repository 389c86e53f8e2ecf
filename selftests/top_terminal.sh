#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch top and its terminal: each size, terminals that can little, no UTF-8, wrong use,
# the module that goes and comes, and that the terminal is left as it was.
#
#	namespace a   all connections, and top

# shellcheck source=selftests/lib_top.sh
. "$(dirname "$0")/lib_top.sh"

USAGE=2 UNLOADED=3

# refuses WHAT REGEX ARG...: top ends at once, and says why
refuses()
{
	screen_start 80x24 "${@:3}"
	wait_for "it ends" screen_has_ended || screen_fail "$1 works"
	expect_eq "the status with $1" "$(cat "$WORK/screen.status")" $USAGE
	expect_match "what it says of $1" "$(tr '\n' ' ' <"$WORK/screen.err")" "$2"
	screen_kill
}

wrong_use()
{
	refuses --json '--json: a screen has none' top --json
	refuses --all-netns '--netns NAME or PID says of which' top --all-netns
	refuses --from '--from: a saved copy' top --from=/proc/net/tcpwatch
	refuses --watch '--delay is how often' top --watch
	refuses "a delay of 0" 'SECONDS is a number from' top --delay=0
	refuses "a delay that is none" 'SECONDS is a number from' top --delay=soon
	refuses "an argument" "press / for a filter" top 443
	ran "top in a pipe" $USAGE top
	expect_match "what it says in a pipe" "$(cat "$WORK/err")" 'needs a terminal.*--watch=1'
}

poor_terminals()
{
	SCREEN_TERM=dumb refuses TERM=dumb 'only takes one line after the other.*--watch=1' top
	SCREEN_TERM=no-such refuses TERM=no-such 'TERM=no-such.*--watch=1' top
	SCREEN_TERM='' refuses 'no TERM' 'TERM is not set.*--watch=1' top
}

without_module()
{
	module_absent
	screen_start 80x24 top
	wait_for "it ends" screen_has_ended || screen_fail "it runs without the module"
	expect_eq "the status" "$(cat "$WORK/screen.status")" $UNLOADED
	expect_match "what it says" "$(tr '\n' ' ' <"$WORK/screen.err")" 'is not loaded'
	screen_kill
	module_fresh
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=$STUCK_MS
}

resizing()
{
	leak 1
	top 80x24
	shows '^Connections: 1 '
	shows ' CLOSE_WAIT +0 +0 q-leaks$'
	resize 132x43
	shows '^Connections: 1 .* unacked .* rtt .* pid process$'
	shows '^ +pid CLOSE_WAIT by .* fds +full in verdicts$'
	resize 60x12
	shows '^Connections: 1 .*out/s$'
	shows '^Stalled: 0 .* why '
	shows_not 'CLOSING'
	resize 59x12
	shows '^at least 60x12, please'
	resize 60x11
	shows '^\(now 60x11\)'
	resize 300x100
	shows ' verdict .* process$'
	resize 80x24
	shows '^LAST_ACK .*CLOSING +0'
	shows ' CLOSE_WAIT +0 +0 q-leaks$'
	screen_end
	leak_end 1
}

helping()
{
	local key

	top 80x24
	for key in h '?'; do
		keys "$key"
		shows 'keys and words'
		shows '^ f space +freeze'
		keys "$key"
		shows '^Connections: '
	done
	screen_end
}

# Is there a character on it that is not in ASCII?
beyond_ascii()
{
	screen | grep -q $'[\x80-\xff]'
}

# ascii WHAT: what is seen now is ASCII alone
ascii()
{
	! beyond_ascii || screen_fail "$1 has more than ASCII"
}

# all_views CHECK: each that there is
all_views()
{
	leak 1
	top 80x24
	shows '^Connections: 1 '
	"$1" "the main screen"
	keys h
	shows 'keys and words'
	"$1" "the help"
	keys h /
	shows '^Filter:'
	"$1" "the prompt"
	keys Escape Enter
	shows '^CLOSE_WAIT for '
	"$1" "a connection"
	keys w
	shows 'SND\.UNA'
	"$1" "its window"
	screen_end
	leak_end 1
}

ascii_alone()
{
	SCREEN_LOCALE=C all_views ascii
	SCREEN_TERM=linux all_views ascii
}

# more WHAT: the lines of history and the bars are drawn
more()
{
	[[ $1 == *help* ]] || [[ $1 == *prompt* ]] || beyond_ascii ||
		screen_fail "$1 has ASCII alone"
}

utf8()
{
	local term

	for term in screen xterm vt100; do
		SCREEN_TERM=$term all_views more
	done
}

module_away()
{
	leak 2
	top 80x24
	shows "^ +${PEER_PID[q]} q-leaks +2 +2 "
	keys Enter
	shows '^CLOSE_WAIT for '
	keys Escape
	module_unload
	shows 'the module is not loaded'
	keys s
	shows '▲'
	module_load
	shows_not 'the module is not loaded'
	expect_pulse CLOSE_WAIT 2
	peer q close sleak1
	expect_pulse CLOSE_WAIT 1
	shows "^ +${PEER_PID[q]} q-leaks +1 "

	# Also with a connection open: it is the same, and what happens to it is told again.
	keys Enter
	shows '^CLOSE_WAIT for >?~?'
	module_unload
	# The second, if it looked once more while the module went, and opened the file again.
	shows 'the module was unloaded|^ *modprobe tcpwatch, or'
	module_load
	shows_not 'the module'
	leak_end 1
	shows '^[0-9:.]{15} .*closed'
	screen_end
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=$STUCK_MS
}

by_signals()
{
	local signal

	for signal in TERM INT HUP; do
		top 80x24
		kill -$signal "$(screen_pid)"
		screen_ended 0
	done
	top 80x24
	keys C-c
	screen_ended 0
}

stopped()
{
	grep -q '^State:.*T' "/proc/$(screen_pid)/status"
}

alternate_is()
{
	[ "$(tm display-message -p '#{alternate_on}')" = "$1" ]
}

wide()
{
	[ "$(screen | awk '{ if (length > most) most = length } END { print most + 0 }')" -gt 80 ]
}

# Whatever it does just then, which is mostly to read and to draw.
stop_and_go_on()
{
	local times

	top 80x24 --delay=0.1
	expect_eq "alternate screen" "$(tm display-message -p '#{alternate_on}')" 1
	for times in {1..12}; do
		keys C-z
		wait_for "it stops, $times" stopped || break
		wait_for "the shell's screen is back" alternate_is 0
		[ "$times" != 12 ] || resize 100x30
		screen_fg
		wait_for "its screen is back" alternate_is 1
		shows '^Connections: '
	done
	wait_for "it has more columns" wide
	screen_end
}

wraps()
{
	[ "$(tm display-message -p '#{wrap_flag}')" = "$1" ]
}

# --watch is no screen of its own, but the long lines are cut.
watch_stop_and_go_on()
{
	local times

	screen_start 80x24 --watch=0.1
	shows CLOSE_WAIT
	for times in {1..6}; do
		wait_for "lines are cut, $times" wraps 0
		keys C-z
		wait_for "it stops, $times" stopped || break
		wait_for "the shell's lines wrap, $times" wraps 1
		screen_fg
	done
	wait_for "lines are cut" wraps 0
	keys C-c
	screen_ended 0
}

# Another user's processes are not seen, nor what happens, and that is said.
without_root()
{
	leak 1
	SCREEN_USER=65534 top 80x24
	shows '^ +- \(uid 0\) +1 +1 .* leaked 1$'
	keys Enter
	shows '^no process is seen that has it; id '
	shows 'not permitted to read .*events'
	screen_end
	leak_end 1
}

set_up

test_case "wrong options are refused, with what to do instead" wrong_use
test_case "a terminal that can't show it is refused, likewise" poor_terminals
test_case "without the module it says so, and how to load it" without_module
test_case "other sizes" resizing
test_case "h helps" helping
test_case "without UTF-8, and on the console: ASCII alone" ascii_alone
test_case "with UTF-8, on several terminals" utf8
test_case "the module goes and comes" module_away
test_case "SIGTERM, SIGINT, SIGHUP, Ctrl-C: the terminal is as it was" by_signals
test_case "stopped and continued" stop_and_go_on
test_case "--watch stopped and continued" watch_stop_and_go_on
test_case "without root" without_root
run_cases
