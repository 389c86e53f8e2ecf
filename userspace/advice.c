// SPDX-License-Identifier: GPL-2.0
#include "advice.h"
#include "closewait.h"

static const struct word other = {
	.kind = WORD_VERDICT,
	.name = "other",
	.what = "a cause that this tcpwatch does not know",
	.todo = "Install the tcpwatch that belongs to the module.",
};

/**
 * advice_for() - put a verdict into words
 * @verdict: enum tcpw_verdict, or VERDICT_OTHER
 *
 * Return: the words; of them, @what and @todo are always there.
 */
const struct word *advice_for(unsigned int verdict)
{
	const struct word *word = NULL;

	if (verdict < TCPW_VERDICTS)
		word = word_find(tcpw_verdict_name(verdict), NULL);
	return word ? word : &other;
}
