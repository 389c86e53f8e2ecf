#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Get the distribution's stock kernel and its headers, for the VM. Nothing is installed: an
# installed image would take a hand in how the host boots. Prints the folder, which holds
# release (the kernel's name), vmlinuz, lib/modules/RELEASE and build (the headers).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

# Direct dependencies of a package, one name a line, in the newest version apt knows.
dependencies()
{
	apt-cache --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
		--no-enhances depends "$1" 2>/dev/null | sed -n 's/^[ |]*\(Pre\)\?Depends: //p'
}

# The packages of the stock image: what the meta package of the distribution leads to.
image_packages()
{
	local meta image release

	for meta in linux-image-amd64 linux-image-generic; do
		image=$(dependencies "$meta" | grep -m 1 '^linux-image-[0-9]') && break
	done
	[ -n "$image" ] ||
		die "apt knows no stock kernel for amd64: does 'apt-get update' work?"
	release=${image#linux-image-}
	echo "$image"
	{ dependencies "$meta"; dependencies "$image"; } |
		grep -xE "linux-modules(-extra)?-$release" | sort -u
}

header_packages()
{
	echo "linux-headers-$1"
	dependencies "linux-headers-$1" | grep -E '^linux-(headers|kbuild|.*-headers)-[0-9]'
}

# Debian's headers name their other half by its installed place: name it from beside.
relocate_headers()
{
	sed -i "s,^include /usr/src/\(.*\)/Makefile,\
include \$(realpath \$(dir \$(lastword \$(MAKEFILE_LIST)))../\1)/Makefile," "$1/Makefile"
}

fetch_kernel()
{
	local entry=$1 packages release deb

	refresh_lists
	mapfile -t packages < <(image_packages)
	[ ${#packages[@]} -gt 0 ] || exit 1
	release=${packages[0]#linux-image-}
	mapfile -t -O ${#packages[@]} packages < <(header_packages "$release")
	say "getting ${packages[*]}"
	mkdir -p "$entry"/{debs,lib/modules,usr/lib/modules}
	download "$entry/debs" "${packages[@]}"
	for deb in "$entry"/debs/*.deb; do
		dpkg-deb -x "$deb" "$entry"
	done
	# One layout, whether or not the packages, and depmod, know that /lib is /usr/lib.
	cp -al "$entry/usr/lib/modules" "$entry/lib/"
	rm -r "$entry/usr/lib/modules"
	ln -s ../../lib/modules "$entry/usr/lib/modules"
	mv "$entry/boot/vmlinuz-$release" "$entry/vmlinuz"
	[ -d "$entry/usr/src/linux-headers-$release" ] || die "no headers for $release"
	relocate_headers "$entry/usr/src/linux-headers-$release"
	ln -s "usr/src/linux-headers-$release" "$entry/build"
	rm -rf "$entry/debs" "${entry:?}/boot" "${entry:?}/usr/share"
	depmod -b "$entry" "$release"
	echo "$release" > "$entry/release"
}

[ "$(dpkg --print-architecture)" = amd64 ] || die "the VM is made for amd64 machines"
entry=kernel/$(distribution)
cache_entry "$entry" fetch_kernel
echo "$TCPWATCH_CACHE/$entry"
