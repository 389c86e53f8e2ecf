// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "fault.h"
#include "utf8.h"

/**
 * fault_set() - note what went wrong
 * @fault: where to
 * @status: the exit status that it calls for
 * @format: as of printf()
 *
 * Return: @status, for the caller to return.
 */
enum status fault_set(struct fault *fault, enum status status, const char *format, ...)
{
	va_list args;

	fault->status = status;
	fault->gone = false;
	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	/* Names are in it, which come from others. */
	utf8_printable(fault->text);
	return status;
}

/**
 * fault_gone() - note that something ended while it was being read
 * @fault: where to
 * @what: its name
 *
 * Return: STATUS_FAILED.
 */
enum status fault_gone(struct fault *fault, const char *what)
{
	fault_set(fault, STATUS_FAILED, "%s went away while it was being read", what);
	fault->gone = true;
	return fault->status;
}

/**
 * fault_memory() - note that there is no memory left
 * @fault: where to
 *
 * Return: STATUS_FAILED.
 */
enum status fault_memory(struct fault *fault)
{
	return fault_set(fault, STATUS_FAILED, "out of memory");
}

/**
 * fault_is_shortage() - is it this program, or the kernel, that is short of something?
 * @error: errno, of opening a file
 *
 * Return: whether that says nothing of the file: it may well be there, and permitted.
 */
bool fault_is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

/**
 * fault_print() - tell the user, on stderr
 * @fault: what
 */
void fault_print(const struct fault *fault)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, fault->text);
}
