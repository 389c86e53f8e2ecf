// SPDX-License-Identifier: GPL-2.0
/*
 * held poll | held send ADDRESS | held read FILE | held write FILE: a task in a system call that
 * does not end, as its memory has a page that never comes. So it is where a file is mapped that is
 * on a server which does not answer.
 *
 * "poll" polls /proc/tcpwatch/events, and an epoll file whose lock a thread holds that writes to
 * such a page: the task is in the events' wait queue, wakes up, and can't leave. "send" sends such
 * a page to ADDRESS, and owns the socket meanwhile. "read" and "write" read FILE into it, or write
 * it there.
 *
 * Prints "held" when the page has been asked for, and stays so until it is killed.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "address.h"

static void *page;
static size_t page_size;
static int faults;	/* where it is told that the page is asked for */

static void make_page(void)
{
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };

	page_size = sysconf(_SC_PAGESIZE);
	page = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(1, "mmap");
	faults = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api))
		err(1, "userfaultfd");
	range.range.start = (unsigned long)page;
	range.range.len = page_size;
	if (ioctl(faults, UFFDIO_REGISTER, &range))
		err(1, "UFFDIO_REGISTER");
}

/* Have it run by a thread, until that asks for the page. */
static void hold(void *(*run)(void *), int *fd)
{
	struct uffd_msg msg;
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, fd);

	if (error)
		errx(1, "pthread_create: %s", strerror(error));
	if (read(faults, &msg, sizeof(msg)) != sizeof(msg))
		err(1, "read from userfaultfd");
	puts("held");
	fflush(stdout);
}

static void *wait_into_page(void *fd)
{
	epoll_wait(*(int *)fd, page, 1, -1);
	errx(1, "epoll_wait() has ended");
}

static void *send_page(void *fd)
{
	send(*(int *)fd, page, page_size, 0);
	errx(1, "send() has ended");
}

static void *read_into_page(void *fd)
{
	read(*(int *)fd, page, page_size);
	errx(1, "read() has ended");
}

static void *write_page(void *fd)
{
	write(*(int *)fd, page, 1);
	errx(1, "write() has ended");
}

/* An epoll file that has something to tell. */
static int epoll_ready(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(0);
	int ready = eventfd(1, 0);

	if (epoll < 0 || ready < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, ready, &event))
		err(1, "epoll");
	return epoll;
}

static void held_in_poll(void)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int epoll = epoll_ready();

	fds[0].fd = open("/proc/tcpwatch/events", O_RDONLY);
	if (fds[0].fd < 0)
		err(1, "/proc/tcpwatch/events");
	hold(wait_into_page, &epoll);
	fds[1].fd = epoll;
	poll(fds, 2, -1);
	errx(1, "poll() has ended");
}

static void held_in_send(const char *address)
{
	struct sockaddr_storage to;
	socklen_t len;
	int fd;

	if (address_parse(address, &to, &len))
		errx(2, "%s is no address", address);
	fd = socket(to.ss_family, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, len))
		err(1, "%s", address);
	hold(send_page, &fd);
	pause();
}

static void held_in_file(const char *path, int mode, void *(*run)(void *))
{
	int fd = open(path, mode);

	if (fd < 0)
		err(1, "%s", path);
	hold(run, &fd);
	pause();
}

int main(int argc, char **argv)
{
	make_page();
	if (argc == 2 && !strcmp(argv[1], "poll"))
		held_in_poll();
	else if (argc == 3 && !strcmp(argv[1], "send"))
		held_in_send(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "read"))
		held_in_file(argv[2], O_RDONLY, read_into_page);
	else if (argc == 3 && !strcmp(argv[1], "write"))
		held_in_file(argv[2], O_WRONLY, write_page);
	else
		errx(2, "usage: held poll | held send ADDRESS | held read FILE | held write FILE");
	return 0;
}
