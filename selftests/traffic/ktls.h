/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TRAFFIC_KTLS_H
#define TRAFFIC_KTLS_H

/**
 * ktls_begin() - let the kernel encrypt what a connection sends and receives from now on
 * @fd: one end; the other has to do the same. The key is one that everybody knows
 *
 * Return: 0 or a negative errno.
 */
int ktls_begin(int fd);

#endif /* TRAFFIC_KTLS_H */
