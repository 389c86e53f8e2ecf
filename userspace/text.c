// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "text.h"

/* SGR codes of ECMA-48, those that every terminal has. */
static const char *const codes[] = {
	[PAINT_NONE] = "",
	[PAINT_HEAD] = "\033[1m",
	[PAINT_GOOD] = "\033[32m",
	[PAINT_WARN] = "\033[33m",
	[PAINT_BAD] = "\033[31m",
};

static const char normal[] = "\033[0m";

static void paint_on(const struct page *page, enum paint paint)
{
	if (page->color && paint != PAINT_NONE)
		fputs(codes[paint], page->file);
}

static void paint_off(const struct page *page, enum paint paint)
{
	if (page->color && paint != PAINT_NONE)
		fputs(normal, page->file);
}

/**
 * text_paint() - print in a colour
 * @page: where to
 * @paint: which one
 * @format: as of printf()
 */
void text_paint(const struct page *page, enum paint paint, const char *format, ...)
{
	va_list args;

	paint_on(page, paint);
	va_start(args, format);
	vfprintf(page->file, format, args);
	va_end(args);
	paint_off(page, paint);
}

/**
 * text_wrap() - print sentences, in lines of at most TEXT_WIDTH
 * @page: where to
 * @paint: in which colour
 * @indent: the column that the cursor is at already
 * @hang: where the following lines start
 * @text: the sentences, one blank between words; a newline is added
 */
void text_wrap(const struct page *page, enum paint paint, size_t indent, size_t hang,
	       const char *text)
{
	size_t column = indent;
	bool first = true;

	paint_on(page, paint);
	while (*text) {
		size_t word = strcspn(text, " ");

		if (!first && column + 1 + word > TEXT_WIDTH) {
			paint_off(page, paint);
			fprintf(page->file, "\n%*s", (int)hang, "");
			paint_on(page, paint);
			column = hang;
		} else if (!first) {
			fputc(' ', page->file);
			column++;
		}
		fwrite(text, 1, word, page->file);
		column += word;
		text += word + (text[word] == ' ');
		first = false;
	}
	paint_off(page, paint);
	fputc('\n', page->file);
}

/**
 * text_line() - print a label and what there is to say
 * @page: where to
 * @label: shorter than TEXT_LABEL; empty where it is that of the line before
 * @format: as of printf()
 */
void text_line(const struct page *page, const char *label, const char *format, ...)
{
	char line[400];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	text_paint(page, PAINT_HEAD, "%-*s", TEXT_LABEL, label);
	text_wrap(page, PAINT_NONE, TEXT_LABEL, TEXT_LABEL, line);
}

/**
 * text_plural() - the ending of a noun
 * @n: how many there are
 *
 * Return: "s", or nothing if there is one.
 */
const char *text_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/**
 * text_unseen() - name what could not be looked at
 * @page: where to
 * @list: the namespaces
 */
void text_unseen(const struct page *page, const struct netns_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct netns *ns = &list->ns[i];
		char title[NETNS_TITLE_SIZE];

		if (!ns->fault.status || ns->fault.gone)
			continue;
		text_paint(page, PAINT_WARN, "Namespace %s: ", netns_title(ns, title));
		text_wrap(page, PAINT_WARN, strlen(title) + 12, 2, ns->fault.text);
	}
	if (list->hidden)
		text_paint(page, PAINT_WARN,
			   "Not permitted: the namespaces of %zu process%s of other users; run as root.\n",
			   list->hidden, list->hidden == 1 ? "" : "es");
}

/**
 * text_age() - a span of time for people
 * @age: where to
 * @ms: milliseconds
 *
 * Return: @age: two units at most, cut off and not rounded, as in 3m12s.
 */
const char *text_age(char age[AGE_SIZE], uint64_t ms)
{
	uint64_t s = ms / 1000;
	uint64_t m = s / 60;
	uint64_t h = m / 60;

	if (s < 1)
		snprintf(age, AGE_SIZE, "%" PRIu64 "ms", ms);
	else if (s < 10)
		snprintf(age, AGE_SIZE, "%" PRIu64 ".%" PRIu64 "s", s, ms / 100 % 10);
	else if (m < 1)
		snprintf(age, AGE_SIZE, "%" PRIu64 "s", s);
	else if (h < 1)
		snprintf(age, AGE_SIZE, "%" PRIu64 "m%02" PRIu64 "s", m, s % 60);
	else if (h < 24)
		snprintf(age, AGE_SIZE, "%" PRIu64 "h%02" PRIu64 "m", h, m % 60);
	else
		snprintf(age, AGE_SIZE, "%" PRIu64 "d%02" PRIu64 "h", h / 24, h % 24);
	return age;
}

/**
 * text_age_exact() - a span of time, and how well it is known
 * @age: where to
 * @ms: milliseconds
 * @exact: as the tables say it: yes, min, est
 *
 * Return: @age, with a ">" before it where it is the least it can be, a "~" where
 * it is an estimate.
 */
const char *text_age_exact(char age[AGE_SIZE], uint64_t ms, const char *exact)
{
	char plain[AGE_SIZE - 1];
	const char *mark = "";

	if (!strcmp(exact, "min"))
		mark = ">";
	else if (!strcmp(exact, "est"))
		mark = "~";
	text_age(age, ms);
	memcpy(plain, age, sizeof(plain));
	snprintf(age, AGE_SIZE, "%s%.*s", mark, (int)sizeof(plain) - 1, plain);
	return age;
}

