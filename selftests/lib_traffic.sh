# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What runs in the background, in a namespace; most of all traffic programs: a command a line in, an
# answer a line out. A part of lib.sh.

declare -A PEER_PID PEER_IN PEER_OUT
BEFORE='' AFTER='' VALUE=''

# A process in the background would hold the traffic programs' input open.
let_go()
{
	local fd

	for fd in "${PEER_IN[@]}" "${PEER_OUT[@]}"; do
		exec {fd}>&-
	done
}

# become NAMESPACE COMMAND...: only ever in the background
become()
{
	let_go
	exec nsenter --net="/run/netns/$(ns_name "$1")" "${@:2}"
}

# spawn NAME NAMESPACE COMMAND...: in the background, until stopped by its name
spawn()
{
	become "${@:2}" &
	PEER_PID[$1]=$!
}

# nginx_spawn NAME NAMESPACE ADDRESS:PORT [COMMAND...]: nginx, with one worker, started by COMMAND;
# it serves what is in $WORK/www
nginx_spawn()
{
	mkdir -p "$WORK/www" "$WORK/tmp"
	chmod 755 "$WORK" "$WORK/www"
	cat >"$WORK/nginx.conf" <<-END
		daemon off;
		worker_processes 1;
		pid $WORK/nginx.pid;
		error_log $WORK/nginx.log;
		events { }
		http {
			access_log off;
			client_body_temp_path $WORK/tmp;
			proxy_temp_path $WORK/tmp;
			fastcgi_temp_path $WORK/tmp;
			uwsgi_temp_path $WORK/tmp;
			scgi_temp_path $WORK/tmp;
			server {
				listen $3;
				root $WORK/www;
			}
		}
	END
	spawn "$1" "$2" "${@:4}" nginx -c "$WORK/nginx.conf"
}

# background NAME FUNCTION [ARG...]: of this script, quiet, until stopped by its name
background()
{
	{
		let_go
		"${@:2}"
	} >/dev/null 2>&1 &
	PEER_PID[$1]=$!
}

# peer_start NAME NAMESPACE [PROGRAM [ARG...]]: PROGRAM of traffic/, or peer
peer_start()
{
	local name=$1 ns=$2 program=${3:-peer} fd

	mkfifo "$WORK/$name.in" "$WORK/$name.out"
	# Opening a fifo waits for the other end, so that must be in the background, too.
	become "$ns" "$TRAFFIC/$program" "${@:4}" <"$WORK/$name.in" >"$WORK/$name.out" &
	PEER_PID[$name]=$!
	exec {fd}>"$WORK/$name.in"
	PEER_IN[$name]=$fd
	exec {fd}<"$WORK/$name.out"
	PEER_OUT[$name]=$fd
	rm "$WORK/$name.in" "$WORK/$name.out"
}

# peer_line NAME: wait for a line of what it says, into VALUE
peer_line()
{
	VALUE=''
	IFS= read -r -t $((WAIT_LIMIT_S + 30)) VALUE <&"${PEER_OUT[$1]}" && return
	fail "$1 says nothing more"
	return 1
}

# peer NAME COMMAND...: obeyed and answered, with its times and value in BEFORE AFTER VALUE
peer()
{
	peer_ask "$@"
	peer_answer "$@"
}

# peer_ask NAME COMMAND...: of which peer_answer, with the same, hears later
peer_ask()
{
	printf '%s\n' "${*:2}" >&"${PEER_IN[$1]}"
}

peer_answer()
{
	local answer

	peer_line "$1" || return
	read -r answer BEFORE AFTER VALUE <<<"$VALUE"
	[ "$answer" = ok ] && return
	fail "$1 $2: $answer $BEFORE $AFTER $VALUE"
	return 1
}

# peer_stop NAME: ends its input; gives its last word in VALUE, its exit status as its own
peer_stop()
{
	local fd status line

	fd=${PEER_IN[$1]}
	exec {fd}>&-
	VALUE=''
	while IFS= read -r -t $((WAIT_LIMIT_S + 30)) line <&"${PEER_OUT[$1]}"; do
		VALUE=$line
	done
	wait "${PEER_PID[$1]}"
	status=$?
	fd=${PEER_OUT[$1]}
	exec {fd}<&-
	unset "PEER_PID[$1]" "PEER_IN[$1]" "PEER_OUT[$1]"
	return $status
}

# stop NAME: of spawn, by a signal
stop()
{
	kill "${PEER_PID[$1]}"
	wait "${PEER_PID[$1]}" 2>/dev/null
	unset "PEER_PID[$1]"
}

