#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A SYN flood: forged SYNs, IPv4 and IPv6 at once. It costs the module nothing, its
# numbers stay right throughout, and tcpwatch says what it is: then, and only then.
# How many SYNs and SYN-ACKs there are is counted by nftables on both sides of the
# module's hooks.
#
#	the flood, clients      listeners
#	namespace a ----------- namespace b
#	.1              veth            .2

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_reader.sh
. "$(dirname "$0")/lib_reader.sh"

FLOOD=100000	# of each family
BURST=100
CLIENTS=5
BACKLOG=128
CPUS=$(nproc)
declare -A SEEN FROM=([4]=198.18.0.0/15 [6]=2001:db8::/32)

oracle_add()
{
	in_ns b nft -f - <<-RULES
		table inet oracle {
			counter syns { }
			counter synacks_made { }
			counter synacks_gone { }
			chain arriving {
				type filter hook prerouting priority raw;
				tcp flags & (syn|ack) == syn counter name syns
			}
			chain made {
				type filter hook output priority raw;
				tcp flags & (syn|ack) == (syn|ack) counter name synacks_made
			}
			chain gone {
				type filter hook postrouting priority raw;
				tcp flags & (syn|ack) == (syn|ack) counter name synacks_gone
			}
		}
	RULES
}

# seen: what nftables counted, into SEEN
seen()
{
	local name packets

	while read -r name packets; do
		SEEN[$name]=$packets
	done < <(in_ns b nft list counters table inet oracle |
		awk '$1 == "counter" { name = $2 } $1 == "packets" { print name, $2 }')
}

# Packets that found no room on their way through the veth pair.
lost_on_the_way()
{
	local hex n=0

	while read -r _ hex _; do
		n=$((n + 0x$hex))
	done </proc/net/softnet_stat
	echo $n
}

# Objects of the cache that the records are in, of others too where the kernel merged it.
record_objects()
{
	cut -d' ' -f1 /sys/kernel/slab/tcpwatch_conn/objects
}

flood_start()
{
	local f

	for f in "$@"; do
		spawn "flood$f" a "$TRAFFIC/flood" "$FLOOD" "${FROM[$f]}" "$(server "$f"):80"
	done >>"$WORK/flooded"
}

flood_on()
{
	kill -0 "${PEER_PID["flood$1"]}" 2>/dev/null
}

floods_on()
{
	flood_on 4 && flood_on 6
}

# flood_end FAMILY...: it has sent all
flood_end()
{
	local f

	for f in "$@"; do
		wait "${PEER_PID["flood$f"]}" || fail "the flood over IPv$f ended with $?"
		unset "PEER_PID[flood$f]"
	done
}

# What else the module shows, read again and again by somebody else.
read_all()
{
	local file

	while :; do
		for file in summary connections close_wait listeners time_wait syn_recv; do
			cat "$(ns_proc b)/$file" || echo "$file" >>"$WORK/unread"
		done
	done
}

# queue_most: half-open requests that a listener may have; each CPU may add one at once
queue_most()
{
	local most=$((BACKLOG + 1)) max

	max=$(in_ns b sysctl -n net.ipv4.tcp_max_syn_backlog)
	if [ "$(in_ns b sysctl -n net.ipv4.tcp_syncookies)" = 0 ] &&
	   [ $((max - max / 4 + 1)) -lt $most ]; then
		most=$((max - max / 4 + 1))
	fi
	echo $((most + CPUS))
}

# How many half-open requests the file shows that were there all at once. As it is read some end and
# others come in their place, which are younger than the reading took.
rows_at_once()
{
	local began=${EPOCHREALTIME/.} took

	table b syn_recv age_ms >"$WORK/ages"
	took=$(((${EPOCHREALTIME/.} - began) / 1000 + 1))
	awk -v took=$took '$1 > took { n++ } END { print n + 0 }' "$WORK/ages"
}

# The counters between what nftables saw before and after, and nothing that grows.
sample()
{
	local -A before
	local name most n

	seen
	for name in "${!SEEN[@]}"; do
		before[$name]=${SEEN[$name]}
	done
	summary_read b
	seen
	SAMPLES=$((SAMPLES + 1))
	expect_between "syn_in" "$((SUMMARY[syn_in] - BASE_SYN_IN))" \
		$((before[syns] - CPUS)) "${SEEN[syns]}"
	expect_between "synack_out" "$((SUMMARY[synack_out] - BASE_SYNACK_OUT))" \
		"${before[synacks_gone]}" "${SEEN[synacks_made]}"
	most=$(queue_most)
	expect_between "syn_recv" "${SUMMARY[syn_recv]}" 0 $((2 * most))
	for n in $(table b listeners syn_queue); do
		expect_between "syn_queue" "$n" 0 "$most"
	done
	expect_between "rows of syn_recv" "$(rows_at_once)" 0 $((2 * most))
	costs_nothing
}

