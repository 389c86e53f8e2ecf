# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The module: loading and unloading it, what it shows, and what the kernel says meanwhile. A part of
# lib.sh.

declare -A SUMMARY

module_loaded()
{
	[ -d /sys/module/tcpwatch ]
}

module_load()
{
	insmod "$TCPWATCH_KO"
}

# module_load_with PARAMETER=VALUE
module_load_with()
{
	insmod "$TCPWATCH_KO" "$1"
}

module_unload()
{
	rmmod tcpwatch
}

module_absent()
{
	! module_loaded || module_unload || give_up "tcpwatch can't be unloaded"
}

# Its counters are 0, and what exists now is seeded.
module_fresh()
{
	module_absent
	module_load || give_up "tcpwatch can't be loaded"
}

# Nothing of the module is there any more, and the kernel did not complain since log_mark.
module_left_nothing()
{
	local path

	for path in /proc/tcpwatch /proc/net/tcpwatch /sys/module/tcpwatch \
		    /proc/sys/net/tcpwatch "${NS_PID[@]/#//proc/}"; do
		[[ $path != /proc/[0-9]* ]] || path=$path/net/tcpwatch
		if [ -e "$path" ] || [ -L "$path" ]; then
			fail "$path is still there"
		fi
	done
	expect_eq "slab caches" "$(grep -ci tcpw /proc/slabinfo)" 0
	! log_says 'BUG|WARNING|Oops|Call Trace' || fail "the kernel complained"
}

module_need()
{
	module_loaded || module_load || give_up "tcpwatch can't be loaded"
}

# ---- the kernel's log, from a mark on

log_mark()
{
	LOG_MARK="tcpwatch test $$ $RANDOM$RANDOM"
	echo "$LOG_MARK" >/dev/kmsg
}

# log_says REGEX
log_says()
{
	dmesg | sed "1,/$LOG_MARK/d" | grep -qE "$1"
}

# ---- what the module shows

# summary_read NAMESPACE: the whole of it, into SUMMARY
summary_read()
{
	local lines line

	SUMMARY=()
	mapfile -t lines <"$(ns_proc "$1")/summary" || fail "summary of $1 can't be read"
	for line in "${lines[@]}"; do
		SUMMARY[${line%% *}]=${line##* }
	done
}

# summary NAMESPACE NAME
summary()
{
	summary_read "$1"
	printf '%s' "${SUMMARY[$2]:-missing}"
}

summary_is()
{
	[ "$(summary "$1" "$2")" = "$3" ]
}

# columns FILE NAME...: these columns of a table on standard input
columns()
{
	awk -v want="$*" '
		NR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			n = split(want, name)
			next
		}
		{
			for (i = 1; i <= n; i++)
				printf "%s%s", (name[i] in at) ? $at[name[i]] : "MISSING",
					i < n ? " " : "\n"
		}'
}

# table NAMESPACE FILE COLUMN...
table()
{
	columns "${@:3}" <"$(ns_proc "$1")/$2"
}

# row NAMESPACE FILE ID COLUMN...: of the one socket
row()
{
	table "$1" "$2" id "${@:4}" | sed -n "s/^$3 //p"
}

row_is()
{
	[ "$(row "$1" "$2" "$3" "$4")" = "$5" ]
}

# cookie PEER SOCKET: its id, into VALUE
cookie()
{
	peer "$1" cookie "$2"
}
