/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_EXPORT_METRICS_H
#define TCPWATCH_EXPORT_METRICS_H

#include "export/exposition.h"
#include "export/scrape.h"

void metrics_sample(struct exposition *exposition, const char *part, const struct scrape_ns *one);
void metrics_write_lines(struct exposition *exposition, const struct scrape *scrape);
void metrics_write(struct exposition *exposition, const struct scrape *scrape);

#endif
