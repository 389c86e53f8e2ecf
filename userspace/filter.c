// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kmod/state.h"
#include "array.h"
#include "filter.h"
#include "word.h"

enum {
	NAMES_SIZE = 200,
};

/* Upper case and "_", so that close-wait of ss is understood too. */
static bool same_state(const char *text, const char *name)
{
	for (; *text && *name; text++, name++) {
		char c = *text == '-' ? '_' : (char)toupper((unsigned char)*text);

		if (c != *name)
			return false;
	}
	return *text == *name;
}

static const char *find_state(const char *text)
{
	for (unsigned int state = 0; state < TCPW_STATES; state++) {
		const char *name = tcpw_state_name(state);

		if (*name != '-' && same_state(text, name))
			return name;
	}
	return NULL;
}

static const char *find_verdict(const char *text)
{
	for (unsigned int verdict = 0; verdict < TCPW_VERDICTS; verdict++)
		if (!strcmp(text, tcpw_verdict_name(verdict)))
			return tcpw_verdict_name(verdict);
	return NULL;
}

static const char *find_event(const char *text)
{
	const struct word *word = word_find(text, NULL);

	while (word && word->kind != WORD_EVENT)
		word = word_find(text, word);
	return word ? word->name : NULL;
}

/* As the event `closed` says it. */
static const char *const ends[] = { "fin", "reset_in", "reset_out", "timeout", "refused", "-" };

static const char *find_end(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strcmp(text, ends[i]))
			return ends[i];
	return NULL;
}

static void list_name(char names[NAMES_SIZE], const char *name)
{
	size_t used = strlen(names);

	snprintf(names + used, NAMES_SIZE - used, "%s%s", used ? " " : "", name);
}

static enum status bad_state(const char *text, struct fault *fault)
{
	char names[NAMES_SIZE] = "";

	for (unsigned int state = 0; state < TCPW_STATES; state++)
		if (*tcpw_state_name(state) != '-')
			list_name(names, tcpw_state_name(state));
	return fault_set(fault, STATUS_USAGE, "--state %.64s: there is no such state; they are %s",
			 text, names);
}

static enum status bad_verdict(const char *text, struct fault *fault)
{
	char names[NAMES_SIZE] = "";

	for (unsigned int verdict = 0; verdict < TCPW_VERDICTS; verdict++)
		list_name(names, tcpw_verdict_name(verdict));
	return fault_set(fault, STATUS_USAGE,
			 "--verdict %.64s: there is no such verdict; they are %s", text, names);
}

static enum status bad_event(const char *text, struct fault *fault)
{
	char names[NAMES_SIZE] = "";

	for (size_t i = 0; i < n_words; i++)
		if (words[i].kind == WORD_EVENT)
			list_name(names, words[i].name);
	return fault_set(fault, STATUS_USAGE, "--event %.64s: there is no such event; they are %s",
			 text, names);
}

static enum status bad_end(const char *text, struct fault *fault)
{
	char names[NAMES_SIZE] = "";

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		list_name(names, ends[i]);
	return fault_set(fault, STATUS_USAGE, "--by %.64s: nothing ends so; it is one of %s", text,
			 names);
}

static enum status bad_addr(enum filter_kind kind, const char *text, struct fault *fault)
{
	return fault_set(fault, STATUS_USAGE,
			 "--%s %.64s: an address is 192.0.2.7, 192.0.2.0/24, 192.0.2.7:80, 2001:db8::7, 2001:db8::/32, [2001:db8::7]:443 or :80",
			 kind == FILTER_LOCAL ? "local" : "remote", text);
}

static enum status take_pid(const char *text, pid_t *pid, struct fault *fault)
{
	struct number number;

	if (!number_parse(text, &number) || !number.known || !number.value ||
	    number.value > INT32_MAX)
		return fault_set(fault, STATUS_USAGE, "--pid %.64s: a PID is a number above 0",
				 text);
	*pid = (pid_t)number.value;
	return STATUS_OK;
}

/* In decimal, as the module has it, or in hex, as ss does. */
static enum status take_id(const char *text, uint64_t *id, struct fault *fault)
{
	static const char ss[] = "sk:";
	struct number number;
	char *end;

	if (!strncmp(text, ss, strlen(ss)) && isxdigit((unsigned char)text[strlen(ss)])) {
		errno = 0;
		*id = strtoull(text + strlen(ss), &end, 16);
		if (!errno && !*end)
			return STATUS_OK;
	} else if (number_parse(text, &number) && number.known) {
		*id = number.value;
		return STATUS_OK;
	}
	return fault_set(fault, STATUS_USAGE,
			 "--id %.64s: an id is a number, or sk: and a number as ss -e shows it",
			 text);
}

static enum status take_word(struct alternative *new, const char *word, struct fault *fault)
{
	new->word = strdup(word);
	return new->word ? STATUS_OK : fault_memory(fault);
}

static enum status take_value(struct alternative *new, enum filter_kind kind, const char *text,
			      struct fault *fault)
{
	const char *name;

