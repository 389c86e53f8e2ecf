#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deps.sh [--in-vm|--bench]: install from the distribution what building, the tests, the VM and
# lint need, if something of it is missing; with --bench also what the benchmark measures beside
# the module. No daemon starts because of it, now or when this machine boots again. With --in-vm:
# only print the packages that building and the tests need.
set -euo pipefail

# Each line: a package, and the command or file that shows that it (or an equal of it) is there;
# - where only the package itself will do.

# For building and the tests, which may be in a VM of another release.
packages_in_vm()
{
	cat <<-'END'
	build-essential     gcc
	build-essential     make
	kmod                depmod
	libelf-dev          /usr/include/libelf.h
	libjson-c-dev       /usr/include/json-c/json.h
	libmicrohttpd-dev   /usr/include/microhttpd.h
	libncurses-dev      /usr/include/ncursesw/curses.h
	pkg-config          pkg-config
	perl                /usr/share/perl
	iproute2            ss
	jq                  jq
	procps              sysctl
	python3             python3
	curl                curl
	bsdextrautils       col
	bpftrace            bpftrace
	busybox-static      -
	ethtool             ethtool
	linux-perf          perf
	mandoc              mandoc
	nftables            nft
	nginx-light         nginx
	prometheus          promtool
	strace              strace
	systemd             systemd-analyze
	tcpdump             tcpdump
	tidy                tidy
	tmux                tmux
	trace-cmd           trace-cmd
	zsh                 zsh
	END
}

# For the VM itself and for lint.
packages_here()
{
	cat <<-'END'
	rsync               rsync
	bc                  bc
	bison               bison
	cpio                cpio
	flex                flex
	bzip2               bzip2
	xz-utils            xz
	zstd                zstd
	dwarves             pahole
	mmdebstrap          mmdebstrap
	qemu-system-x86     qemu-system-x86_64
	chromium            chromium
	clang               clang
	clang-tidy          clang-tidy
	libclang-rt-dev     -
	shellcheck          shellcheck
	debhelper           dh
	dh-dkms             dh_dkms
	dkms                dkms
	fakeroot            fakeroot
	lintian             lintian
	sparse              sparse
	END
}

# What a user would run instead, for the benchmark.
packages_bench()
{
	cat <<-'END'
	bpfcc-tools              tcpstates-bpfcc
	prometheus-node-exporter prometheus-node-exporter
	wrk                      wrk
	END
}

missing_packages()
{
	local package proof

	{
		packages_in_vm
		packages_here
		[ ! "$bench" ] || packages_bench
	} | while read -r package proof; do
		case $proof in
		-) dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ;;
		/*) [ -e "$proof" ] ;;
		*) command -v "$proof" > /dev/null ;;
		esac || echo "$package"
	done | sort -u
}

bench=
case ${1:-} in
--in-vm)
	packages_in_vm | sed 's/ .*//'
	exit
	;;
--bench)
	bench=yes
	;;
esac

guard=/usr/sbin/policy-rc.d
guard_made=

# Packages ask this file whether they may start what they bring.
forbid_daemons()
{
	[ ! -e "$guard" ] || return 0
	trap allow_daemons EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	printf '#!/bin/sh\nexit 101\n' > "$guard"
	chmod 755 "$guard"
	guard_made=yes
}

allow_daemons()
{
	[ ! "$guard_made" ] || rm -f "$guard"
}

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get > /dev/null; then
	echo "${0##*/}: this machine has no apt. Of Debian, these are missing: ${missing[*]}" >&2
	exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "${0##*/}: not root. Install these first: apt-get install ${missing[*]}" >&2
	exit 1
fi
echo "[deps] installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
forbid_daemons
{
	# Another repository of this machine may be out of order: what matters is the install.
	apt-get -q update || :
	apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "${missing[@]}"
} >&2
for package in "${missing[@]}"; do
	case $package in
	nginx-light) update-rc.d nginx disable >&2 ;;
	prometheus | prometheus-node-exporter) update-rc.d "$package" disable >&2 ;;
	esac
done
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -eq 0 ] || {
	echo "${0##*/}: still missing after the installation: ${missing[*]}" >&2
	exit 1
}
