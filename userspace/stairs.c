// SPDX-License-Identifier: GPL-2.0
#include "stairs.h"

/**
 * stairs_begin() - start with stairs
 * @stairs: what to fill in
 * @file: where to: within a path's d
 */
void stairs_begin(struct stairs *stairs, FILE *file)
{
	*stairs = (struct stairs){ .file = file };
}

/* All of this column: a value that was there for a moment, too. */
static void stairs_turn(struct stairs *stairs)
{
	int least = stairs->drawn < stairs->y ? stairs->drawn : stairs->y;
	int most = stairs->drawn < stairs->y ? stairs->y : stairs->drawn;

	if (stairs->top < least)
		fprintf(stairs->file, "V%d", stairs->top);
	if (stairs->bottom > most)
		fprintf(stairs->file, "V%d", stairs->bottom);
	if (stairs->y != stairs->drawn || stairs->top < least || stairs->bottom > most)
		fprintf(stairs->file, "V%d", stairs->y);
	stairs->drawn = stairs->y;
	stairs->top = stairs->y;
	stairs->bottom = stairs->y;
}

/**
 * stairs_to() - the value changes
 * @stairs: the stairs
 * @x: when
 * @y: to what
 */
void stairs_to(struct stairs *stairs, int x, int y)
{
	if (!stairs->begun) {
		fprintf(stairs->file, "M%d %d", x, y);
		*stairs = (struct stairs){ stairs->file, true, x, y, y, y, y };
	}
	if (y == stairs->y)
		return;
	if (x > stairs->x) {
		stairs_turn(stairs);
		fprintf(stairs->file, "H%d", x);
		stairs->x = x;
	}
	stairs->y = y;
	if (y < stairs->top)
		stairs->top = y;
	if (y > stairs->bottom)
		stairs->bottom = y;
}

/**
 * stairs_end() - write the rest
 * @stairs: the stairs
 * @x: how far they go
 */
void stairs_end(struct stairs *stairs, int x)
{
	if (!stairs->begun)
		return;
	stairs_turn(stairs);
	if (x > stairs->x)
		fprintf(stairs->file, "H%d", x);
}
