#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A real Prometheus scrapes tcpwatch export, with the rules that come with it: the alerts of a
# growing leak and of a missing module fire, and clear. What the rules say of time is tested
# without waiting for it, by promtool, and so is that they and the dashboard name metrics that
# there are.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

EXPORT=${TCPWATCH_TOP:?is the tree that was built: run this by make test}/userspace/export
EXPORTER=127.0.0.1:10117
PROMETHEUS=127.0.0.1:9090

rules()
{
	local alert

	expect_match "what promtool says of the rules" \
		"$(promtool check rules "$EXPORT/tcpwatch.rules.yml" 2>&1)" 'SUCCESS: [0-9]+ rules'
	promtool test rules "$EXPORT/tcpwatch.rules.test.yml" >"$WORK/out" 2>&1 || {
		fail "the rules' tests"
		sed 's/^/#   /' "$WORK/out"
	}
	while read -r alert; do
		grep -q "alertname: $alert\$" "$EXPORT/tcpwatch.rules.test.yml" ||
			fail "$alert has no test"
	done < <(sed -n 's/^ *- alert: //p' "$EXPORT/tcpwatch.rules.yml")
}

# Each metric that rules and dashboard ask for is one that the exporter has.
names()
{
	in_ns a tcpwatch export | sed -n 's/^# TYPE \([^ ]*\) \(.*\)/\1 \2/p' |
		sed 's/\(.*\) histogram$/\1_bucket/; s/ .*//' | sort >"$WORK/there"
	{
		jq -r '.. | .expr? // empty' "$EXPORT/grafana.json"
		sed -n '/expr:/,/for:/p' "$EXPORT/tcpwatch.rules.yml"
	} | grep -oE '\btcpwatch_[a-z_]+' | sort -u >"$WORK/asked"
	expect_eq "metrics asked for that there are not" \
		"$(comm -13 "$WORK/there" "$WORK/asked")" ''
	expect_between "metrics asked for" "$(wc -l <"$WORK/asked")" 20 40
}

# ask PATH JQ-FILTER: of Prometheus
ask()
{
	in_ns a curl -sf -m 30 "http://$PROMETHEUS/api/v1/$1" | jq -r "$2"
}

# Such a type, and the unit, come only with OpenMetrics. Debian 11's Prometheus knows a draft of it
# alone, and so is told in plain text.
scraped()
{
	local target='.data.activeTargets[] | .health + " " + .lastError' wanted='histogram '

	is_up()
	{
		[ "$(ask targets "$target")" = "up " ]
	}
	is_loaded()
	{
		[ "$(ask 'query?query=tcpwatch_module_loaded' '.data.result[].value[1]')" = 1 ]
	}
	wait_for "Prometheus scrapes" is_up || ask targets .
	! grep -aq 'application/openmetrics-text; *version=1\.0\.0' "$(command -v prometheus)" ||
		wanted='gaugehistogram seconds'
	expect_eq "a metric's type and unit" \
		"$(ask 'metadata?metric=tcpwatch_close_wait_age_seconds' \
			'.data[][] | "\(.type) \(.unit)"')" "$wanted"
	wait_for "it knows that the module is loaded" is_loaded
}

# firing ALERT LABEL: the alert's label, while it fires
firing()
{
	ask alerts ".data.alerts[] | select(.labels.alertname == \"$1\" and .state == \"firing\") |
		.labels.$2"
}

fires()
{
	[ "$(firing "$1" "$2")" = "$3" ]
}

leak()
{
	local n=0 end=$((SECONDS + WAIT_LIMIT_S)) i

	while ! fires TcpwatchLeakGrowing comm leaky; do
		if [ "$SECONDS" -ge "$end" ]; then
			fail "with $n leaked sockets there is no alert in $WAIT_LIMIT_S s"
			ask rules '.data.groups[].rules[] | select(.name == "TcpwatchLeakGrowing")'
			break
		fi
		for i in 1 2 3; do
			n=$((n + 1))
			peer_pair leaky $n 127.0.0.1:0 l 127.0.0.1:4001
			peer leaky close "c$n"
			peer leaky await "s$n" CLOSE_WAIT
			peer leaky drain "s$n"
		done
	done
	for ((i = 1; i <= n; i++)); do
		peer leaky close "s$i"
	done
	wait_for "the alert clears" fires TcpwatchLeakGrowing comm ''
}

no_module()
{
	module_absent
	wait_for "that alert fires" fires TcpwatchModuleMissing severity warning
	module_need
	wait_for "that alert clears" fires TcpwatchModuleMissing severity ''
}

module_fresh
ns_add a
# What leaks here is looked at for more than a minute.
no_late_resets a
ns_sysctl a net.tcpwatch.close_wait_stuck_ms=50
peer_start leaky a
peer leaky name leaky
peer_listen leaky l 127.0.0.1:4001
# The same rules, with each minute a second.
sed -E 's/\b([0-9]+)m\b/\1s/' "$EXPORT/tcpwatch.rules.yml" >"$WORK/rules.yml"
cat >"$WORK/prometheus.yml" <<-CONFIG
	global:
	  # No scrape may take longer.
	  scrape_interval: 2s
	  evaluation_interval: 1s
	rule_files: [rules.yml]
	scrape_configs:
	- job_name: tcpwatch
	  static_configs:
	  - targets: ['$EXPORTER']
CONFIG
spawn exporter a tcpwatch export --listen $EXPORTER 2>"$WORK/exporter.log"
spawn prometheus a prometheus --config.file="$WORK/prometheus.yml" \
	--storage.tsdb.path="$WORK/prometheus" --web.listen-address=$PROMETHEUS \
	--log.level=warn >"$WORK/prometheus.log" 2>&1

test_case "the rules" rules
test_case "they name metrics that there are" names
test_case "it is scraped" scraped
test_case "a leak grows, and is closed" leak
test_case "the module goes, and comes" no_module
run_cases
[ "$CASE_FAILED" = 0 ] || sed 's/^/# /' "$WORK/prometheus.log"
