#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# /proc/tcpwatch/events: every kind of event, made by real sockets, told in order, once to
# each reader, in its own namespace alone; readers that are too slow, and the module's end.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

TRACING=/sys/kernel/tracing

# story ID FILE: what happened to it, times left out
story()
{
	awk -v id="$1" '$2 == id { $1 = $2 = $4 = $5 = ""; print }' "$WORK/$2" |
		sed -E 's/ ?(after|age)_us=([0-9]+|-)//; s/ +/ /g; s/^ //; s/ $//'
}

# expect_story ID LINE...: exactly that, as soon as the last of it is told
expect_story()
{
	local id=$1

	shift
	printf '%s\n' "$@" >"$WORK/wanted"
	if ! wait_for "the end of $id is told" has_ended "$id"; then
		return
	fi
	story "$id" all >"$WORK/got"
	expect_same "the events of $id" "$WORK/got" "$WORK/wanted"
}

has_ended()
{
	grep -q "^[0-9]* $1 closed " "$WORK/all"
}

# id_of SOCKET, into ID
id_of()
{
	cookie pa "$1"
	ID=$VALUE
}

CONNECTED='state from=CLOSE to=SYN_SENT
state from=SYN_SENT to=ESTABLISHED'
ACCEPTED='state from=LISTEN to=SYN_RECV
state from=SYN_RECV to=ESTABLISHED'

orderly()
{
	local f=$1 at client server from connected

	at=$(loopback "$f")
	patient_loopback on a
	peer_socket pa "chand$f" "$at:$((3000 + f))"
	peer pa connect "chand$f" "$at:$((f * 1000))"
	connected="$BEFORE $AFTER"
	peer pa accept "shand$f" "l$f"
	id_of "chand$f"
	client=$ID
	id_of "shand$f"
	server=$ID
	peer pa send "chand$f" 5
	peer pa recv "shand$f" 5
	peer pa send "shand$f" 7
	peer pa recv "chand$f" 7
	peer pa shutdown "chand$f"
	peer pa await "shand$f" CLOSE_WAIT
	peer pa await "chand$f" FIN_WAIT2
	peer pa close "shand$f"
	expect_story "$client" "$CONNECTED" \
		"state from=ESTABLISHED to=FIN_WAIT1" "state from=FIN_WAIT1 to=FIN_WAIT2" \
		"state from=FIN_WAIT2 to=TIME_WAIT" \
		"closed opened=active closed=local by=fin retrans=0 bytes_in=7 bytes_out=5"
	expect_story "$server" "$ACCEPTED" \
		"state from=ESTABLISHED to=CLOSE_WAIT" "state from=CLOSE_WAIT to=LAST_ACK" \
		"state from=LAST_ACK to=CLOSE" \
		"closed opened=passive closed=remote by=fin retrans=0 bytes_in=5 bytes_out=7"
	expect_eq "the client's addresses" \
		"$(awk -v id="$client" '$2 == id { print $4, $5 }' "$WORK/all" | sort -u)" \
		"$at:$((3000 + f)) $at:$((f * 1000))"
	expect_eq "the server's addresses" \
		"$(awk -v id="$server" '$2 == id { print $4, $5 }' "$WORK/all" | sort -u)" \
		"$at:$((f * 1000)) $at:$((3000 + f))"
	# By the clock of who called connect().
	from=$(sed -n "s/^\([0-9]*\) $client state .*to=ESTABLISHED .*/\1/p" "$WORK/all")
	expect_between "the time of ESTABLISHED" $((from / 1000)) "${connected% *}" "${connected#* }"
	times_add_up "$client"
	times_add_up "$server"
	peer pa close "chand$f"
	patient_loopback off a
}

# times_add_up ID: nothing is told before what came before it, and a connection is as old
# as its states took together, save for the microseconds in which each event is written
times_add_up()
{
	expect_eq "what is wrong with the times of $1" "$(awk -v id="$1" '
		$2 != id { next }
		$1 < last { print "goes back at " $1 }
		{ last = $1 }
		match($0, / after_us=[0-9]+/) { sum += substr($0, RSTART + 10, RLENGTH - 10) + 0 }
		match($0, / age_us=[0-9]+/) {
			age = substr($0, RSTART + 8, RLENGTH - 8) + 0
			if (age < sum || age > sum + 500000)
				print "age " age " of " sum
		}' "$WORK/all")" ''
}

