// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "export/metrics.h"
#include "export/scrape.h"
#include "export/server.h"
#include "wholefile.h"

enum {
	LISTEN = OPTION_OF_COMMAND,
	TEXTFILE,
	CGROUP,
};

/**
 * struct request - what to export, and where to
 * @options: as everywhere
 * @listen: --listen
 * @textfile: --textfile
 * @cgroup: --cgroup
 * @failing: that something can't be read has been said
 */
struct request {
	struct options *options;
	const char *listen;
	const char *textfile;
	bool cgroup;
	bool failing;
};

static const struct argp_option argp_options[] = {
	{ "listen", LISTEN, "[ADDR]:PORT", 0, "serve http://ADDR:PORT/metrics, until a signal", 1 },
	{ "textfile", TEXTFILE, "PATH", 0, "write that file, whole; often with --watch", 0 },
	{ "cgroup", CGROUP, NULL, 0, "label processes with their cgroup, too", 0 },
	{ 0 },
};

static const char about[] =
	"Metrics for Prometheus: served, as OpenMetrics or as plain text, whichever is\n"
	"asked for; in a file for node_exporter's textfile collector; or, without\n"
	"either, on stdout. No label has an address, and none has many values.\n"
	"--netns and --all-netns add the label netns. To name the processes of others\n"
	"takes root, or CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.";

static void check(const struct request *request, struct argp_state *state)
{
	if (request->listen && request->textfile)
		argp_error(state, "--listen and --textfile exclude each other");
	if (request->options->watch > 0 && !request->textfile)
		argp_error(state, "--watch goes with --textfile");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case LISTEN:
		request->listen = arg;
		return 0;
	case TEXTFILE:
		request->textfile = arg;
		return 0;
	case CGROUP:
		request->cgroup = true;
		return 0;
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': export takes only options", arg);
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
			"metrics have Prometheus's form; tcpwatch, leaks, list and handshakes have JSON",
		[OPTION_COLOR] = "metrics have no colours; leave it out",
	},
};

/* Once each time it begins: whoever reads the log needs the cause, not its repetition. */
static void say_fault(struct request *request, const struct fault *fault)
{
	if (fault->status && !request->failing)
		fault_print(fault);
	request->failing = fault->status;
}

/* Returns the status of what could not be read, or of @fault if nothing could be written. */
static enum status write_metrics(struct request *request, FILE *file, enum form form,
				 bool *written, struct fault *fault)
{
	const struct scrape_rules rules = {
		.options = request->options,
		.by_cgroup = request->cgroup,
	};
	struct exposition exposition = { .file = file, .form = form };
	struct scrape scrape;
	enum status status = scrape_take(&scrape, &rules, fault);

	*written = !status;
	if (!status) {
		metrics_write(&exposition, &scrape);
		say_fault(request, &scrape.fault);
		status = scrape.fault.status;
	}
	scrape_free(&scrape);
	return status;
}

/* ---- served */

static bool make_page(void *arg, enum form form, char **text, size_t *size)
{
	FILE *file = open_memstream(text, size);
	struct fault fault;
	bool written;

	if (!file)
		return false;
	write_metrics(arg, file, form, &written, &fault);
	/* A stream into memory fails for one reason. */
	written &= !ferror(file);
	if (!fclose(file) && written)
		return true;
	free(*text);
	return false;
}

static void block_ends(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGTERM);
	sigprocmask(SIG_BLOCK, ends, NULL);
}

/* A namespace that is not there will hardly come: the user is better told at once. */
static enum status check_namespace(const struct request *request, struct fault *fault)
{
	struct netns_list list;
	enum status status = netns_open(&list, request->options, fault);

	netns_close(&list);
	return status == STATUS_USAGE ? status : STATUS_OK;
}

static enum status serve(struct request *request, struct fault *fault)
{
	struct server *server;
	sigset_t ends;
	int signal;

	if (check_namespace(request, fault))
		return fault->status;
	/* The server's thread, too, leaves them to this one. */
	block_ends(&ends);
	server = server_start(request->listen, make_page, request, fault);
	if (!server)
		return fault->status;
	sigwait(&ends, &signal);
	server_stop(server);
	return STATUS_OK;
}

/* ---- in a file */

static enum status write_file(struct request *request, struct fault *fault)
{
	struct wholefile file;
	enum status status = wholefile_open(&file, request->textfile, fault);
	bool written;

	if (status)
		return status;
	write_metrics(request, file.file, FORM_TEXT, &written, fault);
	status = written ? wholefile_keep(&file, fault) : fault->status;
	wholefile_close(&file);
	return status;
}

static bool wait_next(const sigset_t *ends, double seconds)
{
	struct timespec wait = { .tv_sec = (time_t)seconds };

	wait.tv_nsec = (long)((seconds - (double)wait.tv_sec) * 1e9);
	return sigtimedwait(ends, NULL, &wait) < 0;
}

static enum status write_files(struct request *request, struct fault *fault)
{
	enum status status;
	sigset_t ends;

	if (check_namespace(request, fault))
		return fault->status;
	block_ends(&ends);
	do {
		status = write_file(request, fault);
	} while (!status && request->options->watch > 0 &&
		 wait_next(&ends, request->options->watch));
	return status;
}

static enum status print(struct request *request, struct fault *fault)
{
	bool written;

	if (check_namespace(request, fault))
		return fault->status;
	write_metrics(request, stdout, FORM_TEXT, &written, fault);
	return written ? STATUS_OK : fault->status;
}

enum status export_main(struct options *options, int argc, char **argv)
{
	struct request request = { .options = options };
	char name[] = "tcpwatch export";
	struct fault fault;
	enum status status;

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	if (request.listen)
		status = serve(&request, &fault);
	else if (request.textfile)
		status = write_files(&request, &fault);
	else
		status = print(&request, &fault);
	if (status)
		fault_print(&fault);
	return status;
}