costs_nothing()
{
	expect_eq "connections" "${SUMMARY[connections]}" "$CONNECTED"
	expect_eq "memory_bytes" "${SUMMARY[memory_bytes]}" $((RECORD * (2 + CONNECTED)))
	expect_eq "untracked" "${SUMMARY[untracked]}" 0
	expect_between "objects in the records' cache" "$(record_objects)" 0 \
		$((OBJECTS + FLOOD / 100))
}

# The flood goes on meanwhile.
sample_until_over()
{
	sample
	sample
	while flood_on 4 || flood_on 6; do
		sample
	done
	flood_end 4 6
}

# flood_begin SYNCOOKIES: with no half-open request before, and the numbers of now kept
flood_begin()
{
	ns_sysctl b "net.ipv4.tcp_syncookies=$1"
	forget_requests b
	in_ns b nft reset counters table inet oracle >/dev/null
	# They have records, and of the end of one there is no event.
	wait_for "no mini-socket is left" summary_is b fin_wait2 0
	summary_read b
	BASE_SYN_IN=${SUMMARY[syn_in]}
	BASE_SYNACK_OUT=${SUMMARY[synack_out]}
	BASE_SYNACK_RETRANS=${SUMMARY[synack_retrans]}
	BASE_DROPS=$(drops)
	BASE_LISTEN_DROPS=$(mib b TcpExtListenDrops)
	BASE_LOST=$(lost_on_the_way)
	summary_read a
	BASE_SYN_OUT=${SUMMARY[syn_out]}
	BASE_SYN_RETRANS=${SUMMARY[syn_retrans]}
	summary_read b
	CONNECTED=${SUMMARY[connections]}
	RECORD=$((SUMMARY[memory_bytes] / (2 + CONNECTED)))
	OBJECTS=$(record_objects)
	SAMPLES=0
	: >"$WORK/unread"
}

# Those that the listeners had to drop.
drops()
{
	table b listeners drops | awk '{ n += $1 } END { print n }'
}

# SYN-ACKs are sent again at any moment.
at_rest()
{
	local gone

	seen
	gone=${SEEN[synacks_gone]}
	summary_read b
	seen
	[ "$gone" = "${SEEN[synacks_made]}" ]
}

# counts_after SYNS: as many SYNs came as were sent, and each counted once. A client that
# has to send its SYN again may find the request that the first one made.
counts_after()
{
	local again sent lost

	summary_read a
	sent=$((SUMMARY[syn_out] - BASE_SYN_OUT))
	again=$((SUMMARY[syn_retrans] - BASE_SYN_RETRANS))
	wait_for "no SYN-ACK leaves" at_rest
	expect_eq "SYNs sent" $sent $(($1 + again))
	# What is lost may be a SYN-ACK, too.
	lost=$(($(lost_on_the_way) - BASE_LOST))
	expect_between "SYNs that did not come" $((sent - SEEN[syns])) 0 $lost
	expect_between "SYNs that came" "${SEEN[syns]}" $((sent * 9 / 10)) $sent
	expect_eq "syn_in" $((SUMMARY[syn_in] - BASE_SYN_IN)) "${SEEN[syns]}"
	expect_eq "synack_out" $((SUMMARY[synack_out] - BASE_SYNACK_OUT)) "${SEEN[synacks_gone]}"
	DROPPED=$(($(mib b TcpExtListenDrops) - BASE_LISTEN_DROPS))
	expect_between "drops" $(($(drops) - BASE_DROPS)) $DROPPED $((DROPPED + again))
	# One that is sent again and lost was not sent again, the kernel says: tcp_rtx_synack().
	expect_between "SYNs answered and dropped" \
		$((SUMMARY[synack_out] - BASE_SYNACK_OUT -
		   (SUMMARY[synack_retrans] - BASE_SYNACK_RETRANS) + DROPPED)) \
		$((SEEN[syns] - again)) $((SEEN[syns] + lost))
	# ListenDrops has in it what ICMP ended, and ACKs that found the accept queue full.
	[ "$CASE_FAILED" = 0 ] || in_ns b nstat -as TcpExtListenOverflows TcpExtTCPReqQFullDrop \
		IcmpInDestUnreachs Icmp6InDestUnreachs | sed 's/^/#   /'
	costs_nothing
	expect_between "times that all was looked at" "$SAMPLES" 3 1000000
	expect_eq "files that could not be read" "$(sort -u "$WORK/unread")" ''
	agree b
}

