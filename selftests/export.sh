#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What tcpwatch export says, in both forms, served and in a file: of real sockets, of
# namespaces and cgroups, of many names, of a part that can't be read, of no module.
#
#	namespace a   leaky leaves sockets in CLOSE_WAIT, lazy does not accept
#	namespace b   nothing

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"

LEAKS=5
QUEUED=3
NAMES=60
NAMES_KEPT=49
ADDRESS='[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9a-f]:[0-9a-f:]*:'
ACCEPT_OPENMETRICS='application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'

# More than this test takes, also where the machine is emulated, and slow.
NEVER=3600000

threshold()
{
	ns_sysctl a "net.tcpwatch.close_wait_stuck_ms=$1"
}

# value SAMPLE [FILE]: the number of that sample
value()
{
	sample="$1 " awk 'index($0, ENVIRON["sample"]) == 1 { print $NF }' "${2:-$WORK/out}"
}

value_is()
{
	expect_eq "$1" "$(value "$1")" "$2"
}

# total METRIC: of all its samples
total()
{
	awk -v metric="$1" '
		{ sub(/[{ ].*/, "", $1) }
		$1 == metric { n += $NF }
		END { print n + 0 }' "$WORK/out"
}

# well_formed FILE: as its readers want it
well_formed()
{
	expect_eq "what promtool says" "$(promtool check metrics <"$1" 2>&1)" ''
	expect_eq "samples that are there twice" \
		"$(grep -v '^#' "$1" | sed 's/ [^ ]*$//' | sort | uniq -d)" ''
	expect_eq "addresses" "$(grep -E "$ADDRESS" "$1")" ''
}

export_now()
{
	ran "export" 0 export "$@"
	expect_eq "what export complains of" "$(cat "$WORK/err")" ''
	well_formed "$WORK/out"
}

# The counters are those of summary; the ones that move while one looks stand still here.
as_summary()
{
	local state

	export_now
	summary_read a
	value_is tcpwatch_module_loaded 1
	value_is tcpwatch_scrape_success 1
	for state in ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE_WAIT \
		     LAST_ACK CLOSING; do
		value_is "tcpwatch_connections{state=\"$state\"}" "${SUMMARY[${state,,}]}"
	done
	value_is tcpwatch_listeners "${SUMMARY[listen]}"
	value_is 'tcpwatch_connections_opened_total{side="active"}' "${SUMMARY[opened_active]}"
	value_is 'tcpwatch_connections_opened_total{side="passive"}' "${SUMMARY[opened_passive]}"
	value_is 'tcpwatch_connect_failures_total{reason="refused"}' "${SUMMARY[connect_refused]}"
	value_is 'tcpwatch_segments_total{flags="SYN",direction="in"}' "${SUMMARY[syn_in]}"
	value_is 'tcpwatch_segments_total{flags="RST",direction="out"}' "${SUMMARY[rst_out]}"
	expect_eq "a refused connect() is counted" "${SUMMARY[connect_refused]}" 1
	value_is tcpwatch_accept_queue_overflows_total \
		"$(in_ns a nstat -asz TcpExtListenOverflows | awk '/^Tcp/ { print $2 }')"
}

# Nobody is looked for while nothing is stuck.
young()
{
	threshold $NEVER
	export_now
	expect_eq "all CLOSE_WAITs" "$(total tcpwatch_close_wait_sockets)" $((LEAKS + QUEUED))
	value_is 'tcpwatch_close_wait_sockets{comm="(unasked)",verdict="fresh"}' $LEAKS
	expect_eq "stuck ones" "$(total tcpwatch_close_wait_stuck_sockets)" 0
}

stuck()
{
	local pid=${PEER_PID[leaky]} limit

	threshold 1
	export_now
	limit=$(awk '/^Max open files/ { print $4 }' "/proc/$pid/limits")
	value_is 'tcpwatch_close_wait_sockets{comm="leaky",verdict="leaked"}' $LEAKS
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="leaky"}' $LEAKS
	value_is 'tcpwatch_close_wait_sockets{comm="lazy",verdict="unaccepted"}' $QUEUED
	value_is 'tcpwatch_process_open_fds{comm="leaky"}' \
		"$(find "/proc/$pid/fd" -mindepth 1 | wc -l)"
	value_is 'tcpwatch_process_max_fds{comm="leaky"}' "$limit"
	value_is 'tcpwatch_close_wait_age_seconds_bucket{le="+Inf"}' $((LEAKS + QUEUED))
	value_is 'tcpwatch_close_wait_age_seconds_count' $((LEAKS + QUEUED))
	value_is tcpwatch_close_wait_stuck_after_seconds 0.001
	expect_match "the oldest" "$(value 'tcpwatch_close_wait_oldest_seconds{comm="leaky"}')" \
		'^[0-9]+\.[0-9]{3}$'
}

