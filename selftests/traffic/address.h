/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TRAFFIC_ADDRESS_H
#define TRAFFIC_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

/* "[" 45 characters of IPv6 "%" interface "]:65535" */
#define ADDRESS_TEXT_MAX 80

/**
 * address_parse() - read an address in the notation of /proc/tcpwatch
 * @text: "192.0.2.7:80" or "[2001:db8::7]:443"; port 0 lets the kernel choose
 * @sa: where the address goes; its family says which socket to make
 * @len: where its length goes
 *
 * Return: 0, or -EINVAL.
 */
int address_parse(const char *text, struct sockaddr_storage *sa, socklen_t *len);

/**
 * address_format() - write an address in the notation of /proc/tcpwatch
 * @sa: an AF_INET or AF_INET6 address
 * @text: at least ADDRESS_TEXT_MAX bytes
 */
void address_format(const struct sockaddr_storage *sa, char *text);

/**
 * address_set_port() - change an address's port
 * @sa: an AF_INET or AF_INET6 address
 * @port: the port
 */
void address_set_port(struct sockaddr_storage *sa, unsigned short port);

/**
 * address_listen() - make a listening socket
 * @text: where to listen, in the notation of address_parse()
 * @backlog: as for listen()
 * @bound: where the address that the kernel chose goes, or NULL
 *
 * Return: a descriptor, or a negative errno.
 */
int address_listen(const char *text, int backlog, struct sockaddr_storage *bound);

#endif /* TRAFFIC_ADDRESS_H */
