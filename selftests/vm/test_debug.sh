#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test_debug.sh [TEST...]: test.sh on each of the kernels of debug_kernel.sh, or those that
# DEBUG_KERNELS names, with the tests that need one. Fails if anything did on any of them.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

failed=0
for kind in ${DEBUG_KERNELS:-kasan kcsan}; do
	kernel=$("$here/debug_kernel.sh" "$kind")
	say "on $(cat "$kernel/release")"
	# They take more time, and more memory.
	DEBUG_KERNEL=$kind VM_KERNEL=$kernel/vmlinuz VM_MODULES=$kernel VM_HEADERS=$kernel/build \
		VM_LIMIT=${VM_LIMIT:-14400} VM_MEMORY=${VM_MEMORY:-3G} \
		"$here/test.sh" "$@" || failed=1
done
exit "$failed"
