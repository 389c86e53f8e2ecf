// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kmemleak.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "event.h"
#include "net.h"
#include "ring.h"

enum {
	SLOTS_DEFAULT = 8192,		/* 1 MiB a CPU, while somebody reads */
	SLOTS_LEAST = 16,
	SLOTS_MOST = 1 << 20,
};

/* In jiffies: so long after the last wake an event wakes those who wait, asked for or not. */
#define WAKE_ANYHOW (HZ / 10)

static unsigned long slots_of_a_ring __read_mostly;
static struct workqueue_struct *wakes __read_mostly;	/* whose workers wake the readers */
static enum cpuhp_state cpu_state __read_mostly;	/* whose instances the rings are */

/**
 * struct part - one CPU's part of a ring
 * @head: how many events have been written
 * @busy: an event is being written
 * @slots: where; NULL where the CPU was never online, or there was no memory when it came
 *
 * @head, @busy and @slots[] are written by the CPU itself, with bottom halves off.
 */
struct part {
	unsigned long head;
	bool busy;
	struct tcpw_event *slots;
};

/**
 * struct tcpw_ring - the rings of a namespace
 * @mask: one less than the slots of each
 * @readers: how many read; protected by the namespace's ring_lock
 * @asked: a reader wants to be woken by the next event
 * @woken: when they were, in jiffies
 * @wait: who waits
 * @wake: wakes them from where that is allowed
 * @part: one for each CPU
 * @node: what is told of CPUs that come online
 */
struct tcpw_ring {
	unsigned long mask;
	unsigned int readers;
	unsigned int asked;
	unsigned long woken;
	struct wait_queue_head *wait;
	struct work_struct wake;
	struct part __percpu *part;
	struct hlist_node node;
};

/**
 * struct place - how far a reader has come in one CPU's ring
 * @at: the next event it reads
 * @until: from there on nothing is known to be written before @known_ns
 * @time_ns: the time of that at @at; 0 if it has not been looked at
 */
struct place {
	unsigned long at;
	unsigned long until;
	u64 time_ns;
};

/**
 * struct tcpw_ring_reader - a reader
 * @tn: the namespace
 * @ring: its rings, which stay while there is a reader
 * @known_ns: all events before this time are before the places' @until
 * @place: one for each possible CPU
 */
struct tcpw_ring_reader {
	struct tcpw_net *tn;
	struct tcpw_ring *ring;
	u64 known_ns;
	struct place place[];
};

/**
 * struct waiting - those who wait for the events of a namespace
 * @head: their queue, tn->ring_wait
 * @key: of its lock, if they stay in it when the module goes, and the module's own keys with it
 * @name: likewise
 */
struct waiting {
	struct wait_queue_head head;
	struct lock_class_key key;
	char name[20];
};

/**
 * tcpw_ring_net_init() - make a namespace ready for readers
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpw_ring_net_init(struct tcpw_net *tn)
{
	struct waiting *waiting = kmalloc(sizeof(*waiting), GFP_KERNEL);

	if (!waiting)
		return -ENOMEM;
	mutex_init(&tn->ring_lock);
	init_waitqueue_head(&waiting->head);
	tn->ring_wait = &waiting->head;
	return 0;
}

/**
 * tcpw_ring_net_exit() - the mirror of tcpw_ring_net_init()
 * @tn: the namespace
 *
 * Context: process, a grace period of RCU after tcpw_ring_release().
 */
void tcpw_ring_net_exit(struct tcpw_net *tn)
{
	if (tn->ring_wait)
		kfree(container_of(tn->ring_wait, struct waiting, head));
}

/* ---- writing */

/* Who polls may stand by, and be unable to ask in time: tcpw_ring_ask(). */
static bool overdue(const struct tcpw_ring *ring)
{
	return time_after(jiffies, READ_ONCE(ring->woken) + WAKE_ANYHOW);
}

/*
 * In a worker, where no lock of a writer is held, and in one that is not bound to the writer's
 * CPU: with PREEMPT_RT a task of a higher priority may leave a CPU's own threads no time, for
 * ever, and if that comes over a bound worker in here, none of RCU goes on. irq_work is left to
 * such a thread, too; what a task that can't leave the CPU yet gives to that after it has been
 * parked, as the CPU goes offline, waits until it is back. Not for each event: a reader that wants
 * the queue's lock, to sleep or when it is awake again, must get it while events come.
 */