both_close()
{
	local f=$1 port=$((3010 + $1)) client

	peer_pair pa "both$f" "$(loopback "$f"):$port" "l$f" "$(loopback "$f"):$((f * 1000))"
	id_of "cboth$f"
	client=$ID
	# The server's FIN comes before the ACK of the client's, which is lost at first.
	in_ns a nft add element inet traffic finless "{ $port }"
	peer pa shutdown "cboth$f"
	peer pa shutdown "sboth$f"
	peer pa await "cboth$f" CLOSING
	in_ns a nft delete element inet traffic finless "{ $port }"
	wait_for "its end is told" has_ended "$client"
	expect_story "$client" "$CONNECTED" "state from=ESTABLISHED to=FIN_WAIT1" \
		"state from=FIN_WAIT1 to=CLOSING" "state from=CLOSING to=TIME_WAIT" \
		"closed opened=active closed=both by=fin retrans=$(retrans_of "$client") bytes_in=0 bytes_out=0"
	peer pa close "cboth$f"
	peer pa close "sboth$f"
}

# How often a FIN is lost is a matter of time.
retrans_of()
{
	sed -n "s/^[0-9]* $1 closed .* retrans=\([0-9]*\) .*/\1/p" "$WORK/all"
}

resets()
{
	local f=$1 at client server

	at=$(loopback "$f")
	peer_pair pa "rst$f" "$at:0" "l$f" "$at:$((f * 1000))"
	id_of "crst$f"
	client=$ID
	id_of "srst$f"
	server=$ID
	peer pa reset "crst$f"
	peer pa close "srst$f"
	expect_story "$client" "$CONNECTED" "state from=ESTABLISHED to=CLOSE" \
		"closed opened=active closed=- by=reset_out retrans=0 bytes_in=0 bytes_out=0"
	expect_story "$server" "$ACCEPTED" "state from=ESTABLISHED to=CLOSE" \
		"closed opened=passive closed=- by=reset_in retrans=0 bytes_in=0 bytes_out=0"

	peer_pair pa "unread$f" "$at:0" "l$f" "$at:$((f * 1000))"
	id_of "sunread$f"
	server=$ID
	peer pa send "cunread$f" 3
	peer pa shutdown "cunread$f"
	peer pa await "sunread$f" CLOSE_WAIT
	peer pa close "sunread$f"
	expect_story "$server" "$ACCEPTED" "state from=ESTABLISHED to=CLOSE_WAIT" \
		"state from=CLOSE_WAIT to=CLOSE" \
		"closed opened=passive closed=remote by=reset_out retrans=0 bytes_in=3 bytes_out=0"
	peer pa close "cunread$f"
}

failures()
{
	local f=$1 at port=$((3020 + $1)) again how=-

	at=$(loopback "$f")
	peer_socket pa "refused$f" "$at:0"
	id_of "refused$f"
	peer pa begin "refused$f" "$at:81"
	peer pa outcome "refused$f"
	expect_story "$ID" "state from=CLOSE to=SYN_SENT" "state from=SYN_SENT to=CLOSE" \
		"closed opened=active closed=- by=refused retrans=0 bytes_in=0 bytes_out=0"

	mute a "$port"
	peer_socket pa "deaf$f" "$at:$port"
	peer pa set "deaf$f" syncnt 1
	id_of "deaf$f"
	peer pa begin "deaf$f" "$at:$((f * 1000))"
	peer pa outcome "deaf$f"
	expect_story "$ID" "state from=CLOSE to=SYN_SENT" "state from=SYN_SENT to=CLOSE" \
		"closed opened=active closed=- by=timeout retrans=1 bytes_in=0 bytes_out=0"

	peer pa close "deaf$f"
	peer_socket pa "hasty$f" "$at:$port"
	id_of "hasty$f"
	again=$(summary a syn_retrans)
	peer pa begin "hasty$f" "$at:$((f * 1000))"
	peer pa close "hasty$f"
	# Unless it took so long that the SYN was sent again.
	again=$(($(summary a syn_retrans) - again))
	[ $again = 0 ] || how=timeout
	expect_story "$ID" "state from=CLOSE to=SYN_SENT" "state from=SYN_SENT to=CLOSE" \
		"closed opened=active closed=- by=$how retrans=$again bytes_in=0 bytes_out=0"
	unmute a "$port"
	peer pa close "refused$f"

	peer_pair pa "given$f" "$at:$port" "l$f" "$at:$((f * 1000))"
	id_of "cgiven$f"
	peer pa set "cgiven$f" user_timeout 300
	in_ns a nft add element inet traffic muted "{ $port }"
	peer pa send "cgiven$f" 1
	wait_for "it is given up" has_ended "$ID"
	expect_match "how it ended" "$(story "$ID" all | tail -n 1)" \
		'^closed opened=active closed=- by=timeout retrans=[1-9][0-9]* '
	unmute a "$port"
	peer pa close "cgiven$f"
	peer pa close "sgiven$f"
}

