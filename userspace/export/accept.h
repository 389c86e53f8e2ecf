/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_EXPORT_ACCEPT_H
#define TCPWATCH_EXPORT_ACCEPT_H

#include "export/exposition.h"

enum form accept_form(const char *accept);
const char *accept_type(enum form form);

#endif
