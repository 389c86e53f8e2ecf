#compdef tcpwatch
# SPDX-License-Identifier: GPL-2.0
#
# Completion of tcpwatch in zsh. What there is to complete, the program itself says.

# NAME:WHAT of each command, as _describe wants it
_tcpwatch_commands()
{
	tcpwatch --help 2>/dev/null | sed -nE 's/:/\\:/g; s/^  ([a-z]+) +(.*)/\1:\2/p'
}

# _tcpwatch_words TITLE...: of what `tcpwatch explain` lists
_tcpwatch_words()
{
	tcpwatch explain 2>/dev/null | awk -v titles="$*" '
		/^[A-Z]/ { title = $1; $1 = "" }
		/^$/ { title = "" }
		index(" " titles " ", " " title " ") { print }'
}

# _tcpwatch_value ARGUMENT WORD...: the value of an option, ARGUMENT as --help calls it. The words
# are what --help says of the option, some of them names that it may have.
_tcpwatch_value()
{
	local words

	case $1 in
	STATE) words=$(_tcpwatch_words States) ;;
	VERDICT) words=$(_tcpwatch_words Verdicts) ;;
	EVENT) words=$(_tcpwatch_words Events) ;;
	WHEN | HOW | WAY) words=${@[2,-1]} ;;
	'NAME|PID')
		if [[ $PREFIX = /* ]]; then
			_files -/
			return
		fi
		words=$(ip netns list 2>/dev/null | cut -d' ' -f1)
		_pids
		;;
	PID) _pids ;;
	DIR) _files -/ ;;
	FILE | PATH) _files ;;
	*) _message "$1" ;;
	esac
	[[ -n $words ]] || return
	# Alternatives.
	compset -P '*,'
	compadd -- ${=words}
}

# _tcpwatch_options [COMMAND]: what _arguments wants, of each line of its help, into specs
_tcpwatch_options()
{
	local line argument says words

	specs=()
	while IFS= read -r line; do
		[[ $line =~ '^ +(-(.), )?(--[a-z-]+)(\[?)(=[^ ]+)? +(.*)$' ]] || continue
		argument=${${match[5]#=}%\]}
		says=${match[6]}
		# Without what explains them: auto (on a terminal), always, never
		words=${${says##*: }//\([^)]#\)/}
		words=${${words//,/ }//or / }
		says=${${says//\[/\\[}//\]/\\]}
		if [[ -z $argument ]]; then
			specs+=("${match[3]}[$says]")
		elif [[ -n $match[4] ]]; then
			specs+=("${match[3]}=-[$says]::$argument:")
		else
			specs+=("*${match[3]}=[$says]:$argument: _tcpwatch_value ${(q)argument} $words")
		fi
	done < <(tcpwatch $1 --help 2>/dev/null)
}

_tcpwatch()
{
	setopt local_options extended_glob
	local -a commands specs match mbegin mend
	local command line state word

	commands=("${(@f)$(_tcpwatch_commands)}")
	for word in "${(@)words[2,CURRENT-1]}"; do
		(( ${commands[(I)${(b)word}:*]} )) || continue
		command=$word
		break
	done
	_tcpwatch_options $command
	if [[ -z $command ]]; then
		_arguments -S $specs '1: :->command'
	elif [[ $command = explain ]]; then
		_arguments -S $specs '1:command' '2:WORD:->word'
	else
		_arguments -S $specs '1:command'
	fi
	case $state in
	command) _describe command commands ;;
	word) compadd -- $(_tcpwatch_words States Verdicts Summary Events) ;;
	esac
}

_tcpwatch "$@"
