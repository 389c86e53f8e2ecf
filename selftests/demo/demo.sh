#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The servers of lib_servers.sh, and what tcpwatch says of them.

# shellcheck source=selftests/demo/lib_servers.sh
. "$(dirname "$0")/lib_servers.sh"

heading()
{
	printf '\n==== %s\n' "$*"
}

# show COMMAND...: what somebody on the servers' host would type, and sees
show()
{
	printf '\n$ %s\n' "$*"
	in_ns servers "$@"
}

heading "A healthy nginx, a leaking server, one under pressure, and one that does not accept"
servers_begin
cat <<-END

	They run. A socket counts as stuck after $((STUCK_MS / 1000)) s in CLOSE_WAIT here, not
	after a minute as it would by default: net.tcpwatch.close_wait_stuck_ms=$STUCK_MS
END

heading "The kernel's side: counts, and each socket in CLOSE_WAIT with its cause"
show cat /proc/tcpwatch/summary
show cat /proc/tcpwatch/close_wait

heading "The same in words"
show tcpwatch
heading "Whose they are (exit status 1: it found some)"
show tcpwatch leaks
status=$?
printf '\nexit status %d\n' $status
[ $status = 1 ]