windows()
{
	local f=$1 at client server id way column

	at=$(loopback "$f")
	peer_pair pa "wnd$f" "$at:0" "l$f" "$at:$((f * 1000))"
	id_of "cwnd$f"
	client=$ID
	id_of "swnd$f"
	server=$ID
	peer pa fill "cwnd$f"
	wait_for "the window is closed" row_is a connections "$client" snd_wnd 0
	wait_for "that is told" window_told "$client" zero_window in
	# So long that the tick has looked whether any is closed still.
	wait_for "it has been closed for a while" closed_for "$client" 2500
	expect_eq "opened before it was read" "$(grep -c "$client window_open" "$WORK/all")" 0
	peer pa shutdown "cwnd$f"
	peer pa drain "swnd$f"
	wait_for "it opens" window_told "$client" window_open in
	wait_for "it opens at the other end" window_told "$server" window_open out
	# It closes, and opens, in turn, as often as the counters say.
	for ID in "$client in zero_in" "$server out zero_out"; do
		read -r id way column <<<"$ID"
		wait_for "each turn of the window $way is told" turns_told "$id" "$column" ||
			expect_eq "turns of the window $way" "$TURNS" "$WANTED"
		expect_eq "directions of the window $way" \
			"$(grep -E "^[0-9]+ $id (zero_window|window_open)" "$WORK/all" |
				grep -o 'dir=[a-z]*' | sort -u)" "dir=$way"
	done
	peer pa close "cwnd$f"
	peer pa close "swnd$f"
}

# closed_for ID MS: the peer's window, at least
closed_for()
{
	[ "$(row a connections "$1" zero_in_ms)" -ge "$2" ]
}

# turns_told ID COLUMN: as often as that column says, and in turn
turns_told()
{
	local n

	n=$(row a connections "$1" "$2")
	WANTED="window_open=$n zero_window=$n"
	TURNS=$(awk -v id="$1" '$2 == id && $3 ~ /window/ { print $3 }' "$WORK/all" |
		uniq | sort | uniq -c | awk '{ print $2 "=" $1 }' | paste -sd' ')
	[ "$TURNS" = "$WANTED" ]
}

window_told()
{
	grep -qE "^[0-9]+ $1 $2 .* dir=$3 after_us=[0-9]+\$" "$WORK/all"
}

close_waits()
{
	local f=$1 at port=$((3030 + $1)) id

	at=$(loopback "$f")
	peer_pair pa "leak$f" "$at:$port" "l$f" "$at:$((f * 1000))"
	id_of "sleak$f"
	id=$ID
	close_and_vanish pa "cleak$f"
	peer pa await "sleak$f" CLOSE_WAIT
	expect_eq "stuck before the threshold" "$(story "$id" all | grep -c stuck)" 0
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=50
	wait_for "that it is stuck is told" has_event "$id" stuck
	expect_match "the event" "$(story "$id" all | grep stuck)" '^stuck wait_ms=[0-9]+$'
	expect_between "its wait_ms" "$(story "$id" all | sed -n 's/^stuck wait_ms=//p')" 50 60000

	wait_for "the client's port is free again" port_is_free "$port"
	no_acks a "$port"
	peer_socket pa "back$f" "$at:$port"
	peer pa set "back$f" syncnt 1
	peer pa begin "back$f" "$at:$((f * 1000))"
	wait_for "that a SYN was blocked is told" has_event "$id" syn_blocked
	expect_match "the event" "$(story "$id" all | grep -m 1 syn_blocked)" '^syn_blocked$'
	peer pa close "back$f"
	acks_again a "$port"
	peer pa close "sleak$f"
	# Told once, however often it is looked at.
	wait_for "its end is told" has_ended "$id"
	expect_eq "times that it was told to be stuck" "$(story "$id" all | grep -c stuck)" 1
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=60000
}

has_event()
{
	grep -q "^[0-9]* $1 $2 " "$WORK/all"
}

