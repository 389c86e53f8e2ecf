# SPDX-License-Identifier: GPL-2.0
#
# The table: a row for each line of budgets, with what metrics.awk says of recorded and of present
# figures. Fails if a budget is missed that was kept, or missed by more than before.

function number(value)
{
	if (value == "")
		return "-"
	if (value < 100 && value != int(value))
		return sprintf("%.3g", value)
	value = sprintf("%.0f", value)
	while (match(value, /[0-9][0-9][0-9][0-9]($|,)/))
		value = substr(value, 1, RSTART) "," substr(value, RSTART + 1)
	return value
}

# The most sockets that a metric was taken at, "-" if that is of no interest.
function most_of(metric)
{
	return metric in most ? most[metric] : "-"
}

function verdict(metric, value, budget, present)
{
	if (budget == "-")
		return ""
	if (value == "") {
		failed = 1
		return "NOT MEASURED"
	}
	if (value + 0 <= budget + 0)
		return "kept"
	if (present != "-" && value <= present * 1.02)
		return "MISSED (was " number(present) ")"
	failed = 1
	return present == "-" ? "MISSED: it was kept" : "MISSED, and worse (was " number(present) ")"
}

function peers_of(metric, i, text, key)
{
	for (i = 1; i <= n_peers; i++) {
		if (index(peers[i], metric ":") != 1)
			continue
		key = peers[i] SUBSEP most_of(peers[i])
		text = text (text ? ", " : "") substr(peers[i], length(metric) + 2) " " number(now[key])
	}
	return text
}

BEGIN {
	FS = "\t"
}

/^#/ {
	next
}

FILENAME == ARGV[1] {
	order[++n] = $1
	budget[$1] = $2
	present[$1] = $3
	unit[$1] = $4
	what[$1] = $5
	next
}

FILENAME == ARGV[2] {
	before[$1, $2] = $3
	next
}

{
	now[$1, $2] = $3
	if (!($1 in seen)) {
		seen[$1]
		if ($1 ~ /:/)
			peers[++n_peers] = $1
	}
	if ($2 != "-" && $2 + 0 > most[$1] + 0)
		most[$1] = $2
	if ($1 !~ /:/ && (($1, $2) in before) && $3 > before[$1, $2] * 1.02)
		dearer[++n_dearer] = sprintf("%s%s costs %.1f %% more: it was %s, and is %s", $1,
			$2 == "-" ? "" : " at " number($2) " sockets",
			($3 / before[$1, $2] - 1) * 100, number(before[$1, $2]), number($3))
}

END {
	line = "%-56s %-12s %8s %8s  %-28s %s\n"
	printf line, "what", "unit", "budget", "tcpwatch", "", "peers, for scale"
	for (i = 1; i <= n; i++) {
		metric = order[i]
		at = most_of(metric)
		value = now[metric, at]
		printf line, what[metric] (at == "-" ? "" : ", " number(at)), unit[metric],
			budget[metric] == "-" ? "-" : number(budget[metric]), number(value),
			verdict(metric, value, budget[metric], present[metric]), peers_of(metric)
	}
	for (i = 1; i <= n_dearer; i++)
		print dearer[i]
	exit failed
}
