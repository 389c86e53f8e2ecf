/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The renderer of JSON. What is small is made by json-c as a whole; the outer
 * frame and long arrays are written as they come, so that a million connections
 * do not have to fit into memory as JSON.
 */
#ifndef TCPWATCH_DOC_H
#define TCPWATCH_DOC_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"
#include "netns.h"
#include "number.h"

/**
 * struct doc - a document that is being written
 * @file: where to
 * @comma: something stands before the next element
 * @failed: no memory: the document is worth nothing
 */
struct doc {
	FILE *file;
	bool comma;
	bool failed;
};

void doc_begin_array(struct doc *doc, FILE *file, const char *command, const char *name);
enum status doc_end_array(struct doc *doc, struct fault *fault);
void doc_begin(struct doc *doc, FILE *file, const char *command);
enum status doc_end(struct doc *doc, const struct netns_list *list, struct fault *fault);

struct json_object *doc_object(struct doc *doc);
struct json_object *doc_netns(struct doc *doc, const struct netns *ns);
struct json_object *doc_array(struct doc *doc);
void doc_append(struct doc *doc, struct json_object *array, struct json_object *value);
void doc_line(struct doc *doc, struct json_object *object);
void doc_element(struct doc *doc, struct json_object *object);
void doc_element_text(struct doc *doc, const char *text, size_t length);
const char *doc_render(struct doc *doc, struct json_object *object, size_t *length);
void doc_open_array(struct doc *doc, struct json_object *object, const char *name);
void doc_close_array(struct doc *doc);

void doc_add(struct doc *doc, struct json_object *object, const char *name,
	     struct json_object *value);
void doc_add_null(struct doc *doc, struct json_object *object, const char *name);
void doc_add_bool(struct doc *doc, struct json_object *object, const char *name, bool value);
void doc_add_u64(struct doc *doc, struct json_object *object, const char *name,
		 uint64_t value);
void doc_add_number(struct doc *doc, struct json_object *object, const char *name,
		    struct number number);
void doc_add_double(struct doc *doc, struct json_object *object, const char *name,
		    double value);
void doc_add_string(struct doc *doc, struct json_object *object, const char *name,
		    const char *value);

#endif
