# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share that look at single connections in namespace a from beginning to
# end. They source lib.sh first.

declare -A MARKED

# counters_mark: from here on it is counted
counters_mark()
{
	local name

	summary_read a
	for name in "${!SUMMARY[@]}"; do
		MARKED[$name]=${SUMMARY[$name]}
	done
}

# counted NAME N: the summary counts so many more than when `counters_mark` was called
counted()
{
	expect_eq "$1 counted" $(($(summary a "$1") - ${MARKED[$1]})) "$2"
}

# expect_life PEER SOCKET STATE OPENED CLOSED: what its row says
expect_life()
{
	cookie "$1" "$2"
	expect_eq "state, opened and closed of $2" \
		"$(row a connections "$VALUE" state opened closed)" "${*:3}"
}

all_gone()
{
	wait_for "no socket is left" summary_is a connections 0
	end_minis a
	# Of a mini-socket's end there is no event: it is looked for from time to time.
	wait_for "no mini-socket is left" summary_is a fin_wait2 0
	agree a
}