# More wait than may.
queue()
{
	value_is 'tcpwatch_accept_queue_connections{port="4002"}' $QUEUED
	value_is 'tcpwatch_accept_queue_max_connections{port="4002"}' $((QUEUED - 1))
	value_is 'tcpwatch_accept_queue_connections{port="4001"}' 0
}

# Only two capabilities are needed to know whose sockets they are.
privileges()
{
	local caps=+sys_ptrace,+dac_read_search
	local as=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	in_ns a "${as[@]}" --inh-caps "$caps" --ambient-caps "$caps" --bounding-set "-all,$caps" \
		tcpwatch export >"$WORK/out" || fail "export without other capabilities"
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="leaky"}' $LEAKS
	value_is tcpwatch_scrape_hidden_processes 0
	in_ns a "${as[@]}" --inh-caps -all --bounding-set -all tcpwatch export >"$WORK/out" ||
		fail "export without any capability"
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="(unseen)"}' $((LEAKS + QUEUED))
	expect_match "processes hidden" "$(value tcpwatch_scrape_hidden_processes)" '^[1-9]'
}

# ---- served

# serve ARG...: in namespace a, at any port; its address in BASE
serve()
{
	spawn exporter a tcpwatch export --listen "$@" 2>"$WORK/log"
	wait_for "it serves" grep -q ' at http' "$WORK/log"
	BASE=$(sed -n 's,.* at \(http.*\)/metrics$,\1,p' "$WORK/log")
}

# get PATH CURL-ARG...: the answer's body in $WORK/out, its head in $WORK/head
get()
{
	in_ns a curl -sS -m 30 -o "$WORK/out" -D "$WORK/head" "${@:2}" "$BASE$1" ||
		fail "curl $* failed"
	tr -d '\r' <"$WORK/head" >"$WORK/head.unix"
}

# said STATUS HEADER...: these lines are in the head
said()
{
	local line

	expect_match "the status" "$(head -n 1 "$WORK/head.unix")" "^HTTP/1.1 $1 "
	for line in "${@:2}"; do
		grep -qixF "$line" "$WORK/head.unix" ||
			fail "no '$line' in $(cat "$WORK/head.unix")"
	done
}

TYPE_TEXT='Content-Type: text/plain; version=0.0.4; charset=utf-8'
TYPE_OPENMETRICS='Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8'

# wants TYPE ACCEPT
wants()
{
	get /metrics -H "Accept: $2"
	said 200 "$1" 'Vary: Accept'
}

served()
{
	serve 127.0.0.1:0
	get /metrics
	said 200 "$TYPE_TEXT"
	well_formed "$WORK/out"
	wants "$TYPE_OPENMETRICS" "$ACCEPT_OPENMETRICS"
	expect_eq "its last line" "$(tail -n 1 "$WORK/out")" '# EOF'
	value_is 'tcpwatch_close_wait_sockets{comm="leaky",verdict="leaked"}' $LEAKS
	grep -qx '# TYPE tcpwatch_segments counter' "$WORK/out" || fail "the name of a counter"
	grep -qx '# UNIT tcpwatch_memory_bytes bytes' "$WORK/out" || fail "the unit of bytes"
	wants "$TYPE_OPENMETRICS" 'application/openmetrics-text'
	wants "$TYPE_OPENMETRICS" 'text/plain;q=0.3, Application/OpenMetrics-Text ; q=0.3'
	wants "$TYPE_TEXT" 'application/openmetrics-text;q=0.2,text/plain;q=0.5'
	wants "$TYPE_TEXT" 'application/openmetrics-text;version=2.0.0,text/plain;q=0.1'
	wants "$TYPE_TEXT" 'application/openmetrics-text;q=0'
	wants "$TYPE_TEXT" '*/*'
	wants "$TYPE_TEXT" ',;=,;;q=x, ,"'
	get /metrics -I
	said 200 "$TYPE_TEXT"
	get / && said 200 'Content-Type: text/html; charset=utf-8'
	get /metric && said 404
	get /metrics -d body && said 405 'Allow: GET, HEAD'
	get /metrics -X DELETE && said 405
	kill "${PEER_PID[exporter]}"
	wait "${PEER_PID[exporter]}"
	expect_eq "the status after SIGTERM" $? 0
	unset 'PEER_PID[exporter]'
}

