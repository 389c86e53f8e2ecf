/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_SAYING_H
#define TCPWATCH_SAYING_H

#include "event.h"
#include "text.h"

enum paint saying_paint(const struct event *event);
void saying_print(const struct page *page, const struct event *event);

#endif
