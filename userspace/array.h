/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_ARRAY_H
#define TCPWATCH_ARRAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * array_fit() - make room in an array that grows
 * @array: the array, NULL at first
 * @room: for how many elements it has room, updated
 * @need: for how many it must have room now
 * @size: bytes an element
 *
 * Return: the array, perhaps moved; NULL if there is no memory, and then @array
 * is as it was.
 */
static inline void *array_fit(void *array, size_t *room, size_t need, size_t size)
{
	size_t more = *room ? *room : 16;
	void *moved;

	if (array && need <= *room)
		return array;
	while (more < need) {
		if (more > SIZE_MAX / 2)
			return NULL;
		more *= 2;
	}
	moved = reallocarray(array, more, size);
	if (moved)
		*room = more;
	return moved;
}

#endif
