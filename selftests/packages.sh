#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# packages.sh OLD NEW HEADERS: the packages in the folder OLD are installed, loaded, upgraded to
# those in NEW, and purged. DKMS builds the module each time, against HEADERS. Run by
# `make test-packages`.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

OLD=$1 NEW=$2 HEADERS=$3
KERNEL=$(uname -r)
MODULES=/lib/modules/$KERNEL
READER=/usr/sbin/tcpwatch

# version FOLDER: of the packages there
version()
{
	dpkg-deb -f "$1"/tcpwatch_*.deb Version
}

# What another machine has: headers where they are looked for, and modules that may be added.
machine_set_up()
{
	mkdir "$WORK/modules" "$WORK/modules.work"
	mount -t overlay -o "lowerdir=/lib/modules,upperdir=$WORK/modules" \
		-o "workdir=$WORK/modules.work" modules /lib/modules || return
	ln -sfn "$HEADERS" "$MODULES/build"
	depmod
}

# all_files FILE: what the packages could leave behind
all_files()
{
	find /etc /lib/systemd /usr/lib/*.d /usr/sbin /usr/share/{man,tcpwatch,zsh} /usr/src \
		"$MODULES" /var/lib/dkms ! -type d 2>/dev/null |
		grep -vE '/modules\.(dep|alias|symbols|softdep|devname|builtin)|/dkms/mok\.' |
		sort >"$1"
}

# Nothing that others installed has to be brought up to date for it.
package()
{
	if ! dpkg --no-triggers "$@" >"$WORK/dpkg" 2>&1; then
		fail "dpkg $1 failed"
		tail -n 20 "$WORK/dpkg" | sed 's/^/#   /'
		tail -n 20 /var/lib/dkms/tcpwatch/*/build/make.log 2>/dev/null | sed 's/^/#   /'
	fi
	say "dpkg $1: at $SECONDS s"
}

# expect_built VERSION: by DKMS, for this kernel, and no other
expect_built()
{
	expect_match "what DKMS has" "$(dkms status)" "^tcpwatch/$1, $KERNEL, [^ ]*: installed\$"
	expect_eq "the module's version" "$(modinfo -F version tcpwatch)" "$1"
	expect_match "where it is" "$(modinfo -F filename tcpwatch)" "^$MODULES/updates/dkms/"
}

# expect_loaded VERSION: and it works, with the reader of the package
expect_loaded()
{
	expect_eq "what is loaded" "$(sed -n 's/^version //p' /proc/tcpwatch/summary)" "$1"
	$READER --json >"$WORK/out" || fail "the reader ended with $?"
	expect_eq "the reader's version" "$($READER --version)" "tcpwatch $1"
	expect_eq "its namespaces" "$(jq '.namespaces | length' "$WORK/out")" 1
}

installed()
{
	all_files "$WORK/before"
	package -i "$OLD"/tcpwatch_*.deb "$OLD"/tcpwatch-dkms_*.deb
	expect_built "$(version "$OLD")"
}

# As at boot.
loaded()
{
	/lib/systemd/systemd-modules-load || fail "modules-load.d failed"
	expect_loaded "$(version "$OLD")"
	sysctl -q -p /usr/lib/sysctl.d/tcpwatch.conf || fail "sysctl.d failed"
	modprobe -c >"$WORK/modprobe" 2>&1 || fail "modprobe.d failed"
	expect_eq "what modprobe complains of" "$(grep -i 'tcpwatch.conf' "$WORK/modprobe")" ''
}

# The one that is loaded stays until it is loaded anew.
upgraded()
{
	package -i "$NEW"/tcpwatch_*.deb "$NEW"/tcpwatch-dkms_*.deb
	expect_built "$(version "$NEW")"
	expect_eq "what is loaded" "$(sed -n 's/^version //p' /proc/tcpwatch/summary)" \
		"$(version "$OLD")"
	modprobe -r tcpwatch || fail "it can't be unloaded"
	modprobe tcpwatch || fail "it can't be loaded anew"
	expect_loaded "$(version "$NEW")"
	expect_eq "sources" "$(cd /usr/src && echo tcpwatch-*)" "tcpwatch-$(version "$NEW")"
}

purged()
{
	modprobe -r tcpwatch
	package -P tcpwatch tcpwatch-dkms
	all_files "$WORK/after"
	expect_same "files" "$WORK/after" "$WORK/before"
	expect_eq "what DKMS has" "$(dkms status)" ''
	expect_fails "loading it" modprobe tcpwatch
}

machine_set_up || give_up "modules can't be added"
test_case "both are installed" installed
test_case "the module is loaded as at boot" loaded
test_case "both are upgraded" upgraded
test_case "both are purged" purged
run_cases
