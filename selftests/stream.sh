#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch events, held against sockets that are moved by hand: what it says happened, of
# which socket, when, and how it ends itself. Much of it is what tcpwatch life does, too.
#
#	namespace a   both ends of all connections, and who reads
#	namespace b   others that nobody is to hear of

# shellcheck source=selftests/lib_stream.sh
. "$(dirname "$0")/lib_stream.sh"

ESCAPE=$'\033'

# ---- events

client_closes()
{
	reader events events --json
	pair "$1" one
	peer p send cone 3000
	peer p recv sone 3000
	peer p send sone 7
	peer p recv cone 7
	end_pair one events
	reader_stop events
	expect_story events "the client" "${ID[cone]}" 'CLOSE SYN_SENT' 'SYN_SENT ESTABLISHED' \
		'ESTABLISHED FIN_WAIT1' 'FIN_WAIT1 FIN_WAIT2' 'FIN_WAIT2 TIME_WAIT' \
		'closed opened=active closed=local by=fin in=7 out=3000'
	expect_story events "the server" "${ID[sone]}" 'LISTEN SYN_RECV' 'SYN_RECV ESTABLISHED' \
		'ESTABLISHED CLOSE_WAIT' 'CLOSE_WAIT LAST_ACK' 'LAST_ACK CLOSE' \
		'closed opened=passive closed=remote by=fin in=3000 out=7'
}

server_closes()
{
	reader events events --json
	pair "$1" two
	peer p shutdown stwo
	peer p await ctwo CLOSE_WAIT
	peer p await stwo FIN_WAIT2
	peer p close ctwo
	closed_event events "${ID[ctwo]}"
	closed_event events "${ID[stwo]}"
	reader_stop events
	peer p close stwo
	expect_story events "the client" "${ID[ctwo]}" 'CLOSE SYN_SENT' 'SYN_SENT ESTABLISHED' \
		'ESTABLISHED CLOSE_WAIT' 'CLOSE_WAIT LAST_ACK' 'LAST_ACK CLOSE' \
		'closed opened=active closed=remote by=fin in=0 out=0'
	expect_story events "the server" "${ID[stwo]}" 'LISTEN SYN_RECV' 'SYN_RECV ESTABLISHED' \
		'ESTABLISHED FIN_WAIT1' 'FIN_WAIT1 FIN_WAIT2' 'FIN_WAIT2 TIME_WAIT' \
		'closed opened=passive closed=local by=fin in=0 out=0'
}

# Addresses are the socket's own, and a time is when it happened.
who_and_when()
{
	local here there before after wall

	reader events events --json
	pair "$1" three
	peer p local cthree
	here=$VALUE there=$(loopback "$1"):80
	peer p shutdown cthree
	before=$BEFORE after=$AFTER
	told events '"to":"FIN_WAIT1"'
	jq -r 'select(.to == "FIN_WAIT1")' "$WORK/events.out" >"$WORK/event"
	reader_stop events
	expect_eq "its id" "$(jq .id "$WORK/event")" "${ID[cthree]}"
	expect_eq "its ends" "$(jq -r '"\(.local) \(.remote)"' "$WORK/event")" "$here $there"
	expect_between "its time" "$(jq '.time_ns / 1000 | floor' "$WORK/event")" "$before" \
		"$after"
	wall=$(date +%s%3N)
	peer p time
	expect_between "its time of day" "$(jq .time_ms "$WORK/event")" \
		$((wall - (AFTER - before) / 1000 - 1)) \
		$(($(date +%s%3N) - (BEFORE - after) / 1000 + 1))
	peer p reset cthree
	peer p close sthree
}

refused_connect()
{
	reader events events --json
	refused "$1" no
	closed_event events "${ID[no]}"
	reader_stop events
	expect_story events "the socket" "${ID[no]}" 'CLOSE SYN_SENT' 'SYN_SENT CLOSE' \
		'closed opened=active closed=null by=refused in=0 out=0'
}

# Nobody answers a SYN; later, nobody answers data.
timeouts()
{
	local from=$((5000 + $1))

	reader events events --json
	peer_socket p mute "$(loopback "$1"):$from"
	cookie p mute && ID[mute]=$VALUE
	mute a $from
	peer p set mute syncnt 1
	peer p begin mute "$(loopback "$1"):80"
	peer p outcome mute
	expect_eq "connect()" "$VALUE" "Connection timed out"
	unmute a $from
	peer p close mute

	peer_pair p four "$(loopback "$1"):$from" "l$1" "$(loopback "$1"):80"
	cookie p cfour && ID[cfour]=$VALUE
	peer p set cfour user_timeout 500
	mute a $from
	peer p send cfour 5
	closed_event events "${ID[cfour]}"
	unmute a $from
	peer p close cfour
	peer p reset sfour
	reader_stop events
	expect_story events "the connect" "${ID[mute]}" 'CLOSE SYN_SENT' 'SYN_SENT CLOSE' \
		'closed opened=active closed=null by=timeout in=0 out=0'
	expect_story events "the connection" "${ID[cfour]}" 'CLOSE SYN_SENT' \
		'SYN_SENT ESTABLISHED' 'ESTABLISHED CLOSE' \
		'closed opened=active closed=null by=timeout in=0 out=5'
}

