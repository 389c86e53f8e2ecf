#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Segments as TCP would not send them, in packets as IP would not, from a tun device: options
# cut short, lengths that lie, extension headers, fragments. The hooks count those that have a
# whole header and no others, and of those of a connection that is followed, each is told with
# what is in it.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/lib_events.sh
. "$(dirname "$0")/lib_events.sh"
# shellcheck source=selftests/lib_link.sh
. "$(dirname "$0")/lib_link.sh"

SEED=${SEED:-1}
COUNT=${COUNT:-3000}

# near 4|6, far 4|6: the connection's ends, this one and that behind the device
near()
{
	if [ "$1" = 6 ]; then printf 'fd88::1'; else printf '10.88.0.1'; fi
}

far()
{
	if [ "$1" = 6 ]; then printf 'fd88::2'; else printf '10.88.0.2'; fi
}

# told NAME: what of a segment is in itself, of all that came in
told()
{
	sed -n 's/.* dir=in \(flags=.* wnd=[0-9]*\) una=[^=]*=.* cwnd=[0-9]*/\1/p' "$WORK/$1"
}

enough_told()
{
	[ "$(told "$1" | wc -l)" -ge "$2" ]
}

crafted()
{
	local f=$1 name=segments$1 before after what n=0 sent wanted

	log_mark
	in_ns a sh -c 'printf "clear\nadd local=*:80" >/proc/tcpwatch/follow'
	peer craft connect "$(near "$f")" "$(far "$f")"
	peer pa accept "s$f" "l$f"
	peer pa await "s$f" ESTABLISHED
	record "$name" a
	summary_read a
	before="${SUMMARY[syn_in]} ${SUMMARY[synack_in]} ${SUMMARY[fin_in]} ${SUMMARY[rst_in]}"
	peer craft send "$SEED$f" "$COUNT" "$WORK/$name.wanted"
	read -r sent wanted <<<"$VALUE"
	expect_eq "segments sent" "$sent" "$COUNT"
	summary_read a
	after="${SUMMARY[syn_in]} ${SUMMARY[synack_in]} ${SUMMARY[fin_in]} ${SUMMARY[rst_in]}"
	for what in SYN SYN-ACK FIN RST; do
		n=$((n + 1))
		expect_eq "what was counted as $what" \
			$(($(cut -d' ' -f$n <<<"$after") - $(cut -d' ' -f$n <<<"$before"))) \
			"$(cut -d' ' -f$n <<<"$wanted")"
	done
	expect_eq "windows closed by old segments" "${SUMMARY[zero_window_in]}" 0
	wait_for "all is told" enough_told "$name" "$(wc -l <"$WORK/$name.wanted")"
	expect_between "segments told" "$(wc -l <"$WORK/$name.wanted")" $((COUNT / 8)) "$COUNT"
	stop "$name"
	expect_eq "events lost" "$(lost_in "$name")" 0
	told "$name" >"$WORK/got"
	expect_same "what is told" "$WORK/got" "$WORK/$name.wanted"
	# It is none of the connection's matter.
	agree a
	expect_eq "the connection's state" "$(table a connections remote state |
		grep -F "$(far "$f")" | sed 's/.* //')" ESTABLISHED
	peer craft reset
	peer pa close "s$f"
	agree a
	! log_says 'BUG|WARNING|Oops|Call Trace' || fail "the kernel complained"
}

ipsec_end()
{
	if [ "$1" = 6 ]; then printf 'fd77::%s' "$2"; else printf '10.77.0.%s' "$2"; fi
}

# ipsec NAMESPACE FROM TO: what it sends and what comes has an authentication header
ipsec()
{
	local ip=(ip -n "$(ns_name "$1")" xfrm) from=$2 to=$3 way end
	local key=0x0123456789abcdef0123456789abcdef

	for end in "$from $to out" "$to $from in"; do
		read -r from to way <<<"$end"
		"${ip[@]}" state add src "$from" dst "$to" proto ah spi 0x100 mode transport \
			auth 'hmac(md5)' $key
		"${ip[@]}" policy add src "$from" dst "$to" dir "$way" \
			tmpl src "$from" dst "$to" proto ah mode transport
	done
}

# Authenticated by IPsec, each segment goes through the hooks once with that and once without.
authenticated()
{
	local f=$1 at from to end at_first syn synack fin

	patient_link on
	from=$(ipsec_end "$f" 1) to=$(ipsec_end "$f" 2)
	ipsec a "$from" "$to"
	ipsec b "$to" "$from"
	at=$(server "$f"):90
	peer_listen pb "ah$f" "$at"
	in_ns a sh -c 'printf "clear\nadd remote=*:90" >/proc/tcpwatch/follow'
	record "ah$f" a
	summary_read a
	at_first="${SUMMARY[syn_out]} ${SUMMARY[synack_in]} ${SUMMARY[fin_out]}"
	peer pa socket "cah$f" "$f"
	peer pa connect "cah$f" "$at"
	peer pb accept "sah$f" "ah$f"
	peer pa shutdown "cah$f"
	peer pb await "sah$f" CLOSE_WAIT
	# The FIN's ACK may be delayed, and after a reset would not be sent any more.
	peer pa await "cah$f" FIN_WAIT2
	summary_read a
	read -r syn synack fin <<<"$at_first"
	expect_eq "SYNs sent" $((SUMMARY[syn_out] - syn)) 1
	expect_eq "SYN-ACKs that came" $((SUMMARY[synack_in] - synack)) 1
	expect_eq "FINs sent" $((SUMMARY[fin_out] - fin)) 1
	peer pb reset "sah$f"
	wait_for "its end is told" grep -q ' closed ' "$WORK/ah$f"
	stop "ah$f"
	expect_eq "SYNs told" "$(grep -c 'segment.* flags=S ' "$WORK/ah$f")" 1
	expect_eq "FINs told" "$(grep -c 'segment.* flags=F\. ' "$WORK/ah$f")" 1
	peer pa close "cah$f"
	expect_between "packets that had the header" "$(in_ns a ip -s xfrm state |
		grep -oE '[0-9]+\(packets' | sort -n | sed -n '1s/(.*//p')" 3 99
	for end in a b; do
		ip -n "$(ns_name $end)" xfrm policy flush
		ip -n "$(ns_name $end)" xfrm state flush
	done
	patient_link off
}

module_fresh
ns_add a
ns_add b
link_add a b
# Where a later fragment comes alone, nft may read its first bytes as ports (nft_payload_fast_eval()
# of 6.1), and drop it as one that is muted.
in_ns a nft delete table inet traffic
[ -e /dev/net/tun ] || modprobe -q tun
in_ns a ip tuntap add dev craft mode tun || give_up "there are no tun devices"
in_ns a ip addr add 10.88.0.1/24 dev craft
in_ns a ip addr add fd88::1/64 dev craft nodad
in_ns a ip link set craft up
peer_start pa a
peer_start pb b
peer_start craft a craft craft
for f in 4 6; do
	at=$(near $f)
	[ $f = 4 ] || at="[$at]"
	peer_listen pa l$f "$at:80"
done

for f in 4 6; do
	test_case "crafted segments, IPv$f" crafted $f
done
if modprobe -q -a ah4 ah6 xfrm_user; then
	for f in 4 6; do
		test_case "segments with an authentication header, IPv$f" authenticated $f
	done
fi
run_cases
