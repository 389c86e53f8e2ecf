# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share that read events. They source lib.sh first.

# record NAME NAMESPACE: its events, into $WORK/NAME, from now on until stopped by NAME
record()
{
	record_by "$1" "$2" cat
}

# record_by NAME NAMESPACE COMMAND...: the same by a command that reads standard input
record_by()
{
	# Opened in there, as only there is the file that of the namespace.
	# shellcheck disable=SC2016 # for that shell
	become "$2" sh -c 'exec "$@" </proc/tcpwatch/events' sh "${@:3}" >"$WORK/$1" &
	PEER_PID[$1]=$!
	wait_for "$1 has opened the file" has_open "$1"
}

has_open()
{
	local fd

	for fd in "/proc/${PEER_PID[$1]}/fd/"*; do
		[[ $(readlink "$fd") != */tcpwatch/events ]] || return 0
	done
	return 1
}

# lost_in NAME: how many events it says were lost
lost_in()
{
	awk '$3 == "lost" { n += substr($6, 3) } END { print n + 0 }' "$WORK/$1"
}

# all_in NAME: how many it has read or lost
all_in()
{
	echo $(($(grep -vc ' lost ' "$WORK/$1") + $(lost_in "$1")))
}

# gaps FILE: what is wrong with the events in it, of which none is lost: a change that does not
# begin where the last one ended, a connection that ends twice, or not at all. At last, how
# many have ended.
gaps()
{
	awk '
		$3 == "state" {
			split($6, from, "=")
			split($7, to, "=")
			born = from[2] == "CLOSE" || from[2] == "LISTEN"
			if ($2 in state ? state[$2] != from[2] : !born)
				print $2 " goes from " from[2] " and was in " state[$2]
			state[$2] = to[2]
			if (to[2] == "LISTEN")
				listeners++
			next
		}
		$3 == "closed" {
			if (state[$2] !~ /^(CLOSE|TIME_WAIT|FIN_WAIT2)$/)
				print $2 " is closed in " state[$2]
			if (closed[$2]++)
				print $2 " is closed twice"
			n++
			next
		}
		{ print "not expected: " $0 }
		END { print n " ended" }' "$1"
}
