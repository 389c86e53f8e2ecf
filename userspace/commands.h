/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TCPWATCH_COMMANDS_H
#define TCPWATCH_COMMANDS_H

#include "fault.h"
#include "options.h"

/*
 * Each takes the options that stood before the subcommand's name, and adds those
 * in argv; argv[0] is the subcommand's name. Each returns the exit status.
 */
enum status overview_main(struct options *options);
enum status list_main(struct options *options, int argc, char **argv);
enum status leaks_main(struct options *options, int argc, char **argv);
enum status handshakes_main(struct options *options, int argc, char **argv);
enum status memory_main(struct options *options, int argc, char **argv);
enum status port_main(struct options *options, int argc, char **argv);
enum status events_main(struct options *options, int argc, char **argv);
enum status life_main(struct options *options, int argc, char **argv);
enum status top_main(struct options *options, int argc, char **argv);
enum status window_main(struct options *options, int argc, char **argv);
enum status export_main(struct options *options, int argc, char **argv);
enum status report_main(struct options *options, int argc, char **argv);
enum status explain_main(struct options *options, int argc, char **argv);

#endif
