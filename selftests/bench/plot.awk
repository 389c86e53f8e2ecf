# SPDX-License-Identifier: GPL-2.0
#
# How each grows with the number of sockets, as an SVG, from the figures of measure.sh.

function lg(x)
{
	return log(x) / log(10)
}

function across(sockets)
{
	return LEFT + (lg(sockets) - 2) * (RIGHT - LEFT) / 3
}

function down(value)
{
	return BOTTOM - (lg(value) - low) * (BOTTOM - TOP) / (high - low)
}

function amount(decade)
{
	if (decade >= 9)
		return 10 ^ (decade - 9) " G"
	if (decade >= 6)
		return 10 ^ (decade - 6) " M"
	return 10 ^ (decade - 3) " k"
}

function text(class, x, y, what)
{
	printf "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", class, x, y, what
}

function line(class, x1, y1, x2, y2)
{
	printf "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class,
		x1, y1, x2, y2
}

function series(who, name, ours, last)
{
	for (last = n_sizes; last && !((who, sizes[last]) in at); last--)
		;
	if (!last)
		return
	who_of[++n] = who
	name_of[n] = name
	class_of[n] = ours ? "ours" : "theirs"
	y_of[n] = down(at[who, sizes[last]])
}

# Labels at the ends of the lines, none over another.
function spread(i, j, k)
{
	for (i = 1; i <= n; i++)
		rank[i] = i
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && y_of[rank[j]] < y_of[rank[j - 1]]; j--) {
			k = rank[j]
			rank[j] = rank[j - 1]
			rank[j - 1] = k
		}
	for (i = 1; i <= n; i++)
		label_of[rank[i]] = y_of[rank[i]]
	for (k = 0; k < 50; k++)
		for (i = 2; i <= n; i++) {
			j = label_of[rank[i - 1]] + 18 - label_of[rank[i]]
			if (j > 0) {
				label_of[rank[i]] += j / 2
				label_of[rank[i - 1]] -= j / 2
			}
		}
}

function draw(i, size, x, y, path)
{
	for (size = 1; size <= n_sizes; size++) {
		if (!((who_of[i], sizes[size]) in at))
			continue
		x = across(sizes[size])
		y = down(at[who_of[i], sizes[size]])
		path = path sprintf("%s%.1f %.1f", path ? " L" : "M", x, y)
		dots = dots sprintf("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
			class_of[i], x, y)
	}
	printf "<path class=\"%s\" d=\"%s\"/>\n", class_of[i], path
	text("name " class_of[i], RIGHT + 10, label_of[i] + 5, name_of[i])
}

BEGIN {
	FS = "\t"
	WIDTH = 880
	HEIGHT = 520
	LEFT = 70
	RIGHT = 620
	TOP = 60
	BOTTOM = 460
	title = "Instructions that one reading takes, by how many sockets there are"
	split("100 1,000 10,000 100,000", counts, " ")
	n_sizes = split("100 200 1000 10000 40000 100000", sizes, " ")
}

$1 == "read" && $4 > 0 {
	at[$2, $3] = $4
	if (!low || lg($4) < low)
		low = lg($4)
	if (lg($4) > high)
		high = lg($4)
}

$1 == "kernel" {
	kernel = $4
}

END {
	low = int(low)
	high = int(high) + 1
	series("summary", "summary", 1)
	series("close_wait", "close_wait, 10 rows", 1)
	series("connections", "connections", 1)
	series("list", "tcpwatch list --json", 1)
	series("ss-s", "ss -s", 0)
	series("ss-close-wait", "ss -tan state close-wait", 0)
	series("ss-tani", "ss -tani", 0)
	series("/proc/net/tcp", "/proc/net/tcp", 0)
	series("tcpstat", "node_exporter, tcpstat", 0)
	spread()

	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title\" "
	printf "width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", WIDTH, HEIGHT, WIDTH, HEIGHT
	print "<title id=\"title\">" title "</title>"
	print "<style>"
	print "svg{max-width:100%;height:auto}"
	print "text{fill:#1a1a1a;font:14px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}"
	print ".page{fill:#fff}"
	print ".title{font-size:17px;font-weight:bold}"
	print ".dim{fill:#555}"
	print ".middle{text-anchor:middle}"
	print ".end{text-anchor:end}"
	print ".grid{stroke:#e4e4e4}"
	print "path{fill:none;stroke-width:2.5;stroke-linejoin:round}"
	print "path.ours{stroke:#0072b2}"
	print "circle.ours,text.ours{fill:#0072b2}"
	print "text.ours{font-weight:bold}"
	print "path.theirs{stroke:#b85c00;stroke-dasharray:6 4}"
	print "circle.theirs,text.theirs{fill:#b85c00}"
	print "@media (prefers-color-scheme:dark){"
	print ".page{fill:#0d1117}text{fill:#e6edf3}.dim{fill:#9aa4af}.grid{stroke:#2b333d}"
	print "path.ours{stroke:#58b4f0}circle.ours,text.ours{fill:#58b4f0}"
	print "path.theirs{stroke:#f0a050}circle.theirs,text.theirs{fill:#f0a050}}"
	print "</style>"
	printf "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, HEIGHT
	text("title", LEFT, 28, title)
	text("dim", LEFT, 47, "Linux " kernel ", user and kernel, both axes logarithmic")
	for (decade = low; decade <= high; decade++) {
		y = down(10 ^ decade)
		line("grid", LEFT, y, RIGHT, y)
		text("dim end", LEFT - 8, y + 5, amount(decade))
	}
	for (decade = 2; decade <= 5; decade++) {
		x = across(10 ^ decade)
		line("grid", x, TOP, x, BOTTOM)
		text("dim middle", x, BOTTOM + 22, counts[decade - 1])
	}
	text("dim middle", (LEFT + RIGHT) / 2, BOTTOM + 44,
		"sockets, both ends of each connection on this host")
	for (i = 1; i <= n; i++)
		draw(i)
	printf "%s</svg>\n", dots
}
