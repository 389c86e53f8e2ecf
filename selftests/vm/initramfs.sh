#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh MODULES RELEASE: make the initramfs that mounts the VM's root: busybox, the
# script init beside this one, and the kernel modules it needs. MODULES is the folder that holds
# lib/modules/RELEASE. Prints the file. It is made again when anything that goes in has changed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

wanted="virtio_pci virtio_console 9pnet_virtio 9p overlay"
modules=$1
release=$2

# The wanted modules and what they depend on, each after its dependencies. A name that is not
# in modules.dep is either built in or missing; the guest would say so at once.
load_order()
{
	awk -v wanted="$wanted" '
	function name(file) {
		sub(/.*\//, "", file); sub(/\.ko.*/, "", file); gsub(/-/, "_", file)
		return file
	}
	function visit(file,   deps, n) {
		if (file in seen)
			return
		seen[file] = 1
		# modules.dep lists what is to be loaded first last
		for (n = split(needs[file], deps, " "); n > 0; n--)
			visit(deps[n])
		print file
	}
	{
		file = substr($1, 1, length($1) - 1); $1 = ""
		needs[file] = $0; path[name(file)] = file
	}
	END {
		for (n = split(wanted, list, " "); n > 0; n--)
			ordered[n] = list[n]
		for (i = 1; i in ordered; i++)
			if (ordered[i] in path)
				visit(path[ordered[i]])
	}' "$modules/lib/modules/$release/modules.dep"
}

# An uncompressed copy of one module file; the name that the VM's insmod is given.
copy_module()
{
	local from=$modules/lib/modules/$release/$1 to

	to=${1##*/}
	to=${to%.ko*}.ko
	case $1 in
	*.ko) cat "$from" ;;
	*.ko.xz) xz -dc "$from" ;;
	*.ko.zst) zstd -qdc "$from" ;;
	*.ko.gz) gzip -dc "$from" ;;
	*) die "cannot unpack $1" ;;
	esac > "$2/$to"
	echo "$to"
}

make_initramfs()
{
	local to=$1 tree=$1/tree file

	mkdir -p "$tree"/{bin,modules,proc,sys,dev,lower,memory,root}
	cp -L "$(command -v busybox)" "$tree/bin/busybox"
	cp "$here/init" "$tree/init"
	chmod 755 "$tree/init"
	load_order | while read -r file; do
		copy_module "$file" "$tree/modules"
	done > "$tree/modules/order"
	(cd "$tree" && find . | cpio --quiet -o -H newc | gzip -1) > "$to/initramfs"
	rm -rf "$tree"
}

[ -r "$modules/lib/modules/$release/modules.dep" ] ||
	die "$modules/lib/modules/$release/modules.dep: not there (depmod makes it)"
key=$({ echo "$wanted"; cat "$0" "$here/init" "$modules/lib/modules/$release/modules.dep"
	sha256sum "$(command -v busybox)"; } | sha256sum)
entry=initramfs/$release-${key:0:16}
cache_entry "$entry" make_initramfs
echo "$TCPWATCH_CACHE/$entry/initramfs"
