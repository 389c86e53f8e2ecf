# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The results of many runs of test.sh, one after the other: it adds to the file VM_RESULTS, table.sh
# prints that. To be sourced. The script that begins is the one that prints, whatever others
# it calls that would.

results_begin()
{
	[ -z "${VM_RESULTS:-}" ] || return 0
	VM_RESULTS=$(mktemp)
	export VM_RESULTS
	results_mine=$VM_RESULTS
	trap 'rm -f "$results_mine"' EXIT
}

# recorded LABEL COMMAND [ARG...]: what tells nothing of itself counts as one
recorded()
{
	local before told status=0

	before=$(wc -l < "$VM_RESULTS")
	"${@:2}" || status=$?
	told=$(tail -n "+$((before + 1))" "$VM_RESULTS")
	if [ "$status" -eq 0 ]; then
		[ "$told" ] || echo "$1 other 1 0" >> "$VM_RESULTS"
	elif ! grep -q '[1-9]$' <<< "$told"; then
		echo "$1 other 0 1" >> "$VM_RESULTS"
	fi
}

# results_end: whether all has passed
results_end()
{
	[ "${results_mine:-}" ] || return 0
	echo
	"$(dirname "${BASH_SOURCE[0]}")/table.sh" "$VM_RESULTS"
}