resets()
{
	reader events events --json
	pair "$1" five
	peer p reset cfive
	closed_event events "${ID[cfive]}"
	closed_event events "${ID[sfive]}"
	reader_stop events
	peer p close sfive
	expect_story events "the client" "${ID[cfive]}" 'CLOSE SYN_SENT' 'SYN_SENT ESTABLISHED' \
		'ESTABLISHED CLOSE' 'closed opened=active closed=null by=reset_out in=0 out=0'
	expect_story events "the server" "${ID[sfive]}" 'LISTEN SYN_RECV' 'SYN_RECV ESTABLISHED' \
		'ESTABLISHED CLOSE' 'closed opened=passive closed=null by=reset_in in=0 out=0'
}

# filtered JQ-CONDITION READER: that reader told what the one without filters did, of which
# this holds
filtered()
{
	same_lines "select($1)" all >"$WORK/wanted"
	[ -s "$WORK/wanted" ] || fail "nothing is there for which $1"
	same_lines . "$2" >"$WORK/got"
	expect_same "what $2 says" "$WORK/got" "$WORK/wanted"
}

filters()
{
	local name

	pair 4 early
	reader all events --json
	reader event events --json --event=closed,window_open
	reader state events --json --state=close-wait --state SYN_SENT
	reader local events --json --local='[::1]:80'
	reader remote events --json --remote=127.0.0.0/8
	reader port events --json --port=81
	reader id events --json --id="${ID[searly]}"
	reader hex events --json --id="$(printf 'sk:%x' "${ID[searly]}")"
	reader both events --json --event=state --port=81
	pair 4 x
	pair 6 y
	end_pair x all
	end_pair y all
	end_pair early all
	refused 4 z
	refused 6 w
	closed_event all "${ID[w]}"
	told event '"event":"closed"' 8
	for name in local id hex; do
		told "$name" '"event":"closed"'
	done
	told state '"from":"SYN_SENT"' 4
	told remote "\"event\":\"closed\",\"id\":${ID[z]},"
	told port '"event":"closed"' 2
	told both '"to":"CLOSE"' 2
	for name in all event state local remote port id hex both; do
		reader_stop "$name"
	done
	filtered '.event == "closed"' event
	filtered '.from == "CLOSE_WAIT" or .to == "CLOSE_WAIT" or
		.from == "SYN_SENT" or .to == "SYN_SENT"' state
	filtered '.local == "[::1]:80"' local
	filtered '.remote | startswith("127.")' remote
	filtered '.remote | endswith(":81")' port
	filtered ".id == ${ID[searly]}" id
	filtered ".id == ${ID[searly]}" hex
	filtered '.event == "state" and (.remote | endswith(":81"))' both
}

# A line is for people, and says the same.
for_people()
{
	local family

	reader events events
	reader boot events --time=boot
	reader date events --time=date
	for family in 4 6; do
		pair $family text
		end_pair_as_text text events
		refused $family text
	done
	told events ' refused; opened by us ' 2
	told boot ' refused; ' 2
	told date ' refused; ' 2
	reader_stop events
	reader_stop boot
	reader_stop date
	expect_eq "lines that are not of one form" "$(grep -vcE \
		"^[0-9:]{8}\.[0-9]{6} +[0-9]+  $END +$END +[^ ]" "$WORK/events.out")" 0
	expect_match "closing" "$(cat "$WORK/events.out")" \
		"ESTABLISHED -> CLOSE_WAIT after [0-9.]+(us|ms|s)"
	expect_match "closed" "$(cat "$WORK/events.out")" \
		"closed, we first; opened by us [0-9.]+m?s ago, in 0 B, out 0 B"
	expect_match "closed" "$(cat "$WORK/events.out")" \
		"closed, the peer first; opened by the peer [0-9.]+m?s ago, in 0 B, out 0 B"
	expect_eq "lines without seconds since boot" \
		"$(grep -vcE '^[0-9]+\.[0-9]{6} ' "$WORK/boot.out")" 0
	expect_eq "lines without the date" \
		"$(grep -vcE "^$(date +%Y)-[0-9-]{5} [0-9:]{8}\.[0-9]{6} " "$WORK/date.out")" 0
}

