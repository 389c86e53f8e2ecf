# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests share of commands that take the whole terminal: a terminal of tmux, in
# which tcpwatch runs in a namespace, its keys, and what is seen of it. They source lib.sh
# first.

SCREEN_LOCALE=C.UTF-8
SCREEN_TERM=screen-256color
SCREEN_USER=0
SCREEN_NETNS=a
SCREEN_STDIN='&0'
SCREENS=0

# Each screen has a server of its own: one that is just ending may still take a client.
tm()
{
	tmux -L "tcpw-$$-$SCREENS" -f /dev/null "$@"
}

# screen_start COLUMNSxROWS ARG...: tcpwatch on a terminal of that size. What it leaves on
# stderr is in $WORK/screen.err, its exit status, in the end, in $WORK/screen.status
screen_start()
{
	rm -f "$WORK"/screen.*
	SCREENS=$((SCREENS + 1))
	# A job of a shell, as for a user; when Ctrl-Z stops it, screen_fg lets it go on.
	cat >"$WORK/screen.run" <<-END
		set -m
		stty -g >$WORK/screen.before
		(
			echo \$BASHPID >$WORK/screen.pid
			exec nsenter --net=/run/netns/$(ns_name "$SCREEN_NETNS") \
				setpriv --reuid=$SCREEN_USER --clear-groups \
				env LC_ALL=$SCREEN_LOCALE TERM=$SCREEN_TERM tcpwatch "\$@"
		) <$SCREEN_STDIN 2>$WORK/screen.err
		status=\$?
		# No loop: bash leaves it when a job in it is stopped.
		go_on()
		{
			[ \$status = 148 ] || return
			until [ -e $WORK/screen.fg ]; do sleep 0.05; done
			rm $WORK/screen.fg
			fg >/dev/null
			status=\$?
			go_on
		}
		go_on
		echo \$status >$WORK/screen.ended
		stty -g >$WORK/screen.after
		mv $WORK/screen.ended $WORK/screen.status
		exec sleep infinity
	END
	(
		let_go
		tm new-session -d -x "${1%x*}" -y "${1#*x}" bash "$WORK/screen.run" "${@:2}"
	)
	# It ends with the others, whatever happens.
	# shellcheck disable=SC2034,SC2154 # of lib.sh
	PEER_PID[tmux]=$(tm display-message -p '#{pid}')
}

screen_pid()
{
	cat "$WORK/screen.pid"
}

screen_kill()
{
	tm kill-server 2>/dev/null
	unset 'PEER_PID[tmux]'
}

# screen_fg: as the user's fg
screen_fg()
{
	touch "$WORK/screen.fg"
}

screen_has_ended()
{
	[ -e "$WORK/screen.status" ]
}

# modes_are MODES: when tmux has read all that was written
modes_are()
{
	[ "$(tm display-message -p \
		'#{alternate_on} #{cursor_flag} #{keypad_flag} #{keypad_cursor_flag}')" = "$1" ]
}

# screen_ended STATUS: by itself or by what it was told; the terminal is as it was before
screen_ended()
{
	wait_for "it ends" screen_has_ended || screen_fail "it goes on"
	expect_eq "its exit status" "$(cat "$WORK/screen.status")" "$1"
	expect_eq "what the terminal is set to" "$(cat "$WORK/screen.after")" \
		"$(cat "$WORK/screen.before")"
	wait_for "the terminal is as it was: alternate screen, cursor, keypad mode, cursor keys" \
		modes_are "0 1 0 0"
	screen_kill
}

# screen_end: by its own key
screen_end()
{
	keys q
	screen_ended 0
	expect_eq "what it complains of" "$(cat "$WORK/screen.err")" ''
}

# keys KEY...: as tmux calls them
keys()
{
	tm send-keys "$@"
}

# types TEXT
types()
{
	tm send-keys -l -- "$1"
}

# resize COLUMNSxROWS
resize()
{
	tm resize-window -x "${1%x*}" -y "${1#*x}"
}

screen()
{
	tm capture-pane -p
}

screen_fail()
{
	fail "$1; it shows:"
	screen | sed 's/^/#   /'
}

# on_screen REGEX: is there such a line?
on_screen()
{
	screen | grep -qE -- "$1"
}

not_on_screen()
{
	! on_screen "$1"
}

# shows REGEX: wait for such a line
shows()
{
	wait_for "the screen shows /$1/" on_screen "$1" || screen_fail "there is no /$1/"
}

# shows_not REGEX: wait until there is none
shows_not()
{
	wait_for "the screen shows no /$1/" not_on_screen "$1" || screen_fail "there is /$1/"
}