# All that was told by now has the form of the contract.
form()
{
	local event='(state|closed|zero_window|window_open|syn_blocked|stuck)'
	local address='(\[[0-9a-f:.]+\]|[0-9.]+):[0-9]+' line

	expect_between "lines" "$(wc -l <"$WORK/all")" 100 9999
	line="[0-9]+ [0-9]+ $event $address $address( [a-z_]+=[^ ]+)*"
	expect_eq "lines of another form" "$(grep -vxE "$line" "$WORK/all")" ''
	sort -ns -k1,1 "$WORK/all" >"$WORK/sorted"
	expect_same "the lines in the order of time" "$WORK/all" "$WORK/sorted"
	expect_eq "events lost" "$(summary a events_lost)" 0
	expect_eq "the mode" "$(stat -c %a "$(ns_proc a)/events")" 400
	expect_fails "reading by somebody else" in_ns a setpriv --reuid=65534 --regid=65534 \
		--clear-groups head -c 1 /proc/tcpwatch/events
}

# Each reads from where it opened; what one reads the other does, too.
own_places()
{
	local first last

	record late a
	peer_pair pa late 127.0.0.1:0 l4 127.0.0.1:4000
	id_of clate
	first=$ID
	id_of slate
	last=$ID
	close_acked pa clate
	peer pa close slate
	wait_for "the end is told to the first" both_ended all "$first" "$last"
	wait_for "the end is told to the second" both_ended late "$first" "$last"
	stop late
	expect_eq "whose event the second reads first" "$(awk '{ print $2; exit }' "$WORK/late")" "$first"
	tail -n "$(wc -l <"$WORK/late")" "$WORK/all" >"$WORK/tail"
	expect_same "what both read" "$WORK/late" "$WORK/tail"
}

# both_ended FILE ID ID
both_ended()
{
	grep -q "^[0-9]* $2 closed " "$WORK/$1" && grep -q "^[0-9]* $3 closed " "$WORK/$1"
}

own_namespace()
{
	expect_eq "what the other namespace was told of this one" "$(cat "$WORK/other")" ''
	peer_start pb b
	peer_listen pb lone 127.0.0.1:4444
	wait_for "it is told of its own" grep -q ':4444 .* to=LISTEN' "$WORK/other"
	expect_eq "what this one is told of the other" "$(grep -c ":4444 " "$WORK/all")" 0
	peer_stop pb
}

# Not a byte too few or too many, however little is asked for at a time.
in_bites()
{
	record_by bites a dd bs=7 status=none
	record whole a
	peer_pair pa bite '[::1]:0' l6 '[::1]:6000'
	peer pa reset cbite
	peer pa close sbite
	wait_for "the end is told" grep -q ' closed .*reset_in' "$WORK/whole"
	wait_for "the end is read in bites" same_size "$WORK/whole" "$WORK/bites"
	stop bites
	stop whole
	expect_same "what is read in bites" "$WORK/bites" "$WORK/whole"
}

same_size()
{
	[ "$(stat -c %s "$1")" = "$(stat -c %s "$2")" ]
}

# A reader that sleeps meanwhile is told how many it has missed.
too_slow()
{
	local i

	stop all
	stop other
	module_absent
	module_load_with event_slots=16 || fail "tcpwatch can't be loaded with event_slots"
	record slow a
	kill -STOP "${PEER_PID[slow]}"
	for ((i = 0; i < 20; i++)); do
		peer_pair pa slow$i 127.0.0.1:0 l4 127.0.0.1:4000
		peer pa reset cslow$i
		peer pa close sslow$i
	done
	kill -CONT "${PEER_PID[slow]}"
	# 20 times 4 of the one end and 4 of the other.
	wait_for "all is read or lost" all_accounted 160
	expect_match "how it is told that some are lost" "$(grep -m 1 lost "$WORK/slow")" \
		'^[0-9]+ - lost - - n=[0-9]+$'
	expect_between "events lost" "$(lost_in slow)" 80 159
	expect_eq "events_lost of summary" "$(summary a events_lost)" "$(lost_in slow)"
	stop slow
}

all_accounted()
{
	[ "$(all_in slow)" = "$1" ]
}