# Every address there is, and one of IPv6.
other_addresses()
{
	local port

	serve :0
	port=${BASE##*:}
	BASE=http://127.0.0.1:$port
	get /metrics && said 200
	BASE="http://[::1]:$port"
	get /metrics && said 200
	stop exporter
	serve '[::1]:0'
	get /metrics && said 200
	ran "a port in use" 5 export --listen "[::1]:${BASE##*:}"
	stop exporter
}

# ---- what is missing

# No part of it: with nothing there, with one file that makes no sense.
parts()
{
	mkdir "$WORK/saved"
	cp "$(ns_proc a)/summary" "$(ns_proc a)/listeners" "$WORK/saved"
	{
		head -n 1 "$(ns_proc a)/close_wait"
		echo 'this is no row'
	} >"$WORK/saved/close_wait"
	run export --from "$WORK/saved"
	well_formed "$WORK/out"
	value_is tcpwatch_scrape_success 0
	value_is 'tcpwatch_collector_success{collector="close_wait"}' 0
	value_is 'tcpwatch_collector_success{collector="summary"}' 1
	value_is 'tcpwatch_accept_queue_connections{port="4002"}' $QUEUED
	value_is 'tcpwatch_connections{state="CLOSE_WAIT"}' $((LEAKS + QUEUED))
	expect_match "what it complains of" "$(cat "$WORK/err")" close_wait
}

# loaded 0|1: that is what is served
loaded()
{
	get /metrics
	[ "$(value tcpwatch_module_loaded)" = "$1" ]
}

no_module()
{
	serve 127.0.0.1:0
	loaded 1 || fail "the module is loaded, and that is not said"
	module_absent
	loaded 0 || fail "the module is not loaded, and that is not said"
	said 200
	value_is tcpwatch_scrape_success 0
	expect_eq "connections" "$(grep -c '^tcpwatch_connections{' "$WORK/out")" 0
	loaded 0
	expect_eq "how often the log says why" "$(grep -c 'not loaded' "$WORK/log")" 1
	module_need
	loaded 1 || fail "the module is loaded again, and that is not said"
	value_is tcpwatch_scrape_success 1
	stop exporter
}

# ---- in a file

textfile()
{
	local file=$WORK/node/tcpwatch.prom

	mkdir "$WORK/node"
	echo old >"$file"
	ln "$file" "$WORK/old"
	ran "--textfile" 0 export --textfile "$file"
	expect_eq "what it prints" "$(cat "$WORK/out")" ''
	well_formed "$file"
	expect_eq "who may read it" "$(stat -c %a "$file")" 644
	expect_eq "the file before" "$(cat "$WORK/old")" old
	expect_eq "what else is there" "$(ls "$WORK/node")" tcpwatch.prom
	ran "--textfile where nothing may be" 5 export --textfile /proc/tcpwatch.prom
	rm "$file"
	spawn writer a tcpwatch export --textfile "$file" --watch=0.05
	wait_for "it is written" test -e "$file"
	rm "$file"
	wait_for "it is written again" test -e "$file"
	kill "${PEER_PID[writer]}"
	wait "${PEER_PID[writer]}"
	expect_eq "the status after SIGTERM" $? 0
	unset 'PEER_PID[writer]'
	expect_eq "what is left there" "$(ls "$WORK/node")" tcpwatch.prom
}

# ---- labels on request

namespaces()
{
	local b inode

	b=$(ns_name b)
	run export --all-netns
	well_formed "$WORK/out"
	value_is "tcpwatch_close_wait_stuck_sockets{netns=\"own\",comm=\"leaky\"}" $LEAKS
	value_is "tcpwatch_connections{netns=\"$b\",state=\"CLOSE_WAIT\"}" 0
	value_is "tcpwatch_collector_success{netns=\"$b\",collector=\"summary\"}" 1
	# By a process, as a container is known, it has the number of the namespace.
	inode=$(stat -Lc %i "/proc/${NS_PID[a]}/ns/net")
	export_now --netns "${NS_PID[a]}"
	value_is "tcpwatch_close_wait_stuck_sockets{netns=\"net:[$inode]\",comm=\"leaky\"}" $LEAKS
	ran "no such namespace" 2 export --netns nowhere --listen 127.0.0.1:0
}

cgroups()
{
	local odd=$'odd \\"\xff'

	mkdir "$WORK/cgroup"
	mount -t cgroup2 none "$WORK/cgroup"
	mkdir "$WORK/cgroup/shop" "$WORK/cgroup/$odd"
	echo "${PEER_PID[leaky]}" >"$WORK/cgroup/shop/cgroup.procs"
	echo "${PEER_PID[lazy]}" >"$WORK/cgroup/$odd/cgroup.procs"
	export_now --cgroup
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="leaky",cgroup="/shop"}' $LEAKS
	# shellcheck disable=SC1003 # backslashes, as they are written
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="lazy",cgroup="/odd \\\"?"}' $QUEUED
	echo "${PEER_PID[leaky]}" >"$WORK/cgroup/cgroup.procs"
	echo "${PEER_PID[lazy]}" >"$WORK/cgroup/cgroup.procs"
	rmdir "$WORK/cgroup/shop" "$WORK/cgroup/$odd"
	umount "$WORK/cgroup"
}

