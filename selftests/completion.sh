#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Completion in bash: what it offers is what the program takes.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=userspace/completion.bash
. "$HERE/../userspace/completion.bash"

# offered WORD...: for the last word, the = of an option being one of its own
offered()
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_tcpwatch
	printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}

commands()
{
	local command

	expect_eq "commands that begin with l" "$(offered tcpwatch l)" "leaks life list"
	for command in $(offered tcpwatch ''); do
		tcpwatch "$command" --help >/dev/null || fail "$command is no command"
	done
	expect_between "commands" "$(offered tcpwatch '' | wc -w)" 10 20
}

# Each option of each command is in its help; that there is one less is seen by its number.
options()
{
	local command option words

	for command in '' $(offered tcpwatch ''); do
		words=(tcpwatch ${command:+"$command"})
		for option in $(offered "${words[@]}" -); do
			"${words[@]}" --help | grep -F -e "$option" -e "${option%=}[=" >/dev/null ||
				fail "$command has no $option"
		done
		# A line for each.
		expect_eq "options of $command" "$(offered "${words[@]}" - | wc -w)" \
			"$("${words[@]}" --help | grep -cE '^ +-')"
	done
	expect_eq "options of list after another" "$(offered tcpwatch list --pid = 1 --ver)" \
		"--verdict= --version"
}

# What is offered for a value is taken, as far as nothing has to be there.
values()
{
	local value

	for value in $(offered tcpwatch list --state = ''); do
		tcpwatch list --state="$value" >/dev/null 2>&1 || fail "--state=$value"
	done
	for value in $(offered tcpwatch list --verdict = ''); do
		tcpwatch list --verdict="$value" >/dev/null 2>&1 || fail "--verdict=$value"
	done
	for value in $(offered tcpwatch --color = ''); do
		tcpwatch list --color="$value" >/dev/null 2>&1 || fail "--color=$value"
	done
	for value in $(offered tcpwatch explain ''); do
		tcpwatch explain "$value" >/dev/null || fail "explain $value"
	done
	for value in $(offered tcpwatch events --event = ''); do
		tcpwatch events --event="$value" --for=0.01 >/dev/null 2>&1 || fail "--event=$value"
	done
	for value in $(offered tcpwatch life --by = ''); do
		tcpwatch life --by="$value" --for=0.01 >/dev/null 2>&1 || fail "--by=$value"
	done
	for value in $(offered tcpwatch events --time = ''); do
		tcpwatch events --time="$value" --for=0.01 >/dev/null 2>&1 || fail "--time=$value"
	done
	expect_eq "a value begun" "$(offered tcpwatch list --state = CLOSE_)" CLOSE_WAIT
	expect_eq "a folder" "$(offered tcpwatch --from = /sys/module/tcpw)" /sys/module/tcpwatch
}

module_need
test_case "commands" commands
test_case "options" options
test_case "values" values
run_cases
