#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test_debug.sh [KIND...] [-- TEST...]: run the tests, all or those named, on each of the kernels
# of debug_kernel.sh, with the tests that need one. Ends as kernels.sh does.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"
# shellcheck source=selftests/vm/results.sh
. "$here/results.sh"

# They take more time, and more memory. For no_memory.sh the cache of records is marked as one that
# may fail. Without ACPI they have no clock by which to find out how fast the TSC is; not to have
# jiffies alone, they are told something.
run_on()
{
	local kernel

	kernel=$("$here/debug_kernel.sh" "$1") || return
	say "on $(cat "$kernel/release")"
	DEBUG_KERNEL=$1 VM_KERNEL=$kernel/vmlinuz VM_MODULES=$kernel VM_HEADERS=$kernel/build \
		VM_LIMIT=${VM_LIMIT:-14400} VM_MEMORY=${VM_MEMORY:-3G} \
		VM_APPEND="slub_debug=A,tcpwatch_conn tsc_early_khz=2500000 tsc=reliable ${VM_APPEND:-}" \
		"$here/test.sh" "${tests[@]}"
}

kinds=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	kinds+=("$1")
	shift
done
tests=("${@:2}")
[ ${#kinds[@]} -gt 0 ] || kinds=(kasan kcsan)

results_begin
for kind in "${kinds[@]}"; do
	recorded "$kind" run_on "$kind"
done
results_end
