# SPDX-License-Identifier: GPL-2.0
#
# complete.zsh FOLDER: for each line on standard input, what zsh offers at its end, on a line of its
# own. FOLDER has the functions that complete. A real zsh at a terminal is asked, as one asks it: by
# Tab. It writes what it is about to offer into a pipe.
zmodload zsh/zpty || exit

folder=$1
work=$(mktemp -d) || exit
trap 'rm -rf $work' EXIT
mkfifo $work/offers
exec {offers}<>$work/offers

cat >$work/setup <<END
PROMPT=
fpath=(${(q)folder} \$fpath)
autoload -Uz compinit
compinit -D -u
setopt no_auto_list no_auto_menu no_beep
exec {offers}>>${(q)work}/offers
compadd()
{
	local -a offered

	# For functions that only want to know, and not to offer.
	if (( \${@[(I)-[OAD]]} )); then
		builtin compadd "\$@"
		return
	fi
	builtin compadd -O offered "\$@"
	[[ -z \$offered ]] || print -rlu \$offers -- \$offered
	builtin compadd "\$@"
}
tell_end()
{
	print -u \$offers -- .
}
comppostfuncs=(tell_end)
print -u \$offers -- .
END

# until_end: what comes, on one line. What zsh writes to its terminal must not wait to be read.
until_end()
{
	local offer said
	local -a all

	while :; do
		if read -r -t 0.05 -u $offers offer; then
			[[ $offer != . ]] || break
			all+=($offer)
		fi
		zpty -rt zsh said
	done
	print -r -- ${(uo)all}
}

zpty -b zsh zsh -f -i
zpty -w zsh "source $work/setup"
until_end >/dev/null
while IFS= read -r line; do
	zpty -w -n zsh $line$'\t'
	# comppostfuncs are called once.
	until_end
	zpty -w -n zsh $'\x15'"comppostfuncs=(tell_end)"$'\n'
done
zpty -d zsh
