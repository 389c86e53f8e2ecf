#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What users may do who are not root: read as much as /proc/net/tcp shows them and no more,
# change nothing, and in a user and network namespace of their own, where they are root,
# change nothing but that.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

SOMEBODY=12345
TRACING=/sys/kernel/tracing
KEY=close_wait_stuck_ms
USERNS=/proc/sys/kernel/unprivileged_userns_clone	# of Debian's kernels alone

as_user()
{
	setpriv --reuid=$SOMEBODY --regid=$SOMEBODY --clear-groups "$@"
}

# ---- reading

# of_proc_net FOLDER: "local remote uid inode" of what tcp and tcp6 there show; of what is no
# full socket without uid and inode
of_proc_net()
{
	python3 - "$1" <<-'END'
		import socket, struct, sys

		def end(text):
		    words, port = text.split(":")
		    raw = b"".join(struct.pack("=I", int(words[i:i + 8], 16))
		                   for i in range(0, len(words), 8))
		    if len(raw) == 4:
		        return f"{socket.inet_ntop(socket.AF_INET, raw)}:{int(port, 16)}"
		    return f"[{socket.inet_ntop(socket.AF_INET6, raw)}]:{int(port, 16)}"

		for name in "tcp", "tcp6":
		    for line in open(f"{sys.argv[1]}/{name}").readlines()[1:]:
		        f = line.split()
		        # What is no full socket has no congestion window.
		        owner = f"{f[7]} {f[9] if f[9] != '0' else '-'}" if len(f) > 12 else "- -"
		        print(end(f[1]), end(f[2]), owner)
	END
}

# of_tcpwatch FOLDER: the same from the module's files
of_tcpwatch()
{
	columns local remote uid inode <"$1/tcpwatch/connections"
	columns local uid inode <"$1/tcpwatch/listeners" |
		awk '{ print $1, ($1 ~ /^\[/ ? "[::]" : "0.0.0.0") ":0", $2, $3 }'
	columns local remote <"$1/tcpwatch/syn_recv" | sed 's/$/ - -/'
	columns local remote <"$1/tcpwatch/time_wait" | sed 's/$/ - -/'
}

# shows_the_same LEAST-ROWS COMMAND...: that runs a shell, which sees the namespace as /proc/$OF/net
shows_the_same()
{
	local try

	export -f of_proc_net of_tcpwatch columns
	# What ends by itself meanwhile makes for another try, not for a difference.
	# shellcheck disable=SC2016 # for that shell
	for try in {1..5}; do
		"${@:2}" bash -c 'of_proc_net "/proc/$OF/net"' | sort >"$WORK/wanted"
		"${@:2}" bash -c 'of_tcpwatch "/proc/$OF/net"' | sort >"$WORK/got"
		"${@:2}" bash -c 'of_proc_net "/proc/$OF/net"' | sort >"$WORK/again"
		! cmp -s "$WORK/wanted" "$WORK/again" || break
	done
	expect_same "what /proc/net shows, try $try," "$WORK/wanted" "$WORK/again"
	expect_between "sockets shown" "$(wc -l <"$WORK/wanted")" "$1" 999
	expect_same "what is shown" "$WORK/got" "$WORK/wanted"
}

as_proc_net_shows()
{
	OF=self shows_the_same 20 in_ns a setpriv --reuid=$SOMEBODY --regid=$SOMEBODY \
		--clear-groups env
	# Of another's namespace, too: uids are as the reader's user namespace has them.
	OF=${NS_PID[a]} shows_the_same 20 as_user unshare --user --net --map-root-user env
	expect_eq "rows of root's, seen by who does not know root" \
		"$(awk '$3 == 0' "$WORK/wanted" | wc -l)" 0
}

# Not one of another's, and its own as they are.
in_a_namespace_of_its_own()
{
	OF=self shows_the_same 0 as_user unshare --user --net --map-root-user env
	expect_eq "sockets where there are none" "$(cat "$WORK/got")" ''
	OF=${OWN_PID} shows_the_same 2 env
	OF=self shows_the_same 2 in_own env
	expect_eq "who has them there" "$(awk '$3 != "-" { print $3 }' "$WORK/got" | sort -u)" 0
}

# ---- writing

# may_not WHAT COMMAND...: "Permission denied" or "Operation not permitted"
may_not()
{
	"${@:2}" >/dev/null 2>"$WORK/err" && fail "$1 worked: ${*:2}"
	grep -qE 'Permission denied|Operation not permitted' "$WORK/err" ||
		fail "$1: $(cat "$WORK/err")"
}

# may_do_nothing PROC COMMAND...: who runs COMMAND, to the namespace of that /proc/PID
may_do_nothing()
{
	local folder=$1/net/tcpwatch file

	# Opened, not read: a stream without events would wait.
	# shellcheck disable=SC2016 # for that shell
	for file in events follow; do
		may_not "opening $file" "${@:2}" sh -c 'exec 9<"$1"' sh "$folder/$file"
	done
	# shellcheck disable=SC2016
	for file in follow events summary connections close_wait listeners syn_recv time_wait; do
		may_not "writing to $file" "${@:2}" sh -c 'echo clear >"$1"' sh "$folder/$file"
	done
}

