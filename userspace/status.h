/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How tcpwatch ends. Scripts rely on these numbers: they are listed in --help and
 * in JSON.md, and none ever changes its meaning.
 */
#ifndef TCPWATCH_STATUS_H
#define TCPWATCH_STATUS_H

/**
 * enum status - exit status
 * @STATUS_OK: all is read and shown
 * @STATUS_FOUND: `leaks` has found something
 * @STATUS_USAGE: an option or a value that does not exist
 * @STATUS_UNLOADED: the module is not loaded, or is still loading
 * @STATUS_DENIED: a file or a namespace that this user may not look at
 * @STATUS_FAILED: anything else: a table that makes no sense, no memory, a full
 *	disk below stdout
 */
enum status {
	STATUS_OK,
	STATUS_FOUND,
	STATUS_USAGE,
	STATUS_UNLOADED,
	STATUS_DENIED,
	STATUS_FAILED,
};

#endif
