// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "survey.h"
#include "watch.h"

/**
 * struct request - a survey that is asked for
 * @survey: which
 * @arg: the subcommand's own
 */
struct request {
	const struct survey *survey;
	const void *arg;
};

/**
 * struct answer - what all namespaces say
 * @list: the namespaces
 * @owners: the processes
 * @ones: what is kept of each namespace, struct survey's size bytes each
 */
struct answer {
	struct netns_list list;
	struct owners owners;
	char *ones;
};

static void *one_of(const struct request *request, const struct answer *answer, size_t i)
{
	return answer->ones + i * request->survey->size;
}

static enum status read_all(struct answer *answer, const struct request *request,
			    const struct options *options, struct fault *fault)
{
	const struct survey *survey = request->survey;
	struct netns_list *list = &answer->list;
	enum status status = netns_open(list, options, fault);

	if (status)
		return status;
	answer->ones = calloc(list->n + 1, survey->size);
	if (!answer->ones)
		return fault_memory(fault);
	for (size_t i = 0; i < list->n && !status; i++) {
		if (list->ns[i].fault.status)
			continue;
		status = survey->read(one_of(request, answer, i), &list->ns[i], &answer->owners,
				      request->arg, fault);
		if (status)
			status = netns_failed(&list->ns[i], options, fault);
	}
	if (!status)
		status = owners_search(&answer->owners, fault);
	for (size_t i = 0; i < list->n && survey->digest && !status; i++)
		if (!list->ns[i].fault.status)
			status = survey->digest(one_of(request, answer, i), &answer->owners,
						request->arg, fault);
	return status;
}

static void free_all(struct answer *answer, const struct request *request)
{
	for (size_t i = 0; i < answer->list.n && answer->ones; i++)
		request->survey->free(one_of(request, answer, i));
	free(answer->ones);
	owners_free(&answer->owners);
	netns_close(&answer->list);
}

static enum status print_json(const struct answer *answer, const struct request *request,
			      const struct page *page, struct fault *fault)
{
	const struct netns_list *list = &answer->list;
	struct doc doc;

	doc_begin(&doc, page->file, request->survey->name);
	for (size_t i = 0; i < list->n; i++) {
		struct json_object *object;

		if (list->ns[i].fault.gone)
			continue;
		object = doc_netns(&doc, &list->ns[i]);
		if (!list->ns[i].fault.status)
			request->survey->json(one_of(request, answer, i), &doc, object);
		doc_element(&doc, object);
	}
	return doc_end(&doc, list, fault);
}

static enum status print_text(const struct answer *answer, const struct request *request,
			      const struct options *options, const struct page *page,
			      struct fault *fault)
{
	const struct netns_list *list = &answer->list;
	enum status status = STATUS_OK;
	bool first = true;

	for (size_t i = 0; i < list->n && !status; i++) {
		char title[NETNS_TITLE_SIZE];

		if (list->ns[i].fault.status)
			continue;
		if (options->all_netns)
			text_paint(page, PAINT_HEAD, "%sNamespace %s\n", first ? "" : "\n",
				   netns_title(&list->ns[i], title));
		first = false;
		status = request->survey->text(one_of(request, answer, i), page, fault);
	}
	text_unseen(page, list);
	return status;
}

static enum status look(void *arg, const struct options *options, const struct page *page,
			enum status *status_wanted, struct fault *fault)
{
	const struct request *request = arg;
	struct answer answer = { .ones = NULL };
	enum status status = read_all(&answer, request, options, fault);

	if (!status)
		status = options->json ? print_json(&answer, request, page, fault) :
					 print_text(&answer, request, options, page, fault);
	if (!status)
		*status_wanted = netns_status(&answer.list, STATUS_OK);
	free_all(&answer, request);
	return status;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		options_mind_watch(arg, state);
		argp_error(state, "'%s': %s takes only options", arg, request->survey->name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/**
 * survey_run() - answer, once or again and again
 * @survey: what is asked
 * @options: of the command line
 * @arg: for @survey
 *
 * Return: the program's exit status.
 */
enum status survey_run(const struct survey *survey, const struct options *options,
		       const void *arg)
{
	struct request request = { .survey = survey, .arg = arg };

	return watch_run(options, look, &request);
}

/**
 * survey_main() - a subcommand that takes nothing but the usual options
 * @survey: the subcommand
 * @options: those before its name
 * @argc: how many words start at its name
 * @argv: they
 *
 * Return: the program's exit status.
 */
enum status survey_main(const struct survey *survey, struct options *options, int argc,
			char **argv)
{
	const struct usage usage = { .argp = { .parser = parse, .doc = survey->about } };
	struct request request = { .survey = survey };
	char name[64];

	snprintf(name, sizeof(name), "tcpwatch %s", survey->name);
	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	return survey_run(survey, options, NULL);
}
