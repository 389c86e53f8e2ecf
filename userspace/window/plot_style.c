// SPDX-License-Identifier: GPL-2.0
#include "array.h"
#include "window/plot_path.h"
#include "window/plot_style.h"
#include "window/plot_trace.h"

/*
 * The colours are those of Okabe and Ito, which nobody takes for each other; what matters
 * most differs in shape, too. No variables of CSS: not all that show SVG know them. Within
 * the plot and the legend's symbols all sizes are in points, a tenth of a unit.
 */
static const char *const css[] = {
	"svg{max-width:100%;height:auto}",
	"text{fill:#1a1a1a;font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}",
	".page{fill:#fff}",
	".title{font-weight:bold}",
	".dim{font-size:15px;fill:#555}",
	".text{font-size:15px}",
	".words,.tick,.name{font-size:14px}",
	".none{font-size:20px;fill:#555}",
	".middle,.label,.letter{text-anchor:middle}",
	".end{text-anchor:end}",
	".label,.letter{font-size:130px;font-weight:bold}",
	/* Legible on whatever is below. */
	".label,.letter{stroke:#fff;stroke-width:40;stroke-linejoin:round;paint-order:stroke}",
	".frame,.grid,.new,.again,.needless,.unclear,.left,.right,.sack,.dsack{fill:none}",
	".frame{stroke:#777;stroke-width:10}",
	".grid{stroke:#e4e4e4;stroke-width:8}",
	".new,.again,.needless,.unclear{stroke-width:20;stroke-linecap:square}",
	".new{stroke:#0072b2}",
	".again,#again{stroke:#d55e00}",
	".needless,#needless{stroke:#cc79a7}",
	".unclear,#unclear{stroke:#777}",
	"#unclear{stroke-width:14}",
	".left,.right{stroke-linejoin:round}",
	".left{stroke:#009e73;stroke-width:20}",
	".right{stroke:#333;stroke-width:14}",
	".tint{fill:#009e73;fill-opacity:.09}",
	".sack{stroke:#e69f00;stroke-width:8}",
	".dsack{stroke:#cc79a7;stroke-width:14}",
	".closed{fill:url(#hatch)}",
	"#hatch rect{fill:#f0e442;fill-opacity:.22}",
	"#hatch path{stroke:#8a7a00;stroke-opacity:.55;stroke-width:9}",
	"#again,#needless,#unclear,#keepalive{fill:none}",
	"#again,#needless,#keepalive{stroke-width:22}",
	"#probe,#shrunk,.flag{fill:#1a1a1a}",
	"#keepalive{stroke:#1a1a1a}",
	"#shrunk{fill:#d55e00}",
	"#plain{fill:#999}#good{fill:#009e73}#warn{fill:#e69f00}#bad{fill:#d55e00}",
	/* Not in print, which is white. */
	"@media screen and (prefers-color-scheme:dark){",
	"text{fill:#e8e8e8}.page{fill:#14181d}.dim,.none{fill:#aab2ba}",
	".label,.letter{stroke:#14181d}.frame{stroke:#7a848e}.grid{stroke:#2a3138}",
	".new{stroke:#56b4e9}.right{stroke:#c4cad0}.tint{fill-opacity:.16}",
	".again,#again{stroke:#ff7a1a}.unclear,#unclear{stroke:#b0b8c0}",
	"#hatch path{stroke:#f0e442;stroke-opacity:.4}#hatch rect{fill-opacity:.1}",
	"#probe,.flag{fill:#e8e8e8}#keepalive{stroke:#e8e8e8}",
	"}",
};

static const char *const symbols[] = {
	"<path id=\"again\" d=\"M-45-45L45 45M-45 45L45-45\"/>",
	"<circle id=\"needless\" r=\"50\"/>",
	"<path id=\"unclear\" d=\"M-32-32L32 32M-32 32L32-32M-50 0A50 50 0 1 1-50 1z\"/>",
	"<path id=\"probe\" d=\"M0-50L43 33H-43z\"/>",
	"<path id=\"keepalive\" d=\"M0-55L50 0L0 55L-50 0z\"/>",
	"<path id=\"shrunk\" d=\"M0 0L-52-95H52z\"/>",
	/* Where there are many. */
	"<use id=\"again-small\" href=\"#again\" transform=\"scale(.5)\"/>",
	"<use id=\"needless-small\" href=\"#needless\" transform=\"scale(.5)\"/>",
	"<use id=\"unclear-small\" href=\"#unclear\" transform=\"scale(.5)\"/>",
	"<use id=\"probe-small\" href=\"#probe\" transform=\"scale(.5)\"/>",
	"<use id=\"keepalive-small\" href=\"#keepalive\" transform=\"scale(.5)\"/>",
	"<use id=\"shrunk-small\" href=\"#shrunk\" transform=\"scale(.5)\"/>",
	/* Before sentences. */
	"<circle id=\"plain\" r=\"3\"/>",
	"<circle id=\"good\" r=\"4.5\"/>",
	"<path id=\"warn\" d=\"M0-5.5L5.5 4.5H-5.5z\"/>",
	"<path id=\"bad\" d=\"M-5-5H5V5H-5z\"/>",
	"<pattern id=\"hatch\" width=\"90\" height=\"90\" patternUnits=\"userSpaceOnUse\">",
	"<rect width=\"90\" height=\"90\"/>",
	"<path d=\"M-10 10L10-10M0 90L90 0M80 100L100 80\"/>",
	"</pattern>",
};

static void write_lines(FILE *file, const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%s\n", lines[i]);
}

/**
 * plot_style_write() - write the style sheet and what is used by its name
 * @file: where to
 */
void plot_style_write(FILE *file)
{
	fputs("<style>\n", file);
	write_lines(file, css, ARRAY_SIZE(css));
	fputs("</style>\n<defs>\n", file);
	write_lines(file, symbols, ARRAY_SIZE(symbols));
	fprintf(file, "<clipPath id=\"frame\"><rect width=\"%d\" height=\"%d\"/></clipPath>\n",
		TRACE_WIDTH, PATH_HEIGHT);
	fputs("</defs>\n", file);
}
