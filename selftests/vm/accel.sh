#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# accel.sh KERNEL INITRAMFS: print the accelerator that QEMU shall use, kvm or tcg. That /dev/kvm
# exists proves nothing, it may fail or hang: only a trial boot does, once after each boot of
# this machine.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

kernel=$1
initramfs=$2
limit=15	# seconds; with KVM it takes about one

trial_boot()
{
	timeout -k 1 "$limit" qemu-system-x86_64 -accel kvm -cpu host -m 512 -nodefaults \
		-no-user-config -display none -no-reboot -serial stdio -kernel "$kernel" \
		-initrd "$initramfs" -append "console=ttyS0 panic=-1 tcpwatch.trial" \
		< /dev/null 2>&1 | grep -q 'init: the kernel runs'
}

try_kvm()
{
	local answer=tcg

	if [ -r /dev/kvm ] && [ -w /dev/kvm ] && trial_boot; then
		answer=kvm
	fi
	echo "$answer" > "$1/accel"
}

entry=accel/$(cat /proc/sys/kernel/random/boot_id)
cache_entry "$entry" try_kvm
cat "$TCPWATCH_CACHE/$entry/accel"
