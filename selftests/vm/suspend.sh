#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# suspend.sh: the machine sleeps (ACPI's S3) and wakes with the module loaded. In a VM of its own
# with all of its root in memory, as folders of the host would not be there any more; what happens
# in it is in suspend.init. Ends with "N passed, N failed", and fails if any did.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

limit=300	# seconds; it sleeps for ten of them

# put PROGRAM...: into the tree, with the libraries that they are linked with
put()
{
	local library program

	cp -L "$@" "$tree/bin"
	for program in "$@"; do
		# ldd fails if there are none.
		for library in $(ldd "$program" 2> /dev/null | grep -o '/[^ ]*'); do
			install -D "$library" "$tree$library"
		done
	done
}

kernel=$("$here/kernel.sh")
release=$(cat "$kernel/release")
copy=$("$here/build.sh" "$kernel/build" "$("$here/kselftest.sh")/tools/testing/selftests")
accel=$("$here/accel.sh" "$kernel/vmlinuz" "$("$here/initramfs.sh" "$kernel" "$release")")
run=$(make_run suspend)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree"/{bin,dev,proc,sys}
put "$(command -v busybox)" "$copy/selftests/traffic/peer"
cp "$copy/tcpwatch.ko" "$tree"
install "$here/suspend.init" "$tree/init"
(cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) > "$run/initramfs"

cpu=max
[ "$accel" = tcg ] || cpu=host
status=0
{
	echo "# selftests: tcpwatch: suspend"
	setpriv --pdeathsig TERM timeout --foreground -k 5 "$limit" \
		qemu-system-x86_64 -name tcpwatch \
		-accel "${accel/#tcg/tcg,thread=single}" -cpu "$cpu" -smp 2,sockets=2 -m 512 \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$kernel/vmlinuz" -initrd "$run/initramfs" -serial "file:$run/console" \
		-serial stdio \
		-append "console=ttyS0 ignore_loglevel panic=-1 oops=panic no_timer_check" \
		< /dev/null | sed -u -e 's/\r$//' -e 's/^/# /' \
		-e 's/^# # selftests end/ok 1 selftests: tcpwatch: suspend/'
} | tee "$run/tap" || status=$?
"$here/judge.sh" "$run" "$status" suspend
