// SPDX-License-Identifier: GPL-2.0
#include "screen.h"
#include "top/cursor.h"

/**
 * cursor_key() - move
 * @cursor: where one is
 * @key: the key
 * @n: how many rows there are
 * @page: how many of them are seen
 *
 * Return: whether the key is one that moves.
 */
bool cursor_key(struct cursor *cursor, int key, size_t n, size_t page)
{
	const size_t last = n ? n - 1 : 0;
	size_t step = page > 1 ? page - 1 : 1;

	switch (key) {
	case SCREEN_UP:
	case SCREEN_DOWN:
		step = 1;
		break;
	case SCREEN_PAGE_UP:
	case SCREEN_PAGE_DOWN:
		break;
	case SCREEN_HOME:
	case SCREEN_END:
		step = n;
		break;
	default:
		return false;
	}
	if (key == SCREEN_UP || key == SCREEN_PAGE_UP || key == SCREEN_HOME)
		cursor->at = cursor->at > step ? cursor->at - step : 0;
	else
		cursor->at = last - cursor->at > step ? cursor->at + step : last;
	return true;
}

/**
 * cursor_hold() - stay with what is there now, wherever it goes
 * @cursor: where one is; at the top it stays there, whatever comes
 * @list: the list
 * @n: how many rows it has
 * @id: tells one row from the others
 */
void cursor_hold(struct cursor *cursor, const void *list, size_t n, cursor_id_fn id)
{
	cursor->follows = cursor->at && cursor->at < n;
	if (cursor->follows)
		cursor->id = id(list, cursor->at);
}

/**
 * cursor_find() - go where that is now
 * @cursor: where one is
 * @list: the list, whose rows may have changed places
 * @n: how many rows it has
 * @id: tells one row from the others
 */
void cursor_find(struct cursor *cursor, const void *list, size_t n, cursor_id_fn id)
{
	if (!cursor->follows)
		cursor->at = 0;
	for (size_t row = 0; cursor->follows && row < n; row++) {
		if (id(list, row) == cursor->id) {
			cursor->at = row;
			return;
		}
	}
	/* It is gone: what stands in its place now is as good. */
	if (cursor->at >= n)
		cursor->at = n ? n - 1 : 0;
	cursor_hold(cursor, list, n, id);
}

/**
 * cursor_scroll() - let it be seen
 * @cursor: where one is
 * @n: how many rows there are
 * @page: how many of them are seen
 */
void cursor_scroll(struct cursor *cursor, size_t n, size_t page)
{
	if (!page)
		return;
	if (cursor->at < cursor->first)
		cursor->first = cursor->at;
	if (cursor->at >= cursor->first + page)
		cursor->first = cursor->at - page + 1;
	/* No empty rows at the end while there are others. */
	if (cursor->first + page > n)
		cursor->first = n > page ? n - page : 0;
}
