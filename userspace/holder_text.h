/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said of whoever is to close sockets, in short.
 */
#ifndef TCPWATCH_HOLDER_TEXT_H
#define TCPWATCH_HOLDER_TEXT_H

#include "holder.h"
#include "netns.h"

enum {
	HOLDER_TEXT = COMM_SIZE,
	HOLDERS_TEXT = 256,
};

const char *holder_pid_text(char text[HOLDER_TEXT], const struct holder *holder);
const char *holder_name_text(char text[HOLDER_TEXT], const struct holder *holder);
const char *holder_used_text(char text[HOLDER_TEXT], const struct holder *holder);
const char *holder_full_text(char text[HOLDER_TEXT], const struct holder *holder);
const char *holders_text(char text[HOLDERS_TEXT], const struct holders *holders, size_t blocked,
			 const struct netns *ns);

#endif
