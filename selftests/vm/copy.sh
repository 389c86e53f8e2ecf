#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# copy.sh PURPOSE: bring the copy of the source tree that PURPOSE has in the cache up to date, so
# that a build in it neither sees nor disturbs one in the tree itself. Prints its folder.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

top=$(readlink -f "$here/../..")
# Several checkouts may share the cache.
checkout=$(echo "$top" | sha256sum)
copy=$TCPWATCH_CACHE/build/${checkout:0:12}-$1
mkdir -p "$copy"
# Times are not kept: a file changed back to an older one must be compiled again. What .gitignore
# names is neither taken from the tree nor removed from the copy, which keeps what was built.
rsync -rlp --checksum --delete --exclude=/.git --filter=':- .gitignore' "$top/" "$copy/"
echo "$copy"
