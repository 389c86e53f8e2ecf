// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "conn.h"
#include "event.h"
#include "net.h"
#include "snapshot.h"
#include "trace.h"
#include "window.h"

/* How many windows are closed, of all namespaces, by the slots of the filter. */
atomic_t tcpw_window_in[TCPW_WINDOW_SLOTS] ____cacheline_aligned_in_smp;
atomic_t tcpw_window_out[TCPW_WINDOW_SLOTS] ____cacheline_aligned_in_smp;

/* So that no peer can choose a port that shares another's slot. */
static u32 seed __ro_after_init;

/**
 * tcpw_window_init() - make the filter ready
 *
 * Context: process, before any segment is looked at.
 */
void tcpw_window_init(void)
{
	get_random_bytes(&seed, sizeof(seed));
}

static u16 slot(u32 saddr, u32 daddr, __be16 source, __be16 dest)
{
	u32 ports = (__force u32)source << 16 | (__force u32)dest;

	return jhash_3words(saddr, daddr, ports, seed) % TCPW_WINDOW_SLOTS;
}

/**
 * tcpw_window_slot4() - where the filter of the peers' windows counts a connection
 * @saddr: the peer's address
 * @daddr: the local address
 * @source: the peer's port
 * @dest: the local port
 *
 * Context: any, no locks.
 * Return: an index of tcpw_window_in.
 */
u16 tcpw_window_slot4(__be32 saddr, __be32 daddr, __be16 source, __be16 dest)
{
	return slot((__force u32)saddr, (__force u32)daddr, source, dest);
}

/** tcpw_window_slot6() - as tcpw_window_slot4(), for IPv6 */
u16 tcpw_window_slot6(const struct in6_addr *saddr, const struct in6_addr *daddr,
		      __be16 source, __be16 dest)
{
	return slot(__ipv6_addr_jhash(saddr, seed), __ipv6_addr_jhash(daddr, seed), source, dest);
}

/**
 * tcpw_window_slot_of() - where the filter of our own windows counts a connection
 * @sk: its socket
 *
 * Context: any, no locks.
 * Return: an index of tcpw_window_out.
 */
u16 tcpw_window_slot_of(const struct sock *sk)
{
	return tcpw_conn_hash(sk, ilog2(TCPW_WINDOW_SLOTS));
}

static u16 slot_in(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return tcpw_window_slot6(&sk->sk_v6_daddr, &sk->sk_v6_rcv_saddr,
					 inet->inet_dport, inet->inet_sport);
#endif
	return tcpw_window_slot4(inet->inet_daddr, inet->inet_rcv_saddr,
				 inet->inet_dport, inet->inet_sport);
}

/*
 * The word that each segment reads is written only if it does not say so already. It is
 * looked at after the window was counted, and tcpw_window_settle() changes it before it
 * counts: so either that counts this window, or this sees that they are being counted.
 */
static void filter_close(struct tcpw_net *tn, atomic_t *slot)
{
	atomic_inc(slot);
	this_cpu_inc(tn->cpu->windows_closed);
	smp_mb();	/* pairs with the xchg() in tcpw_window_settle() */
	if (READ_ONCE(tn->windows) != TCPW_WINDOWS_CLOSED) {
		/* Ordered before it is seen whether the tick is armed; pairs with its smp_mb(). */
		xchg(&tn->windows, TCPW_WINDOWS_CLOSED);
		tcpw_net_arm_tick(tn);
	}
}

static void filter_open(struct tcpw_net *tn, atomic_t *slot)
{
	atomic_dec(slot);
	this_cpu_dec(tn->cpu->windows_closed);
}

/**
 * tcpw_window_settle() - find out whether windows are still closed in a namespace
 * @tn: the namespace
 *
 * One CPU after the other is added up while windows close and open. If one that closed is
 * missed, who closed it sees @tn->windows changed, and puts it back. If none is missed, a
 * sum of 0 says that all that closed have opened.
 *
 * Context: process, the tick alone, which has been disarmed.
 * Return: whether there may be closed ones, so that the tick has to come again.
 */
bool tcpw_window_settle(struct tcpw_net *tn)
{
	unsigned long closed = 0;
	int cpu;

	smp_mb();	/* the tick was disarmed before; pairs with the xchg() in filter_close() */
	if (READ_ONCE(tn->windows) == TCPW_WINDOWS_OPEN)
		return false;
	xchg(&tn->windows, TCPW_WINDOWS_COUNTED);
	for_each_possible_cpu(cpu)
		closed += READ_ONCE(per_cpu_ptr(tn->cpu, cpu)->windows_closed);
	if (closed)
		WRITE_ONCE(tn->windows, TCPW_WINDOWS_CLOSED);
	else
		cmpxchg(&tn->windows, TCPW_WINDOWS_COUNTED, TCPW_WINDOWS_OPEN);
	return READ_ONCE(tn->windows) != TCPW_WINDOWS_OPEN;
}

/*
 * Whether the socket will take over the segment's window: the rule of
 * tcp_ack_update_window() (RFC 9293, 3.10.7.4: SND.WL1, SND.WL2). The socket may still
 * have segments to go through that were seen here already, so what a record says of
 * the window goes before what the socket says.
 */