no_writing()
{
	in_ns a sh -c 'echo "add local=*:9" >/proc/tcpwatch/follow'
	may_do_nothing "/proc/${NS_PID[a]}" as_user
	# Root in a user namespace, but the network namespace is another's.
	may_do_nothing "/proc/${NS_PID[a]}" as_user unshare --user --net --map-root-user
	may_do_nothing /proc/self in_ns a setpriv --reuid=$SOMEBODY --regid=$SOMEBODY \
		--clear-groups unshare --user --map-root-user
	may_not "setting the threshold" in_ns a setpriv --reuid=$SOMEBODY --regid=$SOMEBODY \
		--clear-groups sh -c "echo 1 >/proc/sys/net/tcpwatch/$KEY"
	may_not "setting the threshold" in_ns a setpriv --reuid=$SOMEBODY --regid=$SOMEBODY \
		--clear-groups unshare --user --map-root-user \
		sh -c "echo 1 >/proc/sys/net/tcpwatch/$KEY"
	expect_eq "the filters" "$(in_ns a cat /proc/tcpwatch/follow)" '1 local=*:9 remote=*'
	expect_eq "the threshold" "$(in_ns a cat /proc/sys/net/tcpwatch/$KEY)" 60000
	in_ns a sh -c 'echo clear >/proc/tcpwatch/follow'
}

# Root, but not over the network: as whom Docker, say, lets a container's root be.
root_without_rights()
{
	local weak=(in_ns a setpriv '--bounding-set=-net_admin' '--inh-caps=-net_admin')

	may_not "writing a filter" "${weak[@]}" \
		sh -c 'echo "add local=*:9" >/proc/tcpwatch/follow'
	# Nor by another's hand, who is given the file already open.
	may_not "opening it for another" "${weak[@]}" sh -c 'exec 9>>/proc/tcpwatch/follow'
	may_not "opening it for both" "${weak[@]}" sh -c 'exec 9<>/proc/tcpwatch/follow'
	"${weak[@]}" cat /proc/tcpwatch/follow >"$WORK/got" || fail "it can't read the filters"
	expect_eq "the filters" "$(cat "$WORK/got")" ''
}

# ---- root in a user namespace of one's own

# in_own COMMAND...: there
in_own()
{
	nsenter --user --net --target "$OWN_PID" --setuid 0 --setgid 0 "$@"
}

its_own_settings()
{
	in_own sh -c 'echo "add local=*:9" >/proc/tcpwatch/follow' || fail "no filter"
	in_own sh -c "echo 5 >/proc/sys/net/tcpwatch/$KEY" || fail "no threshold"
	expect_eq "its filters" "$(in_own cat /proc/tcpwatch/follow)" '1 local=*:9 remote=*'
	expect_eq "its threshold" "$(in_own cat /proc/sys/net/tcpwatch/$KEY)" 5
	expect_eq "filters of a" "$(in_ns a cat /proc/tcpwatch/follow)" ''
	expect_eq "the threshold of a" "$(in_ns a cat /proc/sys/net/tcpwatch/$KEY)" 60000
	expect_eq "the threshold of the first" "$(cat /proc/sys/net/tcpwatch/$KEY)" 60000
	in_own sh -c 'echo clear >/proc/tcpwatch/follow'
}

# own_events: its own reader, in the background
own_events()
{
	# shellcheck disable=SC2016
	{
		let_go
		exec nsenter --user --net --target "$OWN_PID" --setuid 0 --setgid 0 \
			sh -c 'exec cat </proc/tcpwatch/events'
	} >"$WORK/own" &
	PEER_PID[own]=$!
	wait_for "it has opened the file" has_open own
}

its_own_events()
{
	own_events
	peer_pair pa ev 127.0.0.1:0 l4 127.0.0.1:4000
	peer pa reset cev
	peer pa reset sev
	peer own socket x 4
	peer own try connect x 127.0.0.1:1
	peer own close x
	wait_for "its own connection is told" grep -q closed "$WORK/own"
	stop own
	expect_eq "connections of others told" "$(grep -c ':4000 ' "$WORK/own")" 0
}

# looked_at: how many segments hooks have looked at closer, since `looked_at_from_now`
looked_at()
{
	grep -c '<-hook[46]' $TRACING/trace
}

looked_at_from_now()
{
	echo >$TRACING/trace
}

# exchange PEER NAME: data both ways, no segment with a flag that counts
exchange()
{
	peer "$1" send "c$2" 100
	peer "$1" recv "s$2" 100
	peer "$1" send "s$2" 100
	peer "$1" recv "c$2" 100
}

# expect_looked_at WHAT PEER NAME LEAST MOST
expect_looked_at()
{
	looked_at_from_now
	exchange "$2" "$3"
	expect_between "segments looked at $1" "$(looked_at)" "$4" "$5"
}

