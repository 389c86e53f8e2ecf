/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets handed from process to process, as inetd and systemd do, and servers that
 * replace themselves. While one is on its way no process has it.
 */
#ifndef TRAFFIC_RIGHTS_H
#define TRAFFIC_RIGHTS_H

struct sockaddr_un;

/**
 * rights_send() - send a descriptor
 * @by: a Unix socket
 * @to: where to; NULL if @by is connected
 * @fd: the descriptor, which stays open here
 *
 * Return: 0 or a negative errno.
 */
int rights_send(int by, const struct sockaddr_un *to, int fd);

/**
 * rights_receive() - wait for a descriptor
 * @by: a Unix socket
 *
 * Return: the descriptor, or a negative errno; -EPROTO if there is none in what came, -ENODATA
 * if nobody can send one any more.
 */
int rights_receive(int by);

#endif /* TRAFFIC_RIGHTS_H */
