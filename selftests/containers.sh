#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Containers, seen from the host: by a process, by a cgroup, all at once. One of them leaks.
#
#	namespace a, cgroup /shop/web    leaky leaves sockets in CLOSE_WAIT
#	namespace b, cgroup /shoppers    sound has connections, all in use
#	the host's,  cgroup /host        nobody

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

LEAKS=5
OPEN=3
MANY=40
CGROUPS=/sys/fs/cgroup

# host STATUS ARG...: tcpwatch on the host; its answer in $WORK/out and $WORK/err
host()
{
	tcpwatch "${@:2}" >"$WORK/out" 2>"$WORK/err" </dev/null
	expect_eq "the status of ${*:2}" $? "$1"
}

# inode NAME: of that peer's network namespace
inode()
{
	stat -Lc %i "/proc/${PEER_PID[$1]}/ns/net"
}

# expect_namespaces PEER...: the answer is of theirs
expect_namespaces()
{
	local name

	expect_eq "the namespaces" "$(jq -r '.namespaces[].netns_inode' "$WORK/out" | sort | xargs)" \
		"$(for name in "$@"; do inode "$name"; done | sort | xargs)"
}

# of PEER FILTER: what the answer says of its namespace
of()
{
	jq -r --argjson inode "$(inode "$1")" \
		".namespaces[] | select(.netns_inode == \$inode) | $2" "$WORK/out"
}

leaks_are_of_leaky()
{
	expect_eq "who leaks, and how many" \
		"$(of leaky '.holders[] | [.pid, .comm, .sockets] | join(" ")')" \
		"${PEER_PID[leaky]} leaky $LEAKS"
}

by_process()
{
	host 1 leaks --netns "${PEER_PID[leaky]}" --json
	expect_namespaces leaky
	leaks_are_of_leaky
	host 0 leaks --netns "${PEER_PID[sound]}" --json
	expect_namespaces sound
	expect_eq "who leaks" "$(of sound '.holders | length')" 0
}

# As /proc/PID/cgroup has it, as a folder, and the one above it.
by_cgroup()
{
	local path

	for path in /shop/web "$CGROUPS/shop/web" "$CGROUPS/shop/web/" /shop; do
		host 1 leaks --netns "$path" --json
		expect_namespaces leaky
		leaks_are_of_leaky
	done
	host 0 leaks --netns /shoppers --json
	expect_namespaces sound
	host 0 list --netns "$CGROUPS/shoppers" --state ESTABLISHED --json
	expect_namespaces sound
	expect_eq "its connections" "$(of sound '.connections | length')" $((2 * OPEN))
	host 0 list --netns /shop --state CLOSE_WAIT --json
	expect_eq "its connections" "$(of leaky '.connections | length')" $LEAKS
	host 0 --netns /shop --json
	expect_eq "it is healthy" "$(of leaky .healthy)" false
	host 0 list --netns /host --json
	expect_namespaces idle
	host 1 leaks --netns /shop
	expect_match "what is written of it" "$(head -n 1 "$WORK/out")" \
		"^Namespace ${PEER_PID[leaky]}/leaky\$"
}

# A pod's, say: a process of it in each.
in_two_namespaces()
{
	echo "${PEER_PID[sound]}" >$CGROUPS/shop/cgroup.procs
	host 1 leaks --netns /shop --json
	expect_namespaces leaky sound
	leaks_are_of_leaky
	host 2 events --netns /shop --count 1
	expect_match "why no events" "$(cat "$WORK/err")" 'of one namespace'
	echo "${PEER_PID[sound]}" >$CGROUPS/shoppers/cgroup.procs
}

at_once()
{
	host 1 leaks --all-netns --json
	leaks_are_of_leaky
	expect_eq "who leaks in the other" "$(of sound '.holders | length')" 0
	expect_eq "who leaks on the host" "$(of idle '.holders | length')" 0
	host 0 list --all-netns --json
	expect_eq "connections of one" "$(of leaky '.connections | length')" $((2 * LEAKS))
	expect_eq "connections of the other" "$(of sound '.connections | length')" $((2 * OPEN))
}

# stuck_sockets: who has them, and how many
stuck_sockets()
{
	sed -n 's/^tcpwatch_close_wait_stuck_sockets//p' "$WORK/out" | grep -v ' 0$'
}

metrics()
{
	local labels="comm=\"leaky\",cgroup=\"/shop/web\""

	host 0 export --netns /shop --cgroup
	expect_eq "the leak by cgroup" "$(stuck_sockets)" \
		"{netns=\"net:[$(inode leaky)]\",$labels} $LEAKS"
	host 0 export --all-netns --cgroup
	expect_eq "the leaks of all" "$(stuck_sockets)" \
		"{netns=\"$(ns_name a)\",$labels} $LEAKS"
}

