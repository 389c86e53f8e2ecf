/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_PROBE_H
#define TCPW_PROBE_H

int tcpw_probe_init(void);
void tcpw_probe_exit(void);

#endif
