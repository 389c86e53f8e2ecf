#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build.sh HEADERS KSELFTEST_DIR: build the whole project against a kernel's headers, in a copy of
# the tree for that kernel. Only what has changed since the last time is built again. Prints the
# copy's folder. With VM_BUILD=no, what was built before has to do.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

headers=$(readlink -f "$1")
kselftest=$2

mkdir -p "$TCPWATCH_CACHE/build"
exec {lock}> "$TCPWATCH_CACHE/build/lock"
flock "$lock"
copy=$("$here/copy.sh" "${headers##*/}")
log=$copy.log
[ "${VM_BUILD:-yes}" != no ] || { echo "$copy"; exit; }
say "building in $copy"
# Without BTF, for which some distributions' headers want tools and others lack a file.
if ! make -C "$copy" -j "$(nproc)" --no-print-directory KDIR="$headers" \
	CONFIG_DEBUG_INFO_BTF_MODULES= KSELFTEST_DIR="$kselftest" all selftests > "$log" 2>&1; then
	grep -vE '^  [A-Z]+ ' "$log" >&2
	die "the build failed"
fi
echo "$copy"
