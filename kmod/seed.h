/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPW_SEED_H
#define TCPW_SEED_H

int tcpw_seed(void);

#endif
