#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# table.sh FILE: what test.sh left in FILE as a table, a line for each kernel, a column for each
# suite of selftests/Makefile, "PASSED" or "PASSED-FAILED" in each; what is no test, such as a VM
# that ends too early, is in the column other. Then "N passed, N failed"; it fails if any did, or
# none passed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

# Refused and debug kernels have tests of their own.
{
	for has in KERNEL_REFUSED=yes DEBUG_KERNEL=yes; do
		make -s --no-print-directory -C "$here/.." "$has" suites
	done
	echo "other other"
	echo
	cat "$1"
} | awk '
	function cell(good, bad) {
		if (good + bad == 0)
			return "-"
		return bad ? good "-" bad : good
	}
	!NF {
		results = 1
		next
	}
	!results {
		if (!($1 in width)) {
			suites[++n] = $1
			width[$1] = length($1) > 7 ? length($1) : 7
		}
		suite_of[$2] = $1
		next
	}
	{
		if (!($1 in seen)) {
			seen[$1]
			kernels[++rows] = $1
		}
		suite = suite_of[$2]
		good[$1, suite] += $3
		bad[$1, suite] += $4
		good[$1, "all"] += $3
		bad[$1, "all"] += $4
		passed += $3
		failed += $4
	}
	END {
		suites[++n] = "all"
		width["all"] = 9
		printf "%-26s", "kernel"
		for (i = 1; i <= n; i++)
			printf " %*s", width[suites[i]], suites[i]
		print ""
		for (row = 1; row <= rows; row++) {
			printf "%-26s", kernels[row]
			for (i = 1; i <= n; i++)
				printf " %*s", width[suites[i]],
					cell(good[kernels[row], suites[i]],
					     bad[kernels[row], suites[i]])
			print ""
		}
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed || !passed
	}'
