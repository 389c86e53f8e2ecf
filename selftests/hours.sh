#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that have waited for hours before the module is loaded: their ages are worked out from
# the kernel's stamps, and are right. Hours take moments where the VM's clock goes by instructions,
# which nobody runs meanwhile: make test-hours.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

HOURS=3
TOLERANCE_MS=1000	# in which the kernel's clock of jiffies may be behind
declare -A OPENED CLOSED

now_ms()
{
	awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

# hours_old FILE COLUMN ID "BEFORE AFTER": as long ago as that
hours_old()
{
	local shown now

	now=$(now_ms)
	shown=$(row a "$1" "$3" "$2")
	expect_between "$2 in $1" "$shown" $((now - ${4#* } - TOLERANCE_MS)) \
		$(($(now_ms) - ${4% *} + TOLERANCE_MS))
}

waits_for_hours()
{
	local f=$1 id

	cookie pa "s$f"
	id=$VALUE
	expect_eq "exact" "$(row a close_wait "$id" exact)" est
	hours_old close_wait wait_ms "$id" "${CLOSED[$f]}"
	hours_old close_wait idle_out_ms "$id" "${OPENED[$f]}"
	hours_old connections state_ms "$id" "${CLOSED[$f]}"
	hours_old connections age_ms "$id" "${OPENED[$f]}"
	peer pa drain "s$f"
	expect_eq "verdict" "$(row a close_wait "$id" verdict)" leaked
}

module_absent
ns_add a
peer_start pa a
for f in 4 6; do
	peer_listen pa l$f "$(loopback $f):$((f * 1000))"
	OPENED[$f]=$(now_ms)
	peer_pair pa $f "$(loopback $f):0" l$f "$(loopback $f):$((f * 1000))"
	OPENED[$f]+=" $(now_ms)"
	CLOSED[$f]=$(now_ms)
	peer pa shutdown c$f
	peer pa await s$f CLOSE_WAIT
	CLOSED[$f]+=" $(now_ms)"
done
sleep ${HOURS}h
module_fresh

for f in 4 6; do
	test_case "a CLOSE_WAIT of hours before, IPv$f" waits_for_hours $f
done
run_cases
