#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 20,000 sockets, or as many as CROWD says: every one of them is shown, once, and none is
# left afterwards.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

SOCKETS=${CROWD:-20000}
PAIRS=$((SOCKETS / 4))

all_shown()
{
	peer crowd4 open $PAIRS
	peer crowd6 open $PAIRS
	agree a
	expect_eq "sockets" "$(summary a connections)" $((4 * PAIRS))
	expect_eq "established" "$(summary a established)" $((4 * PAIRS))
	expect_eq "untracked" "$(summary a untracked)" 0
}

# Half of them go while the file is read; the other half lives through it.
half_gone_while_read()
{
	local fd

	exec {fd}<"$(ns_proc a)/connections"
	dd bs=65536 count=1 status=none <&"$fd" >"$WORK/begun"
	peer crowd4 close $PAIRS
	cat <&"$fd" >>"$WORK/begun"
	exec {fd}<&-
	columns id <"$WORK/begun" | sort >"$WORK/all"
	expect_eq "different ids" "$(sort -u "$WORK/all" | wc -l)" "$(wc -l <"$WORK/all")"
	table a connections id | sort | comm -13 "$WORK/all" - >"$WORK/missing"
	expect_eq "ids missing from the read" "$(wc -l <"$WORK/missing")" 0
	agree a
	expect_eq "sockets" "$(summary a connections)" $((2 * PAIRS))
}

all_gone()
{
	peer crowd6 close $PAIRS
	wait_for "nothing is tracked" summary_is a connections 0
	expect_eq "connections" "$(table a connections id)" ''
	agree a
}

module_need
ns_add a
# With 100,000 sockets it takes 25,000 ports. connect() looks at all even ones before it takes an
# odd one, each time: with 35,000 ports, the last 8,000 took 75 times as long as the first.
ns_sysctl a net.ipv4.ip_local_port_range='10000 65535'
peer_start crowd4 a crowd 127.0.0.1:0
peer_start crowd6 a crowd '[::1]:0'

test_case "$SOCKETS sockets are all shown" all_shown
test_case "half of them go during the read" half_gone_while_read
test_case "none is left" all_gone
run_cases
