#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Get the kernel's own test tools (kselftest) and checkpatch.pl from the newest kernel source
# package of the distribution that has them all: before 6.7 there was no ktap_helpers.sh. Nothing
# of them belongs into this repository. Prints the folder, which holds scripts/ and tools/ as the
# kernel's tree does.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

selftests=tools/testing/selftests
needed=(
	"$selftests"/{lib.mk,kselftest.h,kselftest_harness.h}
	"$selftests"/kselftest/{runner.sh,prefix.pl,ktap_helpers.sh}
	scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch}
)

# Kernel source packages, newest first: Debian's linux-source-6.12, Ubuntu's
# linux-source-6.8.0 and, newer than its main kernel, linux-ibm-6.8-source-6.8.0.
source_packages()
{
	apt-cache search --names-only '^linux-(.*-)?source-[0-9.]+$' |
		sed 's/ .*//; s/\(.*source-\)\(.*\)/\2 &/' | sort -rV | sed 's/.* //'
}

# The tools out of one package; false where one of them is not in it.
unpack_tools()
{
	local deb=$1 to=$2 tarball file

	tarball=$(dpkg-deb --fsys-tarfile "$deb" | tar -tv |
		sed -n 's,^-.* \(./usr/src/.*\.tar\.[a-z0-9]*\)$,\1,p')
	# tar stops reading when it likes, which fails a writer before it: the files tell.
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "$tarball" |
		tar -x "$(decompressor "$tarball")" -C "$to" --strip-components=1 --wildcards \
			"*/$selftests/kselftest*" "*/$selftests/lib.mk" \
			"*/$selftests/*/ktap_helpers.sh" '*/scripts/checkpatch.pl' \
			'*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch' || :
	# Until 6.9 it was with those who used it first.
	mv -n "$to/$selftests"/{dt,kselftest}/ktap_helpers.sh 2>/dev/null || :
	for file in "${needed[@]}"; do
		[ -s "$to/$file" ] || return 1
	done
}

decompressor()
{
	case $1 in
	*.xz) echo --xz ;;
	*.bz2) echo --bzip2 ;;
	*.gz) echo --gzip ;;
	*.zst) echo --zstd ;;
	esac
}

fetch_tools()
{
	local entry=$1 package

	for package in $(source_packages); do
		say "getting kselftest from $package"
		mkdir "$entry/deb"
		download "$entry/deb" "$package"
		if unpack_tools "$entry"/deb/*.deb "$entry"; then
			rm -rf "$entry/deb"
			# checkpatch wants one, be it empty
			mkdir "$entry/include"
			return
		fi
		say "$package lacks some of it"
		rm -rf "${entry:?}"/*
	done
	die "no kernel source package of this distribution has all of: ${needed[*]}"
}

entry=kselftest/$(distribution)
cache_entry "$entry" fetch_tools
echo "$TCPWATCH_CACHE/$entry"
