// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "spelling.h"
#include "top/prompt.h"

enum { ERROR_ROWS = 3 };

static const char begin[] = "Filter: ";

/* As the options of list are called. */
static const struct {
	const char *name;
	enum filter_kind kind;
} names[] = {
	{ "state", FILTER_STATE }, { "local", FILTER_LOCAL },	  { "remote", FILTER_REMOTE },
	{ "port", FILTER_PORT },   { "pid", FILTER_PID },	  { "comm", FILTER_COMM },
	{ "verdict", FILTER_VERDICT },
};

static enum status bad_name(const char *name, struct fault *fault)
{
	struct spelling spelling = { .word = name };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		spelling_try(&spelling, names[i].name);
	if (spelling.nearest)
		return fault_set(fault, STATUS_USAGE, "'%.64s' is no filter; do you mean '%s'?",
				 name, spelling.nearest);
	return fault_set(fault, STATUS_USAGE,
			 "'%.64s' is no filter; they are state, local, remote, port, pid, comm, verdict, as in: state=close-wait port=443",
			 name);
}

static enum status add(struct filter *filter, const char *name, const char *value,
		       struct fault *fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i].name) != 0)
			continue;
		if (!value || !*value)
			return fault_set(fault, STATUS_USAGE, "%s=... needs a value", name);
		return filter_add(filter, names[i].kind, value, fault);
	}
	return bad_name(name, fault);
}

/* "state=close-wait port=443", and the same as options: "--state close-wait --port 443". */
static enum status parse(struct filter *filter, char *text, struct fault *fault)
{
	enum status status = STATUS_OK;
	char *rest = text;
	char *name;

	while (!status && (name = strtok_r(rest, " ", &rest))) {
		char *value;

		name += 2 * !strncmp(name, "--", 2);
		value = strchr(name, '=');
		if (value)
			*value++ = '\0';
		else
			value = strtok_r(rest, " ", &rest);
		status = add(filter, name, value, fault);
	}
	return status;
}

/**
 * prompt_open() - begin to write
 * @prompt: what was written before can be changed
 */
void prompt_open(struct prompt *prompt)
{
	prompt->open = true;
	prompt->fault.status = STATUS_OK;
	memcpy(prompt->text, prompt->used, sizeof(prompt->text));
}

/**
 * prompt_set() - use another filter
 * @prompt: the filter; unchanged, with a fault, if @text is none
 * @text: the filter in words; empty for none
 *
 * Return: whether it is used.
 */
bool prompt_set(struct prompt *prompt, const char *text)
{
	struct filter filter = { .any = { NULL } };
	char copy[PROMPT_SIZE];

	snprintf(copy, sizeof(copy), "%s", text);
	prompt->fault.status = STATUS_OK;
	if (parse(&filter, copy, &prompt->fault)) {
		filter_free(&filter);
		return false;
	}
	filter_free(&prompt->filter);
	prompt->filter = filter;
	snprintf(prompt->used, sizeof(prompt->used), "%s", text + strspn(text, " "));
	return true;
}

static void write_key(struct prompt *prompt, int key)
{
	size_t length = strlen(prompt->text);

	prompt->fault.status = STATUS_OK;
	if (key == SCREEN_ERASE_LINE) {
		*prompt->text = '\0';
	} else if ((key == SCREEN_BACKSPACE || key == SCREEN_DELETE) && length) {
		prompt->text[length - 1] = '\0';
	} else if (key >= ' ' && key < SCREEN_UP && length + 1 < sizeof(prompt->text)) {
		prompt->text[length] = (char)key;
		prompt->text[length + 1] = '\0';
	}
}

/**
 * prompt_key() - take a key
 * @prompt: open
 * @key: the key: Enter uses what is written, Esc forgets it
 *
 * Return: whether another filter is in use now.
 */
bool prompt_key(struct prompt *prompt, int key)
{
	switch (key) {
	case SCREEN_ENTER:
		if (!prompt_set(prompt, prompt->text))
			return false;
		prompt->open = false;
		return true;
	case SCREEN_ESCAPE:
		prompt->open = false;
		return false;
	default:
		write_key(prompt, key);
		return false;
	}
}

/**
 * prompt_draw() - draw the line, on the last of the screen, and above it what is wrong
 * @display: the terminal, on which all else is drawn
 * @prompt: open
 */
void prompt_draw(struct display *display, const struct prompt *prompt)
{
	const int row = display->rows - 1;
	const int left = (int)strlen(begin);
	const int width = display->columns - left - 1;
	const int length = (int)strlen(prompt->text);
	const int hidden = length > width ? length - width : 0;

	pen_repeat(display, row, 0, display->columns, TINT_NONE, " ");
	pen_put(display, row, 0, left, TINT_HEAD, "%s", begin);
	pen_put(display, row, left, width, TINT_NONE, "%s", prompt->text + hidden);
	for (int i = 1; prompt->fault.status && i <= ERROR_ROWS; i++)
		pen_repeat(display, row - i, 0, display->columns, TINT_NONE, " ");
	if (prompt->fault.status)
		pen_wrap(display, row - ERROR_ROWS, 0, display->columns, ERROR_ROWS, TINT_BAD,
			 prompt->fault.text);
	else
		pen_put(display, row - 1, 0, display->columns, TINT_BAR, "%-*s",
			display->columns,
			"state=close-wait port=80,443 local= remote= pid= comm=ngi* verdict=  Enter, Esc");
	screen_cursor(display, row, left + length - hidden);
}

/**
 * prompt_free() - give back what it holds
 * @prompt: open or not
 */
void prompt_free(struct prompt *prompt)
{
	filter_free(&prompt->filter);
}
