// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "doc.h"
#include "window/report.h"
#include "window/sayings.h"

/**
 * report_text() - what was seen, for people
 * @page: where to
 * @session: what was followed
 */
void report_text(const struct page *page, const struct session *session)
{
	const struct flow *flow = &session->flow;
	const uint64_t segments = flow->n + flow->dropped;
	struct sayings sayings;
	char time[AGE_SIZE];

	if (!session->aimed) {
		text_paint(page, PAINT_WARN, "No connection fitted.\n");
		return;
	}
	text_paint(page, PAINT_HEAD, "%s -> %s", flow->local_text, flow->remote_text);
	if (flow->id.known)
		fprintf(page->file, ", id %" PRIu64, flow->id.value);
	fprintf(page->file, ": %" PRIu64 " segment%s in %s", segments, text_plural(segments),
		text_time_us(time, (flow->last_ns - flow->first_ns) / 1000));
	if (strcmp(flow->by, "-") != 0)
		fprintf(page->file, ", ended by %s", flow->by);
	else if (strcmp(flow->state, "-") != 0)
		fprintf(page->file, ", now %s", flow->state);
	fputs("\n", page->file);
	if (!segments) {
		fputs("  No segment came or went: the connection was idle.\n", page->file);
		return;
	}
	flow_say(&sayings, flow, session_now_ns(session));
	for (size_t i = 0; i < sayings.n; i++) {
		fputs("  ", page->file);
		text_wrap(page, sayings.paint[i], 2, 4, sayings.text[i]);
	}
}

static struct json_object *side_object(struct doc *doc, const struct flow_side *side,
				       uint64_t now_ns)
{
	struct json_object *object = doc_object(doc);
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
		{ "bytes", side->sent },
		{ "segments", side->segments },
		{ "in_flight_max_bytes", side->most_flight },
		{ "again", side->again },
		{ "again_bytes", side->again_bytes },
		{ "needless", side->needless },
		{ "needless_bytes", side->needless_bytes },
		{ "unclear", side->unclear },
		{ "unclear_bytes", side->unclear_bytes },
		{ "doubled", side->doubled },
		{ "closures", side->closures },
		{ "closed_ms", flow_closed_ns(side, now_ns) / 1000000 },
		{ "probes", side->probes },
		{ "keepalives", side->keepalives },
		{ "shrunk", side->shrunk },
		{ "shrunk_max_bytes", side->shrunk_most },
		{ "left_edge_back", side->moved_back },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		doc_add_u64(doc, object, counts[i].name, counts[i].value);
	doc_add_bool(doc, object, "closed", side->closed);
	return object;
}

static struct json_object *syn_object(struct doc *doc, const struct flow_side *side)
{
	const struct number mss = { .known = side->mss != 0, .value = side->mss };
	struct json_object *object;

	if (!side->syn)
		return NULL;
	object = doc_object(doc);
	doc_add_u64(doc, object, "wnd", side->first_wnd);
	doc_add_number(doc, object, "wscale", side->wscale);
	doc_add_number(doc, object, "mss", mss);
	doc_add_bool(doc, object, "sack_permitted", side->sack_permitted);
	return object;
}

static void add_object(struct doc *doc, struct json_object *to, const char *name,
		       struct json_object *object)
{
	if (object)
		doc_add(doc, to, name, object);
	else
		doc_add_null(doc, to, name);
}

static struct json_object *flow_object(struct doc *doc, const struct session *session)
{
	const struct flow *flow = &session->flow;
	struct json_object *object = doc_object(doc), *words = doc_array(doc);
	const uint64_t now_ns = session_now_ns(session);
	struct sayings sayings;

	doc_add_number(doc, object, "id", flow->id);
	doc_add_string(doc, object, "local", flow->local_text);
	doc_add_string(doc, object, "remote", flow->remote_text);
	doc_add_string(doc, object, "state", strcmp(flow->state, "-") ? flow->state : NULL);
	doc_add_string(doc, object, "by", strcmp(flow->by, "-") ? flow->by : NULL);
	doc_add_u64(doc, object, "first_ns", flow->first_ns);
	doc_add_u64(doc, object, "last_ns", flow->last_ns);
	doc_add_u64(doc, object, "segments", flow->n + flow->dropped);
	doc_add_u64(doc, object, "events_lost", flow->lost);
	add_object(doc, object, "syn_out", syn_object(doc, &flow->side[FLOW_OUT]));
	add_object(doc, object, "syn_in", syn_object(doc, &flow->side[FLOW_IN]));
	doc_add(doc, object, "out", side_object(doc, &flow->side[FLOW_OUT], now_ns));
	doc_add(doc, object, "in", side_object(doc, &flow->side[FLOW_IN], now_ns));
	flow_say(&sayings, flow, now_ns);
	for (size_t i = 0; i < sayings.n; i++)
		doc_append(doc, words, json_object_new_string(sayings.text[i]));
	doc_add(doc, object, "words", words);
	return object;
}

/**
 * report_json() - what was seen, for programs
 * @file: where to
 * @session: what was followed
 * @fault: no memory
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status report_json(FILE *file, const struct session *session, struct fault *fault)
{
	struct json_object *object;
	struct doc doc;

	doc_begin(&doc, file, "window");
	object = doc_netns(&doc, &session->stream.list.ns[0]);
	add_object(&doc, object, "connection",
		   session->aimed ? flow_object(&doc, session) : NULL);
	doc_element(&doc, object);
	return doc_end(&doc, &session->stream.list, fault);
}
