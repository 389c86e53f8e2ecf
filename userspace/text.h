/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The renderer of text: colours, wrapped sentences, ages, tables.
 */
#ifndef TCPWATCH_TEXT_H
#define TCPWATCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"
#include "netns.h"

enum {
	TEXT_WIDTH = 80,
	TEXT_LABEL = 13,	/* where the values of a text_line() start */
	AGE_SIZE = 32,
};

enum paint { PAINT_NONE, PAINT_HEAD, PAINT_GOOD, PAINT_WARN, PAINT_BAD };

/**
 * struct page - where text goes
 * @file: the stream
 * @color: colours are wanted
 */
struct page {
	FILE *file;
	bool color;
};

void text_paint(const struct page *page, enum paint paint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void text_wrap(const struct page *page, enum paint paint, size_t indent, size_t hang,
	       const char *text);
void text_line(const struct page *page, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
const char *text_plural(uint64_t n);
void text_unseen(const struct page *page, const struct netns_list *list);
const char *text_age(char age[AGE_SIZE], uint64_t ms);
const char *text_age_exact(char age[AGE_SIZE], uint64_t ms, const char *exact);
const char *text_bytes(char text[AGE_SIZE], uint64_t bytes);
const char *text_short(char text[AGE_SIZE], uint64_t value);
const char *text_time_us(char time[AGE_SIZE], uint64_t us);

/**
 * struct grid - a table to print, its columns as wide as their widest cell
 * @n_columns: how many columns
 * @right: which of them are aligned right, as numbers are
 * @cells: the cells, row by row, the heads first, all in one run of strings
 * @size: bytes that they take
 * @room: for how many there is room
 * @n: how many cells
 * @failed: no memory
 */
struct grid {
	size_t n_columns;
	bool *right;
	char *cells;
	size_t size;
	size_t room;
	size_t n;
	bool failed;
};

void grid_init(struct grid *grid, size_t n_columns);
void grid_head(struct grid *grid, const char *title, bool right);
void grid_cell(struct grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum status grid_print(struct grid *grid, const struct page *page, size_t indent,
		       struct fault *fault);

#endif
