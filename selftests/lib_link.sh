# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share that have clients in namespace a, listeners in b, and
# link_add's link between them. They source lib.sh first.

# client 4|6, server 4|6: the address of that end, as it needs to be before ":PORT"
client()
{
	if [ "$1" = 6 ]; then printf '[fd77::1]'; else printf '10.77.0.1'; fi
}

server()
{
	if [ "$1" = 6 ]; then printf '[fd77::2]'; else printf '10.77.0.2'; fi
}

# link_set_up: the module fresh, namespaces a and b, the link, peer pa in a, peer pb in b with
# the listeners l4 and l6
link_set_up()
{
	local family

	module_fresh
	ns_add a
	ns_add b
	link_add a b
	peer_start pa a
	peer_start pb b
	for family in 4 6; do
		peer_listen pb "l$family" "$(server "$family"):80"
	done
}

# link_as_sent: what is on the link is what TCP sends, no segment split or joined on the way
link_as_sent()
{
	local end

	for end in 'a a-b' 'b b-a'; do
		in_ns "${end% *}" ethtool -K "${end#* }" tso off gso off gro off >/dev/null
		ip -n "$(ns_name "${end% *}")" link set "${end#* }" gso_max_segs 1
	done
}

# pair NAME FAMILY: cNAME of peer pa connects to lFAMILY of peer pb, which accepts sNAME
pair()
{
	peer pa socket "c$1" "$2" && peer pa connect "c$1" "$(server "$2"):80" &&
		peer pb accept "s$1" "l$2"
}

# patient_link on|off: nothing that crosses the link is sent again within ten seconds, however late
# its answer: of a connection that opens meanwhile
patient_link()
{
	local way=add f

	[ "$1" = on ] || way=del
	for f in 4 6; do
		ip -n "$(ns_name a)" route $way "$(server $f | tr -d '[]')" dev a-b rto_min 10s
		ip -n "$(ns_name b)" route $way "$(client $f | tr -d '[]')" dev b-a rto_min 10s
	done
}

# at_the_link ARG...: tc qdisc does that at both ends
at_the_link()
{
	local end

	for end in 'a a-b' 'b b-a'; do
		tc -n "$(ns_name "${end% *}")" qdisc "$1" dev "${end#* }" root "${@:2}"
	done
}

# hold: what is sent from now on waits at the link, until let_pass; in the end, when all is
# answered, hold_nothing
hold()
{
	at_the_link add plug
}

let_pass()
{
	at_the_link change plug release_indefinite
}

hold_nothing()
{
	at_the_link del
}

# route_back: b answers whoever sends something, wherever that is
route_back()
{
	ip -n "$(ns_name b)" route add default via 10.77.0.1
	ip -n "$(ns_name b)" route add default via fd77::1
}

# port_is_free PORT: no socket of a has it, not even one in TIME_WAIT
port_is_free()
{
	[ -z "$(in_ns a ss -Htan "sport = :$1")" ]
}

# mib NAMESPACE NAME: the kernel's own counter, called as nstat does
mib()
{
	in_ns "$1" nstat -asz "$2" | sed -n "s/^$2 *\([0-9]*\) .*/\1/p"
}

# half_open_none NAMESPACE
half_open_none()
{
	[ -z "$(in_ns "$1" ss -Htan state syn-recv)" ]
}

# forget_requests NAMESPACE: nobody has to wait until the last half-open one is given up
forget_requests()
{
	in_ns "$1" ss -HtanK state syn-recv >/dev/null
	wait_for "nothing is half-open" half_open_none "$1"
}
