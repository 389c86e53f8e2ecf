/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that all do the same, over and over, until they are told to stop. */
#ifndef TRAFFIC_CREW_H
#define TRAFFIC_CREW_H

#include <stdbool.h>
#include <stddef.h>

enum { CREW_MAX = 64 };

/**
 * crew_room() - memory that the crew and the one that started it share
 * @size: its bytes
 *
 * Return: the memory, zeroed. Without any the program ends.
 */
void *crew_room(size_t size);

/**
 * crew_start() - start processes
 * @workers: how many, up to CREW_MAX
 * @work: what each does; gets its number, from 0 on, and returns when it is done, or when
 *	crew_stopped() says so
 */
void crew_start(int workers, void (*work)(int number));

/**
 * crew_warm() - in a worker: it has done what it does, once
 */
void crew_warm(void);

/**
 * crew_did() - in a worker: a connection is over
 * @fine: whether all of it went well
 */
void crew_did(bool fine);

/**
 * crew_wait_warm() - wait until every worker is warm, or one of them has ended
 *
 * Return: whether none of them has failed.
 */
bool crew_wait_warm(void);

/**
 * crew_wait_input() - say "ready", and wait for the end of standard input
 */
void crew_wait_input(void);

/**
 * crew_stop() - tell the workers to stop
 */
void crew_stop(void);

/**
 * crew_stopped() - in a worker: whether it shall stop
 */
bool crew_stopped(void);

/**
 * crew_wait_end() - wait until all workers have ended
 *
 * Return: whether none of them has failed.
 */
bool crew_wait_end(void);

/**
 * crew_account() - wait as crew_wait_end() does, and print "CONNECTIONS connections, FAILURES
 * failures", as counted by crew_did()
 *
 * Return: whether nothing has failed.
 */
bool crew_account(void);

#endif /* TRAFFIC_CREW_H */
