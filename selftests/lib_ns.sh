# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Network namespaces, each with a process that does nothing but be in it; what is lost there, and
# what is left when they end. A part of lib.sh.

declare -A NS_PID
LINK_MAC=02:00:00:00:00:0

ns_name()
{
	printf 'tcpw-%d-%s' $$ "$1"
}

in_ns()
{
	nsenter --net="/run/netns/$(ns_name "$1")" "${@:2}"
}

# The namespace's /proc/tcpwatch as seen from outside.
ns_proc()
{
	printf '/proc/%s/net/tcpwatch' "${NS_PID[$1]}"
}

# ns_sysctl NAMESPACE KEY=VALUE...
ns_sysctl()
{
	in_ns "$1" sysctl -qw "${@:2}"
}

# What is lost of what these ports send, for make_states.
SYNLESS='4101, 4103, 6101, 6103'
FINLESS='4112, 4116, 4117, 6112, 6116, 6117'
ACKLESS='4104, 6104'

# ns_add NAME: with loopback up, ports that can be muted, and timers long enough
# for a state to stay while it is looked at.
ns_add()
{
	local name

	name=$(ns_name "$1")
	ip netns add "$name" || give_up "no network namespace can be made"
	become "$1" sleep infinity &
	NS_PID[$1]=$!
	ip -n "$name" link set lo up
	ns_sysctl "$1" net.ipv4.tcp_syn_retries=10 net.ipv4.tcp_synack_retries=10 \
		net.ipv4.tcp_orphan_retries=15 net.ipv4.ip_local_port_range='30000 64999'
	# From 6.5 on some SYNs are sent before those that the timer doubles, and not counted.
	[ ! -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ] ||
		ns_sysctl "$1" net.ipv4.tcp_syn_linear_timeouts=0
	in_ns "$1" nft -f - <<-RULES || give_up "nft does not work in a namespace"
		table inet traffic {
			set muted { type inet_service; }
			set synless { type inet_service; elements = { $SYNLESS }; }
			set finless { type inet_service; elements = { $FINLESS }; }
			set ackless { type inet_service; elements = { $ACKLESS }; }
			chain arriving {
				type filter hook prerouting priority raw;
				tcp sport @muted drop
				tcp sport @synless tcp flags & syn == syn drop
				tcp sport @finless tcp flags & fin == fin drop
				tcp sport @ackless tcp flags & (fin|syn|rst|psh|ack) == ack drop
				tcp sport @ackless tcp flags & rst == rst drop
			}
		}
	RULES
}

# no_late_resets NAMESPACE: where sockets that any program closed are to stay in CLOSE_WAIT for more
# than a minute. If the ACK of a FIN comes while close() holds the socket, it waits for the peer's
# FIN as it is, and resets the peer in the end; not if it may wait for longer than in TIME_WAIT.
# Sources: tcp_rcv_state_process(), tcp_keepalive_timer().
no_late_resets()
{
	ns_sysctl "$1" net.ipv4.tcp_fin_timeout=1200
}

# assassinate: the sockets that standard input has, "LOCAL REMOTE" each, wherever their peers are.
# Before Linux 6.0 ss -K ends no mini-socket, and makes one that nobody holds stay for ever.
assassinate()
{
	local ns

	cat >"$WORK/doomed"
	[ -s "$WORK/doomed" ] || return
	for ns in "${!NS_PID[@]}"; do
		in_ns "$ns" "$TRAFFIC/assassin" <"$WORK/doomed"
	done
}

minis_ended()
{
	ss_minis "$1" | cut -d' ' -f2,3 | assassinate
	[ -z "$(ss_minis "$1")" ]
}

# patient_loopback on|off NAMESPACE: nothing on loopback is sent again within ten seconds, however
# late its answer: of a connection that opens meanwhile
patient_loopback()
{
	local ip=(ip -n "$(ns_name "$2")") rto=(rto_min 10s)

	[ "$1" = on ] || rto=()
	"${ip[@]}" route change local 127.0.0.1 dev lo table local proto kernel scope host \
		src 127.0.0.1 "${rto[@]}"
	"${ip[@]}" -6 route del local ::1 dev lo table local
	"${ip[@]}" -6 route add local ::1 dev lo table local "${rto[@]}"
}

# end_minis NAMESPACE: its mini-sockets
end_minis()
{
	wait_for "no mini-socket is left in $1" minis_ended "$1"
}

orphans()
{
	ss_dump "$1" | awk '$6 == "-" && $7 == "full" { print $2, $3 }'
}

orphans_ended()
{
	orphans "$1" | assassinate
	[ -z "$(orphans "$1")" ]
}

# end_orphans NAMESPACE: sockets that nobody holds would hold it, and count for the module
end_orphans()
{
	unmute_all "$1" 2>/dev/null # a test may have taken its rules away
	wait_for "no orphan is left in $1" orphans_ended "$1"
}

ns_end()
{
	kill "${NS_PID[$1]}"
	wait "${NS_PID[$1]}" 2>/dev/null
	unset "NS_PID[$1]"
	ip netns del "$(ns_name "$1")"
}

ns_del()
{
	end_orphans "$1"
	ns_end "$1"
}

# link_end NAMESPACE DEVICE N: 10.77.0.N and fd77::N there, N being 1 or 2. It knows the other end's
# link-layer address: one that is asked for, on a machine that is held up, may be found to have
# none, which ends half-open connections.
link_end()
{
	local ns ip

	ns=$(ns_name "$1")
	ip -n "$ns" addr add "10.77.0.$3/24" dev "$2"
	ip -n "$ns" addr add "fd77::$3/64" dev "$2" nodad
	ip -n "$ns" link set "$2" up
	for ip in "10.77.0.$((3 - $3))" "fd77::$((3 - $3))"; do
		ip -n "$ns" neigh add "$ip" lladdr "$LINK_MAC$((3 - $3))" nud permanent dev "$2"
	done
}

# link_add A B: a veth pair, 10.77.0.1 and fd77::1 in A, 10.77.0.2 and fd77::2 in B
link_add()
{
	ip link add "$1-$2" address ${LINK_MAC}1 netns "$(ns_name "$1")" type veth \
		peer name "$2-$1" address ${LINK_MAC}2 netns "$(ns_name "$2")"
	link_end "$1" "$1-$2" 1
	link_end "$2" "$2-$1" 2
}

# mute NAMESPACE PORT: nothing sent from PORT arrives there any more
mute()
{
	in_ns "$1" nft add element inet traffic muted "{ $2 }"
}

# Everything arrives again.
unmute_all()
{
	local set

	for set in muted synless finless ackless; do
		echo "flush set inet traffic $set"
	done | in_ns "$1" nft -f -
}

unmute()
{
	in_ns "$1" nft delete element inet traffic muted "{ $2 }"
}

# no_acks NAMESPACE PORT: bare ACKs and resets from PORT don't arrive there
no_acks()
{
	in_ns "$1" nft add element inet traffic ackless "{ $2 }"
}

acks_again()
{
	in_ns "$1" nft delete element inet traffic ackless "{ $2 }"
}

# loopback 4|6: this host in that family, as an address needs it before ":PORT"
loopback()
{
	if [ "$1" = 6 ]; then printf '[::1]'; else printf '127.0.0.1'; fi
}
