# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# One healthy server and three that are not, and clients on a line with a round trip of 200 ms:
#
#	servers                        clients
#	10.77.0.1:8080 nginx           curl
#	         :9001 leaky-server    asks, hears nothing, hangs up, again and again
#	         :9002 busy-server     hangs up half-way and reads slowly
#	         :9003 idle-acceptor   asks, hears nothing, hangs up

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

HOST=10.77.0.1
STUCK_MS=2000

serve()
{
	peer_start "$1" servers server --name "$1" "${@:2}"
	peer_line "$1" || give_up "$1 does not listen"
}

# The clients wait for each other only where we say so.
visit()
{
	peer_start "$1" clients client --name "$1" "${@:2}"
}

nginx_start()
{
	mkdir "$WORK/www"
	head -c 3000000 /dev/zero >"$WORK/www/large"
	echo fine >"$WORK/www/index.html"
	nginx_spawn nginx servers "$HOST:8080"
}

curl_forever()
{
	while :; do
		in_ns clients curl -s "http://$HOST:8080/"
	done
}

served_pages()
{
	summary_read servers
	[ "${SUMMARY[closed_remote_first]:-0}" -ge 3 ] && [ "${SUMMARY[established]}" -ge 1 ]
}

# waiting VERDICT N: at least so many sockets in CLOSE_WAIT for that cause
waiting()
{
	[ "$(table servers close_wait verdict | grep -cx "$1")" -ge "$2" ]
}

# Until each of them is in trouble.
servers_begin()
{
	module_need
	ns_add servers
	ns_add clients
	link_add servers clients
	tc -n "$(ns_name clients)" qdisc add dev clients-servers root netem delay 100ms
	tc -n "$(ns_name servers)" qdisc add dev servers-clients root netem delay 100ms
	ns_sysctl servers net.tcpwatch.close_wait_stuck_ms=$STUCK_MS
	nginx_start
	serve leaky-server --leak $HOST:9001
	serve busy-server --send 100000000 $HOST:9002
	serve idle-acceptor --no-accept $HOST:9003
	visit impatient --count 1000 --interval 400 --close $HOST:9001
	visit slow-reader --count 3 --half-close --pace 16384 --every 50 $HOST:9002
	visit ignored --count 4 --close $HOST:9003
	wait_for "nginx listens" in_ns clients curl -s -o /dev/null "http://$HOST:8080/"
	spawn download clients curl -s --limit-rate 20k -o /dev/null "http://$HOST:8080/large"
	background pages curl_forever
	wait_for "nginx serves" served_pages || give_up "nginx does not serve"
	wait_for "the leak is there" waiting leaked 12 || give_up "there is no leak"
	wait_for "the queue grows" waiting unaccepted 4 || give_up "the accept queue is empty"
	wait_for "the answer goes out" waiting draining 1 || give_up "nothing is sent"
}
