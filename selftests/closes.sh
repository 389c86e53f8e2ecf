#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The four-way close, seen from both ends: who sent the first FIN, connections that are
# half-closed, both closing at once, and whom a close that never comes keeps out. How
# often each way of ending was is counters.sh's.
#
#	clients             servers
#	namespace a ------- namespace b
#	.1            veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"

# expect_end PEER SOCKET STATE OPENED CLOSED: what its row says
expect_end()
{
	local ns=${1#p}

	cookie "$1" "$2"
	expect_eq "state, opened and closed of $2" \
		"$(row "$ns" connections "$VALUE" state opened closed)" "${*:3}"
}

# What is half-closed still carries data the other way, for as long as it likes.
half_closed()
{
	pair "half$1" "$1"
	expect_end pa "chalf$1" ESTABLISHED active -
	expect_end pb "shalf$1" ESTABLISHED passive -
	peer pa shutdown "chalf$1"
	peer pb await "shalf$1" CLOSE_WAIT
	peer pa await "chalf$1" FIN_WAIT2
	expect_end pa "chalf$1" FIN_WAIT2 active local
	expect_end pb "shalf$1" CLOSE_WAIT passive remote
	peer pb send "shalf$1" 5000
	peer pa recv "chalf$1" 5000
	cookie pa "chalf$1"
	expect_eq "bytes that came meanwhile" "$(row a connections "$VALUE" bytes_in)" 5000
	expect_end pa "chalf$1" FIN_WAIT2 active local
	peer pb close "shalf$1"
	cookie pa "chalf$1"
	wait_for "the client's socket is gone" row_is a connections "$VALUE" state ''
	peer pa close "chalf$1"
}

closed_by_the_server()
{
	pair "back$1" "$1"
	peer pb shutdown "sback$1"
	peer pa await "cback$1" CLOSE_WAIT
	peer pb await "sback$1" FIN_WAIT2
	expect_end pa "cback$1" CLOSE_WAIT active remote
	expect_end pb "sback$1" FIN_WAIT2 passive local
	peer pa close "cback$1"
	cookie pb "sback$1"
	wait_for "the server's socket is gone" row_is b connections "$VALUE" state ''
	peer pb close "sback$1"
}

# Every state that a close can hang in, its FINs being lost: what it is, who opened, who
# closed. An orphan has no descriptor to ask, but an address.
hanging_closes()
{
	local f=$1 base=$(($1 * 1000))

	ns_add c
	peer_start pc c
	make_states pc "$f"
	expect_end pc "crossed$f" SYN_RECV active -
	expect_end pc "crossing$f" SYN_SENT active -
	expect_end pc "copen$f" ESTABLISHED active -
	expect_end pc "sopen$f" ESTABLISHED passive -
	expect_end pc "cfinwait1$f" FIN_WAIT1 active local
	expect_end pc "sfinwait1$f" ESTABLISHED passive -
	expect_end pc "cfinwait2$f" FIN_WAIT2 active local
	expect_end pc "sfinwait2$f" CLOSE_WAIT passive remote
	expect_end pc "sorphan$f" CLOSE_WAIT passive remote
	expect_end pc "cclosing$f" CLOSING active both
	expect_end pc "sclosing$f" FIN_WAIT2 passive local
	expect_end pc "slastack$f" FIN_WAIT2 passive local
	expect_eq "the orphan in LAST_ACK" \
		"$(table c connections local state opened closed |
			sed -n "s/^$(loopback "$f" | sed 's/[][]/\\&/g'):$((base + 116)) //p")" \
		"LAST_ACK active remote"
	expect_eq "illegal transitions" "$(summary c illegal_transitions)" 0
	unmake_states pc c "$f"
	ns_del c
}

