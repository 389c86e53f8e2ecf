// SPDX-License-Identifier: GPL-2.0
/*
 * Writes tcpwatch(7), the manual page of what the words mean, out of the same tables
 * as `tcpwatch explain`.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../kmod/state.h"
#include "../word.h"

enum { LINE = 78 };

/* One word, with what roff(7) would take for its own at @column 0 hidden. */
static void put_token(const char *token, size_t length, size_t column)
{
	if (!column && (*token == '.' || *token == '\''))
		fputs("\\&", stdout);
	for (size_t i = 0; i < length; i++) {
		if (token[i] == '\\')
			fputs("\\e", stdout);
		else
			putchar(token[i]);
	}
}

/* Sentences, each beginning a line, as roff(7) wants them. */
static void put_text(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " ");
		bool ends = text[length - 1] == '.';

		if (column && column + 1 + length > LINE) {
			putchar('\n');
			column = 0;
		}
		if (column)
			putchar(' ');
		put_token(text, length, column);
		column += length + 1;
		text += length + (text[length] == ' ');
		if (ends && *text) {
			putchar('\n');
			column = 0;
		}
	}
	putchar('\n');
}

/* The title is never one of mdoc(7)'s macros; Do would be. */
static void put_part(const char *title, const char *text)
{
	printf(".It \\&%s\n", title);
	put_text(text);
}

static void put_word(const struct word *word)
{
	printf(".Ss %s\n", word->name);
	put_text(word->what);
	puts(".Pp\n.Bl -tag -width Look_at -compact");
	put_part("Cause", word->cause);
	put_part("Look at", word->look);
	put_part("Do", word->todo);
	puts(".El");
}

static void put_words(enum word_kind kind)
{
	for (size_t i = 0; i < n_words; i++)
		if (words[i].kind == kind)
			put_word(&words[i]);
}

static void put_changes(void)
{
	puts(".Bl -column ESTABLISHED ESTABLISHED\n.It Em from Ta Em to Ta Em when");
	for (unsigned int from = 0; from < TCPW_STATES; from++) {
		for (unsigned int to = 0; to < TCPW_STATES; to++) {
			const char *cause = tcpw_state_cause(from, to);

			if (cause)
				printf(".It %s Ta %s Ta %s\n", tcpw_state_name(from),
				       tcpw_state_name(to), cause);
		}
	}
	puts(".El");
}

int main(void)
{
	puts(".\\\" Made from word.c and state.c: change those.\n"
	     ".Dd November 22, 2026\n"
	     ".Dt TCPWATCH 7\n"
	     ".Os\n"
	     ".Sh NAME\n"
	     ".Nm tcpwatch\n"
	     ".Nd what the words of tcpwatch mean\n"
	     ".Sh DESCRIPTION\n"
	     "Every state, verdict, line of summary and event that the files under\n"
	     ".Pa /proc/tcpwatch\n"
	     "and the command\n"
	     ".Nm\n"
	     "show: what it is, what makes it, what to look at, and what to do.\n"
	     ".Ic tcpwatch explain Ar word\n"
	     "says the same about one of them.\n"
	     ".Sh STATES\n"
	     "The names are the kernel's.\n"
	     "In small letters they are lines of summary, which count the sockets in each.");
	put_words(WORD_STATE);
	puts(".Sh CHANGES OF STATE\n"
	     "Any other change counts as\n"
	     ".Ic illegal_transitions .");
	put_changes();
	puts(".Sh VERDICTS\n"
	     "Why a socket is in CLOSE_WAIT: the first of these that holds.");
	put_words(WORD_VERDICT);
	puts(".Sh SUMMARY\n"
	     "The lines of\n"
	     ".Pa /proc/tcpwatch/summary .\n"
	     "Counts are of what happened since the module was loaded.");
	put_words(WORD_SUMMARY);
	puts(".Sh EVENTS\n"
	     "The lines of\n"
	     ".Pa /proc/tcpwatch/events .");
	put_words(WORD_EVENT);
	puts(".Sh SEE ALSO\n"
	     ".Xr tcp 7 ,\n"
	     ".Xr ss 8\n"
	     ".Rs\n"
	     ".%A W. Eddy\n"
	     ".%T Transmission Control Protocol (TCP)\n"
	     ".%R RFC 9293\n"
	     ".%D August 2022\n"
	     ".Re");
	return ferror(stdout) || fflush(stdout);
}
