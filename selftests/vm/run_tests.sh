#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_tests.sh TEST...: in the VM, run these tests with the kernel's own runner. TAP out. What
# kmemleak finds, on a kernel that has it, comes to the kernel's log, where the judge sees it.

debugfs=/sys/kernel/debug
kmemleak=$debugfs/kmemleak
kcsan=$debugfs/kcsan

# Each object that kmemleak found, but for one that is the kernel's: where no memory is left for a
# slab cache's folder in /sys, sysfs_slab_add() of 6.1 forgets the name that it had made for it.
leaked_objects()
{
	awk '
		function tell()
		{
			if (object !~ /kobject_set_name_vargs.*sysfs_slab_add.*kmem_cache_create/)
				printf "%s", object
			object = ""
		}
		/^unreferenced object/ { tell() }
		{ object = object $0 "\n" }
		END { tell() }' "$kmemleak"
}

# Twice, as it reports what two scans have found, and is older than 5 s.
tell_leaks()
{
	local line

	[ ! -d /sys/module/tcpwatch ] || rmmod tcpwatch
	{ echo scan > "$kmemleak" && sleep 5 && echo scan > "$kmemleak"; } ||
		echo "BUG: kmemleak does not work" > /dev/kmsg
	while IFS= read -r line; do
		printf 'kmemleak: %s\n' "$line" > /dev/kmsg
	done < <(leaked_objects)
}

# KCSAN holds an access up for a moment, to see whether another CPU comes by. Who waits by the TSC
# (test_debug.sh) gives the emulator's other CPU its turn, however short that moment is.
begin_races()
{
	grep -q '^tsc' /sys/devices/system/clocksource/clocksource0/current_clocksource ||
		echo "BUG: KCSAN does not let other CPUs come by" > /dev/kmsg
	echo on > "$kcsan"
}

# Races it tells in the kernel's log itself.
end_races()
{
	grep -q '^setup_watchpoints: [1-9]' "$kcsan" ||
		echo "BUG: KCSAN has watched nothing" > /dev/kmsg
	sed -n 's/^setup_watchpoints: \(.*\)/# KCSAN held up \1 accesses/p' "$kcsan"
}

# The runner finds the tests' settings file where kselftest installs: beside its own folder.
base=$(mktemp -d)
ln -s "$KSELFTEST_DIR/kselftest" "$base/kselftest"
ln -s "$TCPWATCH_TOP/selftests" "$base/tcpwatch"
cd "$base/tcpwatch" || exit 1
export BASE_DIR=$base
mountpoint -q $debugfs || mount -t debugfs debugfs $debugfs 2> /dev/null
# A kernel that checks itself is some times slower.
if [ -e $kmemleak ] || [ -e $kcsan ]; then
	export kselftest_override_timeout=${kselftest_override_timeout:-3600}
	export WAIT_LIMIT_S=${WAIT_LIMIT_S:-300}
fi
[ ! -e $kcsan ] || begin_races
# shellcheck source=/dev/null
. "$base/kselftest/runner.sh"
run_many "$@"
status=$?
[ ! -e $kmemleak ] || tell_leaks
[ ! -e $kcsan ] || end_races
exit $status