static void wake(struct work_struct *work)
{
	struct tcpw_ring *ring = container_of(work, struct tcpw_ring, wake);
	bool asked = xchg(&ring->asked, 0);

	/* Who asks from here on is in the queue already, or sees the event: tcpw_ring_ask(). */
	if (!asked && !overdue(ring))
		return;
	WRITE_ONCE(ring->woken, jiffies);
	wake_up_interruptible_all(ring->wait);
}

/**
 * tcpw_ring_begin() - begin to write an event
 * @ring: the rings
 *
 * Context: any but hard interrupts, under rcu_read_lock(). Bottom halves and preemption are
 * off until tcpw_ring_end(), which must follow if there is an event; no lock in between.
 * Return: the event, its time set; NULL if it is lost, as this CPU has no ring.
 */
struct tcpw_event *tcpw_ring_begin(struct tcpw_ring *ring)
{
	struct tcpw_event *event;
	struct part *part;

	local_bh_disable();
	/* On PREEMPT_RT that alone lets others in, or a reader that waits for this one. */
	preempt_disable();
	part = this_cpu_ptr(ring->part);
	if (unlikely(!part->slots)) {
		WRITE_ONCE(part->head, part->head + 1);
		preempt_enable();
		local_bh_enable();
		return NULL;
	}
	WRITE_ONCE(part->busy, true);
	/*
	 * The last head goes out before what it gives up is overwritten (with copy_out()),
	 * and busy does before the clock is read (with wait_for_busy()).
	 */
	smp_mb();
	event = &part->slots[part->head & ring->mask];
	WRITE_ONCE(event->time_ns, ktime_get_boottime_ns());
	return event;
}

/**
 * tcpw_ring_end() - an event is written
 * @ring: the rings
 *
 * Context: as tcpw_ring_begin() left it.
 */
void tcpw_ring_end(struct tcpw_ring *ring)
{
	struct part *part = this_cpu_ptr(ring->part);

	/* The event goes out before the head that says it is there: slot_at(), learn(). */
	smp_store_release(&part->head, part->head + 1);
	/* And that before the end of being busy: learn(). */
	smp_store_release(&part->busy, false);
	/* The new head is seen by the reader that goes to sleep, if its asking is not seen here. */
	smp_mb();
	/* Likewise with its place in the queue. */
	if (waitqueue_active(ring->wait) && (READ_ONCE(ring->asked) || overdue(ring)))
		queue_work(wakes, &ring->wake);
	preempt_enable();
	local_bh_enable();
}

/* ---- readers come and go */

/*
 * Called for each CPU that is online when a ring is made, or before it comes online later. Such
 * a one may come without: its events are lost, and slots that it got later don't hold them.
 */
static int give_slots(unsigned int cpu, struct hlist_node *node)
{
	struct tcpw_ring *ring = hlist_entry(node, struct tcpw_ring, node);
	struct part *part = per_cpu_ptr(ring->part, cpu);

	if (part->slots || part->head)
		return 0;
	part->slots = kvcalloc(slots_of_a_ring, sizeof(*part->slots), GFP_KERNEL_ACCOUNT);
	return part->slots || !cpu_online(cpu) ? 0 : -ENOMEM;
}

static void parts_free(struct tcpw_ring *ring)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(ring->part, cpu)->slots);
	free_percpu(ring->part);
}

static void ring_free(struct tcpw_ring *ring)
{
	cpuhp_state_remove_instance_nocalls(cpu_state, &ring->node);
	cancel_work_sync(&ring->wake);
	parts_free(ring);
	kfree(ring);
}

static struct tcpw_ring *ring_alloc(struct tcpw_net *tn)
{
	struct tcpw_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!ring)
		return NULL;
	ring->mask = slots_of_a_ring - 1;
	ring->woken = jiffies;
	ring->wait = tn->ring_wait;
	INIT_WORK(&ring->wake, wake);
	ring->part = alloc_percpu_gfp(struct part, GFP_KERNEL_ACCOUNT);
	if (!ring->part)
		goto err_part;
	/*
	 * Not left to cpuhp: it holds a mutex of the whole machine's meanwhile, and who opens the
	 * file may be made to wait for memory. There it is for CPUs that come in between.
	 */
	for_each_online_cpu(cpu)
		if (give_slots(cpu, &ring->node))
			goto err_slots;
	if (cpuhp_state_add_instance(cpu_state, &ring->node))
		goto err_slots;
	return ring;

