#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make deb: builds the packages in a copy of the tree, since that leaves its traces where it
# builds, looks at them with lintian, and puts them into packages/.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$work/tcpwatch"
tar -C "$top" -c --exclude-vcs --exclude=./packages . | tar -C "$work/tcpwatch" -x
cd "$work/tcpwatch"
log=$work/log
if ! dpkg-buildpackage --build=full --no-sign > "$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi
lintian --allow-root --fail-on error,warning "$work"/*.changes
mkdir -p "$top/packages"
cp "$work"/*.deb "$top/packages"
(cd "$top/packages" && ls -- *.deb)
