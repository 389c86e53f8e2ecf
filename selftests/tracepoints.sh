#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's own tracepoints: with nobody but a tracer looking, and for perf, trace-cmd and
# bpftrace what a reader of /proc/tcpwatch/events is told, number by number.
#
#	namespace a   clients and servers, in IPv4 and IPv6
#	namespace b   nothing

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

TRACED='stuck|zero_window|syn_blocked'
TRACING=/sys/kernel/tracing
BUFFER=$TRACING/instances/tcpwatch-test
EVENTS=$BUFFER/events/tcpwatch
TOOLS='perf trace-cmd'

# as_told FILE: of /proc/tcpwatch/events, what is traced, too, without its time
as_told()
{
	awk -v traced="^($TRACED)\$" '$3 ~ traced { name = $3; $1 = $3 = ""; print name $0 }' "$1" |
		tr -s ' ' | sort
}

# as_traced FILE: what a tracer wrote, in that form
as_traced()
{
	local addresses='id=([0-9]+) local=([^ ]+) remote=([^ ]+)' netns

	netns=$(readlink "/proc/${NS_PID[a]}/ns/net")
	netns=${netns//[^0-9]/}
	sed -nE "s/.*\<($TRACED): +$addresses netns=$netns ?/\1 \2 \3 \4 /p" "$1" |
		sed 's/ $//' | sort
}

# trouble FAMILY: a CLOSE_WAIT becomes stuck, a SYN meets it, a window closes
trouble()
{
	local f=$1 at port=$((3030 + $1)) id

	at=$(loopback "$f")
	peer_pair pa "wnd$f" "$at:0" "l$f" "$at:$((f * 1000))"
	cookie pa "cwnd$f"
	id=$VALUE
	peer pa fill "cwnd$f"
	wait_for "the window is closed" row_is a connections "$id" snd_wnd 0

	peer_pair pa "leak$f" "$at:$port" "l$f" "$at:$((f * 1000))"
	cookie pa "sleak$f"
	id=$VALUE
	close_and_vanish pa "cleak$f"
	peer pa await "sleak$f" CLOSE_WAIT
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=50
	wait_for "the client's port is free again" port_is_free "$port"
	no_acks a "$port"
	peer_socket pa "back$f" "$at:$port"
	peer pa set "back$f" syncnt 1
	peer pa begin "back$f" "$at:$((f * 1000))"
	wait_for "a SYN is blocked" blocked "$id"
	peer pa close "back$f"
	acks_again a "$port"
}

blocked()
{
	[ "$(row a close_wait "$1" syn_blocked)" -gt 0 ]
}

trouble_over()
{
	local name

	for name in cwnd swnd sleak; do
		peer pa close "$name$1"
	done
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
}

has_traced()
{
	grep -qE "\<$1: .*$2" "$BUFFER/trace"
}

# Nobody reads events.
alone()
{
	local at client server blocked

	echo 1 >"$EVENTS/enable"
	trouble 4
	cookie pa sleak4
	wait_for "that it is stuck is traced" has_traced stuck "id=$VALUE "
	blocked=$(row a close_wait "$VALUE" syn_blocked)
	as_traced "$BUFFER/trace" >"$WORK/traced"
	at='127\.0\.0\.1'
	server=$VALUE
	expect_match "the stuck one" "$(grep stuck "$WORK/traced")" \
		"^stuck $server $at:4000 $at:3034 wait_ms=[0-9]+\$"
	expect_between "its wait_ms" "$(sed -n 's/^stuck.*wait_ms=//p' "$WORK/traced")" 50 60000
	expect_eq "blocked SYNs" \
		"$(grep -cE "^syn_blocked $server $at:4000 $at:3034\$" "$WORK/traced")" "$blocked"
	cookie pa cwnd4
	client=$VALUE
	expect_eq "windows of the peer" \
		"$(grep -cE "^zero_window $client .* dir=in after_us=[0-9]+\$" "$WORK/traced")" \
		"$(row a connections "$client" zero_in)"
	cookie pa swnd4
	expect_eq "windows of ours" \
		"$(grep -cE "^zero_window $VALUE .* dir=out after_us=[0-9]+\$" "$WORK/traced")" \
		"$(row a connections "$VALUE" zero_out)"
	expect_match "the closed window" "$(grep -m 1 "^zero_window $client" "$WORK/traced")" \
		"^zero_window $client $at:[0-9]+ $at:4000 "
	trouble_over 4
	echo 0 >"$EVENTS/enable"
}

# trace NAME COMMAND...: a tracer in the background, which traces for as long as a script that it
# runs does
trace()
{
	local name=$1

	shift
	mkfifo "$WORK/$name.end"
	cat >"$WORK/$name.hold" <<-END
		: >"$WORK/$name.ready"
		read -r _ <"$WORK/$name.end" || :
	END
	{
		let_go
		exec "$@"
	} >"$WORK/$name.out" 2>"$WORK/$name.err" &
	PEER_PID[$name]=$!
}

# The tools are large, and slow where the machine is emulated.
trace_ready()
{
	local WAIT_LIMIT_S=$((WAIT_LIMIT_S * 3))

	wait_for "$1 traces" test -e "$WORK/$1.ready" && return
	sed 's/^/#   /' "$WORK/$1.err"
	return 1
}

trace_end()
{
	[ "${PEER_PID[$1]:-}" ] || return 0
	# It may have ended before it came to that script.
	: 1<>"$WORK/$1.end"
	wait "${PEER_PID[$1]}" || { fail "$1 ends with $?"; sed 's/^/#   /' "$WORK/$1.err"; }
	unset "PEER_PID[$1]"
}

trace_end_all()
{
	local tool

	for tool in $TOOLS; do
		trace_end "$tool"
	done
}

# In the form of the others. Each direction has a probe of its own: of two words to choose from
# bpftrace 0.23 takes as many bytes as the longer has, which the kernel does not let it.
bpftrace_program()
{
	local name when keys values four six

	four='ntop(args->saddr), args->sport, ntop(args->daddr), args->dport, args->netns'
	six='ntop(args->saddr_v6), args->sport, ntop(args->daddr_v6), args->dport, args->netns'
	while IFS='|' read -r name when keys values; do
		cat <<-END
			tracepoint:tcpwatch:$name /$when/ {
			if (args->family == 2) {
			printf("$name: id=%llu local=%s:%d remote=%s:%d netns=%u $keys\n",
				args->id, $four$values);
			} else {
			printf("$name: id=%llu local=[%s]:%d remote=[%s]:%d netns=%u $keys\n",
				args->id, $six$values);
			} }
		END
	done <<-'END'
		stuck|1|wait_ms=%llu|, args->wait_ms
		zero_window|args->out|dir=out after_us=%llu|, args->after_us
		zero_window|!args->out|dir=in after_us=%llu|, args->after_us
		syn_blocked|1||
	END
}

start_tools()
{
	trace perf perf record -q -a -o "$WORK/perf.data" -e 'tcpwatch:*' sh "$WORK/perf.hold"
	trace_ready perf || return
	trace trace-cmd trace-cmd record -q -o "$WORK/trace.dat" -e tcpwatch \
		sh "$WORK/trace-cmd.hold"
	trace_ready trace-cmd || return
	[[ $TOOLS = *bpftrace* ]] || return 0
	bpftrace_program >"$WORK/program.bt"
	trace bpftrace bpftrace "$WORK/program.bt" -c "/bin/sh $WORK/bpftrace.hold"
	trace_ready bpftrace
}

# The same troubles for all of them, and for a reader of events.
together()
{
	local family

	start_tools || { trace_end_all; return 1; }
	expect_fails "unloading while perf traces" rmmod tcpwatch
	record all a
	for family in 4 6; do
		trouble "$family"
		cookie pa "sleak$family"
		wait_for "that it is stuck is told" grep -q "^[0-9]* $VALUE stuck " "$WORK/all"
		trouble_over "$family"
	done
	stop all
	trace_end_all
	as_told "$WORK/all" >"$WORK/told"
	expect_eq "kinds of events in each family" \
		"$(sed -E 's/^([a-z_]+) [0-9]+ (.).*/\1\2/' "$WORK/told" | sort -u | xargs)" \
		"stuck1 stuck[ syn_blocked1 syn_blocked[ zero_window1 zero_window["
}

perf_says()
{
	perf script -i "$WORK/perf.data" -F event,trace >"$WORK/perf" 2>"$WORK/perf.err"
	as_traced "$WORK/perf" >"$WORK/traced"
	expect_same "what perf and a reader say" "$WORK/traced" "$WORK/told"
}

trace_cmd_says()
{
	trace-cmd report -i "$WORK/trace.dat" >"$WORK/trace-cmd" 2>"$WORK/trace-cmd.err"
	as_traced "$WORK/trace-cmd" >"$WORK/traced"
	expect_same "what trace-cmd and a reader say" "$WORK/traced" "$WORK/told"
}

bpftrace_says()
{
	as_traced "$WORK/bpftrace.out" >"$WORK/traced"
	expect_same "what bpftrace and a reader say" "$WORK/traced" "$WORK/told"
}

unloading()
{
	peer_stop pa
	log_mark
	echo 1 >"$EVENTS/enable"
	module_unload || fail "it can't be unloaded while traced"
	module_left_nothing
	[ ! -e "$EVENTS" ] || fail "its tracepoints are still there"
	rmdir "$BUFFER"
	module_load
}

module_fresh
ns_add a
[ -e $TRACING/trace ] || mount -t tracefs tracefs $TRACING || give_up "there is no tracefs"
# A kernel that is built without these lets no BPF program trace (CONFIG_BPF_EVENTS). The bpftrace
# of Debian 11, 0.11, fails its own assertion at an array in a tracepoint.
version=$(bpftrace --version | sed 's/.* v//')
if [ -e $TRACING/kprobe_events ] &&
	[ "$(printf '%s\n' 0.17 "$version" | sort -V | head -n 1)" = 0.17 ]; then
	TOOLS+=' bpftrace'
fi
mkdir "$BUFFER"
peer_start pa a
for family in 4 6; do
	peer_listen pa "l$family" "$(loopback "$family"):$((family * 1000))"
done
test_case "a tracer alone" alone
test_case "$TOOLS trace" together
test_case "perf" perf_says
test_case "trace-cmd" trace_cmd_says
[[ $TOOLS != *bpftrace* ]] || test_case "bpftrace" bpftrace_says
test_case "the module goes while it is traced" unloading
run_cases
