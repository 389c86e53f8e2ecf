#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# max_connections: what is over it is counted in untracked and not touched.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

LIMIT=10

# tracked UNTRACKED: so many are shown, so many are not, and ss knows them all
tracked()
{
	expect_eq "connections" "$(summary a connections)" "$1"
	expect_eq "rows" "$(table a connections id | wc -l)" "$1"
	expect_eq "untracked" "$(summary a untracked)" "$2"
	expect_eq "both together" $(($1 + $2)) "$(ss_dump a | grep -c ' full$')"
}

# The crowd opens 20 sockets, of which 10 have room.
over_the_limit()
{
	peer crowd open 5
	tracked 10 0
	peer crowd open 5
	tracked 10 10
}

# Those that go first make room for no one who is there already.
back_to_nothing()
{
	peer crowd close 10
	wait_for "all sockets are gone" summary_is a connections 0
	wait_for "none is untracked" summary_is a untracked 0
	peer crowd open 5
	tracked 10 0
	peer crowd close 5
	wait_for "all sockets are gone" summary_is a connections 0
	agree a
}

# Traffic over the limit goes on as if nothing were there.
traffic_untouched()
{
	peer crowd open 10
	peer_start churn a churn 127.0.0.1:0 2 2000
	peer_line churn
	peer_stop churn
	expect_eq "what became of it" "$VALUE" "2000 connections, 0 failures"
	wait_for "the churn is gone" summary_is a untracked 10
	peer crowd close 10
	wait_for "all sockets are gone" summary_is a untracked 0
	expect_eq "illegal transitions" "$(summary a illegal_transitions)" 0
	agree a
}

# Sockets older than the module count, too.
older_sockets()
{
	peer crowd open 10
	module_absent
	module_load_with max_connections=$LIMIT || give_up "tcpwatch can't be loaded"
	tracked 10 10
	peer crowd close 10
	wait_for "all sockets are gone" summary_is a connections 0
	wait_for "none is untracked" summary_is a untracked 0
}

no_limit()
{
	module_fresh
	peer crowd open 100
	tracked 200 0
	agree a
}

shown_parameter()
{
	expect_eq "the parameter" "$(cat /sys/module/tcpwatch/parameters/max_connections)" $LIMIT
}

# Of all namespaces, also those that have no name any more.
no_orphans()
{
	grep -q '^TCP: .* orphan 0 ' /proc/net/sockstat
}

module_absent
[ -z "$(ss -Htan state connected)" ] || give_up "this host has connections that count"
wait_for "the last sockets of other tests are gone" no_orphans || give_up "they would count"
module_load_with max_connections=$LIMIT || give_up "tcpwatch can't be loaded"
ns_add a
peer_start crowd a crowd 127.0.0.1:0

test_case "the parameter is shown" shown_parameter
test_case "sockets over the limit are counted" over_the_limit
test_case "untracked goes back to 0" back_to_nothing
test_case "traffic over the limit is not touched" traffic_untouched
test_case "older sockets count" older_sockets
test_case "0 is no limit" no_limit
run_cases