# is_over NAME: of spawn; it may have to be waited for
is_over()
{
	! grep -q '^State:[[:blank:]]*[^Z]' "/proc/${PEER_PID[$1]}/status" 2>/dev/null
}

# peer_listen PEER NAME ADDRESS:PORT [BACKLOG]
peer_listen()
{
	local family=4

	[[ $3 != \[* ]] || family=6
	peer "$1" socket "$2" "$family" && peer "$1" set "$2" reuseaddr 1 &&
		peer "$1" bind "$2" "$3" && peer "$1" listen "$2" "${4:-16}"
}

# peer_socket PEER NAME ADDRESS:PORT: a client's socket bound there
peer_socket()
{
	local family=4

	[[ $3 != \[* ]] || family=6
	peer "$1" socket "$2" "$family" && peer "$1" set "$2" reuseaddr 1 &&
		peer "$1" bind "$2" "$3"
}

# peer_pair PEER NAME FROM LISTENER TO: cNAME connects from FROM to TO, sNAME is
# what LISTENER accepts; port 0 in FROM is any
peer_pair()
{
	peer_socket "$1" "c$2" "$3" && peer "$1" connect "c$2" "$5" &&
		peer "$1" accept "s$2" "$4"
}

# close_acked PEER SOCKET: close() by a client whose server is to stay in CLOSE_WAIT, not before
# the FIN is acknowledged. If that ACK came while close() holds the socket, it would stay as a full
# one, and reset the server in the end (see no_late_resets()).
close_acked()
{
	peer "$1" shutdown "$2" && peer "$1" await "$2" FIN_WAIT2 && peer "$1" close "$2"
}

# close_and_vanish PEER SOCKET: the same, and within a second or two its port is free again
close_and_vanish()
{
	peer "$1" set "$2" linger2 1 && close_acked "$1" "$2"
}

# make_states PEER FAMILY: at least one socket in every state there is, half-open
# requests and both kinds of FIN_WAIT2 too, for as long as segments of some ports are
# lost. Each name tells what cNAME, the client of sNAME, comes to; FAMILY * 1000 listens.
make_states()
{
	local p=$1 f=$2 at base=$(($2 * 1000)) port=$(($2 * 1000 + 110)) name to

	at=$(loopback "$f")
	to=$at:$base
	peer_listen "$p" "l$f" "$to"

	# Both ends call connect(); only the SYN of one gets through.
	peer_socket "$p" "crossed$f" "$at:$((base + 101))"
	peer_socket "$p" "crossing$f" "$at:$((base + 102))"
	peer "$p" begin "crossed$f" "$at:$((base + 102))"
	peer "$p" begin "crossing$f" "$at:$((base + 101))"
	peer "$p" await "crossed$f" SYN_RECV

	peer_socket "$p" "unheard$f" "$at:$((base + 103))"
	peer "$p" begin "unheard$f" "$to"

	peer_socket "$p" "halfopen$f" "$at:$((base + 104))"
	peer "$p" connect "halfopen$f" "$to"

	for name in open finwait1 finwait2 orphan timewait lastack closing; do
		port=$((port + 1))
		peer_pair "$p" "$name$f" "$at:$port" "l$f" "$to"
	done
	peer "$p" chown "sopen$f" 65534

	peer "$p" shutdown "cfinwait1$f"

	peer "$p" shutdown "cfinwait2$f"
	peer "$p" await "sfinwait2$f" CLOSE_WAIT
	peer "$p" await "cfinwait2$f" FIN_WAIT2

	close_acked "$p" "corphan$f"
	peer "$p" await "sorphan$f" CLOSE_WAIT

	peer "$p" close "ctimewait$f"
	peer "$p" await "stimewait$f" CLOSE_WAIT
	peer "$p" close "stimewait$f"

	peer "$p" shutdown "slastack$f"
	peer "$p" await "clastack$f" CLOSE_WAIT
	# Its ACK would be in the FIN that is lost, else.
	peer "$p" await "slastack$f" FIN_WAIT2
	peer "$p" close "clastack$f"

	peer "$p" shutdown "cclosing$f"
	peer "$p" shutdown "sclosing$f"
	peer "$p" await "cclosing$f" CLOSING
}

# unmake_states PEER NAMESPACE FAMILY...: what hangs, and would until its FIN is sent
# again, hears from its other end that it is over; the rest ends with PEER
unmake_states()
{
	local p=$1 f name

	unmute_all "$2"
	for f in "${@:3}"; do
		for name in crossed sfinwait1 slastack sclosing; do
			peer "$p" reset "$name$f"
		done
	done
	peer_stop "$p"
}