err_slots:
	parts_free(ring);
err_part:
	kfree(ring);
	return NULL;
}

/* One more reader of the rings, which are made for the first; not under the lock. */
static struct tcpw_ring *ring_get(struct tcpw_net *tn)
{
	struct tcpw_ring *ring, *fresh = NULL;

	for (;;) {
		mutex_lock(&tn->ring_lock);
		ring = rcu_dereference_protected(tn->ring, lockdep_is_held(&tn->ring_lock));
		if (!ring && fresh) {
			ring = fresh;
			fresh = NULL;
			rcu_assign_pointer(tn->ring, ring);
		}
		if (ring)
			ring->readers++;
		mutex_unlock(&tn->ring_lock);
		if (ring)
			break;
		fresh = ring_alloc(tn);
		if (!fresh)
			return NULL;
	}
	if (fresh)
		ring_free(fresh);
	return ring;
}

/**
 * tcpw_ring_join() - read what happens in a namespace from now on
 * @tn: the namespace, kept by the caller
 *
 * Context: process.
 * Return: for tcpw_ring_leave(); an ERR_PTR() if there is no memory.
 */
struct tcpw_ring_reader *tcpw_ring_join(struct tcpw_net *tn)
{
	struct tcpw_ring_reader *reader;
	struct tcpw_ring *ring;
	int cpu;

	reader = kvzalloc(struct_size(reader, place, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return ERR_PTR(-ENOMEM);
	ring = ring_get(tn);
	if (!ring) {
		kvfree(reader);
		return ERR_PTR(-ENOMEM);
	}

	reader->tn = tn;
	reader->ring = ring;
	for_each_possible_cpu(cpu) {
		struct place *place = &reader->place[cpu];

		/* Nothing before it is read: tcpw_ring_end(). */
		place->at = smp_load_acquire(&per_cpu_ptr(ring->part, cpu)->head);
		place->until = place->at;
	}
	return reader;
}

/**
 * tcpw_ring_leave() - read no more
 * @reader: of tcpw_ring_join()
 *
 * Context: process; may wait for RCU.
 */
void tcpw_ring_leave(struct tcpw_ring_reader *reader)
{
	struct tcpw_ring *ring = reader->ring;
	struct tcpw_net *tn = reader->tn;
	bool last;

	mutex_lock(&tn->ring_lock);
	last = !--ring->readers;
	if (last)
		rcu_assign_pointer(tn->ring, NULL);
	mutex_unlock(&tn->ring_lock);
	if (last) {
		synchronize_rcu();
		ring_free(ring);
	}
	kvfree(reader);
}

/* ---- reading */

/**
 * tcpw_ring_ready() - is there something to read?
 * @reader: the reader
 *
 * Context: any.
 * Return: whether tcpw_ring_next() would find an event.
 */
bool tcpw_ring_ready(const struct tcpw_ring_reader *reader)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct part *part = per_cpu_ptr(reader->ring->part, cpu);

		if (READ_ONCE(part->head) != reader->place[cpu].at)
			return true;
	}
	return false;
}

/**
 * tcpw_ring_ask() - have those in the namespace's ring_wait woken by the next event
 * @reader: the reader, in that queue if it is to be woken
 *
 * Whoever sleeps looks for what there is, tcpw_ring_ready(), after this: an event that is not
 * seen then wakes. That is the last until somebody asks again, as a poll does each time, and
 * whoever has read all: what stays in the queue (epoll's, io_uring's) may be waited for through
 * another file, and not polled. Older kernels' AIO and io_uring leave the queue, poll, and go into
 * it after that; if others were woken in between, a later event wakes them, WAKE_ANYHOW.
 *
 * Context: any.
 */
void tcpw_ring_ask(struct tcpw_ring_reader *reader)
{
	/* The queue comes before it, older kernels' poll_wait() orders nothing: wake(). */
	smp_mb();
	/* And it before the look at the heads: tcpw_ring_end(). */
	smp_store_mb(reader->ring->asked, 1);
}