# The hooks of others do not work for the filters of one.
filters_cost_others_nothing()
{
	# None that hangs, and sends its SYN or FIN again.
	unmake_states pa a 4 6
	wait_for "no socket is left" summary_is a connections 0
	peer_start pa a
	peer_listen pa l4 127.0.0.1:4000
	peer_pair pa idle 127.0.0.1:0 l4 127.0.0.1:4000
	peer_pair own idle 127.0.0.1:0 l 127.0.0.1:5000
	echo function >$TRACING/current_tracer
	echo 'look_at*:mod:tcpwatch' >$TRACING/set_ftrace_filter ||
		fail "no function of that name can be traced"
	expect_looked_at "without any filter" pa idle 0 0
	in_own sh -c 'echo "add local=*" >/proc/tcpwatch/follow'
	expect_looked_at "with a filter whose events nobody reads" own idle 0 0
	own_events
	expect_looked_at "in its own namespace" own idle 4 99
	expect_looked_at "in another's" pa idle 0 0
	# Whichever comes first.
	in_own sh -c 'echo clear >/proc/tcpwatch/follow'
	expect_looked_at "once the filter is gone" own idle 0 0
	in_own sh -c 'echo "add local=*" >/proc/tcpwatch/follow'
	expect_looked_at "with a filter that came later" own idle 4 99
	stop own
	expect_looked_at "once the reader is gone" own idle 0 0
	in_own sh -c 'echo clear >/proc/tcpwatch/follow'
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
	for end in cidle sidle; do
		peer pa reset $end
		peer own reset $end
	done
}

# ---- memory

# charged FILE: bytes that a group is charged for while a process in it has FILE open
charged()
{
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$1/cgroup.procs" && exec 9<"$2" && cat "$1/memory.current"' \
		sh "$WORK/cgroup/readers" "$1"
}

# What a reader's ring takes is its own group's, and so bounded with that.
rings_are_charged()
{
	local without with

	# 4 MiB a CPU
	module_absent
	module_load_with event_slots=32768 || give_up "tcpwatch can't be loaded"
	mkdir "$WORK/cgroup"
	mount -t cgroup2 none "$WORK/cgroup" || fail "no cgroups"
	echo +memory >"$WORK/cgroup/cgroup.subtree_control"
	mkdir "$WORK/cgroup/readers"
	without=$(charged /dev/null)
	with=$(charged /proc/tcpwatch/events)
	# The kernel charges up to 64 pages a CPU ahead, be they used or not.
	expect_between "bytes charged for a reader" $((with - without)) \
		$(($(nproc) * ((4 << 20) - 64 * 4096))) $(($(nproc) * 5 << 20))
	wait_for "the group is empty" rmdir "$WORK/cgroup/readers"
	umount "$WORK/cgroup"
}

module_fresh
[ ! -e $USERNS ] || echo 1 >$USERNS
ns_add a
peer_start pa a
make_states pa 4
make_states pa 6

# A namespace of a user's own, with sockets of its own, as long as its first process is there.
# Files under /proc/net are those of who was its root when it was made.
{
	let_go
	exec setpriv --reuid=$SOMEBODY --regid=$SOMEBODY --clear-groups \
		unshare --user --map-root-user unshare --net sleep infinity
} &
PEER_PID[owner]=$!
OWN_PID=${PEER_PID[owner]}
is_root_there()
{
	[ "$(in_own id -u 2>/dev/null)" = 0 ] &&
		! [ "/proc/$OWN_PID/ns/net" -ef /proc/self/ns/net ]
}
wait_for "somebody has a namespace" is_root_there
in_own ip link set lo up
mkfifo "$WORK/own.in" "$WORK/own.out"
# From where its user may take it.
chmod 711 "$WORK"
cp "$TRAFFIC/peer" "$WORK"
{
	let_go
	exec nsenter --user --net --target "$OWN_PID" --setuid 0 --setgid 0 "$WORK/peer"
} <"$WORK/own.in" >"$WORK/own.out" &
PEER_PID[own.peer]=$!
exec {fd}>"$WORK/own.in"
PEER_IN[own]=$fd
exec {fd}<"$WORK/own.out"
PEER_OUT[own]=$fd
peer_listen own l 127.0.0.1:5000
peer_pair own kept 127.0.0.1:0 l 127.0.0.1:5000

test_case "as much as /proc/net/tcp shows" as_proc_net_shows
test_case "its own namespace's alone" in_a_namespace_of_its_own
test_case "nothing of another's can be changed, or listened to" no_writing
test_case "root without CAP_NET_ADMIN sets no filter" root_without_rights
test_case "root of a namespace of its own changes that alone" its_own_settings
test_case "and hears of that alone" its_own_events
[ -e $TRACING/available_tracers ] || mount -t tracefs none $TRACING
if grep -qw function $TRACING/available_tracers; then
	test_case "whose filters cost others nothing" filters_cost_others_nothing
fi
test_case "a reader's memory is its group's" rings_are_charged
run_cases
