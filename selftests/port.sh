#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `tcpwatch port` says of a port against what bind(), listen() and connect() then
# do: every state that a port can be in, with and without SO_REUSEADDR, at wildcard and
# specific addresses, IPv4 here; IPv6, and both in one socket, by port6.sh.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# What is asked about, by the family of what has the port: addresses, and both wildcards
# where there is none. Each takes a process, and so time.
TARGETS4=('' 127.0.0.1 127.0.0.2 ::1 :: '127.0.0.1 --no-bind')
TARGETS6=('' 127.0.0.1 ::1 fd77::1 :: '--no-bind')
FAMILY=${FAMILY:-4}
SERVER=1999
NOBODY=65534
# Below those that connect() chooses from.
NEXT=2000
PORT='' HOLDER=''
HELD=()
AS_USER=()
REALITY=''

# answers TARGET...: for PORT, a document on one line for each
answers()
{
	# shellcheck disable=SC2016 # for that shell to expand
	in_ns a "${AS_USER[@]}" bash -c '
		for target; do
			tcpwatch port "$0" $target --json
		done' "$PORT" "$@"
}

# answer_text [ADDRESS]: for PORT, its lines joined
answer_text()
{
	in_ns a "${AS_USER[@]}" tcpwatch port "$PORT" "$@" | tr -s '[:space:]' ' '
}

# ---- what really happens

# try_bind ADDRESS:PORT V6ONLY REUSEADDR: what bind() and listen() say, in VALUE
try_bind()
{
	local family=4

	[[ $1 != \[* ]] || family=6
	peer pa socket trial $family
	[ $family = 4 ] || peer pa set trial v6only "$2"
	peer pa set trial reuseaddr "$3"
	peer pa try bind trial "$1"
	[ "$VALUE" != Success ] || peer pa try listen trial 1
	REALITY=$VALUE
	peer pa close trial
	case $REALITY in
	Success) VALUE=works ;;
	'Address already in use') VALUE=in_use ;;
	'Cannot assign requested address') VALUE=no_such_address ;;
	'Permission denied') VALUE=not_permitted ;;
	*) VALUE=failed ;;
	esac
}

# ---- states that a port can be in, each made at ADDRESS:PORT with OPTIONS

# hold NAME: to be closed by let_port_go
hold()
{
	HELD+=("$1")
}

let_port_go()
{
	local name

	for name in "${HELD[@]}"; do
		peer pa close "$name"
	done
	HELD=()
}

# to_reach ADDRESS OPTIONS: where to connect to for a listener there
to_reach()
{
	case $1,$2 in
	*mapped*) printf 127.0.0.1 ;;
	0.0.0.0,*) printf 127.0.0.1 ;;
	'[::]',*) printf '[::1]' ;;
	*) printf '%s' "$1" ;;
	esac
}

