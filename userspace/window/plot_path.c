// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "window/plot_path.h"

enum {
	MANY = 5000,	/* lines, after each of which gaps of twice as many points are filled */
	GAPS_MAX = 12,	/* times; then it is the whole height */
};

static int within(int y)
{
	if (y < 0)
		return 0;
	return y > PATH_HEIGHT ? PATH_HEIGHT : y;
}

/**
 * strokes_begin() - start with vertical lines
 * @strokes: what to fill in
 * @file: where to: within a path's d
 */
void strokes_begin(struct strokes *strokes, FILE *file)
{
	*strokes = (struct strokes){ .file = file };
}

/* The next point that is drawn, if it is not further than @gap from @y; else @y. */
static int joined(const struct strokes *strokes, int y, int gap)
{
	for (int next = y + 1; next <= PATH_HEIGHT && next <= y + gap; next++)
		if (strokes->on[next])
			return next;
	return y;
}

/**
 * strokes_end() - write the rest
 * @strokes: the lines
 *
 * Where there are very many, what is between two that are near each other is drawn, too.
 */
void strokes_end(struct strokes *strokes)
{
	const int gap = 1 << (strokes->n < GAPS_MAX * MANY ? strokes->n / MANY : GAPS_MAX);

	for (int y = 0; strokes->any && y <= PATH_HEIGHT; y++) {
		const int top = y;

		if (!strokes->on[y])
			continue;
		for (int next = joined(strokes, y, gap); next > y; next = joined(strokes, y, gap))
			y = next;
		fprintf(strokes->file, "M%d %dv%d", strokes->x, top, y - top);
		strokes->n++;
	}
	memset(strokes->on, 0, sizeof(strokes->on));
	strokes->any = false;
}

/**
 * strokes_add() - draw a line
 * @strokes: the lines
 * @x: where
 * @top: from there
 * @bottom: to there
 */
void strokes_add(struct strokes *strokes, int x, int top, int bottom)
{
	top = within(top);
	bottom = within(bottom);
	if (x != strokes->x)
		strokes_end(strokes);
	strokes->x = x;
	strokes->any = true;
	memset(strokes->on + top, true, (size_t)(bottom - top) + 1);
}

/**
 * thinning_begin() - start with marks
 * @thinning: what to fill in
 */
void thinning_begin(struct thinning *thinning)
{
	*thinning = (struct thinning){ .column = -1 };
}

/**
 * thinning_takes() - is a mark to be drawn?
 * @thinning: the marks
 * @x: where it is
 * @y: likewise
 *
 * Return: false if there is one already that would cover it.
 */
bool thinning_takes(struct thinning *thinning, int x, int y)
{
	bool *taken;

	if (x / PATH_MARK != thinning->column) {
		thinning_begin(thinning);
		thinning->column = x / PATH_MARK;
	}
	taken = &thinning->taken[within(y) / PATH_MARK];
	if (*taken)
		return false;
	*taken = true;
	return true;
}
