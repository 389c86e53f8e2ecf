# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share that ask the reader, tcpwatch. They source lib.sh first.

READER_NS=a

# run ARG...: tcpwatch in READER_NS; its answer in $WORK/out and $WORK/err, and STATUS
run()
{
	in_ns "$READER_NS" tcpwatch "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	STATUS=$?
}

# ran WHAT STATUS ARG...: it ended so
ran()
{
	run "${@:3}"
	expect_eq "the status of $1" "$STATUS" "$2"
	[ "$STATUS" = "$2" ] || sed 's/^/#   /' "$WORK/err"
}

# json FILTER: of the answer's first namespace
json()
{
	jq -r ".namespaces[0] | $1" "$WORK/out"
}

# problem NAME FILTER: of that problem, if the answer has it
problem()
{
	json ".problems[] | select(.name == \"$1\") | $2"
}
