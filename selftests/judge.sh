#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whether vm/judge.sh, which says how `make test` went, sees each way in which a test can fail or
# not have run.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "${KSELFTEST_DIR:?run this by make test}/kselftest/ktap_helpers.sh"

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

quiet_kernel="[    0.000000] Linux version 6.1
[    0.000000] 	RCU CPU stall warnings timeout set to 60 (rcu_cpu_stall_timeout).
[    1.000000] tcpwatch: loaded, DEBUG off"

# What the runner says of one test: NAME, its end, then its own lines.
tap_of()
{
	printf '# timeout set to 600\n# selftests: tcpwatch: %s\n' "$1"
	printf '# %s\n' "${@:3}"
	[ -z "$2" ] || printf '%s 1 selftests: tcpwatch: %s%s\n' "${2%%|*}" "$1" "${2#*|}"
}

good=$(tap_of good.sh 'ok|' 'TAP version 13' '1..2' 'ok 1 one' '# says 1..9 # SKIP' 'ok 2 two')

# judged TEXT WANTED TAP [CONSOLE [STATUS [EXPECTED]]]: WANTED is its last line
judged()
{
	local said status=0 wanted=1

	[[ $2 != *' 0 failed' ]] || wanted=0
	printf 'TAP version 13\n1..1\n%s\n' "$3" > "$logs/tap"
	printf '%s\n' "${4-$quiet_kernel}" > "$logs/console"
	# shellcheck disable=SC2086 # EXPECTED is a list
	said=$("$here/vm/judge.sh" "$logs" "${5:-0}" ${6:-good.sh} 2>&1) || status=$?
	if [[ ${said##*$'\n'} = "$2" && $status -eq $wanted ]]; then
		ktap_test_pass "$1"
	else
		printf '%s\n' "$said" "exit status $status" | sed 's/^/# /'
		ktap_test_fail "$1"
	fi
}

complaint()
{
	judged "kernel: $1" '2 passed, 1 failed' "$good" "$quiet_kernel
[    2.000000] $1"
}

ktap_print_header
ktap_set_plan 34

judged 'all well' '2 passed, 0 failed' "$good"
judged 'two tests' '3 passed, 0 failed' "$good
$(tap_of verdict 'ok|' '1..1' 'ok 1 # no text')" "$quiet_kernel" 0 'good.sh verdict'
judged 'a case failed' '1 passed, 1 failed' \
	"$(tap_of good.sh 'not ok| # exit=1' '1..2' 'ok 1 one' 'not ok 2 two')"
judged 'a case failed, the exit status says well' '1 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one' 'not ok 2 two')"
judged 'a case skipped' '1 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one' 'ok 2 two # SKIP no such thing')"
judged 'a case skipped by the C harness' '1 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one' 'ok 2 # SKIP no such thing')"
judged 'a case expected to fail' '1 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one' 'ok 2 two # XFAIL known')"
judged 'a case still to do' '1 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one' 'not ok 2 two # TODO')"
judged 'a test skipped' '0 passed, 1 failed' "$(tap_of good.sh 'ok| # SKIP' '# no root')"
judged 'a test skipped whole' '0 passed, 1 failed' \
	"$(tap_of good.sh 'ok| # SKIP' 'TAP version 13' '1..0 # SKIP no root')"
judged 'skipped after its cases' '2 passed, 1 failed' \
	"$(tap_of good.sh 'ok| # SKIP' '1..2' 'ok 1 one' 'ok 2 two')"
judged 'no plan' '2 passed, 1 failed' "$(tap_of good.sh 'ok|' 'ok 1 one' 'ok 2 two')"
judged 'no output' '0 passed, 1 failed' "$(tap_of good.sh 'ok|')"
judged 'fewer cases than planned' '1 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one')"
judged 'more cases than planned' '2 passed, 1 failed' \
	"$(tap_of good.sh 'ok|' '1..1' 'ok 1 one' 'ok 2 two')"
judged 'a case twice instead of another' '2 passed, 2 failed' \
	"$(tap_of good.sh 'ok|' '1..2' 'ok 1 one' 'ok 1 one')"
judged 'a time-out' '1 passed, 1 failed' \
	"$(tap_of good.sh 'not ok| # TIMEOUT 600 seconds' '1..2' 'ok 1 one')"
judged 'a crash after all cases' '2 passed, 1 failed' \
	"$(tap_of good.sh 'not ok| # exit=139' '1..2' 'ok 1 one' 'ok 2 two')"
judged 'gave up' '1 passed, 2 failed' \
	"$(tap_of good.sh 'not ok| # exit=1' '1..2' 'ok 1 one' 'Bail out! no module')"
judged 'the VM died in the last test' '2 passed, 2 failed' \
	"$(tap_of good.sh '' '1..2' 'ok 1 one' 'ok 2 two')" "$quiet_kernel" 70
judged 'a test that did not run' '2 passed, 1 failed' "$good" "$quiet_kernel" 0 'good.sh other.sh'
judged 'a missing file' '0 passed, 1 failed' 'not ok 1 selftests: tcpwatch: good.sh'
judged 'nothing at all' '0 passed, 1 failed' ''
judged 'the runner failed' '2 passed, 1 failed' "$good" "$quiet_kernel" 1
judged 'no kernel log' '2 passed, 1 failed' "$good" ''
complaint 'BUG: kernel NULL pointer dereference, address: 0000000000000008'
complaint 'kernel BUG at net/ipv4/tcp.c:1!'
complaint 'WARNING: CPU: 1 PID: 42 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2'
complaint 'general protection fault, probably for non-canonical address'
complaint 'rcu: INFO: rcu_preempt self-detected stall on CPU'
complaint 'watchdog: BUG: soft lockup - CPU#0 stuck for 22s!'
complaint 'unregister_netdevice: waiting for lo to become free. Usage count = 2'
complaint 'INFO: task rmmod:99 blocked for more than 120 seconds.'
complaint 'BUG tcpw_conn (Tainted: G OE): Objects remaining in tcpw_conn on __kmem_cache_shutdown()'

# Kernels before 6.9 have no ktap_finished.
ktap_print_totals
[ "$KTAP_CNT_FAIL" -eq 0 ]
