/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What subcommands share that say one thing of each namespace: to read all of them, to
 * find the processes in one pass, to print text or JSON.
 */
#ifndef TCPWATCH_SURVEY_H
#define TCPWATCH_SURVEY_H

#include <argp.h>
#include <stddef.h>

#include "doc.h"
#include "fault.h"
#include "netns.h"
#include "options.h"
#include "owner.h"
#include "text.h"

/**
 * struct survey - a subcommand that says one thing of each namespace
 * @name: the subcommand
 * @about: what --help says of it
 * @size: what is kept of a namespace, all zeroes at first
 * @read: reads it, and asks for the owners it needs
 * @digest: makes the answer of it, with the owners; NULL if there is nothing to do
 * @json: gives the namespace's object its members
 * @text: prints it
 * @free: gives back what it holds; also of one that could not be read
 *
 * @arg is what survey_main() was given.
 */
struct survey {
	const char *name;
	const char *about;
	size_t size;
	enum status (*read)(void *one, struct netns *ns, struct owners *owners, const void *arg,
			    struct fault *fault);
	enum status (*digest)(void *one, const struct owners *owners, const void *arg,
			      struct fault *fault);
	void (*json)(const void *one, struct doc *doc, struct json_object *object);
	enum status (*text)(const void *one, const struct page *page, struct fault *fault);
	void (*free)(void *one);
};

enum status survey_main(const struct survey *survey, struct options *options, int argc,
			char **argv);
enum status survey_run(const struct survey *survey, const struct options *options,
		       const void *arg);

#endif
