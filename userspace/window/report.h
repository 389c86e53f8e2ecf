/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What there is to say of a connection when following it has ended.
 */
#ifndef TCPWATCH_WINDOW_REPORT_H
#define TCPWATCH_WINDOW_REPORT_H

#include <stdio.h>

#include "fault.h"
#include "text.h"
#include "window/session.h"

void report_text(const struct page *page, const struct session *session);
enum status report_json(FILE *file, const struct session *session, struct fault *fault);

#endif
