#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# debug_kernel.sh kasan|kcsan: build, of the distribution's kernel source, a kernel that finds
# what a module does wrong; the files debug*.config here say what is in it. It takes some minutes,
# once. Prints the folder, as kernel.sh does. A line "# make: FLAG..." there is for make: what a
# makefile says counts less than that.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"
# shellcheck source=selftests/vm/source.sh
. "$here/source.sh"

# The source that the distribution's stock kernel is of: what the meta package leads to.
source_package()
{
	apt-cache depends linux-source 2>/dev/null |
		sed -n 's/^[ |]*Depends: \(linux-source-[0-9.]*\)$/\1/p' | head -n 1
}

# configure TREE CONFIG...: nothing but what these files ask for; none of it may be missing
configure()
{
	local tree=$1 line missing=''

	shift
	cat "$@" > "$tree/wanted"
	make -C "$tree" -s KCONFIG_ALLCONFIG=wanted allnoconfig
	while read -r line; do
		case $line in
		CONFIG_*=n) ! grep -q "^${line%n}" "$tree/.config" ;;
		CONFIG_*) grep -qxF "$line" "$tree/.config" ;;
		esac || missing+=" $line"
	done < "$tree/wanted"
	[ -z "$missing" ] || die "this kernel can't have$missing"
}

# keep_headers TREE FOLDER: what modules are built against; as scripts/package/builddeb has it
keep_headers()
{
	(
		cd "$1"
		find . arch/x86 -maxdepth 1 -name 'Makefile*'
		find include scripts arch/x86/include \( -type f -o -type l \) \
			! -name '*.o' ! -name '*.cmd'
		find tools/objtool -maxdepth 1 -name objtool
		echo .config
		echo Module.symvers
	) | rsync -a --files-from=- "$1/" "$2/"
}

build_kernel()
{
	local kind=$1 entry=$2 tree=$2/tree package release flags

	refresh_lists
	package=$(source_package)
	[ "$package" ] || die "apt knows no linux-source: does 'apt-get update' work?"
	get_source "$package" "$entry/get" || die "no source in $package"
	say "building a kernel with $kind from $package; it takes some minutes"
	mkdir "$tree"
	put_source | tar -x "$(decompressor "$tarball")" -C "$tree" --strip-components=1
	rm -r "$entry/get"
	configure "$tree" "$here/debug.config" "$here/debug-$kind.config" >&2
	mapfile -t flags < <(sed -n 's/^# make: //p' "$here/debug-$kind.config" | xargs -rn 1)
	make -C "$tree" -s -j "$(nproc)" "${flags[@]}" bzImage modules >&2
	release=$(make -C "$tree" -s kernelrelease)
	mkdir -p "$entry/lib/modules/$release"
	cp "$tree/modules.builtin" "$tree/modules.builtin.modinfo" "$tree/modules.order" \
		"$entry/lib/modules/$release"
	depmod -b "$entry" "$release"
	cp "$tree/arch/x86/boot/bzImage" "$entry/vmlinuz"
	keep_headers "$tree" "$entry/linux-$release"
	ln -s "linux-$release" "$entry/build"
	rm -rf "$tree"
	echo "$release" > "$entry/release"
}

kind=${1-}
[ -e "$here/debug-$kind.config" ] || die "want kasan or kcsan, not '$kind'"
[ "$(dpkg --print-architecture)" = amd64 ] || die "the VM is made for amd64 machines"
key=$(cat "$here"/debug.config "$here/debug-$kind.config" | sha256sum)
entry=kernel/$(distribution)-$kind-${key:0:12}
cache_entry "$entry" build_kernel "$kind"
echo "$TCPWATCH_CACHE/$entry"
