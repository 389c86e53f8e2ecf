// SPDX-License-Identifier: GPL-2.0
/*
 * The windows of those connections that get on worst.
 */
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "report/html.h"
#include "report/sections.h"
#include "stall.h"
#include "text.h"

enum {
	SHOWN = 12,
	NS_PER_MS = 1000 * 1000,
};

enum column {
	LOCAL,
	REMOTE,
	STATE,
	EXACT,
	LIMITED,
	WORDS,
	STATE_MS = WORDS,
	RCV_UNREAD,
	RCV_WND,
	SND_UNACKED,
	SND_UNSENT,
	SND_WND,
	SND_USABLE,
	ZERO_IN,
	ZERO_IN_MS,
	ZERO_OUT,
	RETRANS,
	RTT_US,
	COLUMNS
};

static const char *const names[COLUMNS] = {
	[LOCAL] = "local",
	[REMOTE] = "remote",
	[STATE] = "state",
	[EXACT] = "exact",
	[LIMITED] = "limited",
	[STATE_MS] = "state_ms",
	[RCV_UNREAD] = "rcv_unread",
	[RCV_WND] = "rcv_wnd",
	[SND_UNACKED] = "snd_unacked",
	[SND_UNSENT] = "snd_unsent",
	[SND_WND] = "snd_wnd",
	[SND_USABLE] = "snd_usable",
	[ZERO_IN] = "zero_in",
	[ZERO_IN_MS] = "zero_in_ms",
	[ZERO_OUT] = "zero_out",
	[RETRANS] = "retrans",
	[RTT_US] = "rtt_us",
};

/**
 * struct worst - a connection, and what makes it worse than others
 * @conn: the connection
 * @word: its fields that are words
 * @value: those that are numbers
 * @waits: bytes that wait, on either side
 */
struct worst {
	const struct conn *conn;
	const char *word[WORDS];
	struct number value[COLUMNS];
	uint64_t waits;
};

/* Who stands still for longest; who has most that waits; whose window was closed for longest. */
static int worst_first(const struct worst *a, const struct worst *b)
{
	if (!a->conn->stall != !b->conn->stall)
		return a->conn->stall ? -1 : 1;
	if (a->conn->stall && a->conn->still_ns != b->conn->still_ns)
		return a->conn->still_ns < b->conn->still_ns ? -1 : 1;
	if (a->waits != b->waits)
		return a->waits > b->waits ? -1 : 1;
	if (a->value[ZERO_IN_MS].value != b->value[ZERO_IN_MS].value)
		return a->value[ZERO_IN_MS].value > b->value[ZERO_IN_MS].value ? -1 : 1;
	return a->conn->id < b->conn->id ? -1 : a->conn->id > b->conn->id;
}

static bool read_row(const struct look *look, const struct conn *conn, const size_t *at,
		     struct worst *worst)
{
	const char *const *cells = table_row(&look->table, conn->row);

	*worst = (struct worst){ .conn = conn };
	for (size_t i = 0; i < COLUMNS; i++)
		if (i < WORDS)
			worst->word[i] = cells[at[i]];
		else if (!number_parse(cells[at[i]], &worst->value[i]))
			return false;
	worst->waits = worst->value[SND_UNACKED].value + worst->value[SND_UNSENT].value +
		       worst->value[RCV_UNREAD].value;
	return conn->stall || worst->waits || worst->value[ZERO_IN].value ||
	       worst->value[ZERO_OUT].value;
}

/* Of very many only the worst are kept. */
static void insert(struct worst list[SHOWN], size_t n, const struct worst *worst)
{
	size_t i = n < SHOWN ? n : SHOWN;

	if (i == SHOWN && worst_first(worst, &list[--i]) >= 0)
		return;
	for (; i && worst_first(worst, &list[i - 1]) < 0; i--)
		list[i] = list[i - 1];
	list[i] = *worst;
}

/* Returns how many there are. */
static size_t find_worst(const struct look *look, struct worst list[SHOWN])
{
	size_t at[COLUMNS];
	struct worst worst;
	struct fault fault;
	size_t n = 0;

	if (table_columns(&look->table, names, COLUMNS, at, &fault))
		return 0;
	for (size_t i = 0; i < look->n; i++)
		if (read_row(look, &look->conns[i], at, &worst))
			insert(list, n++, &worst);
	return n;
}

static void write_amount(FILE *file, const char *class, const char *name, struct number bytes)
{
	fputs("<li>", file);
	if (class)
		html_key(file, class);
	fprintf(file, "%s <b>", name);
	html_bytes(file, bytes);
	fputs("</b></li>\n", file);
}

