# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts here share: cases and checks (TAP out) here, and in files of their own the
# module, network namespaces, traffic programs moved by line commands, and ss as the oracle.
#
# A script sources this, defines functions, names them as cases with
# `test_case`, and ends with `run_cases`. All that a script made is gone when
# it ends, however it ends.

set -u
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TRAFFIC=${TCPWATCH_TRAFFIC:-$HERE/traffic}
WAIT_LIMIT_S=${WAIT_LIMIT_S:-60}

# shellcheck source=/dev/null
. "${KSELFTEST_DIR:?is a folder of the kernel: run this by make test}/kselftest/ktap_helpers.sh"
# shellcheck source=selftests/lib_module.sh
. "$HERE/lib_module.sh"
# shellcheck source=selftests/lib_ns.sh
. "$HERE/lib_ns.sh"
# shellcheck source=selftests/lib_traffic.sh
. "$HERE/lib_traffic.sh"
# shellcheck source=selftests/lib_ss.sh
. "$HERE/lib_ss.sh"

: "${TCPWATCH_KO:?is the path of tcpwatch.ko: run this by make test}"

WORK=$(mktemp -d)
CASES=()
CASE_FAILED=0

# ---- cases and checks

# test_case TEXT FUNCTION [ARG...]
test_case()
{
	local quoted

	printf -v quoted '%q ' "${@:2}"
	CASES+=("$1" "$quoted")
}

# Whatever a test does, no state changes in a way that RFC 9293 does not have.
states_were_legal()
{
	local ns count

	for ns in "${!NS_PID[@]}"; do
		count=$(sed -n 's/^illegal_transitions //p' "$(ns_proc "$ns")/summary" 2>/dev/null)
		expect_eq "illegal transitions in $ns" "${count:-0}" 0
	done
}

run_cases()
{
	local i

	ktap_print_header
	ktap_set_plan $((${#CASES[@]} / 2))
	for ((i = 0; i < ${#CASES[@]}; i += 2)); do
		CASE_FAILED=0
		eval "${CASES[i + 1]}" || fail "${CASES[i + 1]% }returned $?"
		states_were_legal
		if [ "$CASE_FAILED" = 0 ]; then
			ktap_test_pass "${CASES[i]}"
		else
			ktap_test_fail "${CASES[i]}"
		fi
	done
	ktap_finished
}

say()
{
	printf '# %s\n' "$*"
}

# The case goes on, and fails in the end.
fail()
{
	CASE_FAILED=1
	say "$*"
}

# needs WHAT COMMAND...: of the kernel; a case that can't run has failed
needs()
{
	"${@:2}" >/dev/null 2>&1 && return
	fail "this kernel has no $1"
	return 1
}

# The whole script can't go on.
give_up()
{
	printf 'Bail out! %s\n' "$*"
	exit "$KSFT_FAIL"
}

# expect_eq WHAT GOT WANTED
expect_eq()
{
	[ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"
}

# expect_between WHAT GOT LEAST MOST
expect_between()
{
	if ! [[ $2 =~ ^-?[0-9]+$ ]] || [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
		fail "$1 is '$2', expected $3 to $4"
	fi
}

# expect_match WHAT GOT REGEX
expect_match()
{
	[[ $2 =~ $3 ]] || fail "$1 is '$2', expected it to match $3"
}

# expect_same WHAT GOT-FILE WANTED-FILE
expect_same()
{
	cmp -s "$2" "$3" && return
	fail "$1 differ (-: got, +: expected)"
	diff -U0 "$2" "$3" | sed -n '3,23s/^/#   /p'
}

# expect_fails WHAT COMMAND [ARG...]
expect_fails()
{
	! "${@:2}" >/dev/null 2>&1 || fail "$1 worked: ${*:2}"
}

# wait_for WHAT COMMAND [ARG...]: until COMMAND succeeds
wait_for()
{
	local end=$((SECONDS + WAIT_LIMIT_S))

	until "${@:2}"; do
		if [ "$SECONDS" -ge "$end" ]; then
			fail "waited $WAIT_LIMIT_S s in vain until $1 (${*:2})"
			return 1
		fi
		sleep 0.02
	done
}

# ---- the end

MODULE_WAS_LOADED=0
! module_loaded || MODULE_WAS_LOADED=1

clean_up()
{
	local name

	trap '' INT TERM
	for name in "${!PEER_PID[@]}"; do
		kill -CONT "${PEER_PID[$name]}"
		kill "${PEER_PID[$name]}"
		wait "${PEER_PID[$name]}"
	done 2>/dev/null
	# Of all, as long as their peers' namespaces are there.
	for name in "${!NS_PID[@]}"; do
		end_orphans "$name"
	done
	for name in "${!NS_PID[@]}"; do
		ns_end "$name"
	done
	if [ $MODULE_WAS_LOADED = 1 ]; then
		module_loaded || module_load
	else
		! module_loaded || module_unload
	fi
	rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
