#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What tcpwatch and each of its commands say with --help fits a screen; the options that it tells
# of are taken, and those that other commands have are refused by their name. Without the module,
# so that whatever is taken ends soon.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

USAGE=2

# said ARG...: its answer, in $WORK/out and $WORK/err; its status, 124 if it does not end
said()
{
	timeout "$WAIT_LIMIT_S" tcpwatch "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
}

# options [COMMAND]: as --help lists them, --OPTION[=VALUE]
options()
{
	tcpwatch ${1:+"$1"} --help | grep -oE '^ +(-., )?--[^ ]+' | sed 's/.*--/--/; s/\[=/=/'
}

# option COMMAND OPTION: with a value, into WORDS, and with what it needs beside it
option()
{
	local name=${2%%=*}

	case $2 in
	*=ADDR) WORDS=("$name=127.0.0.1") ;;
	*=\[ADDR\]:PORT) WORDS=("$name=192.0.2.1:0") ;;
	*=PORT) WORDS=("$name=80") ;;
	*=STATE) WORDS=("$name=CLOSE_WAIT") ;;
	*=VERDICT) WORDS=("$name=leaked") ;;
	*=EVENT) WORDS=("$name=closed") ;;
	*=NAME) WORDS=("$name=sh") ;;
	*=COLUMN | *=A,B,...) WORDS=("$name=id") ;;
	--by=HOW) WORDS=("$name=fin") ;;
	--time=HOW) WORDS=("$name=clock") ;;
	*=WHEN) WORDS=("$name=always") ;;
	--way=WAY) WORDS=("$name=in" "--svg=$WORK/picture") ;;
	*=PID | *=ID | *=N | *=SECONDS\] | *=SECONDS) WORDS=("$name=1") ;;
	*=NAME\|PID) WORDS=("$name=$(ns_name a)") ;;
	*=DIR) WORDS=("$name=$WORK/copy") ;;
	*=FILE) WORDS=("$name=$WORK/picture") ;;
	*=PATH) WORDS=("$name=$WORK/nowhere/metrics") ;;
	*=*) fail "this test knows no value for $1 $2" ;;
	*) WORDS=("$name") ;;
	esac
	case $1 in
	port) WORDS+=(80) ;;
	report) WORDS=("--html=$WORK/page" "${WORDS[@]}") ;;
	export) [ "$name" != --watch ] || WORDS+=("--textfile=$WORK/nowhere/metrics") ;;
	esac
}

screens()
{
	local command

	expect_between "commands" "$(wc -w <<<"$COMMANDS")" 10 20
	for command in '' $COMMANDS; do
		said ${command:+"$command"} --help || fail "$command --help ends with $?"
		expect_match "what $command --help says" "$(cat "$WORK/out")" \
			"^Usage: tcpwatch${command:+ $command} "
		expect_between "lines of $command --help" "$(wc -l <"$WORK/out")" 5 24
		expect_between "columns of $command --help" "$(wc -L <"$WORK/out")" 30 80
	done
}

told_is_taken()
{
	local command option status

	for command in '' $COMMANDS; do
		expect_between "options of $command" "$(options "$command" | wc -w)" 4 20
		for option in $(options "$command"); do
			option "$command" "$option"
			said ${command:+"$command"} "${WORDS[@]}"
			status=$?
			[ $status != $USAGE ] || fail "$command ${WORDS[*]}: $(cat "$WORK/err")"
		done
	done
}

# refused COMMAND OPTION ARG...
refused()
{
	said "${@:3}"
	expect_eq "the status of ${*:3}" $? $USAGE
	expect_eq "what ${*:3} prints" "$(cat "$WORK/out")" ''
	expect_match "what it says of ${*:3}" "$(head -n 1 "$WORK/err")" \
		"^tcpwatch $1: ${2%%=*}: .*[a-z]+ [a-z]+"
}

# The same before the command's name.
untold_is_refused()
{
	local command option n=0

	for command in $COMMANDS; do
		for option in $(options); do
			! options "$command" | grep -q "^${option%%=*}\(=\|\$\)" || continue
			n=$((n + 1))
			option "$command" "$option"
			refused "$command" "$option" "$command" "${WORDS[@]}"
			option '' "$option"
			refused "$command" "$option" "${WORDS[@]}" "$command"
		done
	done
	expect_between "options that a command refuses" $n 10 40
}

# A folder may have several namespaces, as --all-netns has.
cgroups()
{
	local command

	for command in $COMMANDS; do
		said "$command" --netns=/sys/fs/cgroup
		if options "$command" | grep -q '^--all-netns$'; then
			! grep -q ': --netns=/sys' "$WORK/err" || fail "$command takes no cgroup"
		elif options "$command" | grep -q '^--netns='; then
			expect_match "what $command says of a cgroup" "$(cat "$WORK/err")" \
				'^tcpwatch [a-z]+: --netns=/sys/fs/cgroup: .* one namespace'
		fi
	done
}

module_need
ns_add a
COMMANDS=$(tcpwatch --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | xargs)
mkdir "$WORK/copy"
cp "$(ns_proc a)"/{summary,connections,close_wait,listeners,syn_recv,time_wait} "$WORK/copy"
: >"$WORK/copy/events"
module_unload
test_case "--help fits a screen" screens
test_case "what it tells of is taken" told_is_taken
test_case "what it does not is refused, with a reason" untold_is_refused
test_case "cgroups, where namespaces are taken" cgroups
run_cases
