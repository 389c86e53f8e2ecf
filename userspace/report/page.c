// SPDX-License-Identifier: GPL-2.0
#include <sys/utsname.h>
#include <time.h>

#include "report/html.h"
#include "report/page.h"
#include "report/style.h"
#include "text.h"
#include "version.h"

enum { TIME_SIZE = 64 };

/*
 * Nothing is to be fetched, and nothing runs: whoever opens the page need not take that on
 * trust.
 */
static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta name=\"robots\" content=\"noindex\">\n";

static void write_title(const struct report *report)
{
	struct utsname host;

	if (report->saved)
		html_put(report->file, "TCP connections, from a saved copy");
	else if (report->peers.anonymous || uname(&host))
		html_put(report->file, "TCP connections of a host");
	else
		html_put(report->file, "TCP connections of %s", host.nodename);
}

static void write_fact(FILE *file, const char *name, const char *value)
{
	fprintf(file, "<li>%s ", name);
	html_element(file, "b", "%s", value);
	fputs("</li>\n", file);
}

static void write_time(const struct report *report)
{
	const time_t now = time(NULL);
	char machine[TIME_SIZE] = "";
	char human[TIME_SIZE] = "";
	struct tm tm;

	if (report->saved || !localtime_r(&now, &tm))
		return;
	strftime(machine, sizeof(machine), "%FT%T%z", &tm);
	strftime(human, sizeof(human), "%a %F %T %Z", &tm);
	fprintf(report->file, "<li>made <b><time datetime=\"%s\">", machine);
	html_put(report->file, "%s", human);
	fputs("</time></b></li>\n", report->file);
}

static void write_header(const struct report *report)
{
	struct utsname host;

	fputs("<header>\n<h1>", report->file);
	write_title(report);
	fputs("</h1>\n<ul>\n", report->file);
	write_time(report);
	if (!report->saved && !uname(&host))
		write_fact(report->file, "Linux", host.release);
	write_fact(report->file, "tcpwatch", TCPWATCH_VERSION);
	fputs("</ul>\n</header>\n", report->file);
}

static void write_namespace(struct report *report, const struct record *record, bool title)
{
	char text[NETNS_TITLE_SIZE];

	if (title) {
		fprintf(report->file, "<h2 id=\"ns%zu\" class=\"ns\">Namespace ", report->ns);
		html_put(report->file, "%s", netns_title(record->ns, text));
		fputs("</h2>\n", report->file);
	}
	section_verdict(report, record);
	section_states(report, record);
	section_leak(report, record);
	section_causes(report, record);
	section_growth(report, record);
	section_ages(report, record);
	section_past(report, record);
	section_worst(report, record);
	section_counters(report, record);
}

/* What could not be looked at. */
static void write_unseen(const struct report *report, const struct netns_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct netns *ns = &list->ns[i];
		char title[NETNS_TITLE_SIZE];

		if (!ns->fault.status || ns->fault.gone)
			continue;
		html_element(report->file, "p class=\"warn\"", "Namespace %s: %s",
			     netns_title(ns, title), ns->fault.text);
		fputc('\n', report->file);
	}
	if (list->hidden)
		html_element(report->file, "p class=\"warn\"",
			     "Not permitted: the namespaces of %zu process%s of other users.",
			     list->hidden, list->hidden == 1 ? "" : "es");
}

static void write_footer(const struct report *report)
{
	fputs("<footer>\n", report->file);
	html_element(report->file, "p",
		     "Ages: > is the least it can be, ~ an estimate. What the words mean: tcpwatch explain WORD, or man 7 tcpwatch.");
	if (report->peers.anonymous)
		html_element(report->file, "p",
			     "Anonymous: of a peer there is only its network and a number, the same wherever it appears; of this host only ports. The names of processes are as they are.");
	html_element(report->file, "p",
		     "This page is complete: it loads nothing, and runs nothing.");
	fputs("\n</footer>\n", report->file);
}

/**
 * page_write() - write a page
 * @report: where to
 * @records: what it is about
 */
void page_write(struct report *report, const struct records *records)
{
	fputs(head, report->file);
	fputs("<title>", report->file);
	write_title(report);
	fputs("</title>\n", report->file);
	style_write(report->file);
	fputs("</head>\n<body>\n", report->file);
	write_header(report);
	fputs("<main>\n", report->file);
	write_unseen(report, &records->list);
	for (size_t i = 0; i < records->list.n; i++) {
		if (records->list.ns[i].fault.status)
			continue;
		write_namespace(report, &records->record[i],
				records->options->all_netns || records->list.ns[i].name);
		report->ns++;
	}
	fputs("</main>\n", report->file);
	write_footer(report);
	fputs("</body>\n</html>\n", report->file);
}