/* What may be sent is in the window; what waits may be more than that. */
static void write_sender(FILE *file, const struct worst *worst)
{
	const struct number *value = worst->value;
	const uint64_t unsent = value[SND_UNSENT].value;
	const uint64_t usable = value[SND_USABLE].value;
	const struct part parts[] = {
		{ "flight", value[SND_UNACKED].value },
		{ "usable", usable },
		{ "unsent", unsent > usable ? unsent - usable : 0 },
	};
	uint64_t whole = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		whole += parts[i].value;
	fputs("<h4>We send</h4>\n", file);
	html_bar(file, parts, ARRAY_SIZE(parts), whole);
	fputs("\n<ul class=\"amounts\">\n", file);
	write_amount(file, "flight", "in flight", value[SND_UNACKED]);
	write_amount(file, "usable", "may be sent", value[SND_USABLE]);
	write_amount(file, "unsent", "not sent yet", value[SND_UNSENT]);
	write_amount(file, NULL, "peer\u2019s window", value[SND_WND]);
	fputs("</ul>\n", file);
}

static void write_receiver(FILE *file, const struct worst *worst)
{
	const struct number *value = worst->value;
	const struct part parts[] = {
		{ "unread", value[RCV_UNREAD].value },
		{ "usable", value[RCV_WND].value },
	};

	fputs("<h4>We receive</h4>\n", file);
	html_bar(file, parts, ARRAY_SIZE(parts), parts[0].value + parts[1].value);
	fputs("\n<ul class=\"amounts\">\n", file);
	write_amount(file, "unread", "not read yet", value[RCV_UNREAD]);
	write_amount(file, "usable", "our window", value[RCV_WND]);
	fputs("</ul>\n", file);
}

static void write_notes(FILE *file, const struct worst *worst)
{
	const struct number *value = worst->value;
	char time[AGE_SIZE];

	fputs("<p class=\"dim\">", file);
	html_put(file, "The peer\u2019s window was closed %" PRIu64 " time%s, for %s in all; ours %"
		 PRIu64 " time%s. ", value[ZERO_IN].value, text_plural(value[ZERO_IN].value),
		 text_age(time, value[ZERO_IN_MS].value), value[ZERO_OUT].value,
		 text_plural(value[ZERO_OUT].value));
	html_put(file, "Sent again: %" PRIu64 ". Held back by: %s.", value[RETRANS].value,
		 strcmp(worst->word[LIMITED], "-") != 0 ? worst->word[LIMITED] : "unknown");
	if (value[RTT_US].known)
		html_put(file, " Round trip: %s.", text_time_us(time, value[RTT_US].value));
	fputs("</p>\n", file);
}

static void write_title(struct report *report, const struct record *record,
			const struct worst *worst)
{
	const struct look *look = &record->look;
	const struct conn *conn = worst->conn;
	char own[PEER_TEXT], peer[PEER_TEXT];
	char age[AGE_SIZE];
	size_t n;
	const struct owner *owner = look_owner(look, conn, &n);

	html_element(report->file, "h3 class=\"address\"", "%s \u2194 %s",
		     peer_own_text(own, &report->peers, worst->word[LOCAL]),
		     peer_text(peer, &report->peers, worst->word[REMOTE],
			       record_opened(record, conn)));
	html_element(report->file, "p", "%s for %s%s%s%s%s", worst->word[STATE],
		     text_age_exact(age, worst->value[STATE_MS].value, worst->word[EXACT]),
		     owner ? "; " : "", owner ? owner->comm : "", owner ? ", pid " : "",
		     owner ? owner->pid_text : "");
	if (!conn->stall)
		return;
	fputs("<p class=\"bad\">", report->file);
	html_put(report->file, "Stands still for %s%s: %s", conn->still_least ? "at least " : "",
		 text_age(age, (uint64_t)(look->time_ns - conn->still_ns) / NS_PER_MS),
		 stall_text(conn->stall));
	fputs("</p>\n", report->file);
}

static void write_worst(struct report *report, const struct record *record,
			const struct worst *worst)
{
	fputs("<li>\n", report->file);
	write_title(report, record, worst);
	write_sender(report->file, worst);
	write_receiver(report->file, worst);
	write_notes(report->file, worst);
	fputs("</li>\n", report->file);
}

/**
 * section_worst() - which connections get on worst?
 * @report: where to
 * @record: the namespace
 */
void section_worst(struct report *report, const struct record *record)
{
	const struct look *look = &record->look;
	struct worst list[SHOWN];
	const size_t n = find_worst(look, list);

	html_section(report->file, report->ns, "windows", "Windows of the worst connections");
	if (!n)
		fputs("<p>On no connection does data wait, and no window was closed.</p>\n",
		      report->file);
	else
		fprintf(report->file,
			"<p>On %zu connection%s data waits, or a window was closed; those that stand still come first.</p>\n<ul class=\"cards windows\">\n",
			n, text_plural(n));
	for (size_t i = 0; i < n && i < SHOWN; i++)
		write_worst(report, record, &list[i]);
	if (n)
		fputs("</ul>\n", report->file);
	if (n > SHOWN)
		fprintf(report->file, "<p class=\"dim\">and %zu more</p>\n", n - SHOWN);
	fputs("</section>\n", report->file);
}