# Who polls by epoll stays in the queue meanwhile, whatever it does: it is woken for each time that
# it asks, and now and then, and not for each event.
woken_for_asking()
{
	local n=500 i

	module_fresh
	asks >"$WORK/asks"
	kill -STOP "${PEER_PID[asks]}"
	trace_works 1
	in_ns a "$TRAFFIC/churn" 127.0.0.1:0 1 $n >/dev/null || fail "churn failed"
	trace_works 0
	kill -CONT "${PEER_PID[asks]}"
	wait_for "all is told" grep -qx "$((2 * n)) ended" "$WORK/asks"
	# Of each end, four events at least.
	expect_between "times that who does not ask was to be woken" \
		"$(grep -c 'function wake \[tcpwatch\]' $TRACING/trace)" 1 $((2 * n))
	for ((i = n + 1; i <= n + 5; i++)); do
		in_ns a "$TRAFFIC/churn" 127.0.0.1:0 1 1 >/dev/null || fail "churn failed"
		wait_for "it is woken again" grep -qx "$((2 * i)) ended" "$WORK/asks"
	done
	stop asks
}

# Reads all that there is whenever epoll has something new, and says how many have ended.
asks()
{
	spawn asks a python3 -c '
import os, select
fd = os.open("/proc/tcpwatch/events", os.O_RDONLY | os.O_NONBLOCK)
epoll = select.epoll()
epoll.register(fd, select.EPOLLIN | select.EPOLLET)
text = b""
while epoll.poll():
    try:
        while True:
            text += os.read(fd, 65536)
    except BlockingIOError:
        print(text.count(b" closed "), "ended", flush=True)
'
	wait_for "it polls" sleeps asks
}

# What stands by in an epoll that another one holds is not polled again where something else in it
# is ready: who has read all must hear of the next event all the same.
woken_through_another()
{
	expect_eq "what it was told" "$(in_ns a python3 -c '
import os, select, socket
def happens():
    server = socket.socket()
    server.listen()
    return server
def read_all(fd):
    try:
        while True:
            os.read(fd, 65536)
    except BlockingIOError:
        pass
fd = os.open("/proc/tcpwatch/events", os.O_RDONLY | os.O_NONBLOCK)
other, end = os.pipe2(os.O_NONBLOCK)
os.write(end, b"x")
inner = select.epoll()
inner.register(other, select.EPOLLIN)
inner.register(fd, select.EPOLLIN)
outer = select.epoll()
outer.register(inner, select.EPOLLIN | select.EPOLLET)
outer.poll(0)
first = happens()
told = outer.poll(30)
read_all(fd)
read_all(other)
second = happens()
print(len(told), len(outer.poll(30)))
')" '1 1'
}

# trace_works 0|1: what the kernel leaves to workers, as waking is
trace_works()
{
	[ "$1" = 0 ] || echo >$TRACING/trace
	echo "$1" >$TRACING/events/workqueue/workqueue_execute_start/enable ||
		fail "works can't be traced"
}

# polls NAME PYTHON: waits by that for what happens to fd, quiet until it wakes up
polls()
{
	become a python3 -c "
import os, select
fd = os.open('/proc/tcpwatch/events', os.O_RDONLY | os.O_NONBLOCK)
print('waits', flush=True)
$2
print('woke', flush=True)
" >"$WORK/$1" &
	PEER_PID[$1]=$!
	wait_for "$1 is ready" grep -q waits "$WORK/$1"
	wait_for "$1 sleeps" sleeps "$1"
}

sleeps()
{
	grep -qE 'poll|select' "/proc/${PEER_PID[$1]}/stack"
}

# expect_woken NAME
expect_woken()
{
	wait "${PEER_PID[$1]}"
	expect_eq "the status of $1" $? 0
	unset "PEER_PID[$1]"
	expect_match "what became of $1" "$(cat "$WORK/$1")" woke
}

# A container is frozen: it takes no part in anything until it is thawed.
frozen_at_the_end()
{
	local freezer=$WORK/freezer

	mkdir "$freezer"
	needs "the freezer of cgroups v1" mount -t cgroup -o freezer freezer "$freezer" || return 0
	mkdir "$freezer/container"
	module_need
	polls frozen 'poll = select.poll(); poll.register(fd, select.POLLIN); poll.poll()'
	echo "${PEER_PID[frozen]}" >"$freezer/container/cgroup.procs"
	echo FROZEN >"$freezer/container/freezer.state"
	wait_for "it is frozen" grep -q FROZEN "$freezer/container/freezer.state"
	log_mark
	module_unload || fail "rmmod failed"
	module_left_nothing
	module_fresh
	echo THAWED >"$freezer/container/freezer.state"
	expect_woken frozen
	wait_for "nobody is in it" rmdir "$freezer/container"
	umount "$freezer"
}

