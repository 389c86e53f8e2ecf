// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "../kmod/state.h"
#include "array.h"
#include "commands.h"
#include "doc.h"
#include "spelling.h"
#include "text.h"
#include "watch.h"
#include "word.h"

/**
 * struct request - what to explain
 * @word: the word, NULL to list all
 */
struct request {
	const char *word;
};

static const char about[] =
	"What a WORD means: a state, a verdict, a line of summary, an event. What it\n"
	"is, what makes it, what to look at, what to do. Without a WORD: which there\n"
	"are.";

static void check_word(const char *word, struct argp_state *state)
{
	struct spelling spelling = { .word = word };

	if (word_find(word, NULL))
		return;
	for (size_t i = 0; i < n_words; i++)
		spelling_try(&spelling, words[i].name);
	if (spelling.nearest)
		argp_error(state, "'%.64s' is none of the words; do you mean '%s'?", word,
			   spelling.nearest);
	argp_error(state, "'%.64s' is none of the words; 'tcpwatch explain' lists them", word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (request->word)
			argp_error(state, "'%s': explain takes one word", arg);
		request->word = arg;
		check_word(arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct usage usage = {
	.argp = {
		.parser = parse,
		.args_doc = "[WORD]",
		.doc = about,
	},
	.refuses = {
		[OPTION_WATCH] = "words mean the same at any time; leave it out",
		[OPTION_NETNS] = "words mean the same everywhere; leave it out",
		[OPTION_ALL_NETNS] = "words mean the same everywhere; leave it out",
		[OPTION_FROM] = "words mean the same everywhere; leave it out",
	},
};

static bool wanted(const struct request *request, const struct word *word)
{
	const struct word *found = NULL;

	if (!request->word)
		return true;
	do {
		found = word_find(request->word, found);
	} while (found && found != word);
	return found;
}

static void print_part(const struct page *page, const char *title, const char *text)
{
	enum { PART = 10 };

	text_paint(page, PAINT_HEAD, "  %-*s", PART, title);
	text_wrap(page, PAINT_NONE, PART + 2, PART + 2, text);
}

/* What makes the change between the two, as the module's own table has it; or NULL. */
static const char *cause_of(unsigned int state, unsigned int other, bool leaves)
{
	return leaves ? tcpw_state_cause(state, other) : tcpw_state_cause(other, state);
}

static void print_changes(const struct page *page, unsigned int state, bool leaves)
{
	const char *title = leaves ? "To" : "From";

	for (unsigned int other = 0; other < TCPW_STATES; other++) {
		const char *cause = cause_of(state, other, leaves);
		char text[160];

		if (!cause)
			continue;
		snprintf(text, sizeof(text), "%s: %s", tcpw_state_name(other), cause);
		print_part(page, title, text);
		title = "";
	}
}

static void add_changes(struct doc *doc, struct json_object *object, unsigned int state,
			bool leaves)
{
	struct json_object *array = doc_array(doc);

	for (unsigned int other = 0; other < TCPW_STATES; other++) {
		const char *cause = cause_of(state, other, leaves);
		struct json_object *change;

		if (!cause)
			continue;
		change = doc_object(doc);
		doc_add_string(doc, change, "state", tcpw_state_name(other));
		doc_add_string(doc, change, "cause", cause);
		doc_append(doc, array, change);
	}
	doc_add(doc, object, leaves ? "to" : "from", array);
}

/* The number of the state of that name; TCPW_STATES, which has no change, if it is none. */
static unsigned int state_number(const struct word *word)
{
	unsigned int state = 0;

	while (state < TCPW_STATES &&
	       (word->kind != WORD_STATE || strcmp(word->name, tcpw_state_name(state)) != 0))
		state++;
	return state;
}

static void print_words(const struct request *request, const struct page *page)
{
	static const char *const kinds[WORD_KINDS] = {
		[WORD_STATE] = "a state",
		[WORD_VERDICT] = "a verdict on a socket in CLOSE_WAIT",
		[WORD_SUMMARY] = "a line of summary",
		[WORD_EVENT] = "an event",
	};
	bool first = true;

	for (size_t i = 0; i < n_words; i++) {
		const struct word *word = &words[i];

		if (!wanted(request, word))
			continue;
		if (!first)
			fputc('\n', page->file);
		first = false;
		text_paint(page, PAINT_HEAD, "%s", word->name);
		fprintf(page->file, ", %s\n", kinds[word->kind]);
		print_part(page, "What", word->what);
		print_part(page, "Cause", word->cause);
		print_part(page, "Look at", word->look);
		print_part(page, "Do", word->todo);
		print_changes(page, state_number(word), false);
		print_changes(page, state_number(word), true);
	}
}

static void print_names(const struct page *page)
{
	static const char *const titles[WORD_KINDS] = {
		[WORD_STATE] = "States",
		[WORD_VERDICT] = "Verdicts",
		[WORD_SUMMARY] = "Summary",
		[WORD_EVENT] = "Events",
	};
	enum { TITLE = 10 };
	char names[2048];

	for (unsigned int kind = 0; kind < WORD_KINDS; kind++) {
		size_t used = 0;

		for (size_t i = 0; i < n_words; i++)
			if (words[i].kind == kind && used < sizeof(names))
				used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
							 used ? " " : "", words[i].name);
		text_paint(page, PAINT_HEAD, "%-*s", TITLE, titles[kind]);
		text_wrap(page, PAINT_NONE, TITLE, TITLE, names);
	}
	fputs("\nWhat one of them means: tcpwatch explain WORD\n", page->file);
}

static enum status print_json(const struct request *request, const struct page *page,
			      struct fault *fault)
{
	struct doc doc;

	doc_begin_array(&doc, page->file, "explain", "words");
	for (size_t i = 0; i < n_words; i++) {
		const struct word *word = &words[i];
		struct json_object *object;

		if (!wanted(request, word))
			continue;
		object = doc_object(&doc);
		doc_add_string(&doc, object, "name", word->name);
		doc_add_string(&doc, object, "kind", word_kind_name(word->kind));
		doc_add_string(&doc, object, "what", word->what);
		doc_add_string(&doc, object, "cause", word->cause);
		doc_add_string(&doc, object, "look", word->look);
		doc_add_string(&doc, object, "todo", word->todo);
		add_changes(&doc, object, state_number(word), false);
		add_changes(&doc, object, state_number(word), true);
		doc_element(&doc, object);
	}
	return doc_end_array(&doc, fault);
}

static enum status look(void *arg, const struct options *options, const struct page *page,
			enum status *answer, struct fault *fault)
{
	const struct request *request = arg;

	*answer = STATUS_OK;
	if (options->json)
		return print_json(request, page, fault);
	if (request->word)
		print_words(request, page);
	else
		print_names(page);
	return STATUS_OK;
}

enum status explain_main(struct options *options, int argc, char **argv)
{
	char name[] = "tcpwatch explain";
	struct request request = { .word = NULL };

	argv[0] = name;
	options_parse(&usage, options, argc, argv, &request);
	return watch_run(options, look, &request);
}
