#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VM's first process once its root is there: finish the set-up that an init system would do,
# run the one command the VM was started for, hand out what it says and its exit status, and end
# the VM. The results folder, out, is the host's: vm.sh left the command and its environment
# there.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root
base=/run/tcpwatch
out=$base/out

end_vm()
{
	sync
	# Immediate, and needs no ACPI: QEMU runs with -no-reboot.
	echo b > /proc/sysrq-trigger
	sleep 1000
}

# The device of a virtio port: devtmpfs has no names, sysfs does.
port()
{
	local name

	for name in /sys/class/virtio-ports/*/name; do
		if [ "$(cat "$name")" = "$1" ]; then
			name=${name%/name}
			echo "/dev/${name##*/}"
			return
		fi
	done
	echo "guest: no port '$1'" >&2
	end_vm
}

mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts 2>/dev/null ||
	{ mkdir /dev/pts && mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts; }
mkdir -p /dev/shm && mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
ln -sfn /proc/self/fd /dev/fd
ln -sfn fd/0 /dev/stdin
ln -sfn fd/1 /dev/stdout
ln -sfn fd/2 /dev/stderr
mkdir -p /run/lock /run/netns
echo tcpwatch-vm > /proc/sys/kernel/hostname
ip link set lo up

export TCPWATCH_TOP=$base/top
export TCPWATCH_KO=$TCPWATCH_TOP/tcpwatch.ko
export KSELFTEST_DIR=$base/kselftest/tools/testing/selftests
export PATH=$TCPWATCH_TOP/userspace:$PATH
# shellcheck source=/dev/null
. "$out/command"
# The folder that vm.sh was called in: not part of this root if under /tmp, say.
if [ ! -d "$VM_DIR" ]; then
	mkdir -p "$VM_DIR"
	mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro,cache=loose cwd "$VM_DIR"
fi
cd "$VM_DIR" || end_vm

if [ "$VM_TTY" ]; then
	# A session of its own, so that the shell has a controlling terminal and job control.
	setsid -c "${VM_COMMAND[@]}" <>/dev/hvc0 >&0 2>&1
	status=$?
else
	# Through pipes: a port can be opened once only, /dev/stdout of a script may be again.
	exec {to_out}>"$(port stdout)" {to_err}>"$(port stderr)"
	exec {errors}> >(exec cat >&"$to_err")
	errors_cat=$!
	"${VM_COMMAND[@]}" < /dev/null 2>&"$errors" {errors}>&- | cat >&"$to_out"
	status=${PIPESTATUS[0]}
	exec {errors}>&-
	wait $errors_cat
fi

echo "$status" > "$out/status"
end_vm
