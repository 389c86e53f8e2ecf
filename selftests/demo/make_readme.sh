#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make_readme.sh: run readme.sh in the VM, and put each block that it prints into README.md, in
# the place of the one that follows the line "<!-- made by make readme: NAME -->". README.md
# changes if all is there, or not at all.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
readme=$here/../../README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016 # for the VM's shell
"$here/../vm/vm.sh" run bash -c 'insmod "$TCPWATCH_KO" &&
	exec "$TCPWATCH_TOP/selftests/demo/readme.sh"' > "$work/blocks"
awk '
	FNR == NR && /^@ / { name = $2; next }
	FNR == NR { if (name) block[name] = block[name] $0 "\n"; next }
	old { old = !/^```$/; next }
	{ print }
	/^<!-- made by make readme: [a-z]+ -->$/ {
		name = $(NF - 1)
		if (!(name in block) || (getline) <= 0 || $0 != "```") {
			print "make readme: no block " name ", or none after its line" > "/dev/stderr"
			exit failed = 1
		}
		printf "```\n%s```\n", block[name]
		delete block[name]
		old = 1
	}
	END {
		for (name in block) {
			print "make readme: README.md has no place for " name > "/dev/stderr"
			failed = 1
		}
		exit failed
	}' "$work/blocks" "$readme" > "$work/readme"
cat "$work/readme" > "$readme"
