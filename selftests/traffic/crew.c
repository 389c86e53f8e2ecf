// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"

struct shared {
	atomic_long done;
	atomic_long failed;
	atomic_int warm;
	atomic_bool stop;
};

static struct shared *shared;
static int crew;

void *crew_room(size_t size)
{
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		err(1, "mmap");
	return room;
}

void crew_start(int workers, void (*work)(int number))
{
	shared = crew_room(sizeof(*shared));
	crew = workers;
	for (int i = 0; i < workers; i++) {
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			/* Not to go on for ever, should who started it be killed. */
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			work(i);
			_exit(0);
		}
	}
}

void crew_warm(void)
{
	atomic_fetch_add(&shared->warm, 1);
}

void crew_did(bool fine)
{
	atomic_fetch_add(&shared->done, 1);
	if (!fine)
		atomic_fetch_add(&shared->failed, 1);
}

bool crew_wait_warm(void)
{
	static const struct timespec nap = { .tv_nsec = 1000000 };
	int status = 1;

	while (atomic_load(&shared->warm) < crew) {
		if (waitpid(-1, &status, WNOHANG))
			return !status;
		nanosleep(&nap, NULL);
	}
	return true;
}

void crew_wait_input(void)
{
	char line[64];

	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
}

void crew_stop(void)
{
	atomic_store(&shared->stop, true);
}

bool crew_stopped(void)
{
	return atomic_load(&shared->stop);
}

bool crew_wait_end(void)
{
	bool fine = true;
	int status;

	while (wait(&status) > 0)
		fine &= !status;
	return fine;
}

bool crew_account(void)
{
	bool fine = crew_wait_end();
	long failed = atomic_load(&shared->failed);

	printf("%ld connections, %ld failures\n", atomic_load(&shared->done), failed);
	return fine && !failed;
}
