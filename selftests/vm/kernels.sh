#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernels.sh KERNEL... [-- TEST...]: run the tests, all or those named, on each of these kernels,
# in a root of the release of Debian that it belongs to. Prints a table at the end, and "N passed,
# N failed" (results.sh).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"
# shellcheck source=selftests/vm/results.sh
. "$here/results.sh"

# kernel, release of Debian; "refuses" where the module says why it does not load, which is all
# that can be tested there: PREEMPT_RT before 7.0 (kmod/compat.h)
known()
{
	cat <<-'END'
	5.10     bullseye
	5.10-rt  bullseye  refuses
	6.1      bookworm
	6.1-rt   bookworm  refuses
	6.12     trixie
	6.12-rt  trixie    refuses
	7.3      trixie
	7.3-rt   trixie
	END
}

# release_of ROOT KERNEL: what uname -r says there
release_of()
{
	local flavour=amd64 image found=()

	[ "$2" = "${2%-rt}" ] || flavour=rt-amd64
	for image in "$1"/boot/vmlinuz-"${2%-rt}".*-"$flavour"; do
		image=${image##*/vmlinuz-}
		[[ ! -e $1/boot/vmlinuz-$image || ( $flavour = amd64 && $image = *-rt-amd64 ) ]] ||
			found+=("$image")
	done
	[ ${#found[@]} -gt 0 ] || die "$1 has no kernel $2"
	printf '%s\n' "${found[@]}" | sort -V | tail -n 1
}

# run_on KERNEL SUITE [refuses]
run_on()
{
	local root release names=("${tests[@]}")

	root=$("$here/root.sh" "$2") || return
	release=$(release_of "$root" "$1") || return
	[ -z "${3:-}" ] || names=(refuses)
	say "Linux $release"
	KERNEL_REFUSED=${3:-} VM_ROOT=$root VM_KERNEL=$root/boot/vmlinuz-$release VM_MODULES=$root \
		VM_RELEASE=$release VM_HEADERS=$root/usr/src/linux-headers-$release \
		"$here/test.sh" "${names[@]}"
}

kernels=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	kernels+=("$1")
	shift
done
tests=("${@:2}")
[ ${#kernels[@]} -gt 0 ] || mapfile -t kernels < <(known | awk '{ print $1 }')
for kernel in "${kernels[@]}"; do
	known | awk '{ print $1 }' | grep -qxF "$kernel" ||
		die "'$kernel' is no kernel known here; there are: $(known | awk '{ print $1 }' | xargs)"
done

results_begin
for kernel in "${kernels[@]}"; do
	read -ra row < <(known | awk -v kernel="$kernel" '$1 == kernel')
	recorded "$kernel" run_on "${row[@]}"
done
results_end
