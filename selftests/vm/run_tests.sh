#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_tests.sh TEST...: in the VM, run these tests with the kernel's own runner. TAP out. What
# kmemleak finds, on a kernel that has it, comes to the kernel's log, where the judge sees it.

debugfs=/sys/kernel/debug
kmemleak=$debugfs/kmemleak

# Twice, as it reports what two scans have found, and is older than 5 s.
tell_leaks()
{
	local line

	[ ! -d /sys/module/tcpwatch ] || rmmod tcpwatch
	{ echo scan > "$kmemleak" && sleep 5 && echo scan > "$kmemleak"; } ||
		echo "BUG: kmemleak does not work" > /dev/kmsg
	while IFS= read -r line; do
		printf 'kmemleak: %s\n' "$line" > /dev/kmsg
	done < "$kmemleak"
}

# The runner finds the tests' settings file where kselftest installs: beside its own folder.
base=$(mktemp -d)
ln -s "$KSELFTEST_DIR/kselftest" "$base/kselftest"
ln -s "$TCPWATCH_TOP/selftests" "$base/tcpwatch"
cd "$base/tcpwatch" || exit 1
export BASE_DIR=$base
mountpoint -q $debugfs || mount -t debugfs debugfs $debugfs 2> /dev/null
# A kernel that checks itself is some times slower.
if [ -e $kmemleak ] || [ -e $debugfs/kcsan ]; then
	export kselftest_override_timeout=3600 WAIT_LIMIT_S=300
fi
# shellcheck source=/dev/null
. "$base/kselftest/runner.sh"
run_many "$@"
status=$?
[ ! -e $kmemleak ] || tell_leaks
exit $status
