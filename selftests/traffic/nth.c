// SPDX-License-Identifier: GPL-2.0
/*
 * nth ACTION [ARG...]: do something again and again, and let another of the kernel's
 * allocations fail each time, the first, the second, and so on to the last. Needs a
 * kernel with CONFIG_FAULT_INJECTION (see its Documentation/fault-injection).
 *
 *   load FILE [PARAMETERS]  load the module, and unload it; when it could be loaded all of it
 *                           has to be there, as much as when nothing fails
 *   netns                   make a network namespace
 *   read FILE               open it and read all there is, without waiting for more
 *   write FILE TEXT         open it and write a line
 *   connect ADDRESS         make a connection to a listener of its own there
 *
 * With -c the first time is the only one, and nothing fails: prints how many allocations
 * there are. With -f N the Nth is the first to fail. Prints how it ended how often:
 * "12 ENOMEM", "3 ok"; the time after the last, with nothing failing, is not counted,
 * but has to end well.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "address.h"

/* More than anything allocates: nothing fails. */
enum { NEVER = 1 << 20 };

static int fail_nth = -1, module = -1, home = -1;
static int listener = -1;
static struct sockaddr_storage target;
static const char *parameters = "";

/* Let the Nth allocation of this thread from now on fail; 0 for none. */
static void arm(long n)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%ld", n);

	if (pwrite(fail_nth, text, len, 0) != len)
		err(1, "fail-nth");
}

/* How many allocations more it would take; 0 if it has failed. */
static long disarm(void)
{
	char text[24] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		err(1, "fail-nth");
	arm(0);
	return strtol(text, NULL, 10);
}

/* ---- the actions: each does it while armed, then tidies up; 0 or a negative errno */

static int result(int ret)
{
	return ret < 0 ? -errno : 0;
}

static int load(long n, char **args)
{
	int ret;

	arm(n);
	ret = result(syscall(SYS_finit_module, module, parameters, 0));
	return ret;
}

/* What there is to be read of the module, in this namespace. */
struct extent {
	long files;
	long settings;
	long rows;
};

