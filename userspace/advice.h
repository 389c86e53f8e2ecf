/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_ADVICE_H
#define TCPWATCH_ADVICE_H

/**
 * struct advice - a verdict in words
 * @cause: what is seen, and what it means; fits what is left of a line
 * @todo: what to do
 */
struct advice {
	const char *cause;
	const char *todo;
};

const struct advice *advice_for(unsigned int verdict);

#endif
