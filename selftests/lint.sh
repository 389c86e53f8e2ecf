#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What can be found without running anything: checkpatch, sparse and the compiler's warnings on
# the module, clang-tidy on the reader, shellcheck on the scripts, systemd-analyze on the units.
# Silent, and exit status 0, if all is well.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
vm=$top/selftests/vm
cd "$top"

kernel=$("$vm/kernel.sh")
kselftest=$("$vm/kselftest.sh")
said=$(mktemp -d)
# Checkpatch leaves a list of CamelCase names.
trap 'rm -rf "$said" .checkpatch-camelcase.*' EXIT

# check NAME COMMAND...: it must neither fail nor say anything, or a file tells of that.
check()
{
	local name=$1 output

	shift
	if ! output=$("$@" 2>&1) || [ "$output" ]; then
		printf '== %s\n%s\n' "$name" "$output" > "$said/$1"
	fi
}

# sources FOLDER...: the C files there
sources()
{
	find "$@" -name '*.[ch]' ! -name '*.mod.c' | sort
}

# A script is known by its first line or, if it is there to be sourced, by its name.
scripts()
{
	{
		find . -path ./.git -prune -o -name '*.sh' -print
		find . -path ./.git -prune -o -type f -size -100k -print0 |
			xargs -0 grep -IlEm 1 '^#!/bin/(bash|sh|busybox sh)$'
	} | sort -u
}

checkpatch()
{
	# It reads .checkpatch.conf here, and looks for CamelCase to allow in its root's include/.
	"$kselftest/scripts/checkpatch.pl" -q --show-types --color=never --root="$kselftest" "$@"
}

# shellcheck disable=SC2046,SC2086 # file names without blanks
checkpatch_all()
{
	local status=0

	# compat.h alone may know kernel versions, and trace.h is in the form of all of its kind.
	checkpatch -f $(sources kmod | grep -vE '/(compat|trace)\.h$') || status=1
	checkpatch --ignore COMPLEX_MACRO,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT \
		-f kmod/trace.h || status=1
	checkpatch --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON -f kmod/compat.h || status=1
	# In userspace: ISO C's types, macros (PRIu64 is CAMELCASE) and sig_atomic_t, no __printf.
	checkpatch --ignore PREFER_KERNEL_TYPES,CAMELCASE,VOLATILE,PREFER_DEFINED_ATTRIBUTE_MACRO \
		-f $(sources userspace selftests) || status=1
	# Most of it is about C.
	checkpatch --types SPDX_LICENSE_TAG,TRAILING_WHITESPACE,LONG_LINE,LONG_LINE_COMMENT \
		-f $(scripts) Makefile Kbuild ./*/Makefile || status=1
	return "$status"
}

# The module, against the VM's kernel, in a copy of the tree: W=1 and sparse.
build_checked()
{
	local copy

	copy=$("$vm/copy.sh" lint) || return
	make -s -C "$kernel/build" M="$copy" clean || return
	make -s -C "$kernel/build" M="$copy" W=1 C=2 CHECK=sparse \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

tidy()
{
	local flags

	# Those of the compiler that mean something to clang, too.
	# shellcheck disable=SC2016 # for make
	flags=$(make -s --no-print-directory -C userspace lint-flags \
		--eval='lint-flags: ; @echo $(CPPFLAGS) $(CFLAGS)') || return
	flags=$(tr ' ' '\n' <<< "$flags" | grep -E '^-(I|D|U|std=|isystem)')
	# One file a process: the analyzer takes va_list of one file for that of another. What it
	# counts on stderr says nothing unless it failed.
	# shellcheck disable=SC2086 # a list
	(cd userspace && sources . | grep '\.c$' |
		xargs -P "$(nproc)" -I FILE clang-tidy --quiet FILE -- $flags 2>/dev/null)
}

shellcheck_all()
{
	# 2317, 2329: it can't see a function called that is called by its name in a list.
	# shellcheck disable=SC2046
	shellcheck -x -e SC2317,SC2329 $(scripts)
}

# They are what systemd understands, and "OK" at least: not exposed by more than 2.5 of 10.
units()
{
	local unit copy

	copy=$(mktemp -d) || return
	for unit in userspace/*.service userspace/*/*.service; do
		# Where the program will be it is not now.
		sed 's,^ExecStart=[^ ]*,ExecStart=/bin/true,' "$unit" > "$copy/${unit##*/}"
	done
	systemd-analyze verify --man=no "$copy"/*.service
	systemd-analyze security --offline=true --threshold=25 "$copy"/*.service \
		> "$copy/said" 2>&1 || grep -e '✗' -e Overall "$copy/said"
	rm -r "$copy"
}

checks=()
begin()
{
	check "$@" &
	checks+=($!)
}

begin checkpatch checkpatch_all
begin 'sparse, gcc W=1' build_checked
begin clang-tidy tidy
begin shellcheck shellcheck_all
begin units units
for pid in "${checks[@]}"; do
	wait "$pid"
done
[ -z "$(ls "$said")" ] || { cat "$said"/*; exit 1; }
