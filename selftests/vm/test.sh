#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh [NAME...]: run the tests that selftests/Makefile lists, or those named (a test, with or
# without .sh, or a suite), in as many VMs as VM_AT_ONCE says, and judge. Ends with "N passed, N
# failed", and fails if any did. Appends to the file VM_RESULTS, if there is one, a line for each
# test: the kernel, the test, how many cases passed and failed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

declare -A suites
mapfile -t known < <(make -s --no-print-directory -C "$here/.." suites)
[ ${#known[@]} -gt 0 ] || die "selftests/Makefile lists no tests"
for line in "${known[@]}"; do
	suites[${line% *}]=yes
done
known=("${known[@]#* }")

# The tests of that name, or of the suite of that name, as selftests/Makefile has them.
tests_called()
{
	local test

	if [ "${suites[$1]:-}" ]; then
		make -s --no-print-directory -C "$here/.." suites | sed -n "s/^$1 //p"
		return
	fi
	for test in "${known[@]}"; do
		if [ "$test" = "$1" ] || [ "$test" = "$1.sh" ]; then
			echo "$test"
			return
		fi
	done
	die "no test or suite is called '$1'; suites: ${!suites[*]}; tests: ${known[*]}"
}

tests=()
for name in "$@"; do
	called=$(tests_called "$name")
	mapfile -t -O ${#tests[@]} tests <<< "$called"
done
[ ${#tests[@]} -gt 0 ] || tests=("${known[@]}")

# Each VM has one CPU's worth of emulator, so there are as many as this machine has CPUs.
vms=${VM_AT_ONCE:-$(nproc)}
[ "$vms" -le ${#tests[@]} ] || vms=${#tests[@]}

# VMs in the background hear nothing of Ctrl-C.
pids=()
stop_vms()
{
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2> /dev/null || :
}
trap stop_vms EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# share I: the tests that the Ith VM runs, dealt in turn
share()
{
	local i

	for ((i = $1; i < ${#tests[@]}; i += vms)); do
		echo "${tests[i]}"
	done
}

# tell_results LOGS: what judge.sh left there, of the kernel that says so itself
tell_results()
{
	local release

	[ "${VM_RESULTS:-}" ] || return 0
	release=$(grep -aosm 1 'Linux version [^ ]*' "$1/console" || echo unknown)
	sed "s/^/${release##* } /" "$1/tally" >> "$VM_RESULTS"
}

logs=()
for ((vm = 0; vm < vms; vm++)); do
	mapfile -t mine < <(share "$vm")
	logs[vm]=$(make_run test)
	: > "${logs[vm]}/tap"	# tail looks for it, maybe before the VM's shell is there
	# shellcheck disable=SC2016 # for the VM's shell
	VM_RUN=${logs[vm]} VM_LIMIT=${VM_LIMIT:-4500} "$here/vm.sh" run \
		bash -c 'exec bash "$TCPWATCH_TOP/selftests/vm/run_tests.sh" "$@"' run_tests \
		"${mine[@]}" > "${logs[vm]}/tap" &
	pids[vm]=$!
	tag=
	[ "$vms" -eq 1 ] || tag="[$((vm + 1))] "
	tail -n +1 -s 0.2 -f --pid=$! "${logs[vm]}/tap" | sed -u "s/^/$tag/" &
done

passed=0 failed=0
for ((vm = 0; vm < vms; vm++)); do
	status=0
	wait "${pids[vm]}" || status=$?
	statuses[vm]=$status
done
pids=()
wait # for the last lines to be shown
for ((vm = 0; vm < vms; vm++)); do
	mapfile -t mine < <(share "$vm")
	mapfile -t verdict < <("$here/judge.sh" "${logs[vm]}" "${statuses[vm]}" "${mine[@]}")
	tell_results "${logs[vm]}"
	read -r yes _ no _ <<< "${verdict[-1]}"
	unset "verdict[-1]"
	[ ${#verdict[@]} -eq 0 ] || printf '%s\n' "${verdict[@]}"
	passed=$((passed + yes))
	failed=$((failed + no))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