# ---- what it costs

# calls NAME: what an export asks the kernel for
calls()
{
	in_ns a strace -f -qq -e signal=none -o "$WORK/$1" tcpwatch export >"$WORK/out"
	expect_eq "reads of connections" "$(grep -c '"connections"' "$WORK/$1")" 0
	sed 's/^[0-9]* *//; s/[(].*//' "$WORK/$1" | sort | uniq -c >"$WORK/$1.calls"
}

# Many connections, none of them in CLOSE_WAIT for long: not one system call more.
cost()
{
	threshold $NEVER
	peer_start crowd a crowd 127.0.0.1:4004
	peer crowd open 1
	calls few
	peer crowd open 299
	calls many
	expect_same "what is asked for with 300 connections" "$WORK/many.calls" "$WORK/few.calls"
	expect_between "connections" "$(value 'tcpwatch_connections{state="ESTABLISHED"}')" 600 700
	peer_stop crowd
	threshold 1
}

# Each process has a socket in CLOSE_WAIT, and a name of its own.
many_names()
{
	local python names

	cat >"$WORK/names.py" <<-'PYTHON'
		import os, signal, socket, sys
		listener = socket.create_server(("127.0.0.1", 0))
		named, name = os.pipe()
		for i in range(int(sys.argv[1])):
		    client = socket.create_connection(listener.getsockname())
		    server = listener.accept()[0]
		    client.close()
		    if not os.fork():
		        with open("/proc/self/comm", "w") as comm:
		            comm.write('"%d\\' % i)
		        os.write(name, b".")
		        signal.pause()
		    os.read(named, 1)
		    server.close()
		print("ready", flush=True)
		sys.stdin.read()
		os.killpg(0, signal.SIGKILL)
	PYTHON
	mkfifo "$WORK/names.in"
	become a setsid python3 "$WORK/names.py" $NAMES <"$WORK/names.in" >"$WORK/names.out" &
	python=$!
	exec {names}>"$WORK/names.in"
	wait_for "there are many names" grep -q ready "$WORK/names.out"
	export_now
	expect_eq "all sockets" "$(total tcpwatch_close_wait_stuck_sockets)" \
		$((LEAKS + QUEUED + NAMES))
	expect_eq "names" "$(grep -c '^tcpwatch_close_wait_stuck_sockets{' "$WORK/out")" \
		$((NAMES_KEPT + 1))
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="(other)"}' $((NAMES + 2 - NAMES_KEPT))
	# The worst of them keep theirs.
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="leaky"}' $LEAKS
	value_is 'tcpwatch_close_wait_stuck_sockets{comm="lazy"}' $QUEUED
	exec {names}>&-
	wait $python 2>/dev/null
	wait_for "they are gone" all_closed
}

wrong_use()
{
	ran "no address" 2 export --listen 10117
	ran "a name for an address" 2 export --listen localhost:10117
	ran "a network" 2 export --listen 127.0.0.0/8:10117
	ran "a port too large" 2 export --listen :65536
	ran "both" 2 export --listen :0 --textfile x
	ran "--json" 2 export --json
	ran "--watch alone" 2 export --watch
	ran "an address of others" 5 export --listen 192.0.2.1:0
}

module_fresh
ns_add a
ns_add b
no_late_resets a
for name in leaky lazy; do
	peer_start $name a
	peer $name name $name
done
peer_listen leaky l 127.0.0.1:4001
for i in $(seq $LEAKS); do
	peer_pair leaky "$i" 127.0.0.1:0 l 127.0.0.1:4001
	peer leaky close "c$i"
	peer leaky await "s$i" CLOSE_WAIT
	peer leaky drain "s$i"
done
peer_listen lazy l '[::1]:4002' $((QUEUED - 1))
for i in $(seq $QUEUED); do
	peer_socket lazy "c$i" '[::1]:0'
	peer lazy connect "c$i" '[::1]:4002'
	peer lazy close "c$i"
done
peer_socket lazy none 127.0.0.1:0
peer lazy try connect none 127.0.0.1:4003
all_closed()
{
	summary_is a close_wait $((LEAKS + QUEUED))
}
wait_for "all are in CLOSE_WAIT" all_closed

test_case "as summary" as_summary
test_case "young ones" young
test_case "stuck ones, their process, its descriptors" stuck
test_case "a full accept queue" queue
test_case "what it may" privileges
test_case "served, in the form that is wanted" served
test_case "every address, and IPv6" other_addresses
test_case "a part that can't be read" parts
test_case "in a file" textfile
test_case "namespaces" namespaces
test_case "cgroups" cgroups
test_case "as cheap with more connections" cost
test_case "many names" many_names
test_case "wrong use" wrong_use
test_case "no module" no_module
run_cases
