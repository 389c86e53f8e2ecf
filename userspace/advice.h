/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_ADVICE_H
#define TCPWATCH_ADVICE_H

#include "word.h"

const struct word *advice_for(unsigned int verdict);

#endif