static long entries(const char *folder)
{
	DIR *dir = opendir(folder);
	long n = 0;

	if (!dir)
		err(1, "%s", folder);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static long lines(const char *path)
{
	FILE *file = fopen(path, "r");
	long n = 0;
	int c;

	if (!file)
		err(1, "%s", path);
	while ((c = getc(file)) != EOF)
		n += c == '\n';
	fclose(file);
	return n;
}

static struct extent extent(void)
{
	return (struct extent) {
		.files = entries("/proc/tcpwatch"),
		.settings = entries("/proc/sys/net/tcpwatch"),
		.rows = lines("/proc/tcpwatch/summary") + lines("/proc/tcpwatch/connections") +
			lines("/proc/tcpwatch/listeners"),
	};
}

static void load_after(int ret)
{
	static struct extent whole;
	struct extent this;

	if (ret)
		return;
	this = extent();
	if (!whole.files)
		whole = this;
	if (memcmp(&this, &whole, sizeof(this)))
		errx(1, "loaded with %ld files, %ld settings, %ld rows of %ld, %ld, %ld",
		     this.files, this.settings, this.rows, whole.files, whole.settings, whole.rows);
	if (syscall(SYS_delete_module, "tcpwatch", O_NONBLOCK))
		err(1, "delete_module");
}

static int netns(long n, char **args)
{
	arm(n);
	return result(unshare(CLONE_NEWNET));
}

static void netns_after(int ret)
{
	if (!ret && setns(home, CLONE_NEWNET))
		err(1, "setns");
}

static int read_file(long n, char **args)
{
	char buffer[4096];
	int fd, ret;

	arm(n);
	fd = open(args[0], O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	do
		ret = read(fd, buffer, sizeof(buffer));
	while (ret > 0);
	ret = ret < 0 && errno != EAGAIN ? -errno : 0;
	close(fd);
	return ret;
}

static int write_file(long n, char **args)
{
	int fd, ret;

	arm(n);
	fd = open(args[0], O_WRONLY);
	if (fd < 0)
		return -errno;
	ret = result(write(fd, args[1], strlen(args[1])));
	close(fd);
	return ret;
}

/* A reset ends it, lest a TIME_WAIT stays. */
static void end(int fd)
{
	static const struct linger reset = { .l_onoff = 1 };

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static int connect_to(long n, char **args)
{
	int fd = socket(target.ss_family, SOCK_STREAM, 0), peer = -1, ret;

	if (fd < 0)
		err(1, "socket");
	arm(n);
	ret = result(connect(fd, (struct sockaddr *)&target, sizeof(target)));
	if (!ret) {
		peer = accept(listener, NULL, NULL);
		ret = result(peer);
	}
	end(peer);
	end(fd);
	return ret;
}

static void connect_after(int ret)
{
	int peer;

	/* What was connected, but accept() failed. */
	while ((peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		end(peer);
}

/**
 * struct action - something that allocates
 * @name: its name
 * @args: how many arguments it takes at least
 * @act: does it, arming first
 * @after: what is left to do when nothing fails any more, given what @act returned; or NULL
 */
static const struct action {
	const char *name;
	int args;
	int (*act)(long n, char **args);
	void (*after)(int ret);
} actions[] = {
	{ "load", 1, load, load_after },
	{ "netns", 0, netns, netns_after },
	{ "read", 1, read_file, NULL },
	{ "write", 2, write_file, NULL },
	{ "connect", 1, connect_to, connect_after },
};

static const struct action *action_called(const char *name, int args)
{
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (!strcmp(name, actions[i].name) && args >= actions[i].args)
			return &actions[i];
	errx(2, "usage: nth [-c] [-f N] ACTION [ARG...]");
}

/* What needs no failing: opened, or listening, before the first time. */
static void prepare(const struct action *action, char **args)
{
	if (action->act == load) {
		module = open(args[0], O_RDONLY | O_CLOEXEC);
		if (module < 0)
			err(1, "%s", args[0]);
		if (args[1])
			parameters = args[1];
		/* So that it is known what there is. */
		load_after(load(0, args));
	} else if (action->act == netns) {
		home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (home < 0)
			err(1, "/proc/self/ns/net");
	} else if (action->act == connect_to) {
		listener = address_listen(args[0], 16, &target);
		if (listener < 0 || fcntl(listener, F_SETFL, O_NONBLOCK))
			errx(1, "%s: can't listen", args[0]);
	}
}

/* Once, the Nth failing. Returns how many allocations were left of N. */
static long once(const struct action *action, char **args, long n, int *ret)
{
	long left;

	*ret = action->act(n, args);
	left = disarm();
	if (action->after)
		action->after(*ret);
	return left;
}

static void count(const struct action *action, char **args)
{
	int ret;

	printf("%ld\n", NEVER - once(action, args, NEVER, &ret));
}

/* strerrorname_np() is not in every C library. */
static const char *errno_name(int number)
{
	switch (number) {
	case 0:
		return "ok";
	case ENOMEM:
		return "ENOMEM";
	case ENFILE:
		return "ENFILE";
	case ENOBUFS:
		return "ENOBUFS";
	case EAGAIN:
		return "EAGAIN";
	default:
		return strerror(number);
	}
}

static int all(const struct action *action, char **args, long first)
{
	enum { ERRNOS = 200 };
	static long times[ERRNOS];
	long n;
	int ret, i;

	for (n = first; !once(action, args, n, &ret); n++)
		times[-ret < ERRNOS ? -ret : 0]++;
	if (ret)
		errx(1, "fails with nothing failing: %s", strerror(-ret));
	for (i = 0; i < ERRNOS; i++)
		if (times[i])
			printf("%ld %s\n", times[i], errno_name(i));
	return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct action *action;
	bool only_count = false;
	long first = 1;
	int option;

	while ((option = getopt(argc, argv, "+cf:")) != -1) {
		if (option == 'c')
			only_count = true;
		else if (option == 'f')
			first = strtol(optarg, NULL, 10);
		else
			return 2;
	}
	argv += optind;
	argc -= optind;
	if (!argc)
		errx(2, "usage: nth [-c] [-f N] ACTION [ARG...]");
	action = action_called(argv[0], argc - 1);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		err(1, "/proc/thread-self/fail-nth");
	prepare(action, argv + 1);
	if (only_count) {
		count(action, argv + 1);
		return fflush(stdout) ? 1 : 0;
	}
	return all(action, argv + 1, first);
}
