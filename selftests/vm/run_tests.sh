#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run_tests.sh TEST...: in the VM, run these tests with the kernel's own runner. TAP out.

# The runner finds the tests' settings file where kselftest installs: beside its own folder.
base=$(mktemp -d)
ln -s "$KSELFTEST_DIR/kselftest" "$base/kselftest"
ln -s "$TCPWATCH_TOP/selftests" "$base/tcpwatch"
cd "$base/tcpwatch" || exit 1
export BASE_DIR=$base
# shellcheck source=/dev/null
. "$base/kselftest/runner.sh"
run_many "$@"
