// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "commands.h"
#include "moment.h"
#include "outlet.h"
#include "wholefile.h"
#include "window/plot.h"
#include "window/report.h"
#include "window/sayings.h"
#include "window/live.h"

enum {
	SVG = OPTION_OF_COMMAND,
	WAY,
	RING,
	PID,
	COMM,
};

enum { FOR_USUALLY_S = 10 };

static const int64_t ns_per_s = 1000 * 1000 * 1000;
static const int64_t frame_ns = 100 * 1000 * 1000;	/* between two pictures on a screen */

/**
 * struct request - what the command line asks for
 * @live: of the connection that is wanted
 * @outlet: stdout
 * @keys: stdin is a terminal, so that there are keys
 * @svg: the picture's file; NULL for none
 * @way_given: @way was asked for
 * @way: whose data the picture is about
 */
struct request {
	struct live live;
	struct outlet outlet;
	bool keys;
	const char *svg;
	bool way_given;
	enum flow_way way;
};

static const struct argp_option argp_options[] = {
	{ "svg", SVG, "FILE", 0, "draw the time-sequence plot of --for (10) seconds", 1 },
	{ "way", WAY, "WAY", 0, "of which data: out (ours), in (the peer's)", 0 },
	{ "ring", RING, NULL, 0, "the send buffer as a ring", 2 },
	{ "pid", PID, "PID", 0, "of a process that has the socket", 4 },
	{ "comm", COMM, "NAME", 0, "of such a process; 'ngi*' works", 0 },
	{ 0 },
};

static const char about[] =
	"The sliding window of a connection, as it moves: what is acknowledged, in\n"
	"flight, usable, closed, unsent; what holds the sender. At the end words say\n"
	"what was seen; without a terminal, and with --json, only that. FILTER: local=,\n"
	"remote=, port=, id=, pid=, comm=, as the options. Of several connections the\n"
	"busiest is followed; if there is none yet, the first that comes. Takes root.";

static const struct {
	const char *name;
	enum filter_kind kind;
} filters[] = {
	{ "local", FILTER_LOCAL }, { "remote", FILTER_REMOTE }, { "port", FILTER_PORT },
	{ "id", FILTER_ID },	   { "pid", FILTER_PID },	{ "comm", FILTER_COMM },
};

static void take_filter(struct filter *filter, const char *text, struct argp_state *state)
{
	const char *value = strchr(text, '=');
	struct fault fault;

	for (size_t i = 0; value && i < ARRAY_SIZE(filters); i++) {
		if ((size_t)(value - text) != strlen(filters[i].name) ||
		    strncmp(text, filters[i].name, strlen(filters[i].name)) != 0)
			continue;
		if (filter_add(filter, filters[i].kind, value + 1, &fault))
			options_fail(&fault, state);
		return;
	}
	argp_error(state,
		   "'%s': a filter is local=ADDR, remote=ADDR, port=PORT, id=ID, pid=PID or comm=NAME",
		   text);
}

static void take_way(struct request *request, const char *text, struct argp_state *state)
{
	if (strcmp(text, "in") != 0 && strcmp(text, "out") != 0)
		argp_error(state, "--way %.64s: data goes in or out", text);
	request->way_given = true;
	request->way = strcmp(text, "in") != 0 ? FLOW_OUT : FLOW_IN;
}

static void finish(const struct request *request, struct argp_state *state)
{
	const struct tail *tail = &request->live.session.tail;

	if (request->way_given && !request->svg)
		argp_error(state, "--way: says what --svg draws; on the screen there are both");
	if (request->live.ring && (request->svg || tail->options->json))
		argp_error(state, "--ring: is for the screen, not for --svg or --json");
	if (tail->options->from &&
	    (filter_has(&tail->filter, FILTER_PID) || filter_has(&tail->filter, FILTER_COMM)))
		argp_error(state,
			   "--from: a saved copy does not say which process had a socket, so --pid and --comm do not go with it");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;
	struct tail *tail = &request->live.session.tail;
	struct fault fault;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = tail;
		return 0;
	case SVG:
		request->svg = arg;
		return 0;
	case WAY:
		take_way(request, arg, state);
		return 0;
	case RING:
		request->live.ring = true;
		return 0;
	case PID:
	case COMM:
		if (filter_add(&tail->filter, key == PID ? FILTER_PID : FILTER_COMM, arg, &fault))
			options_fail(&fault, state);
		return 0;
	case ARGP_KEY_ARG:
		take_filter(&tail->filter, arg, state);
		return 0;
	case ARGP_KEY_SUCCESS:
		finish(request, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "[FILTER...]",
		.doc = about,
		.children = tail_children,
	},
	.refuses = {
		STREAM_REFUSES,
	},
};

/* ---- until it is over */

/* From when it is known which connection; how long it takes until one comes is open. */
static int64_t left_ns(const struct session *session, double seconds)
{
	if (!session->aimed || seconds <= 0)
		return INT64_MAX;
	return session->since_ns + (int64_t)(seconds * (double)ns_per_s) - moment_now_ns();
}

static bool is_on_screen(const struct request *request)
{
	return request->outlet.tty && request->keys && !request->svg &&
	       !request->live.session.tail.options->json;
}

static void say_waiting(const struct session *session)
{
	if (!session->aimed && !session->tail.options->from)
		fprintf(stderr, "%s: no connection fits yet; waiting for one (Ctrl-C ends that)\n",
			program_invocation_short_name);
	else if (session->fit > 1)
		fprintf(stderr, "%s: %zu connections fit; following the busiest, %s to %s\n",
			program_invocation_short_name, session->fit, session->flow.local_text,
			session->flow.remote_text);
}

