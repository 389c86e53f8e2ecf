#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Completion in zsh: what it offers is what the program takes, and it is installed where zsh looks.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

FOLDER=/usr/local/share/zsh/site-functions
QUESTIONS=()

# ask LINE...: to be answered with all others, since a zsh takes a while to start
ask()
{
	QUESTIONS+=("$@")
}

answer_all()
{
	make -s -C "$HERE/../userspace" install DESTDIR="$WORK/root" >"$WORK/make" 2>&1 ||
		fail "make install: $(cat "$WORK/make")"
	printf '%s\n' "${QUESTIONS[@]}" >"$WORK/questions"
	zsh -f "$HERE/complete.zsh" "$WORK/root$FOLDER" <"$WORK/questions" >"$WORK/answers"
	expect_eq "answers" "$(wc -l <"$WORK/answers")" ${#QUESTIONS[@]}
	expect_eq "where zsh looks" "$(zsh -fc 'print -l $fpath' | grep -xF "$FOLDER")" "$FOLDER"
}

# offered LINE: the answer to that
offered()
{
	sed -n "$(grep -nxF -m 1 -e "$1" "$WORK/questions" | cut -d: -f1)p" "$WORK/answers"
}

# said PATTERN COMMAND...: of its help, in the order of the answers
said()
{
	"${@:2}" --help | grep -oE -e "$1" | sed 's/^ *//; s/ *$//' | LC_ALL=C sort -u | xargs
}

COMMANDS=$(said '^  [a-z]+ ' tcpwatch)

commands()
{
	expect_between "commands" "$(wc -w <<<"$COMMANDS")" 10 20
	expect_eq "commands" "$(offered 'tcpwatch ')" "$COMMANDS"
	expect_eq "commands that begin with l" "$(offered 'tcpwatch l')" "leaks life list"
	expect_eq "commands after an option" "$(offered 'tcpwatch --netns web l')" \
		"leaks life list"
	expect_eq "a second command" "$(offered 'tcpwatch list l')" ''
}

options()
{
	local command

	expect_eq "options" "$(offered 'tcpwatch -')" "$(said '--[a-z-]+' tcpwatch)"
	for command in $COMMANDS; do
		expect_eq "options of $command" "$(offered "tcpwatch $command -")" \
			"$(said '--[a-z-]+' tcpwatch "$command")"
	done
	expect_eq "options of list after another" "$(offered 'tcpwatch list --pid 1 --ver')" \
		"--verdict --version"
}

# taken LINE: what is offered for the value at its end is taken, as far as nothing has to be there
taken()
{
	local value words

	read -ra words <<<"$1"
	[ "$(offered "$1")" ] || fail "nothing is offered for $1"
	for value in $(offered "$1"); do
		"${words[@]:0:${#words[@]}-1}" "${words[-1]}$value" --for=0.01 >"$WORK/out" 2>&1 ||
			fail "$1$value: $(cat "$WORK/out")"
	done
}

VALUES=('tcpwatch events --state=' 'tcpwatch events --event=' 'tcpwatch events --time='
	'tcpwatch life --by=' 'tcpwatch life --color=')

values()
{
	local value line

	for line in "${VALUES[@]}"; do
		taken "$line"
	done
	for value in $(offered 'tcpwatch list --verdict='); do
		tcpwatch list --verdict="$value" >/dev/null 2>&1 || fail "--verdict=$value"
	done
	expect_eq "verdicts" "$(offered 'tcpwatch list --verdict=' | wc -w)" 8
	expect_eq "ways" "$(offered 'tcpwatch window --way=')" "in out"
	expect_eq "a value begun" "$(offered 'tcpwatch list --state CLOSE_')" CLOSE_WAIT
	expect_eq "a second value" "$(offered 'tcpwatch events --event=stuck,z')" zero_window
	expect_eq "a cgroup" "$(offered 'tcpwatch --netns /sys/fs/cg')" cgroup
	expect_eq "a folder" "$(offered 'tcpwatch --from=/sys/module/tcpw')" tcpwatch
	for value in $(offered 'tcpwatch explain c'); do
		tcpwatch explain "$value" >/dev/null || fail "explain $value"
	done
	expect_match "words to explain" "$(offered 'tcpwatch explain c')" '(^| )closed( |$)'
}

module_need
ask 'tcpwatch ' 'tcpwatch l' 'tcpwatch --netns web l' 'tcpwatch list l' 'tcpwatch -'
for command in $COMMANDS; do
	ask "tcpwatch $command -"
done
ask 'tcpwatch list --pid 1 --ver' "${VALUES[@]}" 'tcpwatch list --verdict=' \
	'tcpwatch window --way=' 'tcpwatch list --state CLOSE_' \
	'tcpwatch events --event=stuck,z' 'tcpwatch --from=/sys/module/tcpw' 'tcpwatch explain c' \
	'tcpwatch --netns /sys/fs/cg'
test_case "a zsh that answers" answer_all
test_case "commands" commands
test_case "options" options
test_case "values" values
run_cases
