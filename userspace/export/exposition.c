// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "export/exposition.h"
#include "utf8.h"

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

/* One byte that is no UTF-8 makes Prometheus refuse all that is said. */
static void put_value(FILE *file, const char *value)
{
	while (*value) {
		const size_t length = utf8_character(value);

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