says()
{
	ran "handshakes" 0 handshakes --json
	[ "$(problem "$1" .name)" = "$1" ]
}

# Each of the listeners: they fill up at different moments.
says_all_full()
{
	ran "handshakes" 0 handshakes --json
	[ "$(json '.listeners[].full' | grep -c '^syn$')" = 2 ]
}

says_both_flooded()
{
	says syn_flood && [[ $(problem syn_flood .text) == *"SYN flood at "*":80 and others"* ]]
}

full_queues()
{
	[ "$(table b listeners syn_queue | awk -v n=$BACKLOG '$1 >= n' | wc -l)" = 2 ]
}

# Clients that exist, in a hurry: more half-open at once than make a flood. Each has answered, so
# no SYN-ACK goes again; the listener waits for what it has to say (TCP_DEFER_ACCEPT), for minutes.
burst_is_no_flood()
{
	local f i opened

	READER_NS=b
	opened=$(summary b opened_passive)
	peer_start pb b
	peer_start burst a
	for f in 4 6; do
		peer_listen pb "patient$f" "$(server $f):81" $BACKLOG
		peer pb set "patient$f" defer_accept 600
		for ((i = 0; i < BURST; i++)); do
			echo "socket b$f.$i $f"
			echo "connect b$f.$i $(server $f):81"
		done >>"$WORK/burst"
	done
	cat "$WORK/burst" >&"${PEER_IN[burst]}"
	wait_for "all clients are half-open" summary_is b syn_recv $((2 * BURST))
	ran "handshakes" 0 handshakes --json
	expect_eq "clients that tcpwatch sees half-open" \
		"$(json '[.listeners[].half_open] | add')" $((2 * BURST))
	expect_eq "of them silent" "$(json '[.listeners[].unanswered] | add')" 0
	expect_eq "a flood, it says of a burst" "$(problem syn_flood .text)" ''
	sed -n 's/^socket \(.*\) .$/send \1 1/p' "$WORK/burst" >&"${PEER_IN[burst]}"
	wait_for "all clients are in" summary_is b opened_passive $((opened + 2 * BURST))
	peer_stop burst
	for f in 4 6; do
		peer pb close "patient$f"
		peer_listen pb "l$f" "$(server $f):80" $BACKLOG
	done
	wait_for "the burst is gone" summary_is b connections 0
}

# client_in NAME FAMILY: as pair, of a client that sends something. What became of its ACK does not
# matter then: it may be lost, or come when a SYN that was sent again has made a request with a
# sequence number of its own, beside which a cookie makes no socket (inet_ehash_insert()) until that
# request is given up.
client_in()
{
	peer pa socket "c$1" "$2" && peer pa connect "c$1" "$(server "$2"):80" &&
		peer pa send "c$1" 1 && peer pb accept "s$1" "l$2"
}

cookies_answer()
{
	local f i came opened

	flood_begin 1
	opened=${SUMMARY[opened_passive]}
	background readers read_all
	flood_start 4 6
	wait_for "both SYN queues are full" full_queues
	sample
	came=$(mib b TcpExtSyncookiesRecv)
	for f in 4 6; do
		for ((i = 0; i < CLIENTS; i++)); do
			client_in "real$f.$i" $f
		done
	done
	floods_on || fail "the flood is over before all clients are in"
	CONNECTED=$((2 * CLIENTS))
	[ "$(mib b TcpExtSyncookiesRecv)" -gt "$came" ] || fail "a cookie let no client in"
	wait_for "tcpwatch says what it is, of both" says_both_flooded
	floods_on || fail "the flood is over before tcpwatch says so"
	expect_eq "bad" "$(problem syn_flood .bad)" true
	expect_match "what it says" "$(problem syn_flood .text)" \
		"SYN flood at .* from [0-9]{2,} networks.* SYN cookies answer"
	wait_for "tcpwatch says that both queues are full" says_all_full
	expect_eq "SYN cookies answer, which is bad" "$(problem syn_queue_full .bad)" false
	expect_match "the full queue" "$(problem syn_queue_full .text)" 'SYN cookies answer'
	ran "handshakes" 0 handshakes
	expect_match "handshakes" "$(cat "$WORK/out")" 'It looks like a SYN flood'
	sample_until_over
	stop readers
	counts_after $((2 * (FLOOD + CLIENTS)))
	expect_eq "dropped" $DROPPED 0
	expect_eq "opened_passive" $((SUMMARY[opened_passive] - opened)) $CONNECTED
	ran "handshakes" 0 handshakes --json
	expect_eq "cookies sent" "$(json .kernel.sent)" "$(mib b TcpExtSyncookiesSent)"
	expect_eq "cookies that came back" "$(json .kernel.valid)" \
		"$(mib b TcpExtSyncookiesRecv)"
	for f in 4 6; do
		for ((i = 0; i < CLIENTS; i++)); do
			peer pa reset "creal$f.$i"
			peer pb close "sreal$f.$i"
		done
	done
	wait_for "the clients are gone" summary_is b connections 0
}