/* What is drawn cannot be what was dropped. */
static bool is_full(const struct request *request)
{
	return request->svg && request->live.session.flow.n == FLOW_SEGMENTS_MAX;
}

static enum status run_quietly(struct request *request, struct fault *fault)
{
	struct session *session = &request->live.session;
	const double seconds = session->tail.seconds > 0 ? session->tail.seconds : FOR_USUALLY_S;
	const bool saved = session->tail.options->from;
	enum status status = STATUS_OK;

	say_waiting(session);
	while (!status && !session->over && !session->flow.over && !is_full(request)) {
		int64_t wait_ns = saved ? 0 : left_ns(session, seconds);

		if (wait_ns <= 0 && !saved)
			break;
		if (outlet_wait(&request->outlet, session->stream.fd,
				wait_ns == INT64_MAX ? -1 : wait_ns) == OUTLET_ENDED)
			break;
		status = session_pump(session, fault);
	}
	return status;
}

static enum status press(struct live *live, int key, bool *quit, struct fault *fault)
{
	switch (key) {
	case 'q':
	case SCREEN_ESCAPE:
		*quit = true;
		return STATUS_OK;
	case 'r':
		live->ring = !live->ring;
		return STATUS_OK;
	case 'n':
		return live_next(live, fault);
	default:
		return STATUS_OK;
	}
}

static void draw(struct live *live, struct display *display)
{
	const int last = display->rows - 1;

	screen_erase(display);
	live_draw(live, display, 0, last);
	pen_repeat(display, last, 0, display->columns, TINT_BAR, " ");
	pen_put(display, last, 0, display->columns, TINT_BAR,
		" q quit   r %s   n next connection", live->ring ? "line" : "ring");
	screen_show(display);
}

/*
 * Events alone do not make a picture, as there may be a great many; they wait for the next
 * one. So only keys, signals and time end a wait.
 */
static enum status run_screen(struct request *request, struct display *display,
			      struct fault *fault)
{
	struct live *live = &request->live;
	enum screen_event event = SCREEN_TIME;
	enum status status = STATUS_OK;
	bool quit = false;

	while (!status && !quit && event != SCREEN_ENDED) {
		int64_t wait_ns = left_ns(&live->session, live->session.tail.seconds);
		int key = SCREEN_NO_KEY;

		if (wait_ns <= 0)
			break;
		status = live_pump(live, fault);
		if (status)
			break;
		draw(live, display);
		event = screen_wait(display, -1, wait_ns < frame_ns ? wait_ns : frame_ns, &key);
		if (event == SCREEN_KEY)
			status = press(live, key, &quit, fault);
	}
	return status;
}

/* ---- the end */

static enum status write_picture(const struct request *request, struct wholefile *picture,
				 struct fault *fault)
{
	const struct session *session = &request->live.session;
	struct moments moments = { .kind = MOMENT_DATE };
	char when[MOMENT_SIZE];
	struct sayings sayings;
	struct plot plot = {
		.flow = &session->flow,
		.way = request->way_given ? request->way : flow_main_way(&session->flow),
		.now_ns = session_now_ns(session),
		.sayings = &sayings,
	};

	if (!session->aimed)
		return STATUS_OK;
	flow_say(&sayings, plot.flow, plot.now_ns);
	if (!session->tail.options->from) {
		moments_sync(&moments);
		plot.when = moment_text(when, &moments, session->flow.first_ns);
	}
	plot_write(picture->file, &plot);
	return wholefile_keep(picture, fault);
}

static enum status print_report(const struct request *request, struct fault *fault)
{
	const struct session *session = &request->live.session;
	const struct page page = {
		.file = stdout,
		.color = outlet_color(&request->outlet, session->tail.options),
	};

	if (session->tail.options->json)
		return report_json(stdout, session, fault);
	report_text(&page, session);
	return STATUS_OK;
}

/* All that can go wrong before anything is followed. @display is opened if there is a screen. */
static enum status begin(struct request *request, struct wholefile *picture,
			 struct display *display, struct fault *fault)
{
	struct session *session = &request->live.session;
	enum status status = STATUS_OK;

	/* A file that cannot be written is better known before the time is spent. */
	if (request->svg)
		status = wholefile_open(picture, request->svg, fault);
	if (!status)
		status = session_open(session, fault);
	if (!status && is_on_screen(request))
		status = screen_open(display, session->tail.options, fault);
	return status;
}

static enum status follow(struct request *request, struct display *display, struct fault *fault)
{
	enum status status;

	if (!is_on_screen(request))
		return run_quietly(request, fault);
	status = run_screen(request, display, fault);
	screen_close(display);
	return status;
}

static enum status run(struct request *request, struct fault *fault)
{
	struct wholefile picture = { .new = NULL };
	struct display display;
	enum status status = begin(request, &picture, &display, fault);
	const bool begun = !status;
	struct fault late;

	if (begun)
		status = follow(request, &display, fault);
	/* What was seen before a bad end is true all the same. */
	if (begun && (request->live.session.aimed || !status)) {
		if (request->svg && write_picture(request, &picture, &late) && !status) {
			*fault = late;
			status = late.status;
		}
		if (print_report(request, &late) && !status) {
			*fault = late;
			status = late.status;
		}
	}
	wholefile_close(&picture);
	return status;
}

enum status window_main(struct options *options, int argc, char **argv)
{
	struct request request = { .live.session.tail.options = options };
	char name[] = "tcpwatch window";
	struct fault fault;
	enum status status;

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	outlet_open(&request.outlet);
	request.keys = isatty(STDIN_FILENO);
	outlet_catch(&request.outlet);
	/* The filter in the module is to go with the terminal. */
	outlet_catch_hangup(&request.outlet);
	status = run(&request, &fault);
	session_close(&request.live.session);
	if (status)
		fault_print(&fault);
	return status;
}