# a_socket NAME ADDRESS OPTIONS: v6only, reuseaddr and reuseport are set by OPTIONS
a_socket()
{
	local family=4 option

	[[ $2 != \[* ]] || family=6
	peer pa socket "$1" $family
	for option in v6only reuseaddr reuseport; do
		[[ ,$3, != *,$option,* ]] || peer pa set "$1" $option 1
	done
}

state_free()
{
	:
}

state_bound()
{
	a_socket h "$1" "$2"
	peer pa bind h "$1:$PORT"
	hold h
}

state_listener()
{
	state_bound "$@"
	peer pa listen h 4
}

# A connection to a listener that is closed then.
state_connection()
{
	local to family=4

	to=$(to_reach "$@")
	[[ $to != \[* ]] || family=6
	state_listener "$@"
	peer pa socket client $family
	peer pa connect client "$to:$PORT"
	peer pa accept server h
	let_port_go
}

state_established()
{
	state_connection "$@"
	hold client
	hold server
}

state_close_wait()
{
	state_connection "$@"
	peer pa close client
	peer pa await server CLOSE_WAIT
	hold server
}

state_fin_wait2()
{
	state_connection "$@"
	# So it is a mini-socket at once, whatever the ACK of its FIN meets.
	peer pa shutdown server
	peer pa await server FIN_WAIT2
	peer pa close server
	hold client
}

state_time_wait()
{
	state_fin_wait2 "$@"
	let_port_go
	wait_for "TIME_WAIT" mini_is TIME_WAIT
}

mini_is()
{
	[[ $(table a time_wait local state) == *":$PORT $1"* ]]
}

# Nobody answers its SYN.
state_syn_sent()
{
	mute a "$PORT"
	state_bound "$@"
	peer pa begin h "$(to_reach "$@"):9"
}

# A connection whose listener is there.
state_serving()
{
	local to family=4

	to=$(to_reach "$@")
	[[ $to != \[* ]] || family=6
	state_listener "$@"
	peer pa socket client $family
	peer pa connect client "$to:$PORT"
	peer pa accept server h
	hold client
	hold server
}

# A client's, whose port connect() chose.
state_client()
{
	a_socket h "$@"
	peer pa connect h "$1:$SERVER"
	peer pa accept server "server$1"
	hold h
	hold server
	peer pa local h
	PORT=${VALUE##*:}
}

# Another user's.
state_others()
{
	peer pa user $NOBODY
	state_listener "$@"
	peer pa user 0
}

# One that connect() does not choose by itself.
state_reserved()
{
	ns_sysctl a net.ipv4.ip_local_reserved_ports="$PORT" \
		net.ipv4.ip_local_port_range="$PORT 64999"
}

# ---- answers compared with that

# What an attempt says is in the way, by the state of the port, into HOLDER.
kind_of()
{
	case $1 in
	listener | serving | others) HOLDER=listeners ;;
	established | close_wait | syn_sent | client) HOLDER=connections ;;
	fin_wait2 | time_wait) HOLDER=time_wait ;;
	*) HOLDER=nothing ;;
	esac
}

# All that the documents say, one a line: attempts, and of the first all holders.
take_apart()
{
	jq -nr 'def line: map(. // "-" | tostring) | join(" ");
		[inputs.namespaces[0]] |
		(.[0].holders[] | ["holder", .state, .local, .remote, .pid, .comm] | line),
		(.[] | .tried as $tried | .attempts[] |
		 [if $tried then "tried" else "guessed" end,
		  .local, if .v6only then "v6only" else "dual" end, .plain, .reuseaddr,
		  if .in_no_table then "in-no-table" else "-" end,
		  if .listeners > 0 then "listeners" elif .connections > 0 then "connections"
		  elif .time_wait > 0 then "time_wait" else "nothing" end] | line)'
}

# attempt_is_real STATE LOCAL V6ONLY PLAIN REUSE IN-NO-TABLE BLOCKED-BY
attempt_is_real()
{
	local v6only=0 what="$2 $3" blocked=nothing untabled=-

	if [ -z "${REAL[$what]:-}" ]; then
		[ "$3" = dual ] || v6only=1
		try_bind "$2" $v6only 0
		REAL[$what]=$VALUE
		try_bind "$2" $v6only 1
		REAL[$what]+=" $VALUE"
	fi
	if [[ ${REAL[$what]} == 'in_use '* ]]; then
		kind_of "$1"
		blocked=$HOLDER
		[ "$1" != bound ] || untabled=in-no-table
	fi
	expect_eq "bind() to $what, without and with SO_REUSEADDR," "$4 $5" "${REAL[$what]}"
	expect_eq "in_no_table of $what" "$6" $untabled
	expect_eq "what is in the way of $what" "$7" "$blocked"
}

# From the tables alone nothing that would work is called impossible.
guess_is_safe()
{
	local what="$1 $2" real=${REAL["$1 $2"]}

	expect_match "$what, guessed," "$3 $4" '^(-|in_use) (-|in_use)$'
	[ "$3" = - ] || expect_eq "$what, guessed" "$3" "${real% *}"
	[ "$4" = - ] || expect_eq "$what, guessed, with SO_REUSEADDR" "$4" "${real#* }"
	GUESSES=$((GUESSES + $([ "$3" = - ]; echo $?)))
}

