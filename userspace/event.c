// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "array.h"
#include "event.h"

enum {
	NEEDED_MAX = 9,
	SHOWN_MAX = 64,		/* bytes of a wrong word that a message shows */
};

/* What there is, and which keys it always has. */
static const struct {
	const char *name;
	const char *needed[NEEDED_MAX + 1];
} kinds[] = {
	[EVENT_STATE] = { "state", { "from", "to" } },
	[EVENT_CLOSED] = { "closed", { "opened", "closed", "by" } },
	[EVENT_ZERO_WINDOW] = { "zero_window", { "dir" } },
	[EVENT_WINDOW_OPEN] = { "window_open", { "dir" } },
	[EVENT_SYN_BLOCKED] = { "syn_blocked", { NULL } },
	[EVENT_STUCK] = { "stuck", { NULL } },
	[EVENT_SEGMENT] = { "segment",
			    { "dir", "flags", "seq", "ack", "len", "wnd", "una", "nxt",
			      "snd_wnd" } },
	[EVENT_LOST] = { "lost", { "n" } },
};

/* Those whose unit is not in their name, and that are no columns of a table. */
static const struct {
	const char *name;
	enum column_kind kind;
	bool known;	/* never "-" */
} keys[] = {
	{ "from", COLUMN_WORD, true },
	{ "to", COLUMN_WORD, true },
	{ "by", COLUMN_WORD, false },
	{ "dir", COLUMN_WORD, true },
	{ "flags", COLUMN_WORD, false },
	{ "sack", COLUMN_WORD, false },
	{ "sack_permitted", COLUMN_WORD, false },
	{ "seq", COLUMN_NUMBER, true },
	{ "ack", COLUMN_NUMBER, true },
	{ "len", COLUMN_NUMBER, true },
	{ "una", COLUMN_NUMBER, true },
	{ "nxt", COLUMN_NUMBER, true },
	{ "wnd", COLUMN_NUMBER, false },
	{ "write_seq", COLUMN_NUMBER, false },
	{ "rcv_nxt", COLUMN_NUMBER, false },
	{ "copied", COLUMN_NUMBER, false },
	{ "cwnd", COLUMN_NUMBER, false },
	{ "wscale", COLUMN_NUMBER, false },
	{ "n", COLUMN_NUMBER, true },
};

/* What JSON has beside the keys. */
static const char *const fields[] = { "time_ns", "time_ms", "id", "event", "local", "remote" };

static enum column_kind key_kind(const char *name, bool *known)
{
	*known = false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(name, keys[i].name)) {
			*known = keys[i].known;
			return keys[i].kind;
		}
	}
	return column_kind(name);
}

/**
 * event_kind_find() - which event is called so?
 * @name: the word
 * @kind: the event, EVENT_OTHER if there is none
 *
 * Return: whether this program knows it.
 */
bool event_kind_find(const char *name, enum event_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(name, kinds[i].name)) {
			*kind = (enum event_kind)i;
			return true;
		}
	}
	*kind = EVENT_OTHER;
	return false;
}

/* Blanks become NULs. */
static enum status check_bytes(size_t line, char *text, size_t size, struct fault *fault)
{
	for (char *p = text; p < text + size; p++) {
		if (*p == ' ' || *p == '\t')
			*p = '\0';
		else if (*p < ' ' || *p >= 0x7f)
			return fault_set(fault, STATUS_FAILED,
					 "events: line %zu has a byte 0x%02x, which no event has",
					 line, (unsigned char)*p);
	}
	return STATUS_OK;
}

/**
 * struct words - the words of a line that are still to be taken
 * @next: where to look for the next
 * @end: of the line
 */
struct words {
	char *next;
	const char *end;
};

/* The next one, ended by a NUL; NULL if there is none left. */
static char *take(struct words *words)
{
	char *word;

	while (words->next < words->end && !*words->next)
		words->next++;
	if (words->next >= words->end)
		return NULL;
	word = words->next;
	words->next += strlen(word);
	return word;
}

static enum status bad_word(size_t line, const char *word, const char *why, struct fault *fault)
{
	return fault_set(fault, STATUS_FAILED, "events: line %zu: '%.*s' %s", line, SHOWN_MAX, word,
			 why);
}

static enum status take_key(struct event *event, size_t line, char *word, struct fault *fault)
{
	struct event_key *key = &event->keys[event->n_keys];
	char *equals = strchr(word, '=');
	enum column_kind kind;
	bool known;

