#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# With the module nothing else changes: what goes over a link is the same, byte for byte but for
# what is random, without it, with it, and while it follows every segment; and so are the results
# of those of the kernel's own tests of TCP that run here.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"

LIMIT_S=60	# for one of the kernel's tests

# normal FILE: the packets of a capture in order, one way and then the other, without
# what is drawn by lot and what depends on that; numbers are counted from the initial ones. An
# ACK with nothing else may come or not, as it is late enough or not.
normal()
{
	python3 - "$1" <<-'END'
		import struct, sys

		data = open(sys.argv[1], "rb").read()
		order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
		at, first, lines = 24, {}, {}
		while at < len(data):
		    size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
		    ip = bytearray(data[at + 16 + 14:at + 16 + size])
		    at += 16 + size
		    if ip[0] >> 4 == 4:
		        tcp = (ip[0] & 15) * 4
		        ip = ip[:struct.unpack(">H", ip[2:4])[0]]
		        ip[4:6] = ip[10:12] = bytes(2)	# identification, checksum
		        ends = bytes(ip[12:16]), bytes(ip[16:20])
		    else:
		        tcp = 40
		        ip = ip[:40 + struct.unpack(">H", ip[4:6])[0]]
		        ends = bytes(ip[8:24]), bytes(ip[24:40])
		    source, dest, seq, ack = struct.unpack(">HHII", ip[tcp:tcp + 12])
		    flags = ip[tcp + 13]
		    here, there = (ends[0], source, dest), (ends[1], dest, source)
		    if flags & 2:
		        first[here] = seq
		    struct.pack_into(">II", ip, tcp + 4, seq - first.get(here, 0) & 0xffffffff,
		                     (ack - first.get(there, 0) & 0xffffffff) if flags & 16 else 0)
		    ip[tcp + 16:tcp + 18] = bytes(2)	# checksum
		    if flags == 16 and len(ip) == tcp + (ip[tcp + 12] >> 4) * 4:
		        continue
		    way = lines.setdefault(ends, [])
		    if ip.hex() not in way:	# sent again, as the machine is slow
		        way.append(ip.hex())
		for ends in sorted(lines):
		    print("\n".join(lines[ends]))
	END
}

# transfer FAMILY NAME: what there is on the link, into $WORK/NAME
transfer()
{
	local f=$1 name=$2 i

	rm -f "$WORK/$name.pcap"
	spawn tcpdump b tcpdump -i b-a -nU --immediate-mode -w "$WORK/$name.pcap" tcp 2>/dev/null
	wait_for "tcpdump is ready" test -s "$WORK/$name.pcap"
	peer_socket pa c "$(client "$f"):4001"
	peer pa connect c "$(server "$f"):80"
	peer pb accept s "l$f"
	for i in 1 1000 5000 200; do
		peer pa send c "$i"
		peer pb recv s "$i"
		peer pb send s "$i"
		peer pa recv c "$i"
	done
	peer pa shutdown c
	peer pb await s CLOSE_WAIT
	peer pb send s 300
	peer pa recv c 300
	peer pb close s
	peer pa await c CLOSE
	peer pa close c
	# And one that is reset, and one that is refused.
	peer_socket pa c "$(client "$f"):4002"
	peer pa connect c "$(server "$f"):80"
	peer pb accept s "l$f"
	peer pa reset c
	peer pb close s
	peer_socket pa c "$(client "$f"):4003"
	peer pa try connect c "$(server "$f"):81"
	peer pa close c
	wait_for "the last is captured" last_captured "$name"
	stop tcpdump
	normal "$WORK/$name.pcap" >"$WORK/$name"
	end_minis a
}

last_captured()
{
	tcpdump -nr "$WORK/$1.pcap" 'src port 81' 2>/dev/null | grep -q 'Flags \[R'
}

same_on_the_link()
{
	local f=$1

	module_absent
	transfer "$f" without
	module_load || fail "tcpwatch can't be loaded"
	transfer "$f" with
	in_ns b sh -c 'echo "add local=*" >/proc/tcpwatch/follow'
	record followed b
	transfer "$f" following
	stop followed
	in_ns b sh -c 'echo clear >/proc/tcpwatch/follow'
	expect_between "packets" "$(wc -l <"$WORK/without")" 20 99
	expect_same "packets with the module" "$WORK/with" "$WORK/without"
	expect_same "packets while followed" "$WORK/following" "$WORK/without"
	expect_between "segments told" "$(grep -c segment "$WORK/followed")" 20 999
}

# results TEST...: what one of the kernel's tests said, as far as it is no number; and its status
results()
{
	(
		cd "$WORK/kernel" || exit
		timeout $LIMIT_S "$@" >"$WORK/output" 2>&1 </dev/null
		echo "status $?"
	)
	grep -E '^(# )?(not )?ok ' "$WORK/output" | sed 's/[0-9]\+/N/g'
}

same_results()
{
	local program=$WORK/kernel/${1#./}

	if [ ! -s "$program" ] || [ ! -s "${program%.sh}" ]; then
		fail "$1 could not be built here"
		return
	fi
	module_absent
	results "$@" >"$WORK/wanted"
	cp "$WORK/output" "$WORK/output.without"
	module_load || fail "tcpwatch can't be loaded"
	results "$@" >"$WORK/got"
	say "${*}: $(head -n 1 "$WORK/wanted"), then $(head -n 1 "$WORK/got")"
	expect_same "the results of $*" "$WORK/got" "$WORK/wanted"
	[ "$CASE_FAILED" = 0 ] || sed 's/^/#   /' "$WORK/output"
	expect_eq "$1 without the module" "$(head -n 1 "$WORK/wanted")" "status 0"
}

# Scripts of the kernel's look for the programs where they are called.
mkdir "$WORK/kernel"
ln -s "$HERE"/kernel/* "$KSELFTEST_DIR"/net/*.sh "$WORK/kernel"
link_set_up
link_as_sent
for ns in a b; do
	ns_sysctl $ns net.ipv4.tcp_timestamps=0 net.ipv4.tcp_moderate_rcvbuf=0 \
		net.ipv6.auto_flowlabels=0
done

for f in 4 6; do
	test_case "the same packets on a link, IPv$f" same_on_the_link $f
done
# Those that pass on this kernel, and each time.
for name in ./reuseport_bpf ./reuseport_bpf_cpu ./reuseport_dualstack ./reuseaddr_conflict \
	    ./sk_bind_sendto_listen ./sk_connect_zero_addr ./bind_timewait \
	    ./reuseport_addr_any.sh ./reuseaddr_ports_exhausted.sh './tcp_inq -4' './tcp_inq -6'; do
	# shellcheck disable=SC2086 # the test's words
	test_case "the same results of $name" same_results $name
done
run_cases
