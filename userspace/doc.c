// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "doc.h"
#include "utf8.h"
#include "version.h"

enum {
	FORMAT = 1,	/* grows only if a name is taken away or changes its meaning */
	FLAGS = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
};

/**
 * doc_render() - how json-c writes a value
 * @doc: the document it is for
 * @object: the value
 * @length: how long the text is
 *
 * Return: the text, which lives as long as the value; NULL if there is no memory.
 */
const char *doc_render(struct doc *doc, struct json_object *object, size_t *length)
{
	const char *text = json_object_to_json_string_length(object, FLAGS, length);

	if (!text)
		doc->failed = true;
	return text;
}

/* Everything of an object but its closing brace. */
static void write_open(struct doc *doc, struct json_object *object)
{
	size_t length;
	const char *text = doc_render(doc, object, &length);

	if (text)
		fwrite(text, 1, length - 1, doc->file);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/**
 * doc_begin_array() - start a document that ends with an array
 * @doc: the document
 * @file: where to
 * @command: the subcommand it is of
 * @name: the array's name
 *
 * The array's elements follow, then doc_end_array().
 */
void doc_begin_array(struct doc *doc, FILE *file, const char *command, const char *name)
{
	struct json_object *head;

	*doc = (struct doc){ .file = file };
	head = doc_object(doc);
	doc_add_u64(doc, head, "format", FORMAT);
	doc_add_string(doc, head, "tcpwatch", TCPWATCH_VERSION);
	doc_add_string(doc, head, "command", command);
	doc_add_u64(doc, head, "time_ms", now_ms());
	doc_open_array(doc, head, name);
}

/**
 * doc_end_array() - end a document of doc_begin_array(), one line
 * @doc: the document
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status doc_end_array(struct doc *doc, struct fault *fault)
{
	fputs("]}\n", doc->file);
	return doc->failed ? fault_memory(fault) : STATUS_OK;
}

/**
 * doc_begin() - start a document about namespaces
 * @doc: the document
 * @file: where to
 * @command: the subcommand it is of
 *
 * Elements of "namespaces" follow, then doc_end().
 */
void doc_begin(struct doc *doc, FILE *file, const char *command)
{
	doc_begin_array(doc, file, command, "namespaces");
}

/**
 * doc_end() - end a document of doc_begin(), one line
 * @doc: the document
 * @list: the namespaces that were looked at
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status doc_end(struct doc *doc, const struct netns_list *list, struct fault *fault)
{
	fprintf(doc->file, "],\"hidden_processes\":%zu}\n", list->hidden);
	return doc->failed ? fault_memory(fault) : STATUS_OK;
}

/**
 * doc_object() - a new object
 * @doc: the document
 *
 * Return: the object; NULL, which all functions here take, if there is no memory.
 */
struct json_object *doc_object(struct doc *doc)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		doc->failed = true;
	return object;
}

/**
 * doc_array() - a new array, a short one
 * @doc: the document
 *
 * Return: the array; NULL, which all functions here take, if there is no memory.
 */
struct json_object *doc_array(struct doc *doc)
{
	struct json_object *array = json_object_new_array();

	if (!array)
		doc->failed = true;
	return array;
}

/**
 * doc_append() - give an array another element
 * @doc: the document
 * @array: the array
 * @value: the element, which this takes
 */
void doc_append(struct doc *doc, struct json_object *array, struct json_object *value)
{
	if (array && value && !json_object_array_add(array, value))
		return;
	json_object_put(value);
	doc->failed = true;
}

/**
 * doc_netns() - a new object that says which namespace it is of
 * @doc: the document
 * @ns: the namespace
 *
 * Return: the object, or NULL if there is no memory.
 */
struct json_object *doc_netns(struct doc *doc, const struct netns *ns)
{
	struct json_object *object = doc_object(doc);
	struct number inode = { .known = ns->inode != 0, .value = ns->inode };

	doc_add_string(doc, object, "netns", ns->name);
	doc_add_number(doc, object, "netns_inode", inode);
	doc_add_string(doc, object, "error", ns->fault.status ? ns->fault.text : NULL);
	return object;
}

/**
 * doc_element() - write the next element of the array that is open
 * @doc: the document
 * @object: the element, which this takes
 */
