#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# browser.sh: open the pages of tcpwatch report in a real Chromium, without a network, and say
# what is wrong with how they come out. The test report makes the pages, in the VM, where a browser
# would take minutes to start.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/cache.sh
. "$here/cache.sh"

run=$(make_run browser)
status=0
# shellcheck disable=SC2016 # for the VM's shell
VM_RUN=$run "$here/vm.sh" run \
	bash -c 'exec bash "$TCPWATCH_TOP/selftests/vm/run_tests.sh" "$@"' run_tests report.sh \
	> "$run/tap" || status=$?
"$here/judge.sh" "$run" "$status" report.sh

pages=("$run"/pages/*.html)
[ -e "${pages[0]}" ] || die "the test left no pages in $run"
alone=()
! unshare --net true 2> /dev/null || alone=(unshare --net)
mkdir "$run/pictures"
if ! "${alone[@]}" timeout 300 "$here/../browser.py" --pictures "$run/pictures" "${pages[@]}"; then
	die "the pages are in $run/pages, how they look in $run/pictures"
fi
say "${#pages[@]} pages are as they should be; how they look: $run/pictures"