end_pair_as_text()
{
	peer p shutdown "c$1"
	peer p await "s$1" CLOSE_WAIT
	peer p await "c$1" FIN_WAIT2
	peer p close "s$1"
	told "$2" " ${ID[c$1]} .* closed, we first"
	told "$2" " ${ID[s$1]} .* closed, the peer first"
	peer p close "c$1"
}

# ---- how they end

enough()
{
	reader three events --json --count=3
	reader one events --json --event=closed --count=1
	ended "--for" $OK in_ns a timeout "$WAIT_LIMIT_S" \
		tcpwatch events --json --for=0.2
	expect_eq "what it says when nothing happens" "$(cat "$WORK/out")" ''
	refused 4 enough
	reader_ended three $OK
	reader_ended one $OK
	expect_eq "what the first says" "$(jq -r '.event' "$WORK/three.out" | paste -sd' ')" \
		"state state closed"
	expect_eq "what the second says" "$(jq -r '.id' "$WORK/one.out")" "${ID[enough]}"
}

terminated()
{
	reader events events
	kill -TERM "${PEER_PID[events]}"
	reader_ended events $OK
	reader life life
	reader_stop life
}

# Nobody reads what it says any more.
reader_of_reader_gone()
{
	local i

	mkfifo "$WORK/pipe"
	head -c 1 "$WORK/pipe" >/dev/null &
	PEER_PID[head]=$!
	spawn events a tcpwatch events --json >"$WORK/pipe" 2>"$WORK/events.err" </dev/null
	wait_for "it reads" is_reading events
	refused 4 once
	wait "${PEER_PID[head]}"
	unset 'PEER_PID[head]'
	reader_ended events $OK
	expect_eq "what it complains of" "$(cat "$WORK/events.err")" ''
	rm "$WORK/pipe"

	# It hears that from a write, where there is more to say than a pipe holds.
	for ((i = 0; i < 1000; i++)); do
		printf '%s\n' "$STUCK"
	done >"$WORK/many"
	saved "$(cat "$WORK/many")"
	tcpwatch events --from "$WORK/copy" 2>"$WORK/events.err" | head -c 1 >/dev/null
	expect_eq "the status of events" "${PIPESTATUS[0]}" $OK
	expect_eq "what it complains of" "$(cat "$WORK/events.err")" ''
}

# A pipe that is full and not read does not keep it from ending.
stopped_reader_of_reader()
{
	mkfifo "$WORK/pipe"
	exec 9<>"$WORK/pipe"
	# As much as a pipe holds.
	head -c 65536 /dev/zero >&9
	spawn events a tcpwatch events --json >&9 2>"$WORK/events.err" </dev/null 9>&-
	wait_for "it reads" is_reading events
	refused 4 unsaid
	kill -INT "${PEER_PID[events]}"
	reader_ended events $OK
	exec 9>&-
	rm "$WORK/pipe"
}

module_goes()
{
	local name

	reader events events --json
	reader text events
	reader life life --json
	refused 4 last
	closed_event events "${ID[last]}"
	closed_event life "${ID[last]}"
	module_unload || fail "rmmod failed"
	for name in events text life; do
		reader_ended $name $UNLOADED
		expect_match "what $name says" "$(cat "$WORK/$name.err")" 'module was unloaded'
	done
	expect_eq "what it told before" "$(jq -r '.event' "$WORK/events.out" | paste -sd' ')" \
		"state state closed"
	expect_eq "what life told before" "$(jq -r '.id' "$WORK/life.out")" "${ID[last]}"
	module_need
}

# The reader stands still while more happens than a ring of 16 events holds.
lost()
{
	local n=40 i told lost

	module_absent
	module_load_with event_slots=16 || give_up "tcpwatch can't be loaded"
	reader events events --json
	kill -STOP "${PEER_PID[events]}"
	for ((i = 0; i < n; i++)); do
		refused 4 gone
	done
	kill -CONT "${PEER_PID[events]}"
	refused 6 after
	closed_event events "${ID[after]}"
	reader_stop events
	told=$(jq -s 'map(select(.event != "lost")) | length' "$WORK/events.out")
	lost=$(jq -s 'map(select(.event == "lost") | .n) | add // 0' "$WORK/events.out")
	expect_eq "what was told and lost" $((told + lost)) $(((n + 1) * 3))
	expect_between "lost ones" "$lost" 1 $((n * 3))
	expect_eq "events_lost" "$(summary a events_lost)" "$lost"
	expect_eq "the last one told" "$(jq -r .id "$WORK/events.out" | tail -n 1)" "${ID[after]}"

	# Whatever else is filtered out, and in words.
	reader events events --event=stuck
	kill -STOP "${PEER_PID[events]}"
	for ((i = 0; i < n; i++)); do
		refused 4 gone
	done
	kill -CONT "${PEER_PID[events]}"
	told events ' lost: [0-9]+ events, '
	reader_stop events
	module_fresh
}