void doc_element(struct doc *doc, struct json_object *object)
{
	size_t length;
	const char *text = doc_render(doc, object, &length);

	if (text)
		doc_element_text(doc, text, length);
	json_object_put(object);
}

/**
 * doc_element_text() - the same, with an element that is written already
 * @doc: the document
 * @text: the element
 * @length: how long it is
 */
void doc_element_text(struct doc *doc, const char *text, size_t length)
{
	if (doc->comma)
		fputc(',', doc->file);
	doc->comma = true;
	fwrite(text, 1, length, doc->file);
}

/**
 * doc_line() - write an object that is a document itself, on a line of its own
 * @doc: the document
 * @object: the object, which this takes
 */
void doc_line(struct doc *doc, struct json_object *object)
{
	doc->comma = false;
	doc_element(doc, object);
	fputc('\n', doc->file);
}

/**
 * doc_open_array() - write an element that ends with a long array
 * @doc: the document
 * @object: the members before the array, at least one; this takes it
 * @name: the array's name
 *
 * The array's elements follow, then doc_close_array().
 */
void doc_open_array(struct doc *doc, struct json_object *object, const char *name)
{
	if (doc->comma)
		fputc(',', doc->file);
	write_open(doc, object);
	fprintf(doc->file, ",\"%s\":[", name);
	json_object_put(object);
	doc->comma = false;
}

/**
 * doc_close_array() - end the array, and the element that ends with it
 * @doc: the document
 */
void doc_close_array(struct doc *doc)
{
	fputs("]}", doc->file);
	doc->comma = true;
}

/**
 * doc_add() - give an object a member
 * @doc: the document
 * @object: the object
 * @name: the member's name
 * @value: its value, which this takes; NULL is no memory, not null
 */
void doc_add(struct doc *doc, struct json_object *object, const char *name,
	     struct json_object *value)
{
	if (object && value && !json_object_object_add(object, name, value))
		return;
	json_object_put(value);
	doc->failed = true;
}

/**
 * doc_add_null() - give an object a member that is null
 * @doc: the document
 * @object: the object
 * @name: the member's name
 */
void doc_add_null(struct doc *doc, struct json_object *object, const char *name)
{
	if (!object || json_object_object_add(object, name, NULL))
		doc->failed = true;
}

/**
 * doc_add_bool() - give an object a member that is true or false
 * @doc: the document
 * @object: the object
 * @name: the member's name
 * @value: which
 */
void doc_add_bool(struct doc *doc, struct json_object *object, const char *name, bool value)
{
	doc_add(doc, object, name, json_object_new_boolean(value));
}

/**
 * doc_add_u64() - give an object a member that is a whole number
 * @doc: the document
 * @object: the object
 * @name: the member's name
 * @value: the number
 */
void doc_add_u64(struct doc *doc, struct json_object *object, const char *name, uint64_t value)
{
	doc_add(doc, object, name, json_object_new_uint64(value));
}

/**
 * doc_add_number() - give an object a member that is a whole number, or null
 * @doc: the document
 * @object: the object
 * @name: the member's name
 * @number: the number, null if it is not known
 */
void doc_add_number(struct doc *doc, struct json_object *object, const char *name,
		    struct number number)
{
	if (number.known)
		doc_add_u64(doc, object, name, number.value);
	else
		doc_add_null(doc, object, name);
}

/**
 * doc_add_double() - give an object a number with a fraction, to two places
 * @doc: the document
 * @object: the object
 * @name: the member's name
 * @value: the number
 */
void doc_add_double(struct doc *doc, struct json_object *object, const char *name, double value)
{
	char text[64];

	snprintf(text, sizeof(text), "%.2f", value);
	doc_add(doc, object, name, json_object_new_double_s(value, text));
}

/**
 * doc_add_string() - give an object a member that is a string, or null
 * @doc: the document
 * @object: the object
 * @name: the member's name
 * @value: the string, any bytes; NULL makes null
 */
void doc_add_string(struct doc *doc, struct json_object *object, const char *name,
		    const char *value)
{
	char *clean;

	if (!value) {
		doc_add_null(doc, object, name);
		return;
	}
	/* JSON is UTF-8. */
	clean = strdup(value);
	doc_add(doc, object, name, clean ? json_object_new_string(utf8_clean(clean)) : NULL);
	free(clean);
}