# The holders are what ss has at that port, with the one process that there is.
holders_as_ss()
{
	sed -n 's/^holder //p' "$WORK/answers" | sort >"$WORK/got"
	ss_dump a | awk -v port=":$PORT" -v pid="${PEER_PID[pa]}" '
		$7 != "request" && substr($2, length($2) - length(port) + 1) == port {
			who = $6 == "-" ? "- -" : pid " binder"
			print $1, $2, $7 == "listen" ? "-" : $3, who
		}' | sort >"$WORK/wanted"
	expect_same "the holders of $PORT" "$WORK/got" "$WORK/wanted"
}

# port_in STATE ADDRESS OPTIONS SENTENCE: the whole answer, of a port in that state
port_in()
{
	local kind rest wanted=8 targets=("${TARGETS4[@]}")
	local -A REAL=()

	if [[ $2 == \[* ]]; then
		targets=("${TARGETS6[@]}")
		wanted=9
	fi
	PORT=$((NEXT += 1))
	"state_$1" "$2" "$3"
	answers "${targets[@]}" | take_apart >"$WORK/answers"
	expect_eq "attempts" "$(grep -vc ^holder "$WORK/answers")" $wanted
	while read -r kind rest; do
		# shellcheck disable=SC2086 # several words
		case $kind in
		tried) attempt_is_real "$1" $rest ;;
		guessed) guess_is_safe $rest ;;
		esac
	done <"$WORK/answers"
	holders_as_ss
	expect_match "the answer" "$(answer_text "${2//[\[\]]/}")" "$4"
	let_port_go
}

# as_nobody FUNCTION ARG...: what it may do
as_nobody()
{
	AS_USER=(setpriv "--reuid=$NOBODY" "--regid=$NOBODY" --clear-groups)
	peer pa user $NOBODY
	"$@"
	peer pa user 0
	AS_USER=()
}

# low_port PORT SENTENCE: one that not everybody may have
low_port()
{
	local next=$NEXT

	NEXT=$(($1 - 1))
	as_nobody port_in free 127.0.0.1 - "$2"
	NEXT=$next
}

low_ports()
{
	low_port 80 'this user may not take that port: see net.ipv4.ip_unprivileged_port_start'
	ns_sysctl a net.ipv4.ip_unprivileged_port_start=80
	low_port 80 "$WORKS"
	low_port 79 'this user may not take that port'
	ns_sysctl a net.ipv4.ip_unprivileged_port_start=1024
	low_port 1023 'this user may not take that port'
}

no_such_address()
{
	local address at sentence

	PORT=$((NEXT += 1))
	for address in 192.0.2.1 2001:db8::1 fe80::1 ff02::1; do
		at=$address:$PORT
		[[ $address != *:* ]] || at=[$address]:$PORT
		try_bind "$at" 0 0
		expect_eq "the answer for $address" \
			"$(answers "$address" | take_apart | sed 's/^tried //')" \
			"$at dual $VALUE $VALUE - nothing"
		case $VALUE in
		no_such_address) sentence='no interface here has this address' ;;
		*) sentence='bind\(\) fails' ;;
		esac
		expect_match "the answer for $address" "$(answer_text "$address")" "$sentence"
	done
}

# Each TIME_WAIT is there for as long as the file says, which time_wait.sh compares with ss.
time_left()
{
	local at left least most

	PORT=$((NEXT += 1))
	for at in 127.0.0.1 '[::1]'; do
		state_time_wait "$at" reuseaddr
	done
	table a time_wait local left_ms >"$WORK/before"
	answers '' >"$WORK/answer"
	table a time_wait local left_ms >"$WORK/after"
	while read -r at left; do
		least=$(awk -v at="$at" '$1 == at { print $2 }' "$WORK/after")
		most=$(awk -v at="$at" '$1 == at { print $2 }' "$WORK/before")
		expect_between "left_ms of $at" "$left" "$least" "$most"
	done < <(jq -r '.namespaces[0].holders[] | "\(.local) \(.left_ms)"' \
		"$WORK/answer")
	jq -r '.namespaces[0] | (.holders | map(.left_ms) | max) as $last | .attempts[] |
		"\(.time_wait) \(.time_wait_left_ms == $last)"' "$WORK/answer" >"$WORK/got"
	expect_eq "the last of both" "$(tail -n 1 "$WORK/got")" "2 true"
	expect_eq "TIME_WAITs" "$(jq '.namespaces[0].holders | length' "$WORK/answer")" 2
}

