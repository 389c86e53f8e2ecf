# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The results of many runs of test.sh: it adds to the file VM_RESULTS, table.sh prints that. To be
# sourced. The script that begins is the one that prints, whatever others it calls that would.

declare -A results_beside=()

results_begin()
{
	[ -z "${VM_RESULTS:-}" ] || return 0
	VM_RESULTS=$(mktemp)
	export VM_RESULTS
	results_mine=$VM_RESULTS
	trap results_forget EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

results_forget()
{
	local pid

	for pid in "${!results_beside[@]}"; do
		kill -- "-$pid" 2> /dev/null || :
		rm -f "${results_beside[$pid]}"
	done
	rm -f "$results_mine"
}

# recorded LABEL COMMAND [ARG...]: what tells nothing of itself counts as one
recorded()
{
	local told began=$SECONDS status=0

	told=$(mktemp)
	VM_RESULTS=$told "${@:2}" || status=$?
	if [ "$status" -eq 0 ]; then
		[ -s "$told" ] || echo "$1 other 1 0" > "$told"
	elif ! grep -q '[1-9]$' "$told"; then
		echo "$1 other 0 1" >> "$told"
	fi
	cat "$told" >> "$VM_RESULTS"
	rm "$told"
	echo "[$1] $((SECONDS - began)) s"
}

# beside LABEL COMMAND [ARG...]: as recorded, while the script goes on. What it says is shown by
# results_wait.
beside()
{
	local said

	said=$(mktemp)
	# A group of its own, all of which can be ended.
	set -m
	recorded "$@" > "$said" 2>&1 < /dev/null &
	set +m
	results_beside[$!]=$said
}

# results_wait N: until no more than N of them still run
results_wait()
{
	local pid

	while [ "${#results_beside[@]}" -gt "$1" ]; do
		wait -n -p pid "${!results_beside[@]}" || :
		cat "${results_beside[$pid]}"
		rm "${results_beside[$pid]}"
		unset "results_beside[$pid]"
	done
}

# results_end: whether all has passed
results_end()
{
	results_wait 0
	[ "${results_mine:-}" ] || return 0
	echo
	"$(dirname "${BASH_SOURCE[0]}")/table.sh" "$VM_RESULTS"
}
