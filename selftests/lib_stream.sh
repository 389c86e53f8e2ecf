# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests share of commands that print events as they happen: readers in the
# background of namespace a, and connections there, moved by peer p.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034 # for those who source this
OK=0 USAGE=2 UNLOADED=3 DENIED=4 FAILED=5

# An address with a port, as a regular expression.
# shellcheck disable=SC2034
END='(127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\[::\]):[0-9]+'

# ---- readers in the background

# It has opened the stream, done what it does first, and waits for what happens.
is_reading()
{
	find "/proc/${PEER_PID[$1]}/fd" -lname '*/tcpwatch/events' 2>/dev/null | grep -q . &&
		grep -q poll "/proc/${PEER_PID[$1]}/stack" 2>/dev/null
}

# reader NAME COMMAND [ARG...]: tcpwatch in namespace a, into $WORK/NAME.out and .err
reader()
{
	spawn "$1" a tcpwatch "${@:2}" >"$WORK/$1.out" 2>"$WORK/$1.err" </dev/null
	wait_for "$1 reads" is_reading "$1"
}

# reader_ended NAME STATUS: by itself, or by the signal that it was sent
reader_ended()
{
	wait_for "$1 ends" is_over "$1" || kill -KILL "${PEER_PID[$1]}"
	wait "${PEER_PID[$1]}"
	expect_eq "the status of $1" $? "$2"
	unset "PEER_PID[$1]"
}

# reader_stop NAME: as Ctrl-C does
reader_stop()
{
	kill -INT "${PEER_PID[$1]}"
	reader_ended "$1" $OK
	expect_eq "what $1 complains of" "$(cat "$WORK/$1.err")" ''
}

# has_lines NAME REGEX [COUNT]
has_lines()
{
	[ "$(grep -cE "$2" "$WORK/$1.out")" -ge "${3:-1}" ]
}

# told NAME REGEX [COUNT]: wait until it says so
told()
{
	wait_for "$1 says $2" has_lines "$@"
}

# same_lines FILTER NAME: what it told, but for what readers do not share
same_lines()
{
	jq -c "$1 | del(.time_ms)" "$WORK/$2.out"
}

# story NAME ID: what it told of that socket, a line an event
story()
{
	jq -r --argjson id "$2" 'select(.id == $id) |
		if .event == "state" then "\(.from) \(.to)"
		elif .event == "closed" then
			"closed opened=\(.opened) closed=\(.closed) by=\(.by) " +
			"in=\(.bytes_in) out=\(.bytes_out)"
		else .event end' "$WORK/$1.out"
}

# expect_story NAME WHAT ID LINE...
expect_story()
{
	story "$1" "$3" >"$WORK/got"
	printf '%s\n' "${@:4}" >"$WORK/wanted"
	expect_same "the story of $2" "$WORK/got" "$WORK/wanted"
}

# ---- sockets

# pair FAMILY NAME: cNAME and sNAME, their ids in ID[cNAME] and ID[sNAME]
declare -A ID
pair()
{
	peer_pair p "$2" "$(loopback "$1"):0" "l$1" "$(loopback "$1"):80"
	cookie p "c$2" && ID[c$2]=$VALUE
	cookie p "s$2" && ID[s$2]=$VALUE
}

# refused FAMILY NAME
refused()
{
	peer_socket p "$2" "$(loopback "$1"):0"
	cookie p "$2" && ID[$2]=$VALUE
	peer p begin "$2" "$(loopback "$1"):81"
	peer p outcome "$2"
	expect_eq "connect()" "$VALUE" "Connection refused"
	peer p close "$2"
}

# closed_event NAME ID
closed_event()
{
	told "$1" "\"event\":\"closed\",\"id\":$2,"
}

# end_pair NAME READER: the client closes first
end_pair()
{
	peer p shutdown "c$1"
	peer p await "s$1" CLOSE_WAIT
	peer p await "c$1" FIN_WAIT2
	peer p close "s$1"
	closed_event "$2" "${ID[s$1]}"
	closed_event "$2" "${ID[c$1]}"
	peer p close "c$1"
}

# ---- readers that end by themselves

# ended WHAT STATUS COMMAND...: with that status, and with words unless it is OK
ended()
{
	local status

	"${@:3}" >"$WORK/out" 2>"$WORK/err" </dev/null
	status=$?
	expect_eq "the status of $1" $status "$2"
	[ "$2" = $OK ] || [ -s "$WORK/err" ] || fail "$1 does not say what is wrong"
}

as_nobody()
{
	in_ns a setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# saved TEXT: as a copy of the file events
saved()
{
	mkdir -p "$WORK/copy"
	printf '%s\n' "$1" >"$WORK/copy/events"
}

# ---- the stage

stage()
{
	command -v jq >/dev/null || give_up "jq is missing"
	module_need
	ns_add a
	ns_add b
	peer_start p a
	peer_start q b
	peer_listen p l4 127.0.0.1:80
	peer_listen p l6 '[::1]:80'
}
