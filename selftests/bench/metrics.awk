# SPDX-License-Identifier: GPL-2.0
#
# What follows from the figures of measure.sh: a line each, METRIC, at how many sockets or -, the
# value. METRIC is one of budgets, or one of them and ":" and whose it is.

function tell(metric, sockets, value)
{
	printf "%s\t%s\t%.4f\n", metric, sockets, value
}

# by_hook METRIC WHAT WHO BASE: a round trip has four segments' worth of hook calls
function by_hook(metric, what, who, base)
{
	if ((what, who) in plain)
		tell(metric, "-", (plain[what, who] - plain[what, base]) / 4)
}

function more(metric, what, who, base)
{
	if ((what, who) in plain)
		tell(metric, "-", plain[what, who] - plain[what, base])
}

# a_socket METRIC WHO N: read by WHO, with N sockets open
function a_socket(metric, who, n)
{
	if ((who, n) in at)
		tell(metric, n, at[who, n] / n)
}

# growth METRIC WHO N: compared with 200 sockets
function growth(metric, who, n)
{
	if (n + 0 > 200 && (who, n) in at && (who, 200) in at)
		tell(metric, n, at[who, n] / at[who, 200])
}

# share METRIC WHAT WHO: of what is had without
function share(metric, what, who)
{
	if ((what, who) in plain)
		tell(metric, "-", plain[what, who] / plain[what, "bare"])
}

BEGIN {
	FS = "\t"
}

$3 == "-" {
	plain[$1, $2] = $4
}

$1 == "read" {
	at[$2, $3] = $4
	sizes[$3]
}

$1 == "rows" {
	rows[$3] = $4
}

END {
	by_hook("segment", "segments", "tcpwatch", "bare")
	by_hook("segment:conntrack", "segments", "conntrack", "bare")
	more("life", "lives", "tcpwatch", "bare")
	more("life:conntrack", "lives", "conntrack", "bare")
	by_hook("followed", "segments", "follow", "tcpwatch")
	by_hook("followed_read", "segments-read", "follow", "tcpwatch")
	by_hook("followed_read:tcpdump", "segments-read", "tcpdump", "bare")
	more("life_read", "lives-read", "events", "bare")
	more("life_read:tcpstates", "lives-read", "tcpstates", "bare")
	for (n in sizes) {
		growth("summary", "summary", n)
		growth("summary:ss -s", "ss-s", n)
		growth("summary:tcpstat", "tcpstat", n)
		growth("close_wait", "close_wait", n)
		growth("close_wait:ss state close-wait", "ss-close-wait", n)
		a_socket("connections", "connections", n)
		a_socket("connections:ss -tani", "ss-tani", n)
		a_socket("connections:/proc/net/tcp", "/proc/net/tcp", n)
		if (("list", n) in at && ("ss-tani", n) in at)
			tell("list", n, at["list", n] / at["ss-tani", n])
	}
	if (200 in rows) {
		tell("close_wait_row", "-", (rows[2000] - rows[200]) / 900)
		tell("close_wait_rows", "-", rows[2000] / rows[200] / 10)
	}
	if (("leaks", "ss") in plain)
		tell("leaks", "-", plain["leaks", "tcpwatch"] / plain["leaks", "ss"])
	share("answers", "requests-kept", "tcpwatch")
	share("answers:conntrack", "requests-kept", "conntrack")
	share("answers_closed", "requests-closed", "tcpwatch")
	share("answers_closed:conntrack", "requests-closed", "conntrack")
	more("memory", "memory", "tcpwatch", "nothing")
	more("memory:conntrack", "memory", "conntrack", "nothing")
}
