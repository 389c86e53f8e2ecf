#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation fails in turn, in all that the module does: loading, a namespace, a record, a
# file, a filter, a setting. It says so, or counts what is missing, and is right afterwards. Only
# a kernel with CONFIG_FAULT_INJECTION can do that: make test-debug.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

FAIL=/sys/kernel/debug/failslab
QUIET=/sys/module/printk/parameters/ignore_loglevel

# each_fails WHAT ARG...: of nth, in the namespace: each time it worked, or there was no memory,
# which the kernel has three words for; a fourth, EAGAIN, is accept()'s when there was none for the
# last ACK of the handshake. Sets worked to how often it did.
each_fails()
{
	local outcomes

	if ! outcomes=$(in_ns a "$TRAFFIC/nth" "${@:2}" 2>&1); then
		fail "$1: $outcomes"
		return
	fi
	worked=$(sed -n 's/ ok$//p' <<<"$outcomes")
	# Once more without a failure.
	worked=$((worked + 1))
	outcomes=$(paste -sd, <<<"$outcomes")
	say "$1: $outcomes"
	expect_match "what became of $1" "$outcomes" \
		'^([0-9]+ ok,)?([0-9]+ E(NOMEM|NFILE|NOBUFS|AGAIN),?)+$'
}

# count ARG...: how many allocations that takes
count()
{
	in_ns a "$TRAFFIC/nth" -c "$@"
}

# Some parts of the kernel tell of a failed allocation with a stack, which is what the judge
# takes for a complaint. So the console is silent then, and the log is looked at here.
quietly()
{
	log_mark
	echo N >$QUIET
	dmesg -n 1
	"$@"
	dmesg -n 8
	echo Y >$QUIET
	dmesg | grep -q "$LOG_MARK" || fail "the log is too short"
	! log_says 'BUG|WARNING|Oops|KASAN|UBSAN|INFO:|Objects remaining' ||
		fail "the kernel complained: $(dmesg | grep -E 'BUG|WARNING|KASAN|UBSAN|INFO:')"
}

# From where the module's own parameters have been looked at; before that, the kernel's loader
# is at work. There are sockets to be found.
loading()
{
	local first

	module_absent
	first=$(count load "$TCPWATCH_KO" max_connections=junk)
	say "the loader: $first"
	quietly each_fails "loading" -f "$first" load "$TCPWATCH_KO"
	log_mark
	module_left_nothing
	module_fresh
	agree a
}

# From where all others but the module have what they need there.
namespaces()
{
	local without with

	module_absent
	without=$(count netns)
	module_fresh
	with=$(count netns)
	say "a namespace: $without without the module, $with with it"
	expect_between "its share" $((with - without)) 1 "$with"
	quietly each_fails "making a namespace" -f $((without - 10)) netns
	agree a
}

files()
{
	local file

	for file in "$(ns_proc a)"/*; do
		[ "${file##*/}" = follow ] || each_fails "reading ${file##*/}" read "$file"
	done
	agree a
}

# A filter that could not be added is not there.
filters()
{
	local follow

	follow=$(ns_proc a)/follow
	each_fails "adding a filter" write "$follow" 'add local=127.0.0.1:1'
	expect_eq "filters" "$(grep -c local= "$follow")" "$worked"
	each_fails "reading follow" read "$follow"
	each_fails "removing the filters" write "$follow" clear
	expect_eq "filters" "$(grep -c local= "$follow")" 0
}

settings()
{
	each_fails "a setting" write /proc/sys/net/tcpwatch/close_wait_stuck_ms 12345
	expect_eq "it" "$(in_ns a cat /proc/sys/net/tcpwatch/close_wait_stuck_ms)" 12345
}

# connect() makes its record itself. Where there is no memory for it, but for the rest, the
# connection is made.
connecting()
{
	each_fails "connecting" connect "$1:0"
	wait_for "all of them are gone" summary_is a untracked 0
	agree a
}

# All records, and nothing else, for which test_debug.sh has the kernel mark their cache. At no
# moment may everything fail: that ends the VM.
records_fail()
{
	echo 1 >$FAIL/cache-filter
	echo 100 >$FAIL/probability
}

records_succeed()
{
	echo 0 >$FAIL/probability
	echo 0 >$FAIL/cache-filter
}

# What a listener takes is made in softirq, where no program's allocations are counted: none
# gets a record.
accepting()
{
	agree a
	connections=$(summary a connections)
	untracked=$(summary a untracked)
	records_fail
	peer crowd open 5
	peer crowd6 open 5
	records_succeed
	expect_eq "connections" "$(summary a connections)" "$connections"
	expect_eq "untracked" "$(summary a untracked)" $((untracked + 20))
	peer crowd open 5
	expect_eq "connections" "$(summary a connections)" $((connections + 10))
	peer crowd close 10
	peer crowd6 close 5
	wait_for "all of them are gone" summary_is a connections "$connections"
	wait_for "none of them is untracked" summary_is a untracked "$untracked"
	agree a
}

mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
[ -d $FAIL ] || give_up "this kernel has no CONFIG_FAILSLAB"
echo N >$FAIL/ignore-gfp-wait
echo 0 >$FAIL/verbose
echo 0 >/sys/kernel/debug/fail_page_alloc/verbose
echo -1 >$FAIL/times
module_need
ns_add a
peer_start crowd a crowd 127.0.0.1:0
peer_start crowd6 a crowd '[::1]:0'
peer crowd open 3
peer crowd6 open 3

test_case "no memory for records" accepting
test_case "no memory for a namespace" namespaces
test_case "no memory to read" files
test_case "no memory for filters" filters
test_case "no memory for a setting" settings
test_case "no memory to connect, IPv4" connecting 127.0.0.1
test_case "no memory to connect, IPv6" connecting '[::1]'
test_case "no memory to load" loading
run_cases
