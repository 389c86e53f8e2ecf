#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# judge.sh LOGS STATUS TEST...: say how the tests in the VM went. LOGS holds tap (what the runner
# said) and console (what the kernel said), STATUS is the VM's exit status. A test has passed if
# it ran each of the cases it planned, and each was ok: one that was skipped, cut short or not run
# at all has failed. So has everything if the kernel complained. Prints what failed, and at the
# end "N passed, N failed".
set -euo pipefail

logs=$1
status=$2
shift 2

# What a kernel says when something is wrong with it, none of which a good module causes.
kernel_complaints()
{
	grep -aE -e '(^|[^[:alnum:]_])BUG([: ]|$)' -e 'WARNING:' -e 'Oops' -e 'Kernel panic' \
		-e 'general protection' -e 'Call Trace' \
		-e 'rcu.*(detected.*stall|kthread starved)' \
		-e 'soft lockup' -e 'hard LOCKUP' -e 'blocked for more than' -e 'refcount_t' \
		-e 'unregister_netdevice' -e 'still has locks held' -e 'INFO: trying to register' \
		-e 'Objects remaining' -e 'still has objects' -e 'unreferenced object' \
		-e '(UBSAN|KASAN|KCSAN):' -s "$logs/console"
}

# One line for each thing that failed, then "passed failed".
count()
{
	awk -v expected="$*" -v tally="$logs/tally" '
	function failure(text, name) {
		print "failed: " text
		failed++
		name = text
		sub(/:.*/, "", name)
		bad_in[name]++
	}
	function begin(name) {
		if (test != "")
			finish("")
		test = name
		plan = ""
		bad = count = 0
		split("", results)
	}
	# How the runner saw it end, "" if it did not.
	function finish(line,   i, before, missing) {
		before = failed
		if (line == "")
			failure(test ": did not end")
		else if (plan == "")
			failure(test ": ran without a plan" told(line))
		for (i = 1; i <= plan + 0; i++)
			if (!(i in results))
				missing++
		if (missing) {
			failure(test ": " missing " of " plan " cases did not run")
			failed += missing - 1
			bad_in[test] += missing - 1
		}
		if (plan != "" && plan == 0)
			failure(test ": planned no case")
		if (plan != "" && count > plan)
			failure(test ": " count " results, but " plan " planned")
		if (failed == before && !bad && line !~ /^ok / )
			failure(test ": all cases passed, and yet" told(line))
		if (failed == before && !bad && line ~ /# *SKIP/)
			failure(test ":" told(line))
		ended[test]++
		test = ""
	}
	function told(line) {
		sub(/^.*selftests: [^#]*/, "", line)
		return line == "" ? "" : " (" line ")"
	}
	{ sub(/\r$/, "") }
	/^# selftests: [^ ]+: [^ ]+$/ {
		begin($NF)
		next
	}
	/^(not )?ok [0-9]+ selftests: / {
		name = $0
		sub(/^.*selftests: [^ ]+: /, "", name)
		sub(/ .*/, "", name)
		if (name != test)
			begin(name)
		finish($0)
		next
	}
	/^# 1\.\.[0-9]+/ && test != "" {
		if (plan != "")
			failure(test ": a second plan")
		plan = substr($2, 4) + 0
		next
	}
	/^# (not )?ok( |$)/ && test != "" {
		line = substr($0, 3)
		number = line
		sub(/^(not )?ok */, "", number)
		number = match(number, /^[0-9]+/) ? substr(number, 1, RLENGTH) + 0 : count + 1
		count++
		if (results[number]++)
			failure(test ": case " number " twice")
		# The kernel harness says XFAIL of what fails as expected, TAP says TODO.
		if (line ~ /^not ok/ || toupper(line) ~ /# *(SKIP|TODO|XFAIL|XPASS)/) {
			failure(test ": " line)
			bad++
		} else {
			passed++
			good_in[test]++
		}
		next
	}
	/^# Bail out!/ && test != "" {
		failure(test ": " substr($0, 3))
		bad++
	}
	END {
		if (test != "")
			finish("")
		for (n = split(expected, names, " "); n > 0; n--)
			if (!(names[n] in ended))
				failure(names[n] ": did not run")
		for (test in bad_in)
			good_in[test] += 0
		for (test in good_in)
			print test, good_in[test], bad_in[test] + 0 > tally
		print passed + 0, failed + 0
	}' "$logs/tap"
}

mapfile -t report < <(count "$@")
read -r passed failed <<< "${report[-1]}"
unset "report[-1]"
if [ "$status" -ne 0 ]; then
	report+=("failed: the VM or the runner in it: exit status $status")
	failed=$((failed + 1))
fi
if complaints=$(kernel_complaints); then
	report+=("failed: the kernel complained:" "$complaints")
	failed=$((failed + 1))
elif ! grep -aqs 'Linux version' "$logs/console"; then
	report+=("failed: what the kernel said was not caught")
	failed=$((failed + 1))
fi
in_tests=$(awk '{ n += $3 } END { print n + 0 }' "$logs/tally")
[ "$failed" -eq "$in_tests" ] || echo "other 0 $((failed - in_tests))" >> "$logs/tally"
if [ "$failed" -gt 0 ]; then
	printf '%s\n' "" "${report[@]}" "logs: $logs"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
