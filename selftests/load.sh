#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# insmod that fails says why and leaves nothing; rmmod works with a reader inside.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

bad_parameter()
{
	log_mark
	expect_fails "insmod with max_connections=$1" module_load_with "max_connections=$1"
	wait_for "the log has the reason" log_says 'tcpwatch.*max_connections'
	module_left_nothing
}

twice()
{
	module_load || fail "the first insmod failed"
	expect_eq "the answer to the second" "$(module_load 2>&1 | sed 's/.*: //')" "File exists"
	[ -e /proc/tcpwatch/summary ] || fail "the first one is gone"
	log_mark
	module_unload || fail "rmmod failed"
	module_left_nothing
}

# reader_inside FILE BYTES: rmmod while FILE is open, and read up to BYTES
reader_inside()
{
	local fd

	module_load || fail "insmod failed"
	exec {fd}<"$(ns_proc a)/$1"
	[ "$2" = 0 ] || dd bs="$2" count=1 status=none <&"$fd" >"$WORK/begun"
	log_mark
	module_unload || fail "rmmod failed with a reader inside"
	expect_fails "reading on" timeout 10 dd bs=10 count=1 status=none <&"$fd"
	exec {fd}<&-
	module_left_nothing
}

# held_inside HOW FILE: rmmod while a read, or a write, waits for memory that does not come. It has
# to wait, too, but nobody else.
held_inside()
{
	module_load || fail "insmod failed"
	spawn held a "$TRAFFIC/held" "$1" "$2" >"$WORK/held"
	wait_for "it is held" grep -q held "$WORK/held"
	log_mark
	background rmmod module_unload
	wait_for "rmmod waits" waits_for_files
	timeout 30 unshare --net sh -c '[ ! -e /proc/net/tcpwatch ]' ||
		fail "no namespace can be made meanwhile, or it has files"
	pgrep -x rmmod >/dev/null || fail "rmmod has ended before the one in the file"
	stop held
	wait "${PEER_PID[rmmod]}"
	expect_eq "the status of rmmod" $? 0
	unset 'PEER_PID[rmmod]'
	module_left_nothing
}

waits_for_files()
{
	grep -qE 'proc_entry_rundown|unregister_sysctl' "/proc/$(pgrep -x rmmod)/stack"
}

read_forever()
{
	while :; do
		cat "$(ns_proc a)"/{summary,connections,close_wait,listeners,time_wait,syn_recv}
	done
}

# In the midst of a read, not only of a file.
readers_at_work()
{
	local i

	module_load || fail "insmod failed"
	for i in 1 2 3; do
		background "reader$i" read_forever
	done
	log_mark
	for i in 1 2 3 4 5; do
		module_unload || fail "rmmod failed with readers at work"
		module_load || fail "insmod failed with readers at work"
	done
	for i in 1 2 3; do
		stop "reader$i"
	done
	module_unload || fail "rmmod failed"
	module_left_nothing
}

module_absent
ns_add a
peer_start crowd a crowd 127.0.0.1:0
peer crowd open 200

test_case "max_connections=junk" bad_parameter junk
test_case "max_connections=-1" bad_parameter -1
test_case "loading twice" twice
for file in summary connections close_wait; do
	test_case "rmmod with $file open" reader_inside $file 0
	test_case "rmmod with $file read in part" reader_inside $file 100
done
test_case "rmmod with readers at work" readers_at_work
test_case "rmmod with a read that is held up" held_inside read /proc/tcpwatch/summary
test_case "rmmod with a setting's write that is held up" \
	held_inside write /proc/sys/net/tcpwatch/close_wait_stuck_ms
run_cases