static bool is_news(const struct tcpw_conn *c, const struct tcphdr *th)
{
	const struct tcp_sock *tp = tcp_sk(c->sk);
	u32 seq = ntohl(th->seq), ack = ntohl(th->ack_seq);
	u32 una = READ_ONCE(tp->snd_una), wl1 = READ_ONCE(tp->snd_wl1);
	u32 wnd = c->zero_in_now ? 0 : READ_ONCE(tp->snd_wnd);

	if (!th->ack || before(ack, una) || after(ack, READ_ONCE(tp->snd_nxt)))
		return false;
	if (th->syn)
		return c->state == TCP_SYN_SENT;
	return after(ack, una) || after(seq, wl1) ||
	       (seq == wl1 && (!th->window ||
			       (u32)ntohs(th->window) << tcpw_snapshot_snd_wscale(c->sk) > wnd));
}

static void close_in(struct tcpw_conn *c, u16 slot)
{
	c->zero_in_now = 1;
	c->zero_in++;
	c->zero_in_slot = slot;
	filter_close(c->tn, &tcpw_window_in[slot]);
}

/* How long a window was as it is, which it has been since @since_ns or the begin. */
static u64 lasted_ns(const struct tcpw_conn *c, u64 since_ns, u64 now_ns)
{
	return now_ns - (since_ns ?: c->opened_ns);
}

/**
 * tcpw_window_adopt() - the peer's window may have been closed before the module came
 * @c: a new record, not in the table yet, of a socket older than the module
 * @sk: the socket
 * @now_ns: since when it counts as closed, at least
 *
 * Context: any, the socket's lock held; the namespace is kept.
 */
void tcpw_window_adopt(struct tcpw_conn *c, const struct sock *sk, u64 now_ns)
{
	/* Before the handshake is completed, and of a listener, 0 only says "unknown". */
	if ((1 << c->state) & (TCPF_SYN_SENT | TCPF_SYN_RECV | TCPF_LISTEN))
		return;
	if (!tcp_sk(sk)->snd_wnd) {
		close_in(c, slot_in(sk));
		c->zero_in_since_ns = now_ns;
	}
}

/**
 * tcpw_window_in_seen() - a segment came that may close or open the peer's window
 * @sk: the full socket it is for
 * @th: its header; no RST, whose window means nothing
 * @slot: tcpw_window_slot4() or tcpw_window_slot6() of its addresses
 *
 * Context: softirq or process, no bucket lock, in a hook of the socket's namespace; @sk kept
 * by the caller, not locked.
 */
void tcpw_window_in_seen(struct sock *sk, const struct tcphdr *th, u16 slot)
{
	bool closes = !th->window;
	struct tcpw_conn *c = tcpw_conn_lock(sk);

	if (c && closes != c->zero_in_now && is_news(c, th)) {
		u64 now_ns = ktime_get_boottime_ns();
		u64 after_ns = lasted_ns(c, c->zero_in_since_ns, now_ns);

		if (closes) {
			close_in(c, slot);
			tcpw_count(c->tn, TCPW_ZERO_WINDOW_IN);
		} else {
			c->zero_in_now = 0;
			c->zero_in_ns += after_ns;
			filter_open(c->tn, &tcpw_window_in[c->zero_in_slot]);
		}
		c->zero_in_since_ns = now_ns;
		if (tcpw_event_wanted(c->tn) || trace_zero_window_enabled())
			tcpw_event_window(c->tn, sk, false, closes, after_ns);
	}
	tcpw_conn_unlock(sk);
}

/**
 * tcpw_window_out_seen() - a segment leaves that may close or open our window
 * @sk: the full socket that sends it
 * @th: its header; no RST, and no SYN before the peer's was seen
 *
 * Context: softirq or process, no bucket lock, in a hook of the socket's namespace; @sk kept
 * by the caller.
 */
void tcpw_window_out_seen(struct sock *sk, const struct tcphdr *th)
{
	bool closes = !th->window;
	struct tcpw_conn *c = tcpw_conn_lock(sk);

	if (c && closes != c->zero_out_now) {
		u64 now_ns = ktime_get_boottime_ns();

		c->zero_out_now = closes;
		if (closes) {
			c->zero_out++;
			filter_close(c->tn, &tcpw_window_out[tcpw_window_slot_of(sk)]);
			tcpw_count(c->tn, TCPW_ZERO_WINDOW_OUT);
		} else {
			filter_open(c->tn, &tcpw_window_out[tcpw_window_slot_of(sk)]);
		}
		if (tcpw_event_wanted(c->tn) || trace_zero_window_enabled())
			tcpw_event_window(c->tn, sk, true, closes,
					  lasted_ns(c, c->zero_out_since_ns, now_ns));
		c->zero_out_since_ns = now_ns;
	}
	tcpw_conn_unlock(sk);
}

/**
 * tcpw_window_forget() - a connection ends, and its closed windows with it
 * @c: its record
 *
 * Context: the bucket lock held.
 */
void tcpw_window_forget(struct tcpw_conn *c)
{
	if (c->zero_in_now)
		filter_open(c->tn, &tcpw_window_in[c->zero_in_slot]);
	if (c->zero_out_now)
		filter_open(c->tn, &tcpw_window_out[tcpw_window_slot_of(c->sk)]);
	c->zero_in_now = 0;
	c->zero_out_now = 0;
}
