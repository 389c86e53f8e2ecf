#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot the test VM: a stock kernel of the distribution, with this machine's own / as its root,
# read-only below memory. See usage() for what it can do.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

usage()
{
	cat <<-'END'
	usage: vm.sh run COMMAND [ARG...]  run a command in the VM, the module not loaded;
	                                   its output and exit status are the command's
	       vm.sh shell                 a shell in the VM, the module loaded
	       vm.sh test [TEST...]        run the tests (all, or those named) in VMs
	       vm.sh demo                  run the demonstration in the VM

	In the VM: TCPWATCH_TOP (the tree, built), TCPWATCH_KO (the module), KSELFTEST_DIR, and
	tcpwatch in PATH. What is written there is gone when the VM ends.

	Environment:
	  VM_LIMIT=SECONDS   end the VM after so long (0: never)
	  VM_CPUS, VM_MEMORY its size (2, 2G)
	  VM_AT_ONCE=N       for the tests, how many VMs (one for each CPU of this machine)
	  VM_ACCEL=kvm|tcg   the accelerator, not found out by trial
	  VM_BUILD=no        take what is built already
	  VM_KERNEL=FILE     another kernel, with VM_MODULES=FOLDER that holds lib/modules/RELEASE,
	                     and its headers, VM_HEADERS=FOLDER (default: RELEASE's build there)
	  VM_RELEASE=RELEASE which, if there are several
	  VM_ROOT=FOLDER     another root than /: also what the project is built with
	  VM_APPEND, QEMU_EXTRA  more arguments for the kernel, for QEMU
	  VM_PASS="NAME..."  variables that the command has, too
	END
}

# Sets kernel, modules, release, headers.
choose_kernel()
{
	local stock found

	if [ -z "${VM_KERNEL:-}" ]; then
		stock=$("$here/kernel.sh")
		kernel=$stock/vmlinuz
		modules=$stock
		headers=$stock/build
		release=$(cat "$stock/release")
		return
	fi
	kernel=$VM_KERNEL
	modules=${VM_MODULES:?is needed with VM_KERNEL: the folder that holds lib/modules/RELEASE}
	# shellcheck disable=SC2206 # a pattern
	found=("$modules"/lib/modules/${VM_RELEASE:-*}/modules.dep)
	[[ ${#found[@]} -eq 1 && -e ${found[0]} ]] ||
		die "VM_MODULES: want exactly one $modules/lib/modules/RELEASE/modules.dep"
	release=$(basename "${found[0]%/modules.dep}")
	headers=${VM_HEADERS:-$modules/lib/modules/$release/build}
}

# leave_command FOLDER TTY COMMAND...: for guest.sh to find
leave_command()
{
	local folder=$1 name

	printf 'VM_TTY=%q VM_DIR=%q\nexport TERM=%q\n' "$2" "$PWD" "${TERM:-dumb}"
	for name in ${VM_PASS:-}; do
		[ -z "${!name+set}" ] || printf 'export %s=%q\n' "$name" "${!name}"
	done
	printf 'VM_COMMAND=('
	shift 2
	printf '%q ' "$@"
	printf ')\n'
} > "$1/command"

share()
{
	arguments+=(-virtfs
		"local,path=$2,mount_tag=$1,security_model=none,multidevs=remap,readonly=$3")
}

# Where the guest's output goes: a port each for stdout and stderr, or a terminal. $! and the
# traps need QEMU in the background, whose input is taken away unless given by name.
connect_output()
{
	local name fd

	arguments+=(-device virtio-serial-pci)
	if [ "$1" ]; then
		# Ctrl-] x ends it, as nothing else may if the guest hangs.
		arguments+=(-chardev "stdio,id=terminal,mux=on,signal=off" -echr 0x1d
			-device "virtconsole,chardev=terminal")
		exec {input}<&0 3>&- 4>&-
		return
	fi
	# QEMU wants descriptors that can only be written to, which a terminal's are not.
	exec {input}< /dev/null
	exec 3> >(exec cat)
	cats+=($!)
	exec 4> >(exec cat >&2 3>&-)
	cats+=($!)
	for name in 3:stdout 4:stderr; do
		fd=${name%:*}
		name=${name#*:}
		arguments+=(-add-fd "fd=$fd,set=$fd"
			-chardev "file,id=$name,path=/dev/fdset/$fd,append=on"
			-device "virtserialport,chardev=$name,name=$name")
	done
}

end_by()
{
	trap - "$1"
	kill "$qemu" 2>/dev/null || :
	wait "$qemu" || :
	kill -s "$1" $$
}

# boot TTY COMMAND...: sets status to QEMU's
boot()
{
	local kselftest top initramfs accel cpu=max append='' signal
	local arguments=() extra=() cats=()

	kselftest=$("$here/kselftest.sh")
	top=$("$here/build.sh" "$headers" "$kselftest/tools/testing/selftests")
	initramfs=$("$here/initramfs.sh" "$modules" "$release")
	accel=${VM_ACCEL:-$("$here/accel.sh" "$kernel" "$initramfs")}
	case $accel in
	kvm)
		cpu=host
		;;
	tcg)
		# Not a thread for each CPU: seen to hang for ever, an emulated CPU going on with
		# the breakpoint of a code patch (tracepoints, hooks) that another has undone.
		accel=tcg,thread=single
		# What has been translated serves again only at the same addresses: programs
		# start twice as fast. An emulated timer works, but on a busy machine it may be too
		# late for the kernel, which tries it for a moment and panics.
		append="norandmaps no_timer_check "
		;;
	esac

	share root "${VM_ROOT:-/}" on
	share top "$top" on
	share kselftest "$kselftest" on
	share modules "$modules/lib/modules" on
	share cwd "$PWD" on
	share out "$run" off
	connect_output "$1"
	leave_command "$run" "$@"
	read -ra extra <<< "${QEMU_EXTRA:-}"

	# An Oops ends the VM, lest it hang. Stalls are told late: an emulated CPU is slow.
	append+="console=ttyS0 ignore_loglevel panic=-1 oops=panic mitigations=off"
	append+=" rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30 ${VM_APPEND:-}"
	setpriv --pdeathsig TERM timeout --foreground -k 5 "$limit" \
		qemu-system-x86_64 -name tcpwatch -accel "$accel" -cpu "$cpu" \
		-smp "${VM_CPUS:-2},sockets=${VM_CPUS:-2}" -m "${VM_MEMORY:-2G}" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$kernel" -initrd "$initramfs" -serial "file:$run/console" \
		-append "$append" \
		"${arguments[@]}" "${extra[@]}" <&"$input" &
	qemu=$!
	for signal in INT TERM HUP; do
		# shellcheck disable=SC2064 # the signal of now
		trap "end_by $signal" $signal
	done
	wait "$qemu" || status=$?
	exec 3>&- 4>&-
	wait "${cats[@]}"
	trap - INT TERM HUP
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
mode=$1
shift
tty=
case $mode in
run)
	[ $# -gt 0 ] || { usage >&2; exit 2; }
	command=("$@")
	limit=${VM_LIMIT:-1800}
	;;
demo)
	command=(bash -c "insmod \$TCPWATCH_KO && exec \$TCPWATCH_TOP/selftests/demo/demo.sh")
	limit=${VM_LIMIT:-600}
	;;
shell)
	[[ -t 0 && -t 1 ]] || die "a shell needs a terminal; without one: $0 run COMMAND"
	read -r rows columns < <(stty size)
	command=(bash -c "stty rows $rows cols $columns; insmod \$TCPWATCH_KO &&
		echo 'tcpwatch is loaded. exit ends the VM (Ctrl-] x if it hangs).'; exec bash -i")
	tty=yes
	limit=${VM_LIMIT:-0}
	;;
test)
	exec "$here/test.sh" "$@"
	;;
-h | --help | help)
	usage
	exit
	;;
*)
	usage >&2
	exit 2
	;;
esac

choose_kernel
run=${VM_RUN:-$(make_run "$mode")}
status=0
boot "$tty" "${command[@]}"
if [ "$tty" ] && [ "$status" -eq 0 ]; then
	# What the last command in the shell returned, or Ctrl-] x, is no failure.
	exit 0
fi
if [ -s "$run/status" ]; then
	exit "$(cat "$run/status")"
fi
if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
	say "the VM was ended: it did not finish within $limit seconds (VM_LIMIT)"
else
	say "the VM died; the end of what its kernel said:"
	[ ! -e "$run/console" ] || tail -n 25 "$run/console" >&2
fi
say "logs: $run"
exit 70
