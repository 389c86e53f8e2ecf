#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# measure.sh all|some|served HEADERS: what things cost, in instructions, in the VM whose clock
# counts them (bench.sh). Prints a figure a line: WHAT, WHO, at how many sockets (- where that is
# of no interest), the figure. "some" is what the budgets need, and takes a few minutes; "served"
# is how much nginx serves, ROUNDS times, which in a VM with a clock like any other is a matter of
# time. HEADERS: the folder of the kernel's headers, for bcc.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

SCOPE=$1
HEADERS=$2
# Whenever all wait for the host, the clock jumps to the next timer.
WAIT_LIMIT_S=1000000
COST=/dev/shm/cost
PAIRS_A_CROWD=10000	# well below the ports that there are, or connect() looks for one for long

# ---- what is measured is in memory

# A file of the overlay that something of is changed is there in whole.
into_memory()
{
	local program file

	for program in "$@"; do
		program=$(readlink -f "$(command -v "$program")")
		for file in "$program" $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
			touch -c "$file"
		done
	done
}

prepare()
{
	cp "$HERE/bench/cost" $COST
	cp -r "$TRAFFIC" /dev/shm/traffic
	TRAFFIC=/dev/shm/traffic
	into_memory ss tcpwatch tcpdump cat nice
}

# ---- telling

figure()
{
	printf '%s\t%s\t%s\t%s\n' "$@"
}

all()
{
	[ "$SCOPE" = all ]
}

ended()
{
	! kill -0 "${PEER_PID[$1]}" 2> /dev/null
}

# ---- namespaces without a rule, and what is counted there

# fresh NAME: of lib.sh's namespaces, but what its rules cost would be counted, too
fresh()
{
	ip netns add "$(ns_name "$1")"
	ip -n "$(ns_name "$1")" link set lo up
	become "$1" sleep infinity &
	NS_PID[$1]=$!
}

# cost NAMESPACE ARG...
cost()
{
	in_ns "$1" $COST "${@:2}"
}

# least FILE: the least of some numbers
least()
{
	sort -n "$1" | head -n 1
}

# paths WHO PREPARE...: what a round trip and a connection take in a namespace made ready so. In
# some namespaces either takes one or two per cent more, as what it allocates there falls into slabs
# in another way: it is the least of five.
paths()
{
	local who=$1 i

	for ((i = 0; i < 5; i++)); do
		fresh "$who$i"
		[ $# -eq 1 ] || "${@:2}" "$who$i"
		cost "$who$i" segments >> "$WORK/$who-segments"
		cost "$who$i" lives >> "$WORK/$who-lives"
		ns_del "$who$i"
	done
	figure segments "$who" - "$(least "$WORK/$who-segments")"
	figure lives "$who" - "$(least "$WORK/$who-lives")"
}

track()
{
	in_ns "$1" nft -f - <<-'RULES'
		table inet track {
			chain in {
				type filter hook input priority 0
				ct state established,new accept
			}
		}
	RULES
}

# ---- with somebody who reads all of it, and has time to: the clock counts what he takes, too

# read_by WHAT WHO NAMESPACE UNIT: in long rounds
read_by()
{
	figure "$1" "$2" - "$(in_ns "$3" nice -n 19 $COST "$4" 1000)"
}

followed()
{
	local ns=followed

	fresh $ns
	read_by segments-read tcpwatch $ns segments
	echo "add local=127.0.0.1" > "$(ns_proc $ns)/follow"

	# Open, so that all of it is written, but never read.
	exec {events}< "$(ns_proc $ns)/events"
	figure segments follow - "$(cost $ns segments)"
	exec {events}<&-

	spawn reader $ns cat "$(ns_proc $ns)/events" > /dev/null
	read_by segments-read follow $ns segments
	stop reader
	ns_del $ns
}

captured()
{
	fresh captured
	read_by segments-read bare captured segments
	spawn tcpdump captured tcpdump -i lo -w /dev/null tcp 2> "$WORK/tcpdump"
	wait_for "tcpdump listens" grep -q 'listening on' "$WORK/tcpdump"
	read_by segments-read tcpdump captured segments
	stop tcpdump
	ns_del captured
}

told()
{
	fresh told
	read_by lives-read bare told lives
	module_fresh
	spawn reader told cat "$(ns_proc told)/events" > /dev/null
	read_by lives-read events told lives
	stop reader
	module_absent
}

traced_or_end()
{
	grep -q NEWSTATE "$WORK/tcpstates" || ended tcpstates
}

# It compiles itself first, with the kernel's headers, which takes some minutes here.
traced()
{
	local headers

	mount -t debugfs debugfs /sys/kernel/debug 2> /dev/null
	mount -t tracefs tracefs /sys/kernel/tracing 2> /dev/null
	for headers in "$HEADERS"/*; do
		[ -e "/usr/src/${headers##*/}" ] || ln -s "$headers" /usr/src/
	done
	PYTHONUNBUFFERED=1 spawn tcpstates told tcpstates-bpfcc > "$WORK/tcpstates" 2>&1
	wait_for "tcpstates traces" traced_or_end
	grep -q NEWSTATE "$WORK/tcpstates" || give_up "tcpstates: $(tail -n 1 "$WORK/tcpstates")"
	read_by lives-read tcpstates told lives
	stop tcpstates
}