# The module goes: who waits reads the end of the file, and who polls hears of it, whatever for.
the_end()
{
	local name

	module_fresh
	polls exceptional 'select.select([], [], [fd])'
	polls hung_up 'poll = select.poll(); poll.register(fd, 0); poll.poll()'
	polls urgent 'poll = select.poll(); poll.register(fd, select.POLLPRI); poll.poll()'
	log_mark
	record waiting a
	become a python3 -c '
import os, select, sys
fd = os.open("/proc/tcpwatch/events", os.O_RDONLY | os.O_NONBLOCK)
epoll = select.epoll()
epoll.register(fd, select.EPOLLIN)
poll = select.poll()
poll.register(fd, select.POLLIN)
try:
    os.read(fd, 1)
    sys.exit("it did not say EAGAIN")
except BlockingIOError:
    pass
if epoll.poll(0):
    sys.exit("something is there before anything has happened")
print("waits", flush=True)
poll.poll()
epoll.poll()
print("woke", flush=True)
' >"$WORK/polling" &
	PEER_PID[polling]=$!
	wait_for "it polls" grep -q waits "$WORK/polling"
	module_unload || fail "rmmod failed"
	wait "${PEER_PID[waiting]}"
	expect_eq "the status of who read to the end" $? 0
	unset 'PEER_PID[waiting]'
	wait "${PEER_PID[polling]}"
	expect_eq "the status of who polled" $? 0
	unset 'PEER_PID[polling]'
	expect_match "what became of who polled" "$(cat "$WORK/polling")" woke
	for name in exceptional hung_up urgent; do
		expect_woken $name
	done
	module_left_nothing
}

# held NAME NAMESPACE: polls events, and something else that does not answer
held()
{
	spawn "$1" "$2" "$TRAFFIC/held" poll >"$WORK/$1"
	wait_for "$1 is held" grep -q held "$WORK/$1"
	wait_for "$1 polls what does not answer" grep -q eventpoll_poll "/proc/${PEER_PID[$1]}/stack"
}

# unload_beside COUNT: with so many held, each in a namespace of its own; UNLOAD_MS is how long
unload_beside()
{
	local i began

	module_fresh
	for ((i = 1; i <= $1; i++)); do
		held "held$i" "n$i"
	done
	log_mark
	began=${EPOCHREALTIME/.}
	module_unload || fail "rmmod failed"
	UNLOAD_MS=$(((${EPOCHREALTIME/.} - began) / 1000))
	module_left_nothing
	expect_eq "those of whom it is said that they don't wake up" \
		"$(dmesg | sed "1,/$LOG_MARK/d" | grep -c 'does not wake up')" "$1"
	for ((i = 1; i <= $1; i++)); do
		stop "held$i"
	done
}

# Some may poll for as long as they like: the module does not wait for one after the other.
held_at_the_end()
{
	local i one

	for i in 1 2 3 4; do
		ns_add "n$i"
	done
	unload_beside 1
	one=$UNLOAD_MS
	unload_beside 4
	say "unloading took $one ms beside one, $UNLOAD_MS ms beside four"
	expect_between "how long it takes beside four" "$UNLOAD_MS" 1 $((2 * one))
	module_fresh
}

[ -e $TRACING/trace ] || mount -t tracefs tracefs $TRACING || give_up "there is no tracefs"
module_fresh
ns_add a
ns_add b
peer_start pa a
record all a
record other b
for f in 4 6; do
	peer_listen pa l$f "$(loopback $f):$((f * 1000))"
done

for f in 4 6; do
	test_case "an orderly life, IPv$f" orderly $f
	test_case "both close at once, IPv$f" both_close $f
	test_case "resets, IPv$f" resets $f
	test_case "handshakes and connections that fail, IPv$f" failures $f
	test_case "windows, IPv$f" windows $f
	test_case "CLOSE_WAITs, IPv$f" close_waits $f
done
test_case "the form" form
test_case "each reader at its own place" own_places
test_case "each namespace its own" own_namespace
test_case "read in bites" in_bites
test_case "a reader that is too slow" too_slow
test_case "who polls is woken for asking" woken_for_asking
test_case "who polls through another epoll is woken" woken_through_another
test_case "the module goes" the_end
test_case "the module goes, and who polls is frozen" frozen_at_the_end
test_case "the module goes, and who polls is held up" held_at_the_end
run_cases
