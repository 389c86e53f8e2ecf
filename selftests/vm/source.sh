# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernel's source as the distribution has it: packages (linux-source-6.12 and the like) whose
# content is a tarball. To be sourced, after cache.sh.

# decompressor TARBALL: tar's option for it, by its name
decompressor()
{
	case $1 in
	*.xz) echo --xz ;;
	*.bz2) echo --bzip2 ;;
	*.gz) echo --gzip ;;
	*.zst) echo --zstd ;;
	esac
}

# get_source PACKAGE FOLDER: sets deb, the downloaded file in FOLDER, and tarball, which is in it;
# false if none is
get_source()
{
	mkdir "$2"
	download "$2" "$1"
	deb=$(echo "$2"/*.deb)
	tarball=$(dpkg-deb --fsys-tarfile "$deb" | tar -tv |
		sed -n 's,^-.* \(./usr/src/.*\.tar\.[a-z0-9]*\)$,\1,p')
	[ "$tarball" ]
}

# put_source: the tarball that get_source found, on standard output
put_source()
{
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "$tarball"
}
