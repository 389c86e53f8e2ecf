#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh HEADERS KSELFTEST_DIR: build the whole project against a kernel's headers, in a copy of
# the tree for that kernel; with VM_ROOT, with what that root has. Only what has changed since the
# last time is built again. Prints the copy's folder. With VM_BUILD=no, what was built before has
# to do.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

root=$(readlink -f "${VM_ROOT:-/}")
headers=$(readlink -f "$1")
kselftest=$2

# Without BTF, for which some distributions' headers want tools and others lack a file. Where the
# module does not load (kernels.sh), nothing else is of use.
make_all()
{
	local what=(all selftests)

	[ -z "${KERNEL_REFUSED:-}" ] || what=(module)
	make -C "$1" -j "$(nproc)" --no-print-directory KDIR="$2" KSELFTEST_DIR="$3" \
		CONFIG_DEBUG_INFO_BTF_MODULES= "${what[@]}"
}

# In a root, the tree and kselftest are put into folders that every Debian has. The mounts are
# those of one process, and go with it.
make_in_root()
{
	export -f make_all
	# shellcheck disable=SC2016 # for the shell with the mounts
	unshare --mount bash -euc '
		mount --bind "$2" "$1/mnt"
		mount --bind "$3" "$1/media"
		mount --rbind /dev "$1/dev"
		mount -t proc proc "$1/proc"
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		exec chroot "$1" bash -c "make_all /mnt \"$4\" /media"
	' make_in_root "$root" "$copy" "$kselftest" "${headers#"$root"}"
}

build()
{
	if [ "$root" = / ]; then
		make_all "$copy" "$headers" "$kselftest"
	else
		make_in_root
	fi
}

mkdir -p "$TCPWATCH_CACHE/build"
exec {lock}> "$TCPWATCH_CACHE/build/lock"
flock "$lock"
copy=$("$here/copy.sh" "${headers##*/}")
log=$copy.log
[ "${VM_BUILD:-yes}" != no ] || { echo "$copy"; exit; }
say "building in $copy"
if ! build > "$log" 2>&1; then
	grep -vE '^  [A-Z]+ ' "$log" >&2
	die "the build failed"
fi
echo "$copy"
