#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On a kernel whose tracepoints do not let the module work, it does not load, and says why.
# Only for those kernels: selftests/vm/kernels.sh.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

refuses()
{
	log_mark
	expect_eq "insmod says" "$(module_load 2>&1 | sed 's/.*: //')" "Operation not supported"
	wait_for "the log has the reason" log_says 'tcpwatch: on a PREEMPT_RT kernel before 7.0'
	module_left_nothing
}

module_absent
test_case "insmod on PREEMPT_RT" refuses
test_case "insmod once more" refuses
run_cases
