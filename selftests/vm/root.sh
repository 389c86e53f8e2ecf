#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# root.sh SUITE: make the root of a release of Debian, with its stock kernels, their headers and
# all that building and the tests need, so that the VM can be one of that release: an older or a
# newer kernel wants the compiler and the tools of its own time. Nothing of this machine is
# changed. Prints the folder.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

kernels=(linux-{image,headers}-{,rt-}amd64)

# Where this machine's own apt has Debian from.
archive()
{
	# shellcheck disable=SC2016 # for apt
	apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 2>/dev/null |
		sed -n 's/ Debian$//p' | grep -m 1 '/debian/$' ||
		die "this machine's apt knows no archive of Debian"
}

# make_root FOLDER: instead of an older one; without an initramfs for each kernel, which would
# take long and serve none
make_root()
{
	local from packages options=()

	[ "$(id -u)" -eq 0 ] || die "only root can make the root of another release"
	refresh_lists
	from=$(archive)
	mapfile -t packages < <("$here/deps.sh" --in-vm)
	packages+=("${kernels[@]}")
	if [ "$suite" = trixie ]; then
		# For the newest kernel, beside the release's own.
		options=("--customize-hook=chroot \"\$1\" apt-get -q -y --no-install-recommends \
			install ${kernels[*]/%//$suite-backports}")
	fi
	options+=("$suite" "$1" "deb $from $suite main")
	[ "$suite" != trixie ] || options+=("deb $from $suite-backports main")
	say "making a root of $suite"
	find "$1/.." -maxdepth 1 -name "$suite-*" ! -name "${1##*/}" ! -name '*.lock' \
		-exec rm -rf {} +
	mmdebstrap --quiet --variant=minbase --mode=root \
		--dpkgopt='path-exclude=/etc/kernel/postinst.d/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$(IFS=,; echo "${packages[*]}")" "${options[@]}" >&2
}

[ $# -eq 1 ] || die "want the name of one release"
suite=$1
key=$({ "$here/deps.sh" --in-vm; echo "${kernels[@]}"; } | sha256sum)
entry=root/$suite-${key:0:8}
cache_entry "$entry" make_root
echo "$TCPWATCH_CACHE/$entry"