cookies_off()
{
	flood_begin 0
	background readers read_all
	flood_start 4 6
	wait_for "tcpwatch says what it is" says syn_flood
	floods_on || fail "the flood is over before tcpwatch says so"
	expect_match "what it says" "$(problem syn_flood .text)" 'SYN cookies.* are off'
	sample
	wait_for "tcpwatch says that both queues are full" says_all_full
	expect_eq "nobody answers, which is bad" "$(problem syn_queue_full .bad)" true
	expect_match "the full queue" "$(problem syn_queue_full .text)" \
		'no answer: sysctl -w net.ipv4.tcp_syncookies=1'
	expect_eq "the accept queue is full" "$(problem accept_queue_full .name)" ''
	sample_until_over
	stop readers
	counts_after $((2 * FLOOD))
	# The longer it takes, the more find the room of one that was given up.
	expect_between "dropped" $DROPPED $FLOOD $((2 * FLOOD))
	ran "handshakes" 0 handshakes --json
	expect_eq "drops of the listeners" "$(json '[.listeners[].drops] | add')" "$(drops)"
	expect_eq "drops in the kernel" "$(json .kernel.listener_drops)" \
		"$(mib b TcpExtListenDrops)"
}

# There is no SYN queue then: the cookies alone tell.
cookies_always()
{
	flood_begin 2
	FLOOD=2000 flood_start 4 6
	flood_end 4 6
	wait_for "no SYN-ACK leaves" at_rest
	expect_eq "syn_in" $((SUMMARY[syn_in] - BASE_SYN_IN)) "${SEEN[syns]}"
	expect_eq "synack_out" $((SUMMARY[synack_out] - BASE_SYNACK_OUT)) "${SEEN[syns]}"
	expect_eq "syn_recv" "${SUMMARY[syn_recv]}" 0
	costs_nothing
	says cookies_unanswered || fail "tcpwatch does not say that nobody answers"
	expect_eq "bad" "$(problem cookies_unanswered .bad)" false
	expect_match "what it says" "$(problem cookies_unanswered .text)" \
		"$(json '.kernel.sent - .kernel.valid') of $(json .kernel.sent) SYN cookies"
}

came_since_loading()
{
	[ "$(summary b syn_in)" -ge "$1" ]
}

unloaded_meanwhile()
{
	local i

	flood_begin 1
	# Longer than it takes, on whatever machine: it is stopped.
	FLOOD=$((10 * FLOOD)) flood_start 4 6
	log_mark
	for ((i = 0; i < 3; i++)); do
		wait_for "the flood is counted" came_since_loading 1000
		module_unload || fail "rmmod failed"
		module_left_nothing
		module_load || fail "insmod failed"
		floods_on || fail "the flood is over too early"
	done
	wait_for "the flood is counted" came_since_loading 1000
	expect_eq "connections" "$(summary b connections)" 0
	stop flood4
	stop flood6
	agree b
}

only_then()
{
	forget_requests b
	! says syn_flood || fail "nothing is half-open: $(problem syn_flood .text)"
	expect_eq "illegal transitions" "$(summary b illegal_transitions)" 0
}

module_fresh
ns_add a
ns_add b
link_add a b
# The sources are nowhere, but there is a way to them.
route_back
ns_sysctl b net.ipv4.tcp_synack_retries=5
oracle_add
peer_start pa a

test_case "a burst of clients is no flood" burst_is_no_flood
test_case "200,000 forged SYNs, SYN cookies when the queue is full" cookies_answer
test_case "200,000 forged SYNs, no SYN cookies" cookies_off
test_case "forged SYNs, SYN cookies always" cookies_always
test_case "the module is unloaded and loaded in a flood" unloaded_meanwhile
test_case "no flood, no word of it" only_then
run_cases
