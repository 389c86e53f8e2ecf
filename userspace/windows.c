// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "table.h"
#include "windows.h"

enum column { STATE, SND_WND, RCV_WND, COLUMNS };

/*
 * The only number of the overview that costs more with more connections. It is left
 * out where it would make one wait.
 */
enum { CONNECTIONS_MAX = 100 * 1000 };

static const char *const names[COLUMNS] = { "state", "snd_wnd", "rcv_wnd" };

static bool is_one_of(const char *state, const char *const *states)
{
	while (*states && strcmp(state, *states) != 0)
		states++;
	return *states;
}

/**
 * windows_we_may_send() - does the peer's window mean anything?
 * @state: the connection's state
 *
 * Return: whether it does: before the handshake is done, and after the last ACK, one of
 * 0 means nothing.
 */
bool windows_we_may_send(const char *state)
{
	static const char *const states[] = {
		"ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT1", "CLOSING", "LAST_ACK", NULL,
	};

	return is_one_of(state, states);
}

/**
 * windows_peer_may_send() - does our window mean anything?
 * @state: the connection's state
 *
 * Return: whether it does, likewise.
 */
bool windows_peer_may_send(const char *state)
{
	static const char *const states[] = { "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", NULL };

	return is_one_of(state, states);
}

static enum status count_rows(struct windows *windows, const struct table *table,
			      struct fault *fault)
{
	size_t at[COLUMNS];

	if (table_columns(table, names, COLUMNS, at, fault))
		return fault->status;
	for (size_t i = 0; i < table->n_rows; i++) {
		const char *state = table_row(table, i)[at[STATE]];
		struct number snd_wnd, rcv_wnd;

		if (table_number(table, i, at[SND_WND], &snd_wnd, fault) ||
		    table_number(table, i, at[RCV_WND], &rcv_wnd, fault))
			return fault->status;
		windows->closed_by_peer.value += snd_wnd.known && !snd_wnd.value &&
						 windows_we_may_send(state);
		windows->closed_by_us.value += rcv_wnd.known && !rcv_wnd.value &&
					       windows_peer_may_send(state);
	}
	windows->closed_by_peer.known = true;
	windows->closed_by_us.known = true;
	return STATUS_OK;
}

/**
 * windows_read() - count the closed windows
 * @windows: the counts, not known where there are too many connections
 * @source: where `connections` is
 * @connections: how many there are
 * @fault: what went wrong
 *
 * Return: STATUS_OK, or the status of @fault.
 */
enum status windows_read(struct windows *windows, const struct source *source,
			 uint64_t connections, struct fault *fault)
{
	enum status status;
	struct table table;

	*windows = (struct windows){ .closed_by_peer = { .known = false } };
	if (connections > CONNECTIONS_MAX)
		return STATUS_OK;
	status = table_read(&table, source, "connections", NULL, fault);
	if (!status)
		status = count_rows(windows, &table, fault);
	table_free(&table);
	return status;
}
