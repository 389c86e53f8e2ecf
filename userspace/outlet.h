/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where answers go that end only when somebody wants them to: stdout, and the signals
 * that say so.
 */
#ifndef TCPWATCH_OUTLET_H
#define TCPWATCH_OUTLET_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/**
 * struct outlet - stdout
 * @tty: it is a terminal
 * @waiting: the signals to have while waiting, and at no other time
 */
struct outlet {
	bool tty;
	sigset_t waiting;
};

/**
 * enum outlet_event - what ended a wait
 * @OUTLET_TIME: nothing, it was long enough
 * @OUTLET_INPUT: there is something to read
 * @OUTLET_ENDED: a signal, or nobody reads any more: it is time to end
 */
enum outlet_event { OUTLET_TIME, OUTLET_INPUT, OUTLET_ENDED };

void outlet_open(struct outlet *outlet);
void outlet_catch(struct outlet *outlet);
void outlet_catch_hangup(struct outlet *outlet);
void outlet_catch_stop(struct outlet *outlet);
bool outlet_stop_asked(void);
void outlet_stop(void);
void outlet_defer(struct outlet *outlet, int signal);
bool outlet_color(const struct outlet *outlet, const struct options *options);
bool outlet_put(const struct outlet *outlet, const char *text, size_t size);
enum outlet_event outlet_wait(const struct outlet *outlet, int input, int64_t wait_ns);
enum outlet_event outlet_wait_two(const struct outlet *outlet, int input, int other,
				  int64_t wait_ns);

#endif
