// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "outlet.h"
#include "report/page.h"
#include "wholefile.h"

enum {
	HTML = OPTION_OF_COMMAND,
	FOR,
	ANONYMOUS,
};

enum { FOR_USUALLY_S = 60 };

static const double seconds_max = 24 * 60 * 60;
static const int64_t ns_per_s = 1000 * 1000 * 1000;
static const int64_t step_least_ns = 100 * 1000 * 1000;
static const int64_t compare_ns = 2LL * 1000 * 1000 * 1000;	/* before the last look */

/**
 * struct request - which report
 * @options: as everywhere
 * @outlet: stdout, and signals
 * @html: --html
 * @for_given: --for was asked for
 * @seconds: --for
 * @anonymous: --anonymous
 */
struct request {
	struct options *options;
	struct outlet outlet;
	const char *html;
	bool for_given;
	double seconds;
	bool anonymous;
};

static const struct argp_option argp_options[] = {
	{ "html", HTML, "FILE", 0, "where to write the page; - for stdout", 1 },
	{ "for", FOR, "SECONDS", 0, "watch for so long before: 60; 0: at once", 0 },
	{ "anonymous", ANONYMOUS, NULL, 0, "no addresses, but networks, and no host name", 0 },
	{ 0 },
};

static const char about[] =
	"One page for an incident ticket: the state now, who leaks and why, since when,\n"
	"the ages, a minute's history, the windows of the worst connections. It is\n"
	"complete: it loads nothing and has no script. For phones and paper, too.\n"
	"Ctrl-C ends the minute; the page has what there is until then.\n"
	"\vWith --anonymous a peer is a /24 or a /48 and a number, the same wherever it\n"
	"appears, and has a port only if we opened the connection; this host is its\n"
	"ports. The names of processes and of namespaces stay.";

static void take_seconds(struct request *request, const char *text, struct argp_state *state)
{
	char *end;

	request->for_given = true;
	request->seconds = strtod(text, &end);
	if (end == text || *end || !isfinite(request->seconds) || request->seconds < 0 ||
	    request->seconds > seconds_max)
		argp_error(state, "--for %.64s: SECONDS is a number from 0 to %.0f", text,
			   seconds_max);
}

static void check(struct request *request, struct argp_state *state)
{
	const struct options *options = request->options;

	if (!request->html)
		argp_error(state, "where to? --html FILE");
	if (options->from && request->for_given)
		argp_error(state, "--for: a saved copy does not change");
	if (!request->for_given)
		request->seconds = options->from ? 0 : FOR_USUALLY_S;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case HTML:
		request->html = arg;
		return 0;
	case FOR:
		take_seconds(request, arg, state);
		return 0;
	case ANONYMOUS:
		request->anonymous = true;
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': report takes only options", arg);
		return 0;
	case ARGP_KEY_SUCCESS:
		check(request, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.options = argp_options,
		.parser = parse,
		.doc = about,
	},
	.refuses = {
		[OPTION_JSON] =
			"a report is a page; tcpwatch, leaks, list and handshakes have JSON",
		[OPTION_WATCH] = "a report is one page; --for is how long it watches before",
		[OPTION_COLOR] = "the page has its own colours; leave it out",
	},
};

/* ---- the time before */

/* Over itself, and gone in the end. */
static void say_left(int64_t left_ns)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (left_ns > 0)
		fprintf(stderr, "\r\033[KWatching for %.0f s more; Ctrl-C writes the page now ",
			ceil((double)left_ns / (double)ns_per_s));
	else
		fputs("\r\033[K", stderr);
}

static enum status watch(const struct request *request, struct records *records,
			 struct fault *fault)
{
	const int64_t span_ns = (int64_t)(request->seconds * (double)ns_per_s);
	const int64_t start_ns = moment_now_ns();
	const int64_t even_ns = span_ns / RECORD_STEPS;
	const int64_t step_ns = even_ns > step_least_ns ? even_ns : step_least_ns;
	int64_t now_ns = start_ns;
	bool compared = false;
	enum status status = STATUS_OK;

	while (!status && now_ns < start_ns + span_ns) {
		const int64_t left_ns = start_ns + span_ns - now_ns;
		int64_t next_ns = step_ns - (now_ns - start_ns) % step_ns;

		status = records_sample(records, fault);
		if (!status && !compared && left_ns <= compare_ns + step_ns) {
			compared = true;
			status = records_look(records, false, fault);
		}
		say_left(left_ns);
		if (next_ns > left_ns)
			next_ns = left_ns;
		if (status || outlet_wait(&request->outlet, -1, next_ns) == OUTLET_ENDED)
			break;
		now_ns = moment_now_ns();
	}
	say_left(0);
	return status;
}

/* ---- the page */

static void write_page(const struct request *request, const struct records *records, FILE *file)
{
	struct report report = {
		.file = file,
		.peers = { .anonymous = request->anonymous },
		.moments = { .foreign = request->options->from },
		.saved = request->options->from,
	};

	moments_sync(&report.moments);
	page_write(&report, records);
	peers_free(&report.peers);
}

static enum status make(const struct request *request, struct records *records,
			struct wholefile *whole, struct fault *fault)
{
	enum status status = records_open(records, fault);

	if (!status)
		status = watch(request, records, fault);
	if (!status)
		status = records_look(records, true, fault);
	if (status)
		return status;
	write_page(request, records, whole->file ? whole->file : stdout);
	return whole->file ? wholefile_keep(whole, fault) : STATUS_OK;
}

static enum status run(const struct request *request, struct fault *fault)
{
	struct records records = { .options = request->options };
	struct wholefile whole = { .new = NULL };
	enum status status = STATUS_OK;

	/* A file that cannot be written is better known before the time is spent. */
	if (strcmp(request->html, "-") != 0)
		status = wholefile_open(&whole, request->html, fault);
	if (!status)
		status = make(request, &records, &whole, fault);
	wholefile_close(&whole);
	if (status)
		fault_print(fault);
	else
		status = netns_status(&records.list, STATUS_OK);
	records_close(&records);
	return status;
}

enum status report_main(struct options *options, int argc, char **argv)
{
	struct request request = { .options = options };
	char name[] = "tcpwatch report";
	struct fault fault;

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	outlet_open(&request.outlet);
	outlet_catch(&request.outlet);
	/* What was seen is not lost with the terminal. */
	outlet_catch_hangup(&request.outlet);
	return run(&request, &fault);
}