# ---- a server that answers as fast as it can

# nginx_in NAMESPACE: the less it does for an answer, the more of it is the kernel's part
nginx_in()
{
	cat > "$WORK/nginx.conf" <<-END
		daemon off;
		worker_processes 1;
		pid $WORK/nginx.pid;
		events { }
		http {
			access_log off;
			keepalive_requests 1000000000;
			server {
				listen 127.0.0.1:8080 backlog=4096;
				location / { return 200 "fine\\n"; }
			}
		}
	END
	spawn nginx "$1" nginx -e "$WORK/nginx.log" -c "$WORK/nginx.conf"
	wait_for "nginx answers" in_ns "$1" curl -sf -o /dev/null http://127.0.0.1:8080/
}

# asked NAMESPACE ARG...: how many answers a second wrk gets
asked()
{
	in_ns "$1" wrk -t 1 -c 16 -d 1s "${@:2}" http://127.0.0.1:8080/ > "$WORK/wrk"
	! grep -E 'Socket errors|Non-2xx' "$WORK/wrk" >&2 || give_up "wrk had errors"
	awk '$1 == "Requests/sec:" { print $2 }' "$WORK/wrk"
}

# answers WHO ROUND [PREPARE...]: with connections kept open, and with one for each request
answers()
{
	local ns=$1-$2

	fresh "$ns"
	[ $# -eq 2 ] || "${@:3}" "$ns"
	nginx_in "$ns"
	asked "$ns" >> "$WORK/$1-kept"
	asked "$ns" -H "Connection: close" >> "$WORK/$1-closed"
	stop nginx
	ns_del "$ns"
}

# The machine may be slower for a while: each in turn.
served()
{
	local rounds=${ROUNDS:-3} i who what

	for ((i = 0; i < rounds; i++)); do
		module_absent
		answers bare "$i"
		answers conntrack "$i" track
		module_fresh
		answers tcpwatch "$i"
	done
	for who in bare tcpwatch conntrack; do
		for what in kept closed; do
			figure "requests-$what" "$who" - \
				"$(sort -n "$WORK/$who-$what" | sed -n $((rounds / 2 + 1))p)"
		done
	done
}

# ---- many sockets

# crowds N: there are so many in namespace crowd, in some processes
crowds()
{
	local pairs=$((($1 - IN_CROWDS) / 2)) more

	while [ $pairs -gt 0 ]; do
		more=$((PAIRS_A_CROWD - IN_LAST))
		if [ $more -eq 0 ]; then
			CROWDS=$((CROWDS + 1))
			peer_start crowd$CROWDS crowd crowd 127.0.0.$CROWDS:0
			IN_LAST=0
			continue
		fi
		[ $more -le $pairs ] || more=$pairs
		peer crowd$CROWDS open $more
		pairs=$((pairs - more))
		IN_LAST=$((IN_LAST + more))
		IN_CROWDS=$((IN_CROWDS + 2 * more))
	done
}

# read_at N WHO FILE: figures "read" and "lines"
read_at()
{
	local took lines

	read -r took lines <<< "$(cost crowd read "$3")"
	figure read "$2" "$1" "$took"
	figure lines "$2" "$1" "$lines"
}

# What node_exporter's threads ran for, in ns.
exporter_ran()
{
	cat /proc/"${PEER_PID[exporter]}"/task/*/schedstat |
		awk '{ ran += $1 } END { printf "%.0f", ran }' # %d of mawk ends at 2^31
}

scrape()
{
	in_ns crowd curl -sSf -o "$WORK/scrape" http://127.0.0.1:9100/metrics
}

scrape_or_end()
{
	scrape || ended exporter
}

# scraped N: what it takes itself, without who asks
scraped()
{
	local i before

	rm -f "$WORK/scrape"
	spawn exporter crowd prometheus-node-exporter --collector.disable-defaults \
		--collector.tcpstat --web.disable-exporter-metrics \
		--web.listen-address=127.0.0.1:9100 2> "$WORK/exporter"
	wait_for "node_exporter answers" scrape_or_end 2> /dev/null
	for ((i = 0; i < 5; i++)); do
		before=$(exporter_ran)
		scrape
		echo $(($(exporter_ran) - before))
	done | sort -n | sed -n 3p > "$WORK/scraped"
	grep -q 'node_tcp_connection_states{state="established"}' "$WORK/scrape" ||
		give_up "node_exporter says nothing of TCP: $(tail -n 1 "$WORK/exporter")"
	figure read tcpstat "$1" "$(cat "$WORK/scraped")"
	stop exporter
}

# at N: everything that reads, with N sockets
at()
{
	local proc rounds=5

	# What takes long repeats within 0.3 %.
	[ "$1" -lt 10000 ] || rounds=1
	echo "# $1 sockets" >&2
	proc=$(ns_proc crowd)
	crowds "$1"
	# Each digit of an age costs, and how old they are is the host's doing: let all have five.
	sleep 10
	# What is short is disturbed by much: five have been seen to be 8 % apart.
	ROUNDS=101 read_at "$1" summary "$proc/summary"
	ROUNDS=101 read_at "$1" close_wait "$proc/close_wait"
	ROUNDS=$rounds read_at "$1" connections "$proc/connections"
	figure read list "$1" "$(ROUNDS=$rounds cost crowd run tcpwatch list --json)"
	figure read ss-tani "$1" "$(ROUNDS=$rounds cost crowd run ss -Htani)"
	all || return
	ROUNDS=$rounds read_at "$1" /proc/net/tcp "/proc/${NS_PID[crowd]}/net/tcp"
	figure read ss-s "$1" "$(cost crowd run ss -s)"
	figure read ss-close-wait "$1" \
		"$(ROUNDS=$rounds cost crowd run ss -Htan state close-wait)"
	scraped "$1"
}

crowds_begin()
{
	fresh crowd
	IN_CROWDS=20 CROWDS=1 IN_LAST=10
	peer_start crowd1 crowd crowd 127.0.0.1:0
	peer crowd1 open 10
	peer crowd1 leak 10
}

crowds_end()
{
	local i

	for ((i = 1; i <= CROWDS; i++)); do
		peer_stop "crowd$i"
	done
	ns_del crowd
}

# close_wait with nothing else open, 100 rows and 1,000
rows()
{
	local n

	fresh crowd
	peer_start crowd1 crowd crowd 127.0.0.1:0
	for n in 100 1000; do
		peer crowd1 open $((n == 100 ? 100 : 900))
		peer crowd1 leak $((n == 100 ? 100 : 900))
		figure rows close_wait $((2 * n)) \
			"$(cost crowd read "$(ns_proc crowd)/close_wait" | cut -d' ' -f1)"
	done
	peer_stop crowd1
	ns_del crowd
}

# 100 processes with 500 descriptors each, 10 of them leaked
leaks()
{
	local i

	fresh leaky
	ns_sysctl leaky net.tcpwatch.close_wait_stuck_ms=1
	for ((i = 1; i <= 100; i++)); do
		peer_start "leaky$i" leaky crowd 127.0.0.1:0
		peer "leaky$i" open 250
		peer "leaky$i" leak 10
	done
	wait_for "1000 are stuck" summary_is leaky close_wait_stuck 1000
	figure leaks tcpwatch - "$(ROUNDS=1 cost leaky run tcpwatch leaks)"
	figure leaks ss - "$(ROUNDS=1 cost leaky run ss -Htanp state close-wait)"
	for ((i = 1; i <= 100; i++)); do
		peer_stop "leaky$i"
	done
	ns_del leaky
}

object_size()
{
	figure memory "$1" - "$(cat "/sys/kernel/slab/$2/slab_size")"
}

figure kernel - - "$(uname -r)"
module_absent
prepare
if [ "$SCOPE" = served ]; then
	served
	exit 0
fi
paths bare
module_fresh
paths tcpwatch
followed
object_size tcpwatch tcpwatch_conn
if all; then
	module_absent
	paths bare-again
	paths conntrack track
	object_size conntrack nf_conntrack
	captured
	told
	module_fresh
fi
rows
crowds_begin
if all; then
	at 100
	at 200
	at 1000
else
	at 200
fi
at 10000
leaks
all || exit 0
module_absent
traced
module_fresh
at 40000
at 100000
crowds_end
# At last: after so many connections ids and inodes have more digits, which other files are full of.
served
