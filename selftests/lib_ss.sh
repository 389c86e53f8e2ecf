# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# ss, the oracle. lib.sh sources this.

# ss_all NAMESPACE OPTIONS: all that it lists, but for sockets that are only bound, which are in no
# connection. From 6.8 on the kernel tells of them, and ss, if it knows, lists them.
ss_all()
{
	in_ns "$1" ss "-HOta$2" 2>/dev/null | awk '$1 != "UNCONN"'
}

# ss_dump NAMESPACE: one line a socket, "state local remote cookie uid inode kind",
# in the module's words; kind is full, listen, request or mini. That there is no
# cgroup to name is of no interest.
ss_dump()
{
	ss_all "$1" neom | awk '
		BEGIN {
			split("ESTAB ESTABLISHED SYN-SENT SYN_SENT SYN-RECV SYN_RECV " \
			      "FIN-WAIT-1 FIN_WAIT1 FIN-WAIT-2 FIN_WAIT2 TIME-WAIT TIME_WAIT " \
			      "CLOSE-WAIT CLOSE_WAIT LAST-ACK LAST_ACK LISTEN LISTEN " \
			      "CLOSING CLOSING", pair)
			for (i = 1; i in pair; i += 2)
				word[pair[i]] = pair[i + 1]
		}
		{
			uid = inode = 0
			cookie = "-"
			# In SYN_RECV may be a socket, too; a request has no memory to tell of.
			kind = "request"
			for (i = 6; i <= NF; i++) {
				if ($i ~ /^uid:/)
					uid = substr($i, 5)
				else if ($i ~ /^ino:/)
					inode = substr($i, 5)
				else if ($i ~ /^sk:/)
					cookie = substr($i, 4)
				else if ($i ~ /^timer:\(timewait/)
					kind = "mini"
				else if ($i ~ /^skmem:/)
					kind = "full"
			}
			state = ($1 in word) ? word[$1] : $1
			if (state == "LISTEN")
				kind = "listen"
			sub(/^\*:/, "[::]:", $4)
			print state, $4, $5, cookie, uid, inode == 0 ? "-" : inode, kind
		}' | sort
}

# ss_minis NAMESPACE: the mini-sockets, "state local remote least-ms most-ms", the last
# two being what the timer that ss rounds down may be.
ss_minis()
{
	in_ns "$1" ss -HOtano 2>/dev/null | awk '
		match($0, "timer:[(]timewait,[^,]*") {
			text = substr($0, RSTART + 16, RLENGTH - 16)
			unit = text ~ /ms$/ ? 1 : 1000
			minutes = text ~ /min/ ? text + 0 : 0
			sub(/^[0-9]+min/, "", text)
			ms = 60000 * minutes + (text ~ /^[0-9]+ms$/ ? 1 : 1000) * text
			state = $1 == "FIN-WAIT-2" ? "FIN_WAIT2" : "TIME_WAIT"
			printf "%s %s %s %d %d\n", state, $4, $5, ms, ms + unit - 1
		}' | sort
}

# In what the module says ids are decimal, in what ss says they are hexadecimal.
hex_ids()
{
	awk '{ $4 = sprintf("%x", $4); print }'
}

# Every state with its count, also where that is 0.
count_states()
{
	awk '
		BEGIN {
			n = split("established syn_sent syn_recv fin_wait1 fin_wait2 time_wait " \
				  "close_wait last_ack closing listen connections", name)
		}
		{
			count[tolower($1)]++
			count["connections"] += $7 == "full"
		}
		END {
			for (i = 1; i <= n; i++)
				print name[i], count[name[i]] + 0
		}' | sort
}

# agree NAMESPACE: summary and connections say what ss says. What ends by itself
# meanwhile (a TIME_WAIT does) makes for another try, not for a difference.
agree()
{
	local a=$WORK/ss.before b=$WORK/ss.after
	# A TIME_WAIT lasts for 60 s, and until the last of them there is no rest.
	local ns=$1 end=$((SECONDS + WAIT_LIMIT_S + 60))

	while :; do
		ss_dump "$ns" >"$a"
		sort "$(ns_proc "$ns")/summary" >"$WORK/summary"
		table "$ns" connections state local remote id uid inode >"$WORK/connections"
		ss_dump "$ns" >"$b"
		! cmp -s "$a" "$b" || break
		if [ "$SECONDS" -ge "$end" ]; then
			fail "ss itself does not come to rest in $ns"
			return
		fi
	done
	count_states <"$b" >"$WORK/counts"
	grep -E "^($(cut -d' ' -f1 "$WORK/counts" | paste -sd'|')) " "$WORK/summary" >"$WORK/got"
	expect_same "the counts of $ns" "$WORK/got" "$WORK/counts"
	awk '$7 == "full" { NF = 6; print }' "$b" | sort >"$WORK/wanted"
	hex_ids <"$WORK/connections" | sort >"$WORK/got"
	expect_same "the connections of $ns" "$WORK/got" "$WORK/wanted"
}
