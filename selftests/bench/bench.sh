#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh [check|time]: measure in a VM whose clock counts instructions, and print what things cost
# beside their budgets. All figures go into figures.tsv and growth.svg beside this. With check: only
# what the budgets need; fails if one is missed, and tells of what costs more than figures.tsv says.
# With time: how much nginx answers a second of real time, with the module, conntrack and neither.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
vm=$here/../vm
# shellcheck source=selftests/vm/cache.sh
. "$vm/cache.sh"

# Each instruction takes a nanosecond of the VM's clock, on one CPU, and waiting takes no time.
run()
{
	local headers

	headers=$("$vm/kernel.sh")/usr/src
	# shellcheck disable=SC2016 # for the VM's shell
	VM_CPUS=1 QEMU_EXTRA="-icount shift=0,sleep=off" VM_LIMIT=${VM_LIMIT:-5400} \
		"$vm/vm.sh" run bash -c 'exec "$TCPWATCH_TOP/selftests/bench/measure.sh" "$@"' \
		measure.sh "$1" "$headers" | grep -v --line-buffered '^#'
}

accelerator()
{
	local kernel initramfs

	kernel=$("$vm/kernel.sh")
	initramfs=$("$vm/initramfs.sh" "$kernel" "$(cat "$kernel/release")")
	"$vm/accel.sh" "$kernel/vmlinuz" "$initramfs"
}

# Time that an emulator takes is none of the kernel's.
time_answers()
{
	[ "${VM_ACCEL:-$(accelerator)}" = kvm ] || [ "${VM_ACCEL:-}" ] ||
		die "KVM does not work here, and an emulator's time says little. 'make bench' has" \
			"the same in instructions; VM_ACCEL=tcg takes the emulator's time anyhow"
	# shellcheck disable=SC2016 # for the VM's shell
	ROUNDS=${ROUNDS:-15} VM_PASS=ROUNDS "$vm/vm.sh" run bash -c \
		'exec "$TCPWATCH_TOP/selftests/bench/measure.sh" served -'
}

# table FIGURES [RECORDED]
table()
{
	awk -f "$here/metrics.awk" "$1" > "$work/metrics"
	: > "$work/recorded"
	if [ "${2:-}" ]; then
		awk -f "$here/metrics.awk" "$2" > "$work/recorded"
	fi
	awk -f "$here/table.awk" "$here/budgets" "$work/recorded" "$work/metrics"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case ${1:-all} in
all)
	run all > "$work/figures"
	cp "$work/figures" "$here/figures.tsv"
	awk -f "$here/plot.awk" "$here/figures.tsv" > "$here/growth.svg"
	table "$here/figures.tsv"
	;;
check)
	run some > "$work/figures"
	recorded=$here/figures.tsv
	if ! cmp -s <(grep '^kernel' "$work/figures") <(grep '^kernel' "$recorded"); then
		say "figures.tsv is of another kernel: only the budgets are checked"
		recorded=
	fi
	table "$work/figures" "$recorded"
	;;
time)
	time_answers > "$work/figures"
	awk -f "$here/metrics.awk" "$work/figures" > "$work/metrics"
	grep '^answers' "$here/budgets" > "$work/rows"
	awk -f "$here/table.awk" "$work/rows" /dev/null "$work/metrics"
	;;
*)
	echo "usage: bench.sh [check|time]" >&2
	exit 2
	;;
esac
