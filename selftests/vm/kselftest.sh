#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Get the kernel's own test tools (kselftest), its tests of the network and checkpatch.pl from the
# newest kernel source package of the distribution that has them all. Nothing of them belongs into
# this repository.
# Prints the folder, which holds scripts/ and tools/ as the kernel's tree does.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"
# shellcheck source=selftests/vm/source.sh
. "$here/source.sh"

selftests=tools/testing/selftests
needed=(
	"$selftests"/{lib.mk,kselftest.h,kselftest_harness.h}
	"$selftests"/kselftest/{runner.sh,prefix.pl,ktap_helpers.sh}
	"$selftests"/net/{tls.c,msg_zerocopy.sh}
	scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch}
)

# Names that apt knows by a pattern, the one with the newest kernel version first.
newest_first()
{
	apt-cache search --names-only "$1" | sed -E 's/ .*//; s/^(.*-)?([0-9]+\.[0-9.-]+)/\2 &/' |
		sort -rV | sed 's/.* //'
}

# unpack_tools TARBALL FOLDER: TARBALL's name, its content on standard input; false where one of
# the tools is not in it
unpack_tools()
{
	local to=$2 file

	# tar complains of what it does not find, too: the files tell.
	tar -x "$(decompressor "$1")" -C "$to" --strip-components=1 --wildcards \
		"*/$selftests/kselftest*" "*/$selftests/lib.mk" "*/$selftests/*/ktap_helpers.sh" \
		"*/$selftests/net/*.[ch]" "*/$selftests/net/*.sh" --exclude="*/$selftests/net/*/*" \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' 2>/dev/null || :
	# Until 6.9 it was with those who used it first.
	mv -n "$to/$selftests"/{dt,kselftest}/ktap_helpers.sh 2>/dev/null || :
	for file in "${needed[@]}"; do
		[ -s "$to/$file" ] || return 1
	done
	# checkpatch wants one, be it empty
	mkdir "$to/include"
}

# from_package PACKAGE FOLDER
from_package()
{
	say "getting kselftest from $1"
	get_source "$1" "$2/get" || return
	{ put_source || :; } | unpack_tools "$tarball" "$2"
}

# from_source FOLDER: from what the newest kernel here was built of, for a distribution whose
# linux-source is older than its kernels. The machine's apt keeps its own sources and lists.
from_source()
{
	local apt=$1/get file package options

	package=$(newest_first '^linux-image-unsigned-[0-9.-]+-generic$' | head -n 1)
	package=$(apt-cache show "$package" 2>/dev/null | sed -n 's/^Source: //p' | head -n 1)
	[ "$package" ] || return
	say "getting kselftest from the source of $package"
	mkdir -p "$apt"/{parts,lists/partial,cache/archives/partial}
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		[ ! -f "$file" ] || sed 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' "$file" \
			> "$apt/parts/${file##*/}"
	done
	options=(-q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/parts"
		-o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache"
		-o APT::Sandbox::User=root)
	(
		cd "$apt"
		apt-get "${options[@]}" update || :
		apt-get "${options[@]}" source --download-only --tar-only "$package"
	) >&2 || return
	file=$(echo "$apt"/*.orig.tar.*)
	# shellcheck disable=SC2094 # the name is for its suffix
	unpack_tools "$file" "$1" < "$file"
}

fetch_tools()
{
	local entry=$1 package

	refresh_lists
	for package in $(newest_first '^linux-(.*-)?source-[0-9.]+$') source; do
		# Before 6.7 there was no ktap_helpers.sh.
		if [ "$package" != source ] && dpkg --compare-versions "${package##*-}" lt 6.7; then
			continue
		fi
		rm -rf "${entry:?}"/*
		if [ "$package" = source ]; then
			from_source "$entry"
		else
			from_package "$package" "$entry"
		fi && rm -rf "$entry/get" && return
		say "$package: not all of it is there"
	done
	die "no kernel source of this distribution has all of: ${needed[*]}"
}

entry=kselftest/$(distribution)-net
cache_entry "$entry" fetch_tools
echo "$TCPWATCH_CACHE/$entry"
