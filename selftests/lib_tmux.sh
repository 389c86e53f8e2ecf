# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests share of programs that have a whole terminal: tmux is that terminal. They
# source lib.sh first.

# The terminal can do UTF-8, and says so to what runs there.
tmux_do()
{
	LC_ALL=C.UTF-8 tmux -u -L "tcpw-$$" "$@"
}

# terminal COLUMNS ROWS NAMESPACE [VARIABLE=VALUE...] COMMAND [ARG...]: a new one, which the
# command has; what it leaves there, and its status, stay to be seen
terminal()
{
	local command

	terminal_gone
	printf -v command '%q ' "${@:4}"
	# The shell is there before the command and after it.
	command="stty -g >$WORK/stty.before; env $command; echo \"status \$?\";
		stty -g >$WORK/stty.after; exec sleep infinity"
	(
		let_go
		in_ns "$3" env LC_ALL=C.UTF-8 tmux -u -L "tcpw-$$" -f /dev/null new-session -d \
			-x "$1" -y "$2" "$command"
	) </dev/null >/dev/null 2>&1
}

# Also for the end of a script.
terminal_gone()
{
	tmux_do kill-server 2>/dev/null || :
}

# keys KEY...: pressed
keys()
{
	tmux_do send-keys "$@"
}

# size COLUMNS ROWS
size()
{
	tmux_do resize-window -x "$1" -y "$2"
}

screen()
{
	tmux_do capture-pane -p
}

screen_has()
{
	screen | LC_ALL=C.UTF-8 grep -qE -- "$1"
}

screen_has_not()
{
	! screen_has "$1"
}

# shows REGEX: wait until a line of the screen matches
shows()
{
	wait_for "the screen shows '$1'" screen_has "$1" || screen | sed 's/^/#   /'
}

# shows_not REGEX: wait until none does
shows_not()
{
	wait_for "the screen does not show '$1'" screen_has_not "$1" || screen | sed 's/^/#   /'
}

# restored STATUS: the command ended so, and left the terminal as it was
restored()
{
	shows "^status $1\$"
	wait_for "the shell is back" test -s "$WORK/stty.after"
	expect_eq "the terminal's settings" "$(cat "$WORK/stty.after")" "$(cat "$WORK/stty.before")"
	expect_eq "the alternate screen" "$(tmux_do display-message -p '#{alternate_on}')" 0
	expect_eq "the cursor" "$(tmux_do display-message -p '#{cursor_flag}')" 1
	rm "$WORK/stty.after"
}
