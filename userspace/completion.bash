# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of tcpwatch in bash. What there is to complete, the program itself says.

_tcpwatch_commands()
{
	tcpwatch --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

# _tcpwatch_options [COMMAND]
_tcpwatch_options()
{
	tcpwatch ${1:+"$1"} --help 2>/dev/null | grep -oE '^ +(-., )?--[a-z-]+=?' | sed 's/.*--/--/'
}

# _tcpwatch_words TITLE...: of what `tcpwatch explain` lists
_tcpwatch_words()
{
	tcpwatch explain 2>/dev/null | awk -v titles="$*" '
		/^[A-Z]/ { title = $1; $1 = "" }
		/^$/ { title = "" }
		index(" " titles " ", " " title " ") { print }'
}

_tcpwatch()
{
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' words='' i

	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} = [a-z]* && ${COMP_WORDS[i - 1]} != = ]]; then
			command=${COMP_WORDS[i]}
			break
		fi
	done
	# bash takes the = for a word of its own.
	if [ "$current" = = ]; then
		current=''
	elif [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $before in
	--color) words='auto always never' ;;
	--state) words=$(_tcpwatch_words States) ;;
	--verdict) words=$(_tcpwatch_words Verdicts) ;;
	--event) words=$(_tcpwatch_words Events) ;;
	--time) words='clock date boot' ;;
	--way) words='out in' ;;
	--by) words='fin reset_in reset_out timeout refused -' ;;
	--netns)
		if [[ $current = /* ]]; then
			words=$(compgen -d -- "$current")
		else
			words=$(ip netns list 2>/dev/null | cut -d' ' -f1)
		fi
		;;
	--from) words=$(compgen -d -- "$current") ;;
	--html | --svg | --textfile) words=$(compgen -f -- "$current") ;;
	*)
		if [[ $current = -* ]]; then
			words=$(_tcpwatch_options "$command")
		elif [ "$command" = explain ]; then
			words=$(_tcpwatch_words States Verdicts Summary Events)
		elif [ -z "$command" ]; then
			words=$(_tcpwatch_commands)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
}

complete -F _tcpwatch tcpwatch