# ---- another namespace, colours, wrong words

other_namespace()
{
	local how

	for how in "$(ns_name a)" "${NS_PID[a]}"; do
		spawn events b tcpwatch events --json --netns "$how" --count=3 \
			>"$WORK/events.out" 2>"$WORK/events.err" </dev/null
		wait_for "it reads" is_reading events
		spawn life b tcpwatch life --json --netns "$how" --count=1 \
			>"$WORK/life.out" 2>"$WORK/life.err" </dev/null
		wait_for "it reads" is_reading life
		reader own events --json
		peer_socket q no 127.0.0.1:0
		peer q begin no 127.0.0.1:81
		peer q outcome no
		peer q close no
		refused 6 far
		reader_ended events $OK
		reader_ended life $OK
		closed_event own "${ID[far]}"
		reader_stop own
		expect_eq "ids that it saw" "$(jq -r .id "$WORK/events.out" | sort -u)" "${ID[far]}"
		expect_eq "ids that life saw" "$(jq -r .id "$WORK/life.out")" "${ID[far]}"
		expect_eq "ids that are seen inside" "$(jq -r .id "$WORK/own.out" | sort -u)" \
			"${ID[far]}"
	done
}

# on_a_terminal ENVIRONMENT ARG...: what it writes of a saved copy. script waits 10 ms after a
# command's end for what is still on its way through the terminal.
on_a_terminal()
{
	env "$1" script -qec "tcpwatch ${*:2} --from $WORK/copy; sleep 0.2" /dev/null </dev/null
}

colour()
{
	local command

	saved "$STUCK"
	for command in events life; do
		expect_match "$command on a terminal" "$(on_a_terminal NO_COLOR= $command)" \
			"$ESCAPE\\[[0-9;]*m"
		expect_eq "escapes with NO_COLOR" \
			"$(on_a_terminal NO_COLOR=1 $command | grep -c "$ESCAPE")" 0
		expect_eq "escapes with --color=never" \
			"$(on_a_terminal NO_COLOR= $command --color=never | grep -c "$ESCAPE")" 0
		expect_eq "escapes with --json" \
			"$(on_a_terminal NO_COLOR= $command --json | grep -c "$ESCAPE")" 0
	done
}

wrong_use()
{
	local words

	for words in 'events --event=nosuch' 'events --state=NOSUCH' 'events --id=x' \
		     'events --id=sk:' 'events --local=1.2.3' 'events --port=x' 'events extra' \
		     'events --time=x' 'events --count=0' 'events --count=x' 'events --for=0' \
		     'events --for=x' 'events --for=-1' 'events --watch' 'events --all-netns' \
		     'events --by=fin' 'events --netns=nosuch' 'life --by=nosuch' \
		     'life --pid=x' 'life --event=closed' 'life extra' 'life --watch' \
		     'life --all-netns' 'life --no-owner --pid=1' 'life --from=/ --for=1'; do
		# shellcheck disable=SC2086 # several words
		ended "tcpwatch $words" $USAGE tcpwatch $words
	done
	ended "events --help" $OK tcpwatch events --help
	ended "life --help" $OK tcpwatch life --help
}

not_root()
{
	ended "events of nobody" $DENIED as_nobody tcpwatch events
	ended "life of nobody" $DENIED as_nobody tcpwatch life
}

no_module()
{
	local command

	module_absent
	for command in events life; do
		ended "$command without the module" $UNLOADED in_ns a tcpwatch $command
		expect_match "what $command says" "$(cat "$WORK/err")" '(modprobe|insmod).*tcpwatch'
		ended "$command of another namespace" $UNLOADED tcpwatch $command \
			--netns "$(ns_name a)"
	done
	module_need
}

# ---- streams that make no sense

STUCK='1000000000 7 stuck 127.0.0.1:80 127.0.0.1:81 wait_ms=60000
1000000001 7 closed 127.0.0.1:80 127.0.0.1:81 age_us=1 opened=- closed=- by=reset_in'

