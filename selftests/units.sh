#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The systemd units, as `make install` leaves them, run by a systemd of the test's own: with all
# their sandboxing they do what they are for, and outlive the module.
#
#	namespace a   the first process of a PID, a mount and a cgroup namespace is systemd; its
#	              service leaky leaves sockets in CLOSE_WAIT

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

LEAKS=5
CGROUP=/sys/fs/cgroup/tcpw-units
EXPORT=tcpwatch-export.service
EVENTS=tcpwatch-events.service
UNITS=("$EXPORT" "$EVENTS")
INIT=

# What a system has beside, which the VM does without.
MASKED=(systemd-udevd.service systemd-udevd-{control,kernel}.socket systemd-udev-trigger.service
	systemd-{modules-load,sysctl,timesyncd,resolved,networkd,remount-fs,binfmt}.service
	dev-{hugepages,mqueue}.mount sys-kernel-{debug,tracing}.mount)

# ---- a systemd

# In a cgroup of its own, until this is told to end: unshare itself hears no SIGTERM.
systemd_run()
{
	echo "$BASHPID" >"$CGROUP/cgroup.procs"
	let_go
	nsenter --net="/run/netns/$(ns_name a)" \
		unshare --fork --kill-child --pid --mount --mount-proc --cgroup \
		bash "$WORK/init" "${MASKED[@]}" &
	trap 'kill -KILL $!' TERM
	wait
}

# Its /run and /tmp are its own, as it clears them.
systemd_start()
{
	local unit

	mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup || return
	echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
	mkdir $CGROUP || return
	cat >"$WORK/init" <<-'INIT'
		mount -t tmpfs run /run && mount -t tmpfs tmp /tmp || exit
		umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit
		mkdir -p /run/systemd/system
		for unit; do
			ln -s /dev/null "/run/systemd/system/$unit"
		done
		exec env -i container=test PATH="$PATH" /lib/systemd/systemd --unit=basic.target
	INIT
	systemd_run >"$WORK/systemd" 2>&1 </dev/null &
	PEER_PID[systemd]=$!
	wait_for "its first process is there" init_found || return
	wait_for "systemd is up" inside systemctl is-active -q basic.target && return
	tail -n 20 "$WORK/systemd" | sed 's/^/#   /'
	return 1
}

init_found()
{
	INIT=$(pgrep -P "$(pgrep -P "${PEER_PID[systemd]}")") &&
		[ "$(cat "/proc/$INIT/comm")" = systemd ]
}

inside()
{
	nsenter --target "$INIT" --pid --mount --net --cgroup --wd=/ "$@" 2>/dev/null
}

systemd_stop()
{
	stop systemd
	# Its journal made that in the /dev that all have.
	rm -f /dev/log
	wait_for "its cgroup is empty" grep -q '^populated 0' $CGROUP/cgroup.events
	find $CGROUP -depth -type d -exec rmdir {} +
}

installed()
{
	make -s -C "$TCPWATCH_TOP/userspace" "$1" PREFIX=/usr/local >"$WORK/make" 2>&1 && return
	tail -n 5 "$WORK/make" | sed 's/^/#   /'
	give_up "make $1 failed"
}

# ---- asking it

# main UNIT FIELD: of its main process, as /proc/PID/status has it
main()
{
	inside sed -n "s/^$2:[[:space:]]*//p" "/proc/$(property "$1" MainPID)/status"
}

# property UNIT NAME
property()
{
	inside systemctl show "$1" --property="$2" --value
}

is_active()
{
	inside systemctl is-active -q "$1"
}

scraped()
{
	in_ns a curl -sSf http://127.0.0.1:10117/metrics >"$WORK/metrics" 2>"$WORK/err"
}

# scrape_has LINE: now
scrape_has()
{
	scraped && grep -qxF "$1" "$WORK/metrics"
}

# logged REGEX [SINCE]: by the unit, in the journal
logged()
{
	inside journalctl -q --unit=$EVENTS --output=cat | tail -n "+${2:-1}" | grep -qE "$1"
}

logged_so_far()
{
	inside journalctl -q --unit=$EVENTS --output=cat | wc -l
}

# expect_capabilities UNIT NUMBER...: and no others, now or ever
expect_capabilities()
{
	local unit=$1 set=0 bit

	shift
	for bit in "$@"; do
		set=$((set | 1 << bit))
	done
	set=$(printf '%016x' $set)
	expect_eq "the capabilities of $unit" "$(main "$unit" CapEff)" "$set"
	expect_eq "those that it could have" "$(main "$unit" CapBnd)" "$set"
}

