/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_REPORT_PAGE_H
#define TCPWATCH_REPORT_PAGE_H

#include "report/sections.h"

void page_write(struct report *report, const struct records *records);

#endif
