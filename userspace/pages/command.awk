# SPDX-License-Identifier: GPL-2.0
#
# Writes tcpwatch(8), the manual page of the command, out of what the program itself says with
# --help: `tcpwatch --help` on standard input, each of its commands' from `tcpwatch COMMAND
# --help`. So the page tells of what the program takes, and of nothing else.
#
#	awk -v program=./tcpwatch -f command.awk < help-of-the-program

function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text ~ /^[.']/ ? "\\&" text : text
}

# Sentences, each beginning a line, as roff(7) wants them.
function put(text) {
	gsub(/[.] /, ".\n", text)
	n_lines = split(text, lines, "\n")
	for (l = 1; l <= n_lines; l++)
		print roff(lines[l])
}

# What one help says: usage, text (before the options), options, means, after.
function take(line) {
	if (line ~ /^Usage: /) {
		usage = line
		sub(/^Usage: [^ ]* ?/, "", usage)
	} else if (line ~ /^ +-/) {
		sub(/^ +/, "", line)
		at = match(line, /   */)
		options[++n] = at ? substr(line, 1, at - 1) : line
		means[n] = at ? substr(line, at + RLENGTH) : ""
	} else if (line ~ /^      / && n) {
		sub(/^ +/, "", line)
		means[n] = means[n] " " line
	} else if (n) {
		after = after (after ? " " : "") line
	} else if (line ~ /^  [a-z]/) {
		split(line, words, " ")
		commands[++n_commands] = words[1]
	} else if (line != "") {
		text = text (text ? " " : "") line
	}
}

function clear() {
	usage = text = after = ""
	n = 0
}

# --netns of --netns=NAME
function name_of(option) {
	sub(/\[?=.*/, "", option)
	return option
}

# The options, but not those that every command takes.
function put_options(without_common,   i, any) {
	for (i = 1; i <= n; i++) {
		if (without_common && name_of(options[i]) in common)
			continue
		if (!any++)
			print ".Bl -tag -width Ds"
		print ".It " roff(options[i])
		put(means[i])
	}
	if (any)
		print ".El"
}

# Of those that every command takes, the ones that this one does not.
function put_refused(   i, taken, list) {
	for (i = 1; i <= n; i++)
		taken[name_of(options[i])]
	for (i = 1; i <= n_common; i++)
		if (!(common_name[i] in taken))
			list = list (list ? ", " : "") common_name[i]
	if (list)
		print ".Pp\nNot for this command: " roff(list) "."
}

function put_command(name,   help) {
	clear()
	help = program " " name " --help"
	while ((help | getline line) > 0)
		take(line)
	close(help)
	print ".Ss " name
	print ".D1 tcpwatch " roff(usage)
	print ".Pp"
	put(text)
	put_options(1)
	put_refused()
	if (after) {
		print ".Pp"
		put(after)
	}
}

{
	take($0)
}

END {
	if (!n_commands || !n) {
		print "command.awk: no commands in what the program says" > "/dev/stderr"
		exit 1
	}
	n_common = n
	for (i = 1; i <= n; i++) {
		common_name[i] = name_of(options[i])
		common[common_name[i]]
	}
	status = text
	sub(/.* Exit status: /, "", status)
	sub(/ Or \(COMMAND --help.*/, "", text)
	print ".\\\" Made of what tcpwatch --help says: change that."
	print ".Dd November 27, 2026\n.Dt TCPWATCH 8\n.Os"
	print ".Sh NAME\n.Nm tcpwatch\n.Nd what is wrong with the TCP connections here"
	print ".Sh SYNOPSIS\n.Nm\n.Op Ar option ...\n.Op Ar command Op Ar option ..."
	print ".Sh DESCRIPTION"
	put(text)
	print "With a command it answers a single question, as below."
	print ".Pp\nIt reads the files of the module,\n.Xr tcpwatch 4 ,\nwhich has to be loaded."
	print ".Pp\nThese options are for all commands that do not say otherwise:"
	put_options(0)
	print ".Sh COMMANDS"
	for (c = 1; c <= n_commands; c++)
		put_command(commands[c])
	print ".Sh FILES\n.Bl -tag -width Ds\n.It Pa /proc/tcpwatch\n.Xr tcpwatch 5\n.El"
	print ".Sh EXIT STATUS"
	put(status)
	print ".Sh SEE ALSO\n.Xr tcpwatch 4 ,\n.Xr tcpwatch 5 ,\n.Xr tcpwatch 7 ,\n.Xr ss 8"
}
