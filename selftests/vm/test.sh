#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh [TEST...]: run the tests that selftests/Makefile lists, or those named (with or
# without .sh), in as many VMs as VM_AT_ONCE says, and judge. Ends with "N passed, N failed",
# and fails if any did.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

mapfile -t known < <(make -s --no-print-directory -C "$here/.." \
	KSELFTEST_DIR="$("$here/kselftest.sh")/tools/testing/selftests" \
	COLLECTION=tcpwatch emit_tests | sed -n 's/^tcpwatch://p')
[ ${#known[@]} -gt 0 ] || die "selftests/Makefile lists no tests"

# The test of that name, as selftests/Makefile has it.
test_called()
{
	local test

	for test in "${known[@]}"; do
		if [ "$test" = "$1" ] || [ "$test" = "$1.sh" ]; then
			echo "$test"
			return
		fi
	done
	die "no test is called '$1'; there are: ${known[*]}"
}

tests=()
for name in "$@"; do
	test=$(test_called "$name")
	tests+=("$test")
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
	read -r yes _ no _ <<< "${verdict[-1]}"
	unset "verdict[-1]"
	[ ${#verdict[@]} -eq 0 ] || printf '%s\n' "${verdict[@]}"
	passed=$((passed + yes))
	failed=$((failed + no))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