	if (!equals || equals == word || !equals[1])
		return bad_word(line, word, "is no key=value", fault);
	if (event->n_keys == EVENT_KEYS_MAX)
		return bad_word(line, word, "is one key more than any event has", fault);
	*equals = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(fields[i], word))
			return bad_word(line, word, "is no key, but a field of every event",
					fault);
	if (event_cell(event, word))
		return bad_word(line, word, "is there twice", fault);
	key->name = word;
	kind = key_kind(word, &known);
	if (!cell_parse(&key->cell, kind, equals + 1) ||
	    (known && cell_unknown(&key->cell))) {
		*equals = '=';
		return bad_word(line, word,
				cell_unknown(&key->cell) ? "is not allowed there" :
							   cell_mistake(kind),
				fault);
	}
	event->n_keys++;
	return STATUS_OK;
}

static enum status take_keys(struct event *event, size_t line, struct words *words,
			     struct fault *fault)
{
	enum status status = STATUS_OK;
	char *word;

	while (!status && (word = take(words)))
		status = take_key(event, line, word, fault);
	if (status || event->kind == EVENT_OTHER)
		return status;
	for (const char *const *needed = kinds[event->kind].needed; *needed; needed++)
		if (!event_cell(event, *needed))
			return fault_set(fault, STATUS_FAILED,
					 "events: line %zu: '%s' has no '%s'; is it cut short?",
					 line, event->name, *needed);
	return STATUS_OK;
}

static bool take_end(struct cell *end, const char *word, bool *has_ends)
{
	*end = (struct cell){ .text = word, .kind = COLUMN_ADDR };
	if (!strcmp(word, "-")) {
		*has_ends = false;
		return true;
	}
	return addr_parse(word, &end->addr);
}

/**
 * event_parse() - make an event of a line
 * @event: what to fill in
 * @line: the line's number, for messages
 * @text: the line, which is changed, and must live as long as the event
 * @size: bytes before its newline, which becomes a NUL
 * @fault: what is wrong with the line
 *
 * All or nothing: each field is there and says something that it may say, each key is
 * there once, and an event that is known has the keys that it must have.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status event_parse(struct event *event, size_t line, char *text, size_t size,
			struct fault *fault)
{
	enum { TIME, ID, NAME, LOCAL, REMOTE, FIELDS };
	struct words words = { .next = text, .end = text + size };
	struct number time_ns;
	char *field[FIELDS];

	if (size > EVENT_LINE_MAX)
		return fault_set(fault, STATUS_FAILED, "events: line %zu is longer than %d bytes",
				 line, EVENT_LINE_MAX);
	text[size] = '\0';
	if (check_bytes(line, text, size, fault))
		return fault->status;
	for (size_t i = 0; i < FIELDS; i++) {
		field[i] = take(&words);
		if (!field[i])
			return fault_set(fault, STATUS_FAILED,
					 "events: line %zu has only %zu of the %d fields of every event",
					 line, i, FIELDS);
	}
	event->has_ends = true;
	event->n_keys = 0;
	event->name = field[NAME];
	event_kind_find(event->name, &event->kind);
	if (!number_parse(field[TIME], &time_ns) || !time_ns.known)
		return bad_word(line, field[TIME], "is no time", fault);
	event->time_ns = time_ns.value;
	if (!number_parse(field[ID], &event->id))
		return bad_word(line, field[ID], "is no number", fault);
	if (!take_end(&event->local, field[LOCAL], &event->has_ends))
		return bad_word(line, field[LOCAL], "is no address with a port", fault);
	if (!take_end(&event->remote, field[REMOTE], &event->has_ends))
		return bad_word(line, field[REMOTE], "is no address with a port", fault);
	return take_keys(event, line, &words, fault);
}

/**
 * event_cell() - what does it say?
 * @event: the event
 * @key: about this
 *
 * Return: the value, which may be "-"; NULL if there is no such key.
 */
const struct cell *event_cell(const struct event *event, const char *key)
{
	for (size_t i = 0; i < event->n_keys; i++)
		if (!strcmp(event->keys[i].name, key))
			return &event->keys[i].cell;
	return NULL;
}

/**
 * event_word() - what does it say, as a word?
 * @event: the event
 * @key: about this
 *
 * Return: the word; NULL if there is no such key, or it is not known.
 */
const char *event_word(const struct event *event, const char *key)
{
	const struct cell *cell = event_cell(event, key);

	return cell && !cell_unknown(cell) ? cell->text : NULL;
}

/**
 * event_number() - what does it say, as a number?
 * @event: the event
 * @key: about this
 *
 * Return: the number; unknown if there is no such key, or it has none.
 */
struct number event_number(const struct event *event, const char *key)
{
	const struct cell *cell = event_cell(event, key);

	return cell ? cell->number : (struct number){ .known = false };
}
