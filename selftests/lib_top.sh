# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of tcpwatch top share: namespace a with the module fresh, peer q, which
# listens there as q-leaks, and top on a terminal.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"
# shellcheck source=selftests/lib_screen.sh
. "$(dirname "$0")/lib_screen.sh"

STUCK_MS=300

# top SIZE [ARG...]: until it has drawn something
top()
{
	screen_start "$1" top --delay=0.2 "${@:2}"
	shows 'ESTABLISHED +[0-9]'
}

# pulse LABEL: the number that stands beside it
pulse()
{
	screen | grep -oE "(^| )$1 +[0-9.]+" | awk 'NR == 1 { print $NF }'
}

pulse_is()
{
	[ "$(pulse "$1")" = "$2" ]
}

expect_pulse()
{
	wait_for "$1 is $2" pulse_is "$1" "$2" || screen_fail "$1 is $(pulse "$1")"
}

# leak N: N sockets of q, all read, nothing to send, and not closed. The other end does not stay as
# a full socket, which would be a connection more.
leak()
{
	local i

	for ((i = 0; i < $1; i++)); do
		peer_pair q "leak$i" 127.0.0.1:0 l4 127.0.0.1:9000
		close_acked q "cleak$i"
		peer q drain "sleak$i"
	done
}

leak_end()
{
	local i

	for ((i = 0; i < $1; i++)); do
		peer q close "sleak$i"
	done
}

set_up()
{
	ns_add a
	module_fresh
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=$STUCK_MS
	peer_start q a
	peer q name q-leaks
	peer_listen q l4 127.0.0.1:9000
	peer_listen q l6 '[::1]:9000'
}
