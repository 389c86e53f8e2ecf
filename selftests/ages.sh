#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long a connection lives, is in its state, waits in CLOSE_WAIT: right within
# 50 ms of what the program that made it happen measured.
#
# The program knows between which two moments something happened, and stamp
# between which two a file was read, so an age has a least and a most however
# slow the machine is. Here, and only here, time itself is the subject: a case
# lets some of it pass.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

TOLERANCE_US=50000
PASS_S=0.4
AHEAD_S=1000000

# age_is FILE SOCKET COLUMN HAPPENED-BEFORE HAPPENED-AFTER
age_is()
{
	local value least most begun ended

	cookie p "$2"
	"$TRAFFIC/stamp" "$(ns_proc a)/$1" >"$WORK/stamped"
	read -r begun ended <"$WORK/stamped"
	value=$(sed 1d "$WORK/stamped" | columns id "$3" | sed -n "s/^$VALUE //p")
	least=$(((begun - $5 - TOLERANCE_US) / 1000))
	most=$(((ended - $4 + TOLERANCE_US) / 1000 + 1))
	expect_between "$3 of $2 in $1" "${value:-missing}" $((least > 0 ? least : 0)) "$most"
}

exact_is_yes()
{
	cookie p "$1"
	expect_eq "exact of $1" "$(row a connections "$VALUE" exact)" yes
}

life_of_a_connection()
{
	local f=$1 at to born_before born_after closed_before closed_after

	at=$(loopback "$f")
	to=$at:$((f * 1000))
	peer_listen p "l$f" "$to"
	peer_socket p "c$f" "$at:0"
	peer p connect "c$f" "$to"
	born_before=$BEFORE born_after=$AFTER
	peer p accept "s$f" "l$f"
	sleep $PASS_S
	age_is connections "c$f" age_ms "$born_before" "$born_after"
	age_is connections "s$f" age_ms "$born_before" "$born_after"
	age_is connections "c$f" state_ms "$born_before" "$born_after"
	age_is connections "s$f" state_ms "$born_before" "$born_after"
	exact_is_yes "c$f"
	exact_is_yes "s$f"

	peer p shutdown "c$f"
	closed_before=$BEFORE
	peer p await "s$f" CLOSE_WAIT
	peer p await "c$f" FIN_WAIT2
	closed_after=$AFTER
	sleep $PASS_S
	age_is connections "c$f" state_ms "$closed_before" "$closed_after"
	age_is connections "s$f" state_ms "$closed_before" "$closed_after"
	age_is close_wait "s$f" wait_ms "$closed_before" "$closed_after"
	age_is connections "c$f" age_ms "$born_before" "$born_after"
	age_is connections "s$f" age_ms "$born_before" "$born_after"

	# What moves in a CLOSE_WAIT does not move its age.
	peer p send "s$f" 1000
	peer p recv "c$f" 1000
	peer p drain "s$f"
	sleep $PASS_S
	age_is close_wait "s$f" wait_ms "$closed_before" "$closed_after"
	exact_is_yes "s$f"
	peer p close "s$f"
	peer p close "c$f"
}

# States that only stay because somebody does not hear.
states_that_hang()
{
	local f=$1 base=$(($1 * 1000)) at before

	at=$(loopback "$f")
	mute a $((base + 1))
	peer_socket p "unheard$f" "$at:$((base + 1))"
	peer p begin "unheard$f" "$at:$base"
	sleep $PASS_S
	age_is connections "unheard$f" state_ms "$BEFORE" "$AFTER"

	peer_pair p "hang$f" "$at:$((base + 2))" "l$f" "$at:$base"
	mute a $((base + 2))
	peer p shutdown "chang$f"
	sleep $PASS_S
	age_is connections "chang$f" state_ms "$BEFORE" "$AFTER"

	peer p shutdown "shang$f"
	before=$BEFORE
	peer p await "chang$f" CLOSING
	sleep $PASS_S
	age_is connections "chang$f" state_ms "$before" "$AFTER"

	peer_pair p "last$f" "$at:$((base + 3))" "l$f" "$at:$base"
	peer p shutdown "slast$f"
	peer p await "clast$f" CLOSE_WAIT
	mute a $((base + 3))
	peer p shutdown "clast$f"
	sleep $PASS_S
	age_is connections "clast$f" state_ms "$BEFORE" "$AFTER"
}

# The summary's oldest is the first row's.
oldest_of_all()
{
	local begun before after ended

	peer_pair p old 127.0.0.1:5001 l4 127.0.0.1:4000
	peer_pair p new 127.0.0.1:5002 l4 127.0.0.1:4000
	peer p shutdown cold
	before=$BEFORE
	peer p await sold CLOSE_WAIT
	after=$AFTER
	sleep $PASS_S
	peer p shutdown cnew
	peer p await snew CLOSE_WAIT
	"$TRAFFIC/stamp" "$(ns_proc a)/summary" >"$WORK/stamped"
	read -r begun ended <"$WORK/stamped"
	expect_between close_wait_oldest_ms \
		"$(sed -n 's/^close_wait_oldest_ms //p' "$WORK/stamped")" \
		$(((begun - after - TOLERANCE_US) / 1000)) \
		$(((ended - before + TOLERANCE_US) / 1000 + 1))
}

# Whose clock is as after a long sleep of the machine: the one that counts on meanwhile.
AHEAD=(unshare --time --boottime "$AHEAD_S" --fork)

# What is some time ago is as long ago there, and an event happens when the reader's own
# clock says so.
clock_ahead()
{
	local begun ended born_before value

	peer_socket p far 127.0.0.1:0
	peer p connect far 127.0.0.1:4000
	born_before=$BEFORE
	cookie p far
	in_ns a "${AHEAD[@]}" "$TRAFFIC/stamp" /proc/tcpwatch/connections >"$WORK/stamped"
	read -r begun ended <"$WORK/stamped"
	expect_between "the clock there" "$begun" $((AHEAD_S * 1000000)) "$ended"
	ended=$((ended - AHEAD_S * 1000000))
	value=$(sed 1d "$WORK/stamped" | columns id age_ms | sed -n "s/^$VALUE //p")
	expect_between "age_ms there" "${value:-missing}" 0 \
		$(((ended - born_before + TOLERANCE_US) / 1000 + 1))

	record_by told a "${AHEAD[@]}" dd bs=4k count=1 status=none
	peer p shutdown far
	wait "${PEER_PID[told]}"
	unset 'PEER_PID[told]'
	expect_between "time_ns there" "$(sed 's/ .*//; q' "$WORK/told")" \
		$((BEFORE * 1000 + AHEAD_S * 1000000000)) $((AFTER * 1000 + AHEAD_S * 1000000000))
}

module_need
ns_add a
peer_start p a

for family in 4 6; do
	test_case "a connection and its CLOSE_WAIT, IPv$family" life_of_a_connection $family
	test_case "SYN_SENT, FIN_WAIT1, CLOSING and LAST_ACK, IPv$family" states_that_hang $family
done
test_case "the oldest CLOSE_WAIT of the summary" oldest_of_all
test_case "a reader with a clock of its own" clock_ahead
run_cases