/* Until what is being written on that CPU is. */
static void wait_for_busy(const struct part *part)
{
	unsigned long head = READ_ONCE(part->head);

	/* A head that is there before the end of being busy is seen by whoever sees that. */
	while (smp_load_acquire(&part->busy) && READ_ONCE(part->head) == head)
		cpu_relax();
}

/* Find out what has been written up to now. */
static void learn(struct tcpw_ring_reader *reader)
{
	int cpu;

	reader->known_ns = ktime_get_boottime_ns();
	/* Who is not busy from here on will read a later time from the clock. */
	smp_mb();
	for_each_possible_cpu(cpu) {
		const struct part *part = per_cpu_ptr(reader->ring->part, cpu);

		wait_for_busy(part);
		/* The events before it are whole: tcpw_ring_end(). */
		reader->place[cpu].until = smp_load_acquire(&part->head);
	}
}

/*
 * The slot of the next event; NULL, and how many are lost, if that was overwritten
 * already: then the place is near the oldest that is still there, but not so near that
 * the next event would overwrite it again.
 */
static const struct tcpw_event *slot_at(const struct tcpw_ring *ring, const struct part *part,
					struct place *place, u64 *lost)
{
	/* The events before it are whole: tcpw_ring_end(). */
	unsigned long head = smp_load_acquire(&part->head);
	unsigned long room = part->slots ? ring->mask + 1 : 0;
	unsigned long kept = room ? room - 1 - room / 8 : 0;

	/* The slot that is written next is that of the oldest. */
	if (head - place->at < room)
		return &part->slots[place->at & ring->mask];
	*lost += head - place->at - kept;
	place->at = head - kept;
	place->until = head;
	place->time_ns = 0;
	return NULL;
}

/* Copy an event, or only look at its time, and see that it was whole. */
static bool copy_out(const struct tcpw_ring *ring, const struct part *part,
		     struct place *place, struct tcpw_event *event, u64 *lost)
{
	const struct tcpw_event *slot = slot_at(ring, part, place, lost);

	if (!slot)
		return false;
	if (event)
		/* If it is overwritten meanwhile, the second look at the head finds out. */
		data_race(*event = *slot);
	else
		place->time_ns = READ_ONCE(slot->time_ns);
	/* That look comes after the copy; the pair is tcpw_ring_begin(). */
	smp_rmb();
	return slot_at(ring, part, place, lost);
}

/* The CPU whose next event is the first of all that are known; -1 if there is none. */
static int first_of_all(struct tcpw_ring_reader *reader, u64 *lost)
{
	u64 first_ns = reader->known_ns;
	int cpu, found = -1;

	for_each_possible_cpu(cpu) {
		const struct part *part = per_cpu_ptr(reader->ring->part, cpu);
		struct place *place = &reader->place[cpu];

		if (place->at == place->until)
			continue;
		if (!place->time_ns && !copy_out(reader->ring, part, place, NULL, lost))
			return -1;
		if (place->time_ns < first_ns) {
			first_ns = place->time_ns;
			found = cpu;
		}
	}
	return found;
}

/**
 * tcpw_ring_next() - read the next event
 * @reader: the reader; one call at a time
 * @event: where to
 * @lost: set to how many events before that one are lost; if it is not 0, there may be
 *	an event all the same, later
 *
 * Context: process.
 * Return: whether there is an event; never while some are lost.
 */
bool tcpw_ring_next(struct tcpw_ring_reader *reader, struct tcpw_event *event, u64 *lost)
{
	struct place *place;
	int cpu;

	*lost = 0;
	cpu = first_of_all(reader, lost);
	/* One that is being written while this learns may be too late, and is there next time. */
	while (cpu < 0 && !*lost && tcpw_ring_ready(reader)) {
		learn(reader);
		cpu = first_of_all(reader, lost);
	}
	if (cpu < 0)
		return false;
	place = &reader->place[cpu];
	if (!copy_out(reader->ring, per_cpu_ptr(reader->ring->part, cpu), place, event, lost))
		return false;
	place->at++;
	place->time_ns = 0;
	return true;
}

/* ---- the end */

/* Whoever is in the queue, if it has not been given up. */
static bool anybody(struct tcpw_net *tn)
{
	return tn->ring_wait && wq_has_sleeper(tn->ring_wait);
}

static void wake_to_go(struct tcpw_net *tn)
{
	__wake_up(tn->ring_wait, TASK_NORMAL, 0, poll_to_key(TCPW_RING_END | POLLFREE));
}

