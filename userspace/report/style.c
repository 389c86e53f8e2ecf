// SPDX-License-Identifier: GPL-2.0
#include "array.h"
#include "report/style.h"

/*
 * How a page looks, on a light screen, a dark one and on paper, which is white. The colours are
 * those of Okabe and Ito, which nobody takes for each other, and where they are those of text,
 * darker or lighter, so that the contrast is 4.5 at least. What a colour says, a word says, too.
 */
static const char *const css[] = {
	":root{color-scheme:light dark;--ink:#1a1a1a;--page:#fff;--dim:#555;--card:#f6f7f8;",
	"--line:#d8dcdf;--grid:#e4e4e4;--bad:#a33a00;--bad-back:#fdf0e8;--warn:#7a5200;",
	"--warn-back:#fdf6e3;--good:#00654a;--good-back:#e9f6f1;--blue:#0072b2;--red:#d55e00;",
	"--green:#009e73;--pink:#cc79a7;--gold:#e69f00;--grey:#9aa2a9;--rest:#e3e6e9}",
	"*{box-sizing:border-box}",
	"html{-webkit-text-size-adjust:100%;text-size-adjust:100%}",
	"body{margin:0 auto;max-width:66rem;padding:1.5rem 1.25rem 3rem;background:var(--page);",
	"color:var(--ink);font:1rem/1.5 system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;",
	"overflow-wrap:break-word}",
	"h1{font-size:1.6rem;line-height:1.2;margin:0 0 .25rem}",
	"h2{font-size:1.25rem;line-height:1.3;margin:2.25rem 0 .5rem;padding-top:.75rem;",
	"border-top:1px solid var(--line)}",
	"h3{font-size:1rem;margin:1.25rem 0 .25rem}",
	"h4{font-size:.875rem;margin:.75rem 0 .25rem;font-weight:600;color:var(--dim)}",
	"p{margin:.25rem 0 .5rem;max-width:46rem}",
	".dim,caption,figcaption,footer{color:var(--dim)}",
	".dim,footer{font-size:.875rem}",
	"header ul,.amounts{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;list-style:none;margin:0;",
	"padding:0;font-size:.875rem;color:var(--dim)}",
	"header b,.amounts b{font-weight:400;color:var(--ink)}",
	".n,b,.big,.ys,.xs{font-variant-numeric:tabular-nums}",
	/* What is wrong. */
	".verdict{margin:1.25rem 0}",
	".verdict p{max-width:none;margin:0 0 .5rem;padding:.6rem .9rem;border-left:.3rem solid;",
	"border-radius:.2rem}",
	".verdict .bad{background:var(--bad-back);border-color:var(--red)}",
	".verdict .warn{background:var(--warn-back);border-color:var(--gold)}",
	".verdict .good{background:var(--good-back);border-color:var(--green)}",
	".bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}",
	"td.bad{font-weight:600}",
	".ns{font-size:1.4rem;border-top:3px solid var(--ink);margin-top:3rem}",
	/* The states. */
	".states{display:grid;grid-template-columns:repeat(5,1fr);gap:.5rem;",
	"list-style:none;margin:.75rem 0;padding:0}",
	".states li{background:var(--card);border-radius:.3rem;padding:.5rem .75rem;",
	"font-size:.8125rem;color:var(--dim)}",
	".states b{display:block;font-size:1.5rem;line-height:1.2;color:var(--ink)}",
	".states .none b{font-weight:400;color:var(--dim)}",
	".states .bad,.states .bad b{color:var(--bad)}",
	/* Tables. */
	".wide{overflow-x:auto;margin:.75rem 0}",
	".wide:focus-visible{outline:2px solid var(--blue);outline-offset:2px}",
	"table{border-collapse:collapse;font-size:.9375rem}",
	".histogram{width:100%}",
	"caption{text-align:left;font-size:.875rem;padding-bottom:.25rem}",
	"th,td{text-align:left;vertical-align:top;padding:.3rem 1.25rem .3rem 0;font-weight:400}",
	"th:last-child,td:last-child{padding-right:0}",
	"thead th{font-size:.8125rem;color:var(--dim);vertical-align:bottom}",
	"tbody tr{border-top:1px solid var(--line)}",
	"tbody th{font-weight:600}",
	"th.n,td.n{text-align:right}td.n{white-space:nowrap}",
	"td.address{white-space:nowrap}td.words{min-width:14rem}",
	".facts th{color:var(--dim);white-space:nowrap}",
	".histogram{max-width:40rem}.histogram th{white-space:nowrap}",
	".histogram td.bars{width:60%;vertical-align:middle}",
	/* Pictures. */
	".bar{display:block;width:100%;height:.75rem;border-radius:.15rem}",
	"td .bar{height:.9rem}td.n .bar{height:.3rem;margin-top:.2rem;min-width:5rem}",
	".rest{fill:var(--rest)}.bars .rest{fill:none}",
	".use{fill:var(--blue)}.stuck{fill:var(--red)}.other{fill:var(--grey)}",
	".flight{fill:var(--blue)}.usable{fill:var(--green)}.unsent{fill:var(--pink)}",
	".unread{fill:var(--gold)}",
	".key{display:inline-block;width:.7em;height:.7em;border-radius:.15em;margin-right:.35em}",
	"path{fill:none;vector-effect:non-scaling-stroke}",
	".grid{stroke:var(--grid)}",
	".line{stroke-width:2;stroke-linejoin:round}.line.all{stroke:var(--ink);stroke-width:2.5}",
	".line.first{stroke:var(--red)}.line.second{stroke:var(--blue);stroke-dasharray:7 3}",
	".line.third{stroke:var(--green);stroke-dasharray:2 3}",
	".mark{stroke:var(--dim);stroke-width:1.5}.mark.threshold{stroke-dasharray:5 4}",
	".mark.loaded{stroke:var(--pink);stroke-dasharray:1 3;stroke-width:2.5}",
	".chart{display:grid;grid-template-columns:auto 1fr;margin:.75rem .75rem 0 0}",
	".chart svg{display:block;width:100%;height:15rem;overflow:visible}",
	".ys,.xs{position:relative;font-size:.8125rem;color:var(--dim)}",
	".ys span{position:absolute;right:.4rem;transform:translateY(50%)}",
	".xs{grid-column:2;height:2.75rem;margin-top:.3rem}",
	".xs span{position:absolute;transform:translateX(50%);text-align:center;white-space:nowrap;",
	"line-height:1.3}",
	".xs span:first-child{transform:translateX(.75rem);text-align:right}",
	".keys{display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;list-style:none;margin:.5rem 0;padding:0;",
	"font-size:.875rem}",
	".sample{width:1.9rem;height:.65rem;margin-right:.35rem}",
	/* Cards. */
	".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));",
	"gap:.75rem;list-style:none;margin:.75rem 0;padding:0}",
	".cards>li{background:var(--card);border-radius:.3rem;padding:.75rem .9rem;min-width:0}",
	".cards h3{margin:0 0 .25rem}.cards p{margin:.25rem 0}",
	".cards p.bad{font-weight:600}",
	".small{grid-template-columns:repeat(auto-fill,minmax(min(100%,14rem),1fr))}",
	".small h3{font-weight:400;font-size:.875rem;color:var(--dim)}",
	".small svg{display:block;width:100%;height:3.5rem;margin:.25rem 0}",
	".big{font-size:1.5rem;line-height:1.2;font-weight:600}",
	".amounts{margin-top:.35rem}",
	"h3.address{overflow-wrap:anywhere}",
	/* What pictures show, for who does not see them. */
	".only-read{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);",
	"white-space:nowrap}",
	"footer{margin-top:2.5rem;padding-top:.75rem;border-top:1px solid var(--line)}",
	"@media(max-width:40rem){body{padding:1rem .9rem 2rem}.chart svg{height:12rem}",
	".states{grid-template-columns:repeat(2,1fr)}.facts th,.facts td{display:block}",
	".facts td{border:0;padding-top:0}.histogram td.bars{width:40%}}",
	"@media screen and (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--page:#14181d;",
	"--dim:#aab2ba;--card:#1d232a;--line:#343c45;--grid:#2a3138;--bad:#ff9a5c;",
	"--bad-back:#33211a;--warn:#f0c75e;--warn-back:#2e2918;--good:#5fd3ae;--good-back:#17302a;",
	"--blue:#56b4e9;--red:#ff7a1a;--green:#14b88a;--grey:#77818b;--rest:#343c45}}",
	"@media print{:root{color-scheme:light;font-size:10pt}@page{margin:15mm}",
	"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}",
	"body{max-width:none;padding:0}.wide{overflow:visible}",
	".wide table{font-size:.875rem}th,td{padding-right:.5rem}td.words,td.n .bar{min-width:0}",
	"td.address{white-space:normal;overflow-wrap:anywhere}h2,h3,caption{break-after:avoid}",
	"tr,.cards>li,.chart,.verdict p,.states{break-inside:avoid}thead{display:table-header-group}}",
};

/**
 * style_write() - write the style sheet
 * @file: where to
 */
void style_write(FILE *file)
{
	fputs("<style>\n", file);
	for (size_t i = 0; i < ARRAY_SIZE(css); i++)
		fprintf(file, "%s\n", css[i]);
	fputs("</style>\n", file);
}