# A client comes back from the port of a connection that the server never closed.
victims()
{
	local f=$1 port=$((5000 + $1)) from id

	from=$(client "$f"):$port
	peer_socket pa "cleak$f" "$from"
	peer pa connect "cleak$f" "$(server "$f"):80"
	peer pb accept "sleak$f" "l$f"
	close_and_vanish pa "cleak$f"
	peer pb drain "sleak$f"
	cookie pb "sleak$f"
	id=$VALUE
	wait_for "the client's port is free again" port_is_free "$port"
	ran "leaks before" 0 leaks --json --all
	expect_eq "who can't connect before" "$(json .blocked_total)" 0
	# Nor does the reset arrive with which its host answers the server's ACK.
	no_acks b "$port"
	peer_socket pa "back$f" "$from"
	peer pa begin "back$f" "$(server "$f"):80"
	wait_for "the server's host got its SYN" blocks "$id"

	ran "leaks" 1 leaks --json --all
	expect_eq "how many can't connect" "$(json .blocked_total)" 1
	expect_eq "who can't connect" \
		"$(json '.blocked[0] | "\(.remote) \(.local) \(.pid) \(.comm)"')" \
		"$from $(server "$f"):80 ${PEER_PID[pb]} forgetful"
	expect_between "its SYNs" "$(json '.blocked[0].syn_blocked')" 1 10
	ran "leaks in words" 1 leaks --all
	expect_match "its first words" "$(head -n 1 "$WORK/out")" "^1 client can't connect"
	grep -q "^These clients could not connect" "$WORK/out" ||
		fail "leaks does not say that clients can't connect"
	expect_eq "the client, named" \
		"$(awk -v client="$from" '$1 == client { print $2, $4, $5 }' "$WORK/out")" \
		"$(server "$f"):80 ${PEER_PID[pb]} forgetful"

	# The close that was missing lets it in.
	acks_again b "$port"
	peer pb close "sleak$f"
	peer pa outcome "back$f"
	expect_eq "connect()" "$VALUE" "connected"
	peer pb accept "sback$f" "l$f"
	ran "leaks afterwards" 0 leaks --json --all
	expect_eq "who can't connect afterwards" "$(json .blocked_total)" 0
	peer pa close "back$f"
	peer pb close "sback$f"
}

# blocks ID: that socket has swallowed a SYN
blocks()
{
	[ "$(row b close_wait "$1" syn_blocked)" -gt 0 ]
}

# Nobody accepts. nginx is its own init, as in a container: it has the listener, which its worker is
# to serve.
hung_worker()
{
	local init worker

	nginx_spawn front b "$(server 4):8080" unshare --pid --fork --kill-child --mount-proc
	wait_for "nginx serves" in_ns a curl -s -o "$WORK/page" "http://$(server 4):8080/"
	wait_for "what was asked is over" summary_is b connections 0
	init=$(pgrep -P "${PEER_PID[front]}")
	# unshare ends when that does, and by no signal.
	PEER_PID[front]=$init
	worker=$(pgrep -P "$init")
	kill -STOP "$worker"
	peer_start hurried a client --count 3 --close "$(server 4):8080"
	peer_line hurried
	wait_for "the clients have hung up" summary_is b close_wait 3
	nsenter --net="/run/netns/$(ns_name b)" -t "$init" -p -m \
		tcpwatch leaks --all --json >"$WORK/out"
	expect_eq "who is to accept" \
		"$(json '.holders[] | "\(.kind) \(.pid) \(.comm) \(.shared_with) \(.sockets)"')" \
		"listener $(awk '$1 == "NSpid:" { print $NF }' "/proc/$worker/status") nginx 1 3"
	peer_stop hurried
	stop front
	wait_for "nginx is gone" summary_is b connections 0
}

link_set_up
peer pb name forgetful
READER_NS=b

for f in 4 6; do
	test_case "a half-closed connection, IPv$f" half_closed $f
	test_case "the server closes first, IPv$f" closed_by_the_server $f
	test_case "closes that hang, IPv$f" hanging_closes $f
	test_case "a client that can't come back, IPv$f" victims $f
done
test_case "a worker of nginx that hangs" hung_worker
run_cases
