// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "export/exposition.h"

enum { MS_PER_S = 1000 };

static const char *type_name(const struct exposition *exposition)
{
	const bool openmetrics = exposition->form == FORM_OPENMETRICS;

	switch (exposition->family->type) {
	case FAMILY_COUNTER:
		return "counter";
	case FAMILY_INFO:
		return openmetrics ? "info" : "gauge";
	case FAMILY_AGES:
		return openmetrics ? "gaugehistogram" : "histogram";
	default:
		return "gauge";
	}
}

/* What a type adds to the name of its samples; of ages it is the caller who knows. */
static const char *suffix(const struct family *family)
{
	switch (family->type) {
	case FAMILY_COUNTER:
		return "_total";
	case FAMILY_INFO:
		return "_info";
	default:
		return "";
	}
}

/**
 * exposition_family() - begin a metric
 * @exposition: where to
 * @family: the metric; its samples follow, if it has any
 */
void exposition_family(struct exposition *exposition, const struct family *family)
{
	const bool openmetrics = exposition->form == FORM_OPENMETRICS;
	const char *more = openmetrics ? "" : suffix(family);
	FILE *file = exposition->file;

	exposition->family = family;
	fprintf(file, "# HELP %s%s %s\n", family->name, more, family->help);
	fprintf(file, "# TYPE %s%s %s\n", family->name, more, type_name(exposition));
	if (openmetrics && family->unit)
		fprintf(file, "# UNIT %s %s\n", family->name, family->unit);
}

/**
 * exposition_sample() - begin a sample: its labels and its value follow
 * @exposition: where to, after exposition_family()
 * @part: which part of ages, such as "_bucket"; "" otherwise
 */
void exposition_sample(struct exposition *exposition, const char *part)
{
	const struct family *family = exposition->family;

	exposition->labels = 0;
	fprintf(exposition->file, "%s%s%s", family->name, suffix(family), part);
}

/* Bytes of the UTF-8 character that begins there; 0 if it is none. */
static size_t character(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length;

	if (*p < 0x80)
		return 1;
	if (*p >= 0xc2 && *p <= 0xdf)
		length = 2;
	else if (*p >= 0xe0 && *p <= 0xef)
		length = 3;
	else if (*p >= 0xf0 && *p <= 0xf4)
		length = 4;
	else
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* The long way to write a short one, halves of a pair, and what is above all. */
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

/**
 * exposition_clean() - make a label's value of any bytes
 * @value: a string; what is no UTF-8 in it becomes a question mark
 *
 * Return: @value.
 */
char *exposition_clean(char *value)
{
	for (char *p = value; *p;) {
		const size_t length = character(p);

		if (!length)
			*p = '?';
		p += length ? length : 1;
	}
	return value;
}

/* One byte that is no UTF-8 makes Prometheus refuse all that is said. */
static void put_value(FILE *file, const char *value)
{
	while (*value) {
		const size_t length = character(value);

		if (!length)
			fputc('?', file);
		else if (*value == '\n')
			fputs("\\n", file);
		else if (*value == '"' || *value == '\\')
			fprintf(file, "\\%c", *value);
		else
			fwrite(value, 1, length, file);
		value += length ? length : 1;
	}
}

/**
 * exposition_label() - give a sample a label
 * @exposition: where to, after exposition_sample()
 * @name: the label's name
 * @value: what it says, any bytes
 */
void exposition_label(struct exposition *exposition, const char *name, const char *value)
{
	fprintf(exposition->file, "%c%s=\"", exposition->labels++ ? ',' : '{', name);
	put_value(exposition->file, value);
	fputc('"', exposition->file);
}

static void close_labels(struct exposition *exposition)
{
	if (exposition->labels)
		fputc('}', exposition->file);
}

/**
 * exposition_u64() - end a sample with a number
 * @exposition: where to, after exposition_sample()
 * @value: the number
 */
void exposition_u64(struct exposition *exposition, uint64_t value)
{
	close_labels(exposition);
	fprintf(exposition->file, " %" PRIu64 "\n", value);
}

/**
 * exposition_ms() - end a sample with a time, in seconds
 * @exposition: where to, after exposition_sample()
 * @ms: the time, in milliseconds
 */
void exposition_ms(struct exposition *exposition, uint64_t ms)
{
	close_labels(exposition);
	fprintf(exposition->file, " %" PRIu64 ".%03" PRIu64 "\n", ms / MS_PER_S, ms % MS_PER_S);
}

/**
 * exposition_end() - that was all
 * @exposition: where to
 */
void exposition_end(struct exposition *exposition)
{
	if (exposition->form == FORM_OPENMETRICS)
		fputs("# EOF\n", exposition->file);
}
