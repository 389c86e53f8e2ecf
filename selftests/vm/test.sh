#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh [TEST...]: run the tests that selftests/Makefile lists, or those named (with or
# without .sh), in the VM, and judge. Ends with "N passed, N failed", and fails if any did.
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

logs=$(make_run test)
status=0
# shellcheck disable=SC2016 # for the VM's shell
VM_RUN=$logs VM_LIMIT=${VM_LIMIT:-2700} "$here/vm.sh" run \
	bash -c 'exec bash "$TCPWATCH_TOP/selftests/vm/run_tests.sh" "$@"' run_tests "${tests[@]}" |
	tee "$logs/tap" || status=$?
exec "$here/judge.sh" "$logs" "$status" "${tests[@]}"