	switch (kind) {
	case FILTER_STATE:
		name = find_state(text);
		return name ? take_word(new, name, fault) : bad_state(text, fault);
	case FILTER_VERDICT:
		name = find_verdict(text);
		return name ? take_word(new, name, fault) : bad_verdict(text, fault);
	case FILTER_EVENT:
		name = find_event(text);
		return name ? take_word(new, name, fault) : bad_event(text, fault);
	case FILTER_BY:
		name = find_end(text);
		return name ? take_word(new, name, fault) : bad_end(text, fault);
	case FILTER_ID:
		return take_id(text, &new->id, fault);
	case FILTER_LOCAL:
	case FILTER_REMOTE:
		return addr_match_parse(text, &new->match) ? STATUS_OK :
							     bad_addr(kind, text, fault);
	case FILTER_PORT:
		if (port_parse(text, &new->port))
			return STATUS_OK;
		return fault_set(fault, STATUS_USAGE,
				 "--port %.64s: a port is a number up to 65535", text);
	case FILTER_PID:
		return take_pid(text, &new->pid, fault);
	default:
		if (*text)
			return take_word(new, text, fault);
		return fault_set(fault, STATUS_USAGE,
				 "--comm: a name is as in /proc/PID/comm, or a pattern such as 'nginx*'");
	}
}

static enum status add_one(struct filter *filter, enum filter_kind kind, const char *text,
			   struct fault *fault)
{
	struct alternative *new = calloc(1, sizeof(*new));

	if (!new)
		return fault_memory(fault);
	new->next = filter->any[kind];
	filter->any[kind] = new;
	return take_value(new, kind, text, fault);
}

/**
 * filter_add() - add one alternative, or several
 * @filter: the filter, all zeroes at first
 * @kind: what is looked at
 * @text: what it must be; alternatives may stand between commas
 * @fault: what is wrong with it, and what would be right
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status filter_add(struct filter *filter, enum filter_kind kind, const char *text,
		       struct fault *fault)
{
	enum status status = STATUS_OK;
	char *copy = strdup(text);
	char *rest = copy;

	if (!copy)
		return fault_memory(fault);
	while (rest && !status)
		status = add_one(filter, kind, strsep(&rest, ","), fault);
	free(copy);
	return status;
}

/**
 * filter_has() - is something looked at?
 * @filter: the filter
 * @kind: what
 *
 * Return: whether there is an alternative of that kind.
 */
bool filter_has(const struct filter *filter, enum filter_kind kind)
{
	return filter->any[kind];
}

/**
 * filter_word() - is this state, verdict, event or name what is wanted?
 * @filter: the filter
 * @kind: whose alternatives are words; those of FILTER_COMM are patterns
 * @word: the word
 *
 * Return: whether it is one of the alternatives, or there are none.
 */
bool filter_word(const struct filter *filter, enum filter_kind kind, const char *word)
{
	for (const struct alternative *a = filter->any[kind]; a; a = a->next)
		if (kind == FILTER_COMM ? !fnmatch(a->word, word, 0) : !strcmp(a->word, word))
			return true;
	return !filter->any[kind];
}

/**
 * filter_addr() - is this end what is wanted?
 * @filter: the filter
 * @kind: FILTER_LOCAL or FILTER_REMOTE
 * @addr: the end
 *
 * Return: whether it is one of the alternatives, or there are none.
 */
bool filter_addr(const struct filter *filter, enum filter_kind kind, const struct addr *addr)
{
	for (const struct alternative *a = filter->any[kind]; a; a = a->next)
		if (addr_matches(&a->match, addr))
			return true;
	return !filter->any[kind];
}

/**
 * filter_port() - is one of the ports what is wanted?
 * @filter: the filter
 * @local: one end
 * @remote: the other
 *
 * Return: whether either is one of the alternatives, or there are none.
 */
bool filter_port(const struct filter *filter, const struct addr *local, const struct addr *remote)
{
	for (const struct alternative *a = filter->any[FILTER_PORT]; a; a = a->next)
		if (a->port == local->port || a->port == remote->port)
			return true;
	return !filter->any[FILTER_PORT];
}

/**
 * filter_id() - is this socket what is wanted?
 * @filter: the filter
 * @id: its cookie
 *
 * Return: whether it is one of the alternatives, or there are none.
 */
bool filter_id(const struct filter *filter, struct number id)
{
	for (const struct alternative *a = filter->any[FILTER_ID]; a; a = a->next)
		if (id.known && a->id == id.value)
			return true;
	return !filter->any[FILTER_ID];
}

/**
 * filter_pid() - is this process what is wanted?
 * @filter: the filter
 * @pid: the process
 *
 * Return: whether it is one of the alternatives, or there are none.
 */
bool filter_pid(const struct filter *filter, pid_t pid)
{
	for (const struct alternative *a = filter->any[FILTER_PID]; a; a = a->next)
		if (a->pid == pid)
			return true;
	return !filter->any[FILTER_PID];
}

/**
 * filter_free() - give back what a filter holds
 * @filter: the filter
 */
void filter_free(struct filter *filter)
{
	for (unsigned int kind = 0; kind < FILTER_KINDS; kind++) {
		while (filter->any[kind]) {
			struct alternative *a = filter->any[kind];

			filter->any[kind] = a->next;
			free(a->word);
			free(a);
		}
	}
}
