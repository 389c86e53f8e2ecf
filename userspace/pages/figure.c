// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the state machine of the module as a Mermaid state diagram, which README.md
 * shows.
 */
#include <netinet/tcp.h>
#include <stdio.h>

#include "../../kmod/state.h"

/* No connection yet, and none any more, are a dot each. */
static const char *place(unsigned int state)
{
	return state == TCP_CLOSE ? "[*]" : tcpw_state_name(state);
}

/* A colon begins a label, one more or a semicolon would end it. */
static void put_label(const char *cause)
{
	for (; *cause; cause++)
		putchar(*cause == ':' || *cause == ';' ? ',' : *cause);
	putchar('\n');
}

int main(void)
{
	puts("stateDiagram-v2");
	for (unsigned int from = 0; from < TCPW_STATES; from++) {
		for (unsigned int to = 0; to < TCPW_STATES; to++) {
			const char *cause = tcpw_state_cause(from, to);

			if (!cause)
				continue;
			printf("    %s --> %s: ", place(from), place(to));
			put_label(cause);
		}
	}
	return ferror(stdout) || fflush(stdout);
}
