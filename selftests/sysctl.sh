#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# net.tcpwatch.close_wait_stuck_ms: its default, what it takes, whose it is, and
# that it counts at once.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

KEY=net.tcpwatch.close_wait_stuck_ms

threshold()
{
	in_ns "$1" sysctl -n $KEY
}

default_value()
{
	expect_eq "the threshold of a" "$(threshold a)" 60000
	expect_eq "the threshold of b" "$(threshold b)" 60000
	expect_eq "its mode" \
		"$(in_ns a stat -c %a /proc/sys/net/tcpwatch/close_wait_stuck_ms)" 644
}

own_value()
{
	ns_sysctl a $KEY=1234
	expect_eq "the threshold of a" "$(threshold a)" 1234
	expect_eq "the threshold of b" "$(threshold b)" 60000
	ns_sysctl a $KEY=60000
}

# write TEXT: the error that the kernel answers it with, or nothing
write_threshold()
{
	in_ns a tee /proc/sys/net/tcpwatch/close_wait_stuck_ms <<<"$1" 2>&1 >/dev/null |
		sed 's/.*: //'
}

bad_values()
{
	local value

	ns_sysctl a $KEY=777
	for value in 0 -1 junk 12x 0x 2147483648 99999999999999999999; do
		expect_eq "the answer to '$value'" "$(write_threshold "$value")" "Invalid argument"
		expect_eq "the threshold after '$value'" "$(threshold a)" 777
	done
	for value in 1 2147483647; do
		expect_eq "the answer to '$value'" "$(write_threshold "$value")" ''
		expect_eq "the threshold after '$value'" "$(threshold a)" "$value"
	done
	ns_sysctl a $KEY=60000
}

# shows NAMESPACE STUCK VERDICT
shows()
{
	expect_eq "close_wait_stuck of $1" "$(summary "$1" close_wait_stuck)" "$2"
	expect_eq "the verdict in $1" "$(table "$1" close_wait verdict)" "$3"
}

leave_one()
{
	peer_listen "p$1" l 127.0.0.1:80
	peer_pair "p$1" x 127.0.0.1:0 l 127.0.0.1:80
	peer "p$1" shutdown cx
	peer "p$1" drain sx
	cookie "p$1" sx
}

at_once()
{
	leave_one a
	leave_one b
	shows a 0 fresh
	shows b 0 fresh
	ns_sysctl a $KEY=1
	shows a 1 leaked
	shows b 0 fresh
	ns_sysctl a $KEY=60000
	shows a 0 fresh
}

# The threshold passes while nobody looks, and without any segment.
by_itself()
{
	local limit shown

	limit=$(($(table b close_wait wait_ms) + 1500))
	ns_sysctl b $KEY=$limit
	shown="$(summary b close_wait_stuck) $(table b close_wait verdict)"
	# Unless the machine is so slow that it has passed already.
	[ "$(table b close_wait wait_ms)" -ge $limit ] ||
		expect_eq "close_wait_stuck and the verdict before that" "$shown" "0 fresh"
	wait_for "the threshold has passed" summary_is b close_wait_stuck 1
	expect_between "how long that took" "$(table b close_wait wait_ms)" "$(threshold b)" 99999
	shows b 1 leaked
	peer pb close sx
	expect_eq "close_wait_stuck after the close" "$(summary b close_wait_stuck)" 0
}

module_need
ns_add a
ns_add b
peer_start pa a
peer_start pb b

test_case "60000 unless set" default_value
test_case "each namespace its own" own_value
test_case "0, junk and too much are EINVAL" bad_values
test_case "a change counts at once" at_once
test_case "the threshold passes by itself" by_itself
run_cases