# refuses WHAT TEXT WORDS: after what came before
refuses()
{
	saved "$STUCK
$2"
	ended "$1" $FAILED tcpwatch events --json --from "$WORK/copy"
	expect_match "what it says of $1" "$(cat "$WORK/err")" "$3"
	expect_eq "what it told before $1" "$(jq -r .event "$WORK/out" | paste -sd' ')" \
		"stuck closed"
}

senseless()
{
	local ends='127.0.0.1:80 127.0.0.1:81' long

	refuses "an empty line" '' 'line 3 has only 0'
	refuses "a short line" '5 7 state' 'line 3 has only 3'
	refuses "a byte" $'5 7 state \1' 'line 3 has a byte 0x01'
	refuses "no time" "x 7 stuck $ends" 'line 3.*is no time'
	refuses "no id" "5 x stuck $ends" 'line 3.*is no number'
	refuses "no address" "5 7 stuck 127.0.0.1 $ends" 'line 3.*is no address'
	refuses "no key" "5 7 stuck $ends wait_ms" 'line 3.*is no key=value'
	refuses "a number" "5 7 stuck $ends wait_ms=x" 'line 3.*is no number'
	refuses "a key twice" "5 7 stuck $ends a=1 a=1" 'line 3.*is there twice'
	refuses "a key missing" "5 7 state $ends from=ESTABLISHED" "line 3.*no 'to'"
	refuses "a field as a key" "5 7 stuck $ends id=8" 'line 3.*is no key'
	refuses "two lines in one" "5 7 stuck $ends wait_ms=15 7 stuck $ends" 'line 3'
	printf -v long '%5000s' ''
	refuses "a long line" "5 7 stuck $ends a=${long// /x}" 'line 3 is longer'
	printf -v long '%70000s' ''
	refuses "an endless line" "5 7 stuck $ends a=${long// /x}" 'line 3 is longer'
	printf -v long ' k%d=1' {1..65}
	refuses "too many keys" "5 7 stuck $ends$long" 'line 3.*one key more'
	saved "$STUCK"
	printf '5 7 stuck %s wait_ms=6' "$ends" >>"$WORK/copy/events"
	ended "a line cut short" $FAILED tcpwatch events --from "$WORK/copy"
	expect_match "what it says of it" "$(cat "$WORK/err")" 'cut short: line 3'
	rm "$WORK/copy/events"
	ended "no file" $FAILED tcpwatch events --from "$WORK/copy"
	mkfifo "$WORK/copy/events"
	ended "a fifo" $FAILED tcpwatch events --from "$WORK/copy"
	rm "$WORK/copy/events"
}

# What a later module adds is told as it is.
later_module()
{
	local event='8 9 newly 127.0.0.1:80 - how=-'

	saved "$event colour=blue depth=4
8 7 stuck 127.0.0.1:80 127.0.0.1:81 wait_ms=1000 depth=5"
	ended "a new event" $OK tcpwatch events --json --from "$WORK/copy"
	expect_eq "a new event" \
		"$(sed -n 1p "$WORK/out" | jq -r 'to_entries[] | "\(.key)=\(.value)"' | paste -sd' ')" \
		"time_ns=8 time_ms=null event=newly id=9 local=127.0.0.1:80 remote=null how=null $(
			)colour=blue depth=4"
	expect_eq "a new key" "$(sed -n 2p "$WORK/out" | jq .depth)" 5
	ended "a new event" $OK tcpwatch events --from "$WORK/copy"
	expect_match "a new event" "$(cat "$WORK/out")" ' newly how=- colour=blue depth=4'
	expect_match "a new key" "$(cat "$WORK/out")" ' stuck in CLOSE_WAIT for 1.0s depth=5'
}

stage

for family in 4 6; do
	test_case "events: the client closes first, IPv$family" client_closes $family
	test_case "events: the server closes first, IPv$family" server_closes $family
	test_case "events: who and when, IPv$family" who_and_when $family
	test_case "events: a refused connect, IPv$family" refused_connect $family
	test_case "events: timeouts, IPv$family" timeouts $family
	test_case "events: a reset, IPv$family" resets $family
done
test_case "events: filters" filters
test_case "events: in words" for_people
test_case "--netns by name and by process" other_namespace
test_case "--count and --for" enough
test_case "signals" terminated
test_case "nobody reads the answer any more" reader_of_reader_gone
test_case "nobody takes the answer from a full pipe" stopped_reader_of_reader
test_case "wrong use" wrong_use
test_case "not permitted" not_root
test_case "a stream that makes no sense" senseless
test_case "a later module's events and keys" later_module
test_case "colour on a terminal only" colour
test_case "lost events" lost
test_case "the module goes" module_goes
test_case "no module" no_module
run_cases