# wrong WORD...: exit status 2 and a word about it
wrong()
{
	in_ns a tcpwatch port "$@" >"$WORK/out" 2>"$WORK/err"
	expect_eq "the status of port $*" $? 2
	expect_match "what it says of port $*" "$(cat "$WORK/err")" "$SAYS"
}

wrong_words()
{
	local word

	SAYS='which port'
	wrong
	SAYS='a port is a number from 1 to 65535'
	for word in 0 65536 99999999999 abc 80x '' +80 0x50 127.0.0.1; do
		wrong "$word"
	done
	SAYS='invalid option'
	wrong -1
	SAYS='is no address'
	wrong 80 81
	wrong 80 127.0.0
	wrong 80 '[::1]'
	wrong 80 ::1%lo
	wrong 80 localhost
	SAYS='port takes one PORT and one ADDRESS'
	wrong 80 ::1 ::1
}

guessed_something()
{
	say "$GUESSES binds were known to fail from the tables alone"
	expect_between "such binds" "$GUESSES" 12 99
}

GUESSES=0
module_fresh
ns_add a
ip -n "$(ns_name a)" addr add fd77::1/128 dev lo nodad
peer_start pa a
peer pa name binder
peer_listen pa server127.0.0.1 127.0.0.1:$SERVER
peer_listen pa 'server[::1]' "[::1]:$SERVER"

WORKS='bind\(\) and listen\(\) would work now'
LISTENS='in use: something listens there. SO_REUSEADDR does not help'
BOUND='in use, by a socket that is bound but neither listening nor connected'
HELPS='only with SO_REUSEADDR, .*connections are left there, but nothing listens'
NO_HELP='in use, by connections. SO_REUSEADDR does not help'
TIMED='only with SO_REUSEADDR, .*nothing but TIME_WAIT is left there, the last for [0-9]+ ?s'
TIMED_OUT='in use, by TIME_WAITs for [0-9]+ ?s.* SO_REUSEADDR does not help'

# state_case STATE ADDRESS OPTIONS SENTENCE
state_case()
{
	test_case "$1 at $2, ${3//,/ and }" port_in "$@"
}

wildcard=0.0.0.0
[ "$FAMILY" = 4 ] || wildcard='[::]'
host=$(loopback "$FAMILY")
state_case free "$host" - "$WORKS"
for at in "$wildcard" "$host"; do
	state_case bound "$at" - "$BOUND.*does not help"
	state_case bound "$at" reuseaddr "$BOUND.*SO_REUSEADDR helps"
	state_case listener "$at" reuseaddr "$LISTENS"
	state_case established "$at" - "$NO_HELP"
	state_case established "$at" reuseaddr "$HELPS"
	state_case time_wait "$at" - "$TIMED_OUT"
	state_case time_wait "$at" reuseaddr "$TIMED"
done
state_case serving "$host" - "$LISTENS"
state_case close_wait "$host" reuseaddr "$HELPS"
state_case fin_wait2 "$host" reuseaddr "$TIMED"
state_case syn_sent "$host" - "$NO_HELP"
state_case client "$host" - "$NO_HELP"
state_case client "$host" reuseaddr "$HELPS"
state_case listener "$host" reuseport "$LISTENS"
state_case others "$host" reuseaddr,reuseport "$LISTENS"
if [ "$FAMILY" = 6 ]; then
	state_case bound '[::]' v6only "$BOUND"
	state_case listener '[::]' v6only "$LISTENS"
	state_case established '[::]' v6only,reuseaddr "$HELPS"
	state_case established '[::]' mapped,reuseaddr "$HELPS"
	state_case time_wait '[::]' mapped,reuseaddr "$TIMED"
	state_case time_wait '[::]' v6only "$TIMED_OUT"
else
	state_case reserved "$host" - \
		"$WORKS.*connect\\(\\) does not take it: it is reserved"
	test_case "ports below ip_unprivileged_port_start" low_ports
	test_case "addresses that are not this host's" no_such_address
	test_case "TIME_WAITs, and for how long" time_left
	test_case "wrong words" wrong_words
fi
test_case "what is known without trying" guessed_something
run_cases
