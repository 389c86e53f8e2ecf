// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "moment.h"
#include "window/session.h"

enum {
	PUMP_MAX = 4096,	/* events at once, between two looks at keys and signals */
};

static const struct source *source_of(const struct session *session)
{
	return &session->stream.list.ns[0].source;
}

static bool saved(const struct session *session)
{
	return session->tail.options->from;
}

/* What looks for processes can say which connection is wanted, but not which will come. */
static bool needs_one_now(const struct session *session)
{
	const struct filter *filter = &session->tail.filter;

	return filter_has(filter, FILTER_PID) || filter_has(filter, FILTER_COMM) ||
	       filter_has(filter, FILTER_ID);
}

/* The filter in the module is now this. The old one stays until the new one is there. */
static enum status follow_instead(struct session *session, const char *rules, struct fault *fault)
{
	struct follow old = session->follow;
	enum status status;

	if (saved(session))
		return STATUS_OK;
	status = follow_set(&session->follow, source_of(session), rules, fault);
	follow_clear(&old, source_of(session));
	return status;
}

/* Without its filter nothing would be seen of it: until that is set, it is not what is shown. */
static enum status aim_at(struct session *session, struct number id, const struct cell *local,
			  const struct cell *remote, struct fault *fault)
{
	char rules[2 * FLOW_ENDS_SIZE + sizeof("add local= remote=\n")];
	enum status status;

	snprintf(rules, sizeof(rules), "add local=%s remote=%s\n", local->text, remote->text);
	status = follow_instead(session, rules, fault);
	if (status)
		return status;
	flow_free(&session->flow);
	flow_begin(&session->flow, id, local, remote);
	session->aimed = true;
	session->since_ns = moment_now_ns();
	return STATUS_OK;
}

/* The module writes both ends so that it takes them as a filter. */
static enum status aim_at_found(struct session *session, const struct aim *aim,
				struct fault *fault)
{
	struct cell local, remote;

	session->fit = aim->fit;
	if (!cell_parse(&local, COLUMN_ADDR, aim->local) ||
	    !cell_parse(&remote, COLUMN_ADDR, aim->remote))
		return fault_set(fault, STATUS_FAILED, "connections: %s or %s is no address",
				 aim->local, aim->remote);
	return aim_at(session, aim->id, &local, &remote, fault);
}

/* One that is there, or else the next that fits. */
static enum status aim_first(struct session *session, struct fault *fault)
{
	char rules[FOLLOW_RULES_SIZE];
	struct aim aim;
	enum status status;

	status = aim_take(&aim, &session->tail.filter, session->skip, session->tail.options,
			  &session->stream.list, fault);
	if (status)
		return status;
	if (aim.fit)
		return aim_at_found(session, &aim, fault);
	if (needs_one_now(session))
		return fault_set(fault, STATUS_FAILED,
				 "no such connection is there now; one that is still to come can be told by its addresses or its port");
	status = follow_rules(rules, &session->tail.filter, fault);
	return status ? status : follow_instead(session, rules, fault);
}

/**
 * session_open() - begin to follow
 * @session: what is wanted; session_close() it, also after a failure
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status session_open(struct session *session, struct fault *fault)
{
	enum status status = stream_open(&session->stream, session->tail.options, fault);

	if (!status && !saved(session))
		status = aim_first(session, fault);
	return status;
}

static enum status take(struct session *session, const struct event *event, struct fault *fault)
{
	enum status status = STATUS_OK;

	if (!session->aimed) {
		if (event->kind != EVENT_SEGMENT || !tail_wants_event(&session->tail, event))
			return STATUS_OK;
		session->fit = 1;
		status = aim_at(session, event->id, &event->local, &event->remote, fault);
	}
	if (status || !flow_is(&session->flow, event))
		return status;
	session->taken += event->kind == EVENT_SEGMENT;
	return flow_take(&session->flow, event, fault);
}

/**
 * session_pump() - take what has happened
 * @session: the session; @over is set if there will be no more events
 * @fault: what went wrong
 *
 * Does not wait. Of very much it takes a part, and the stream's descriptor stays readable.
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status session_pump(struct session *session, struct fault *fault)
{
	const uint64_t count = session->tail.count;

	for (unsigned int i = 0; i < PUMP_MAX && !session->over; i++) {
		enum stream_more more;
		struct event event;
		enum status status = stream_next(&session->stream, &event, &more, fault);

		if (!status && more == STREAM_WAIT)
			return STATUS_OK;
		if (!status && more == STREAM_EVENT)
			status = take(session, &event, fault);
		if (!status && more == STREAM_OVER) {
			session->over = true;
			status = stream_end(&session->stream, fault);
		}
		if (status)
			return status;
		session->over |= count && session->taken >= count;
	}
	return STATUS_OK;
}

/**
 * session_next() - follow another connection that fits
 * @session: the session
 * @fault: what went wrong
 *
 * Return: STATUS_OK, also if there is no other, or the status of @fault.
 */
enum status session_next(struct session *session, struct fault *fault)
{
	struct aim aim;
	enum status status;

	if (saved(session))
		return STATUS_OK;
	status = aim_take(&aim, &session->tail.filter, ++session->skip, session->tail.options,
			  &session->stream.list, fault);
	if (status || !aim.fit)
		return status;
	if (aim.fit == 1 && session->aimed && !session->flow.over &&
	    aim.id.value == session->flow.id.value)
		return STATUS_OK;
	return aim_at_found(session, &aim, fault);
}

/**
 * session_now_ns() - up to when is known what happened?
 * @session: the session
 *
 * Return: CLOCK_BOOTTIME; of a saved copy, or of what is over, the last event's.
 */
uint64_t session_now_ns(const struct session *session)
{
	if (saved(session) || session->flow.over)
		return session->flow.last_ns;
	return (uint64_t)moment_now_ns();
}

/**
 * session_close() - end following
 * @session: the session
 */
void session_close(struct session *session)
{
	if (session->stream.list.n)
		follow_clear(&session->follow, source_of(session));
	flow_free(&session->flow);
	stream_close(&session->stream);
	filter_free(&session->tail.filter);
}