/*
 * What a poll has put into the wait queue must be out of it before that ends, or before nobody
 * answers a poll any more: poll() and select() take it out when they wake up to an answer that
 * they want, epoll at once when it is told POLLFREE. A task that polls another file, too, may be
 * held up there (FUSE asks its server), and comes when it can: it is not waited for beyond @until.
 */
static bool let_go(struct tcpw_net *tn, unsigned long until)
{
	while (anybody(tn)) {
		wake_to_go(tn);
		if (time_after(jiffies, until))
			return !anybody(tn);
		schedule_timeout_uninterruptible(1);
	}
	return true;
}

/**
 * tcpw_ring_hang_up() - tell those who wait for events that this is the end
 * @tn: the namespace; its file is there still, and answers those who wake up
 *
 * To be called for all namespaces that end together before tcpw_ring_hung_up() for the first:
 * they have the same time to go.
 *
 * Context: process. From now on a reader that has read all is told that this is the end, and a
 * poll that there is whatever it asks for.
 */
void tcpw_ring_hang_up(struct tcpw_net *tn)
{
	WRITE_ONCE(tn->ring_over, true);
	/* A namespace that ends as the module goes may be told twice at once. */
	WRITE_ONCE(tn->ring_until, jiffies + TCPW_RING_LET_GO);
	if (anybody(tn))
		wake_to_go(tn);
}

/**
 * tcpw_ring_hung_up() - wait for those who were told by tcpw_ring_hang_up()
 * @tn: the namespace, its file still there
 *
 * Context: process.
 */
void tcpw_ring_hung_up(struct tcpw_net *tn)
{
	let_go(tn, READ_ONCE(tn->ring_until));
}

/*
 * Give the wait queue up to those who are in it. It is no leak to kmemleak; and lockdep is told not
 * to look for its lock's class in a module that is gone.
 */
static void give_up(struct tcpw_net *tn)
{
	struct waiting *waiting = container_of(tn->ring_wait, struct waiting, head);

	pr_warn("a process that polls events does not wake up: what it waits in, %zu bytes, is not freed\n",
		sizeof(*waiting));
	kmemleak_not_leak(waiting);
	strscpy(waiting->name, "tcpwatch ring_wait", sizeof(waiting->name));
	lockdep_register_key(&waiting->key);
	lockdep_set_class_and_name(&waiting->head.lock, &waiting->key, waiting->name);
	tn->ring_wait = NULL;
}

/**
 * tcpw_ring_release() - let those go who have begun to poll since tcpw_ring_hang_up()
 * @tn: the namespace, whose file is gone: nobody begins any more
 * @until: how long to wait for them, in jiffies: TCPW_RING_LET_GO from now, or from when the
 *	first namespace of those that end together was asked for
 *
 * The files that readers have open outlive the module, and so does a poll of them.
 *
 * Context: process. @tn->ring_wait has to stay for a grace period of RCU.
 */
void tcpw_ring_release(struct tcpw_net *tn, unsigned long until)
{
	if (!let_go(tn, until))
		give_up(tn);
}

/* ---- the module's begin and end */

/**
 * tcpw_ring_init() - make ready for rings
 * @slots: events that each CPU's ring is to hold; 0 for the default
 *
 * Context: process, before there is any reader.
 * Return: 0 or a negative error.
 */
int tcpw_ring_init(unsigned int slots)
{
	int state;

	wakes = alloc_workqueue("tcpwatch_wake", WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (!wakes)
		return -ENOMEM;
	state = cpuhp_setup_state_multi(CPUHP_BP_PREPARE_DYN, "net/tcpwatch:prepare", give_slots,
					NULL);
	if (state < 0) {
		destroy_workqueue(wakes);
		return state;
	}
	cpu_state = state;
	if (!slots)
		slots = SLOTS_DEFAULT;
	slots_of_a_ring = roundup_pow_of_two(clamp_t(unsigned int, slots, SLOTS_LEAST,
						     SLOTS_MOST));
	return 0;
}

/**
 * tcpw_ring_exit() - the mirror of tcpw_ring_init()
 *
 * Context: process. There is no reader any more.
 */
void tcpw_ring_exit(void)
{
	cpuhp_remove_multi_state(cpu_state);
	destroy_workqueue(wakes);
}