no_such()
{
	local path

	for path in /sho /shop/we /nosuch "$CGROUPS/nosuch" /proc/self/comm; do
		host 2 leaks --netns "$path"
		expect_match "why not $path" "$(cat "$WORK/err")" '^tcpwatch[^ ]* ?[a-z]*: --netns '
	done
	host 2 leaks --netns /shop --all-netns
	# What may not be looked at is no cgroup for that.
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \
		tcpwatch --netns "/proc/${PEER_PID[leaky]}/ns/net" >"$WORK/out" 2>"$WORK/err"
	expect_eq "the status where that is not permitted" $? 4
}

# of_many SOFT HARD ARG...: tcpwatch with so many open files at most; its status in STATUS
of_many()
{
	prlimit --nofile="$1:$2" tcpwatch "${@:3}" >"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
}

# Each takes two open files. The soft limit is none; where the hard one is too low, those for which
# there are none say so, and the others are all there.
many_at_once()
{
	local all i

	for ((i = 0; i < MANY; i++)); do
		ip netns add "$(ns_name "many$i")"
	done
	host 1 leaks --all-netns --json
	all=$(jq '.namespaces | length' "$WORK/out")
	expect_between "the namespaces" "$all" $MANY 999
	of_many $((MANY + 20)) 4096 leaks --all-netns --json
	expect_eq "the status above the soft limit" "$STATUS" 1
	expect_eq "namespaces that say why not" \
		"$(jq -r '.namespaces[].error | values' "$WORK/out" | sort -u)" ''
	expect_eq "the namespaces above the soft limit" "$(jq '.namespaces | length' "$WORK/out")" \
		"$all"
	leaks_are_of_leaky
	of_many $((MANY + 20)) $((MANY + 20)) list --owner --all-netns --json
	expect_eq "the status above the hard limit" "$STATUS" 5
	expect_eq "what is on stderr" "$(cat "$WORK/err")" ''
	expect_eq "the namespaces above the hard limit" "$(jq '.namespaces | length' "$WORK/out")" \
		"$all"
	expect_eq "why not all" "$(jq -r '.namespaces[].error | values' "$WORK/out" | sort -u)" \
		"there are too many namespaces for a program that may have $((MANY + 20)) open files (ulimit -Hn)"
	expect_between "how many are left" \
		"$(jq '[.namespaces[] | select(.error == null)] | length' "$WORK/out")" 5 "$MANY"
	for ((i = 0; i < MANY; i++)); do
		ip netns del "$(ns_name "many$i")"
	done
}

# peer_into CGROUP NAME NAMESPACE: a peer that is called so, in that cgroup
peer_into()
{
	mkdir -p "$CGROUPS$1"
	peer_start "$2" "$3"
	peer "$2" name "$2"
	echo "${PEER_PID[$2]}" >"$CGROUPS$1/cgroup.procs"
}

cgroups_gone()
{
	local name

	for name in leaky sound idle; do
		echo "${PEER_PID[$name]}" >$CGROUPS/cgroup.procs
	done
	rmdir $CGROUPS/shop/web $CGROUPS/shop $CGROUPS/shoppers $CGROUPS/host
}

module_fresh
mountpoint -q $CGROUPS || mount -t cgroup2 cgroup2 $CGROUPS || give_up "there are no cgroups"
ns_add a
ns_add b
for namespace in a b; do
	no_late_resets $namespace
	ns_sysctl $namespace net.tcpwatch.close_wait_stuck_ms=1
done
peer_into /shop/web leaky a
peer_into /shoppers sound b
peer_listen leaky l 127.0.0.1:80
peer_listen sound l 127.0.0.1:80
for ((i = 0; i < LEAKS; i++)); do
	peer_pair leaky "$i" 127.0.0.1:0 l 127.0.0.1:80
	peer leaky close "c$i"
	peer leaky await "s$i" CLOSE_WAIT
	peer leaky drain "s$i"
done
for ((i = 0; i < OPEN; i++)); do
	peer_pair sound "$i" 127.0.0.1:0 l 127.0.0.1:80
done
mkdir -p $CGROUPS/host
sleep infinity &
PEER_PID[idle]=$!
echo "${PEER_PID[idle]}" >$CGROUPS/host/cgroup.procs
test_case "a container by a process of it" by_process
test_case "by its cgroup" by_cgroup
test_case "a cgroup with two namespaces" in_two_namespaces
test_case "all at once" at_once
test_case "many at once" many_at_once
test_case "its metrics" metrics
test_case "no such cgroup" no_such
test_case "the cgroups can go" cgroups_gone
run_cases
