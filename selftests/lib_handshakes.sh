# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share that look at handshakes under way, and at who listens for them. Clients
# are half-open as long as their last ACK is lost on its way. They source this alone.
#
#	clients             listeners
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$HERE/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$HERE/lib_reader.sh"

# Where forged SYNs are from; the way back is there (route_back).
# shellcheck disable=SC2034 # for those who source this
declare -A NETWORKS=([4]='198.51.100.0/24 203.0.113.0/24' [6]='2001:db8:1::/64 2001:db8:2::/64')

# half_open NAME FAMILY PORT [LISTENING-PORT]: a client on PORT whose ACKs are lost
half_open()
{
	no_acks b "$3"
	peer_socket pa "$1" "$(client "$2"):$3" && peer pa connect "$1" "$(server "$2"):${4:-80}"
}

# Requests that ss shows, "local remote retrans".
ss_requests()
{
	in_ns "$1" ss -HOtano state syn-recv | awk '
		{
			match($0, /timer:\(on,[^,]*,[0-9]+\)/)
			split(substr($0, RSTART, RLENGTH - 1), timer, ",")
			print $3, $4, timer[3]
		}' | sort
}

# ss says the same before and after: so must the module meanwhile.
requests_read()
{
	ss_requests b >"$WORK/wanted"
	table b syn_recv local remote retrans | sort >"$WORK/got"
	summary_read b
	ss_requests b | cmp -s - "$WORK/wanted"
}

# requests_agree N: those, N of them
requests_agree()
{
	wait_for "ss says the same twice" requests_read || return
	expect_same "half-open requests" "$WORK/got" "$WORK/wanted"
	expect_eq "half-open requests" "$(wc -l <"$WORK/got")" "$1"
	expect_eq "syn_recv in summary" "${SUMMARY[syn_recv]}" "$1"
}

# listener LOCAL COLUMN
listener()
{
	table b listeners local "$2" | awk -v local="$1" '$1 == local { print $2 }'
}

listener_is()
{
	[ "$(listener "$1" "$2")" = "$3" ]
}

# front LOCAL FILTER: of that listener
front()
{
	json ".listeners[] | select(.local == \"$1\") | $2"
}

# link_up: both namespaces, and the link
link_up()
{
	command -v jq >/dev/null || give_up "jq is missing"
	READER_NS=b
	ns_add a
	ns_add b
	link_add a b
	route_back
}

# peers_up: who calls connect() and accept() there; port 80 listens
peers_up()
{
	peer_start pa a
	peer_start pb b
	peer_listen pb l4 10.77.0.2:80 1024
	peer_listen pb l6 '[fd77::2]:80' 1024
}
