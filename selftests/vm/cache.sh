# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The cache folder that the scripts beside this one share, and how an entry gets into it.
# To be sourced. An entry is made under another name and renamed when it is whole, so an
# interrupted download never passes for one; two runs at once wait for each other.

# A make that runs these scripts shall not be told of by those that they run.
unset MAKEFLAGS MFLAGS MAKELEVEL

TCPWATCH_CACHE=${TCPWATCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tcpwatch}

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

say()
{
	echo "[vm] $*" >&2
}

# Name of the distribution release, the folder for what its archive gives: debian-12.
distribution()
{
	# shellcheck source=/dev/null
	(. /etc/os-release && echo "$ID-${VERSION_ID:-$VERSION_CODENAME}")
}

# cache_entry ENTRY COMMAND [ARG...]: make the folder ENTRY of the cache unless it is there,
# by running COMMAND ARG... FOLDER.
cache_entry()
{
	local entry=$TCPWATCH_CACHE/$1 part=$TCPWATCH_CACHE/$1.part lock

	shift
	[ -d "$entry" ] && return
	mkdir -p "${entry%/*}"
	exec {lock}>"$entry.lock"
	flock "$lock"
	if [ ! -d "$entry" ]; then
		rm -rf "$part"
		mkdir "$part"
		"$@" "$part"
		mv -T "$part" "$entry"
	fi
	exec {lock}>&-
}

# So that what apt knows can still be downloaded. Not every user may; some repository may fail.
refresh_lists()
{
	[ "$(id -u)" -ne 0 ] || apt-get -q update >&2 || :
}

# download FOLDER PACKAGE...: the packages' files as the distribution's archive has them now.
download()
{
	local folder=$1

	shift
	# As root apt drops to a user who may not write here; it says so, and works.
	(cd "$folder" && apt-get -q -o APT::Sandbox::User=root download "$@" >&2) ||
		die "cannot download $*: is the network up?"
}

# make_run NAME: a new folder for the logs of a VM; those of the last few stay, and of the last day,
# as a VM may still be running.
make_run()
{
	local runs=$TCPWATCH_CACHE/run

	mkdir -p "$runs"
	mktemp -d "$runs/$(date +%m%d-%H%M%S)-$1-XXXX"
	find "$runs" -mindepth 1 -maxdepth 1 -printf '%T@ %p\0' | sort -zrn | tail -zn +21 |
		cut -zd' ' -f2- | xargs -0rI {} find {} -maxdepth 0 -mtime +0 -print0 |
		xargs -0r rm -rf ||
		: # another run has removed one
}