# is_run UNIT: systemd calls it active as soon as it has forked; its name is another until exec()
is_run()
{
	[ "$(main "$1" Name)" = tcpwatch ]
}

# ---- cases

started()
{
	local unit

	inside systemctl start "${UNITS[@]}" || fail "systemctl start failed"
	for unit in "${UNITS[@]}"; do
		wait_for "$unit is active" is_active "$unit" ||
			inside systemctl status --no-pager --lines=5 "$unit" | sed 's/^/#   /'
		wait_for "$unit is run" is_run "$unit"
		expect_match "whose $unit is" "$(main "$unit" Uid)" '^[1-9]'
		expect_eq "new privileges of $unit" "$(main "$unit" NoNewPrivs)" 1
		expect_eq "filters of $unit" "$(main "$unit" Seccomp)" 2
	done
	# CAP_DAC_READ_SEARCH is 2, CAP_SYS_PTRACE 19.
	expect_capabilities $EXPORT 2 19
	expect_capabilities $EVENTS 2
}

# Another user's process: that of the metrics has to be allowed to look at it.
exported()
{
	wait_for "it says that the module is loaded" scrape_has 'tcpwatch_module_loaded 1'
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=50
	inside systemd-run -q --unit=leaky python3 -c '
import socket, time
listener = socket.create_server(("127.0.0.1", 4000))
near = [socket.create_connection(("127.0.0.1", 4000)) for i in range('$LEAKS')]
far = [listener.accept()[0] for end in near]
for end in near:
    end.close()
for end in far:
    end.recv(1)
while True:
    time.sleep(1000)' || fail "systemd-run failed"
	wait_for "the leak is there, with whose it is" scrape_has \
		"tcpwatch_close_wait_sockets{comm=\"python3\",verdict=\"leaked\"} $LEAKS" ||
		grep close_wait_sockets "$WORK/metrics" | sed 's/^/#   /'
	expect_eq "whether all could be read" \
		"$(grep '^tcpwatch_scrape_success ' "$WORK/metrics")" 'tcpwatch_scrape_success 1'
}

logs()
{
	wait_for "it is in the journal" logged '^stuck .* stuck in CLOSE_WAIT for '
}

reads_events()
{
	local fd pid

	pid=$(property $EVENTS MainPID)
	for fd in $(inside find "/proc/$pid/fd" -lname '*/tcpwatch/events'); do
		return 0
	done
	return 1
}

outlives_the_module()
{
	local lines unit

	module_unload || fail "rmmod failed"
	wait_for "it says that there is no module" scrape_has 'tcpwatch_module_loaded 0'
	lines=$(logged_so_far)
	module_load || fail "insmod failed"
	ns_sysctl a net.tcpwatch.close_wait_stuck_ms=50
	wait_for "it says that there is one" scrape_has 'tcpwatch_module_loaded 1'
	wait_for "events are read again" reads_events
	inside systemctl restart leaky || fail "systemctl restart failed"
	wait_for "they are logged again" logged '^stuck .* stuck in CLOSE_WAIT for ' $((lines + 1))
	for unit in "${UNITS[@]}"; do
		expect_eq "whether $unit runs" "$(property "$unit" ActiveState)" active
	done
}

stopped()
{
	local unit

	inside systemctl stop "${UNITS[@]}" || fail "systemctl stop failed"
	for unit in "${UNITS[@]}"; do
		expect_eq "how $unit ended" "$(property "$unit" Result)" success
		expect_eq "whether $unit runs" "$(property "$unit" ActiveState)" inactive
	done
	expect_fails "scraping it" scraped
}

gone()
{
	systemd_stop
	installed uninstall
	expect_eq "what make uninstall leaves" \
		"$(find /usr/local /lib/systemd -name '*tcpwatch*')" ''
}

[ ! -e /dev/log ] || give_up "something has /dev/log"
module_fresh
ns_add a
no_late_resets a
installed install
systemd_start || give_up "no systemd starts here"
test_case "they start, with no more privilege than they need" started
test_case "metrics, with the names of processes" exported
test_case "events in the journal" logs
test_case "the module goes, and comes back" outlives_the_module
test_case "they stop" stopped
test_case "nothing of them is left" gone
run_cases
