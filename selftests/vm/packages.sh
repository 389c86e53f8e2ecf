#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# packages.sh: build the packages, twice, the second time as of a later version, and have
# selftests/packages.sh install, upgrade and purge them in the VM.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

# build PURPOSE [SUFFIX]: in a copy, with that behind its version; prints their folder
build()
{
	local copy

	copy=$("$here/copy.sh" "$1")
	sed -i "s/^TCPW_VERSION := .*/&${2:-}/" "$copy/Kbuild"
	sed -i "1s/)/${2:-})/" "$copy/debian/changelog"
	rm -rf "$copy/packages"
	"$copy/debian/build.sh" >&2
	echo "$copy/packages"
}

say "building the packages"
old=$(build packages)
new=$(build packages-later .1)
# A folder that the VM has, wherever it is.
cd "$TCPWATCH_CACHE"
kernel=$("$here/kernel.sh")
# shellcheck disable=SC2016 # for the VM's shell
VM_LIMIT=${VM_LIMIT:-3600} exec "$here/vm.sh" run bash -c \
	'exec bash "$TCPWATCH_TOP/selftests/packages.sh" "$@"' packages \
	"$old" "$new" "$kernel/build"
