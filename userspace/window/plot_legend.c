// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "text.h"
#include "window/plot_legend.h"
#include "window/plot_text.h"

enum {
	TEXT_SIZE = 14,
	WIDE = 32,		/* from a symbol to its words, if it is a piece of line */
	NARROW = 19,		/* otherwise */
	APART = 18,
};

/* What each is drawn as, in points, from the middle of its left side on. */
static const char *const symbols[TRACE_KINDS] = {
	[TRACE_NEW] = "<path class=\"new\" d=\"M60-40V60M130-60V40M200-70V-20\"/>",
	[TRACE_AGAIN] = "<path class=\"again\" d=\"M65-55V55\"/><use href=\"#again\" x=\"65\"/>",
	[TRACE_NEEDLESS] =
		"<path class=\"needless\" d=\"M65-55V55\"/><use href=\"#needless\" x=\"65\"/>",
	[TRACE_UNCLEAR] =
		"<path class=\"unclear\" d=\"M65-55V55\"/><use href=\"#unclear\" x=\"65\"/>",
	[TRACE_PROBE] = "<use href=\"#probe\" x=\"65\"/>",
	[TRACE_KEEPALIVE] = "<use href=\"#keepalive\" x=\"65\"/>",
	[TRACE_LEFT] = "<path class=\"left\" d=\"M0 50H130V-50H260\"/>",
	[TRACE_RIGHT] = "<path class=\"right\" d=\"M0 50H130V-50H260\"/>",
	[TRACE_SACK] = "<path class=\"sack\" d=\"M70-55V55M110-55V55M150-55V55M190-55V55\"/>",
	[TRACE_DSACK] = "<path class=\"dsack\" d=\"M65-55V55\"/>",
	[TRACE_CLOSED] = "<rect class=\"closed\" y=\"-65\" width=\"260\" height=\"130\"/>",
	[TRACE_SHRUNK] = "<use href=\"#shrunk\" x=\"65\" y=\"48\"/>",
	[TRACE_SYN] = "<text class=\"letter\" x=\"65\" y=\"48\">S</text>",
	[TRACE_FIN] = "<text class=\"letter\" x=\"65\" y=\"48\">F</text>",
	[TRACE_RST] = "<text class=\"letter\" x=\"65\" y=\"48\">R</text>",
};

static const char *const words[TRACE_KINDS] = {
	[TRACE_NEW] = "new data",
	[TRACE_AGAIN] = "lost, sent again",
	[TRACE_NEEDLESS] = "sent again without need",
	[TRACE_UNCLEAR] = "sent again, data or ACK lost",
	[TRACE_PROBE] = "window probe",
	[TRACE_KEEPALIVE] = "keepalive",
	[TRACE_SACK] = "SACK",
	[TRACE_DSACK] = "DSACK: came twice",
	[TRACE_SHRUNK] = "right edge moved back",
	[TRACE_SYN] = "SYN",
	[TRACE_FIN] = "FIN",
	[TRACE_RST] = "RST",
};

static void describe(char text[LEGEND_WORDS], enum trace_kind kind, const struct trace *trace)
{
	const uint64_t n = trace->count[kind];
	char age[AGE_SIZE];

	switch (kind) {
	case TRACE_LEFT:
		snprintf(text, LEGEND_WORDS, "ACK line");
		break;
	case TRACE_RIGHT:
		snprintf(text, LEGEND_WORDS, "right edge of the window%s%s",
			 trace->edge_above ? ", above the picture: up to " : "",
			 trace->edge_above ? text_bytes(age, trace->edge_above) : "");
		break;
	case TRACE_CLOSED:
		snprintf(text, LEGEND_WORDS, "window closed: %" PRIu64 ", for %s%s", n,
			 text_time_us(age, trace->closed_ns / 1000), n > 1 ? " in all" : "");
		break;
	case TRACE_AGAIN:
		/* What comes late may just have been overtaken on the way. */
		snprintf(text, LEGEND_WORDS, "%s: %" PRIu64,
			 trace->way == FLOW_IN ? "lost or overtaken" : words[kind], n);
		break;
	default:
		snprintf(text, LEGEND_WORDS, "%s: %" PRIu64, words[kind], n);
	}
}

static int words_at(enum trace_kind kind)
{
	switch (kind) {
	case TRACE_NEW:
	case TRACE_LEFT:
	case TRACE_RIGHT:
	case TRACE_SACK:
	case TRACE_CLOSED:
		return WIDE;
	default:
		return NARROW;
	}
}

/**
 * legend_make() - name what occurs
 * @legend: where to
 * @trace: what is drawn
 * @width: how wide a row may be
 */
void legend_make(struct legend *legend, const struct trace *trace, double width)
{
	double x = 0;

	*legend = (struct legend){ .rows = 1 };
	for (enum trace_kind kind = 0; kind < TRACE_KINDS; kind++) {
		struct legend_entry *entry = &legend->entry[legend->n];
		double wide;

		if (!trace->count[kind])
			continue;
		entry->kind = kind;
		describe(entry->words, kind, trace);
		wide = words_at(kind) + plot_text_width(entry->words, TEXT_SIZE);
		if (x + wide > width && x > 0) {
			x = 0;
			legend->rows++;
		}
		entry->x = x;
		entry->row = legend->rows - 1;
		x += wide + APART;
		legend->n++;
	}
}

/**
 * legend_write() - write it
 * @file: where to
 * @legend: the legend
 * @x: where its rows start
 * @y: where its first row is
 */
void legend_write(FILE *file, const struct legend *legend, int x, int y)
{
	for (size_t i = 0; i < legend->n; i++) {
		const struct legend_entry *entry = &legend->entry[i];

		fprintf(file, "<g transform=\"translate(%.1f %zu)\">", x + entry->x,
			(size_t)y + entry->row * LEGEND_ROW);
		fprintf(file, "<g transform=\"scale(.1)\">%s</g>\n", symbols[entry->kind]);
		plot_text(file, "words", words_at(entry->kind), 5, "%s", entry->words);
		fputs("</g>\n", file);
	}
}
