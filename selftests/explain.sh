#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwatch explain knows every word that the module says, and what it says stands in the
# manual page and in README.md, too.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

TOP=${TCPWATCH_TOP:?is the tree that was built: run this by make test}

VERDICTS='unaccepted peer_stalled peer_silent draining unread eof_unread fresh leaked'
EVENTS='state closed zero_window window_open syn_blocked stuck segment lost'
STATES='SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE_WAIT LAST_ACK
	CLOSING LISTEN CLOSE'

# explained KIND WORD: in words and in JSON, each part of it said
explained()
{
	local kind=$1 word=$2 part

	if ! tcpwatch explain "$word" >"$WORK/text"; then
		fail "$word is not explained"
		return
	fi
	for part in "^$word, " '^  What  ' '^  Cause  ' '^  Look at  ' '^  Do  '; do
		grep -q "$part" "$WORK/text" || fail "$word has no '$part'"
	done
	expect_eq "lines of $word that are too long" "$(awk 'length > 80' "$WORK/text")" ''
	tcpwatch explain --json "$word" >"$WORK/json"
	expect_eq "the kind of $word" \
		"$(jq -r --arg name "$word" --arg kind "$kind" '[.words[] |
			select(.name == $name and .kind == $kind and
			       all(.what, .cause, .look, .todo; length > 0))] | length' \
			"$WORK/json")" 1
	while read -r part; do
		grep -qF "$part" "$WORK/page" || fail "the manual page lacks: $part"
	done < <(jq -r '.words[] | .what, .cause, .look, .todo' "$WORK/json")
}

every_state()
{
	local word

	for word in $STATES; do
		explained state "$word"
	done
}

every_verdict()
{
	local word

	for word in $VERDICTS; do
		explained verdict "$word"
	done
}

every_event()
{
	local word

	for word in $EVENTS; do
		explained event "$word"
	done
}

# What the module really says now. Lines that count a state are explained by its name.
every_line_of_summary()
{
	local word kind

	# Bash reads a file in pieces that it goes back to, and this one changes meanwhile.
	cat "$(ns_proc a)/summary" >"$WORK/summary"
	while read -r word _; do
		kind=summary
		[[ " ${STATES,,} " != *[[:space:]]"$word"[[:space:]]* ]] || kind=state
		if [ $kind = state ]; then
			explained state "${word^^}"
			tcpwatch explain "$word" >"$WORK/small"
			expect_same "$word and ${word^^}" "$WORK/small" "$WORK/text"
		else
			explained summary "$word"
		fi
	done <"$WORK/summary"
}

# A hyphen is as good as an underscore.
other_spellings()
{
	expect_eq "how many words are explained" \
		"$(tcpwatch explain --json | jq '.words | length')" \
		"$(tcpwatch explain --json | jq '[.words[] | [.kind, .name]] | unique | length')"
	expect_eq "the state of time-wait" \
		"$(tcpwatch explain time-wait | head -n 1)" "TIME_WAIT, a state"
}

# wrong STATUS-TEXT ARG...: refused with that said
wrong()
{
	local text=$1

	shift
	tcpwatch explain "$@" >"$WORK/out" 2>"$WORK/err"
	expect_eq "the status of explain $*" $? 2
	expect_eq "what explain $* prints" "$(cat "$WORK/out")" ''
	expect_match "what explain $* says" "$(cat "$WORK/err")" "$text"
}

wrong_words()
{
	wrong "do you mean 'CLOSE_WAIT'" close_wiat
	wrong "'tcpwatch explain' lists them" xyzzyxyzzy
	wrong "takes one word" CLOSE_WAIT TIME_WAIT
	wrong "--all-netns: words mean the same" --all-netns CLOSE_WAIT
	wrong "none of the words" ''
	wrong "none of the words" "$(printf 'x%.0s' {1..5000})"
}

# It needs neither the module nor its files.
without_the_module()
{
	module_absent
	expect_match "an explanation" "$(tcpwatch explain leaked)" "^leaked, a verdict"
	module_need
}

# Every change of state: in the manual page, in the figure of README.md, and in what
# explain says of both states.
drawn()
{
	local from to cause n=0

	# shellcheck disable=SC2016 # no commands, but Markdown
	sed -n '/^```mermaid$/,/^```$/p' "$TOP/README.md" >"$WORK/figure"
	man_section 'CHANGES OF STATE' >"$WORK/changes"
	while IFS='|' read -r from to cause; do
		n=$((n + 1))
		grep -qF "$from $to $cause" "$WORK/changes" ||
			fail "the manual page lacks $from to $to, $cause"
		[ "$from" != CLOSE ] || from='[*]'
		[ "$to" != CLOSE ] || to='[*]'
		grep -qF "    $from --> $to: ${cause//[:;]/,}" "$WORK/figure" ||
			fail "the figure lacks $from to $to, $cause"
	done < <(tcpwatch explain --json | jq -r '.words[] | select(.kind == "state") |
		.name as $to | .from[] | "\(.state)|\($to)|\(.cause)"')
	expect_between "changes of state" "$n" 20 40
	expect_eq "changes in the figure" "$(grep -c -- ' --> ' "$WORK/figure")" "$n"
	expect_eq "changes by where they lead" \
		"$(tcpwatch explain --json | jq '[.words[].to[]] | length')" "$n"
}

# man_section TITLE: of the page as it is shown, a blank between words
man_section()
{
	sed -n "/^$1\$/,/^[A-Z]/{/^ /p}" "$WORK/shown" | tr -s '[:space:]' ' '
}

page_is_good()
{
	expect_eq "what mandoc says of the page" \
		"$(mandoc -T lint -W warning "$TOP/userspace/tcpwatch.7")" ''
}

mandoc -T ascii "$TOP/userspace/tcpwatch.7" | col -b >"$WORK/shown"
# The page in one line: where lines are broken does not matter, nor the rest of roff.
tr -s '[:space:]' ' ' <"$TOP/userspace/tcpwatch.7" | sed 's/\\&//g; s/\\e/\\/g' >"$WORK/page"
module_need
ns_add a

test_case "every state" every_state
test_case "every verdict" every_verdict
test_case "every event" every_event
test_case "every line of summary" every_line_of_summary
test_case "no meaning twice; other spellings" other_spellings
test_case "what is no word" wrong_words
test_case "without the module" without_the_module
test_case "every change of state is drawn" drawn
test_case "the manual page" page_is_good
run_cases