/**
 * text_bytes() - an amount of memory for people
 * @text: where to
 * @bytes: how many bytes
 *
 * Return: @text, in binary units, as in 1.5 MiB.
 */
const char *text_bytes(char text[AGE_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(text, AGE_SIZE, "%" PRIu64 " B", bytes);
		return text;
	}
	while (value >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		unit++;
	}
	snprintf(text, AGE_SIZE, "%.1f %s", value, units[unit]);
	return text;
}

/**
 * text_short() - a number for people who have little room
 * @text: where to
 * @value: the number
 *
 * Return: @text, at most four characters, cut off and not rounded, as in 9999, 1.2M.
 */
const char *text_short(char text[AGE_SIZE], uint64_t value)
{
	static const char units[] = "KMGTPE";
	const char *unit = units;

	if (value < 10 * 1000) {
		snprintf(text, AGE_SIZE, "%" PRIu64, value);
		return text;
	}
	while (value >= 1000 * 1000) {
		value /= 1000;
		unit++;
	}
	if (value < 10 * 1000)
		snprintf(text, AGE_SIZE, "%" PRIu64 ".%" PRIu64 "%c", value / 1000,
			 value / 100 % 10, *unit);
	else
		snprintf(text, AGE_SIZE, "%" PRIu64 "%c", value / 1000, *unit);
	return text;
}

/**
 * text_time_us() - a short time for people
 * @time: where to
 * @us: microseconds
 *
 * Return: @time.
 */
const char *text_time_us(char time[AGE_SIZE], uint64_t us)
{
	if (us < 1000)
		snprintf(time, AGE_SIZE, "%" PRIu64 "us", us);
	else if (us < 100 * 1000)
		snprintf(time, AGE_SIZE, "%" PRIu64 ".%" PRIu64 "ms", us / 1000, us / 100 % 10);
	else
		text_age(time, us / 1000);
	return time;
}

/**
 * grid_init() - start a table
 * @grid: the table; grid_print() ends it
 * @n_columns: how many columns; as many calls of grid_head() must follow
 */
void grid_init(struct grid *grid, size_t n_columns)
{
	*grid = (struct grid){ .n_columns = n_columns };
	grid->right = calloc(n_columns, sizeof(*grid->right));
	grid->failed = !grid->right;
}

static void append(struct grid *grid, const char *text)
{
	size_t size = strlen(text) + 1;
	char *cells;

	if (grid->failed)
		return;
	cells = array_fit(grid->cells, &grid->room, grid->size + size, 1);
	if (!cells) {
		grid->failed = true;
		return;
	}
	grid->cells = cells;
	memcpy(cells + grid->size, text, size);
	grid->size += size;
	grid->n++;
}

/**
 * grid_head() - name the next column
 * @grid: the table
 * @title: its head
 * @right: align it right
 */
void grid_head(struct grid *grid, const char *title, bool right)
{
	if (!grid->failed)
		grid->right[grid->n] = right;
	append(grid, title);
}

/**
 * grid_cell() - fill in the next cell
 * @grid: the table
 * @format: as of printf()
 */
void grid_cell(struct grid *grid, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		append(grid, text);
	else
		grid->failed = true;
	free(text);
}

static void print_cell(const struct page *page, const char *cell, size_t width, bool right,
		       bool last)
{
	if (right)
		fprintf(page->file, "%*s", (int)width, cell);
	else if (last)
		fputs(cell, page->file);
	else
		fprintf(page->file, "%-*s", (int)width, cell);
	if (!last)
		fputs("  ", page->file);
}

static void print_cells(const struct grid *grid, const struct page *page, size_t indent,
			const size_t *width)
{
	const char *cell = grid->cells;

	for (size_t i = 0; i < grid->n; i++) {
		size_t column = i % grid->n_columns;
		bool last = column + 1 == grid->n_columns;

		if (!column)
			fprintf(page->file, "%*s", (int)indent, "");
		if (!i)
			paint_on(page, PAINT_HEAD);
		print_cell(page, cell, width[column], grid->right[column], last);
		if (i + 1 == grid->n_columns)
			paint_off(page, PAINT_HEAD);
		if (last)
			fputc('\n', page->file);
		cell += strlen(cell) + 1;
	}
}

/**
 * grid_print() - print a table and give back what it holds
 * @grid: the table
 * @page: where to
 * @indent: how far from the left
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status grid_print(struct grid *grid, const struct page *page, size_t indent,
		       struct fault *fault)
{
	size_t *width = grid->failed ? NULL : calloc(grid->n_columns, sizeof(*width));
	const char *cell = grid->cells;

	if (width) {
		for (size_t i = 0; i < grid->n; i++) {
			size_t length = strlen(cell);

			if (length > width[i % grid->n_columns])
				width[i % grid->n_columns] = length;
			cell += length + 1;
		}
		print_cells(grid, page, indent, width);
	}
	free(width);
	free(grid->right);
	free(grid->cells);
	return width ? STATUS_OK : fault_memory(fault);
}
