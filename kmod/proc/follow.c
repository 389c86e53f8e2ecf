// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tcpwatch/follow: which connections have their segments told as events. Reading
 * lists the filters; each line written adds one, deletes one by its number, or clears
 * them all. What is written at once is obeyed as a whole or not at all.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "follow.h"
#include "net.h"
#include "proc/proc.h"
#include "proc/row.h"

enum {
	WRITE_MOST = 4096,	/* more than all filters take */
	BITS_BEFORE_V4 = 96,	/* of a v4-mapped address */
};

/* ---- reading */

static void put_end(struct seq_file *m, const char *key, const struct tcpw_filter_end *end)
{
	seq_puts(m, key);
	if (end->family == AF_UNSPEC)
		seq_putc(m, '*');
	else if (end->family == AF_INET)
		seq_printf(m, "%pI4/%u", &end->address.s6_addr32[3],
			   end->prefix - BITS_BEFORE_V4);
	else
		seq_printf(m, "[%pI6c]/%u", &end->address, end->prefix);
	if (end->port)
		seq_put_decimal_ull(m, ":", ntohs(end->port));
}

static int follow_show(struct seq_file *m, void *v)
{
	struct tcpw_follow *follow = kmalloc(sizeof(*follow), GFP_KERNEL);
	unsigned int i;

	if (!follow)
		return -ENOMEM;
	tcpw_follow_get(m->private, follow);
	for (i = 0; i < follow->n; i++) {
		seq_put_decimal_ull(m, "", follow->filter[i].number);
		put_end(m, " local=", &follow->filter[i].local);
		put_end(m, " remote=", &follow->filter[i].remote);
		seq_putc(m, '\n');
	}
	kfree(follow);
	return 0;
}

/* ---- writing */

/*
 * "*", an IPv4 address, or an IPv6 one in brackets; moves @text behind it. Its prefix
 * begins @before bits after that of @end.
 */
static int parse_address(char **text, struct tcpw_filter_end *end, unsigned int *before)
{
	const char *behind;
	__be32 v4;

	*before = 0;
	end->prefix = 0;
	end->family = AF_UNSPEC;
	if (**text == '*') {
		++*text;
		return 0;
	}
	end->prefix = 128;
	if (**text == '[') {
		if (!in6_pton(*text + 1, -1, end->address.s6_addr, ']', &behind) ||
		    *behind != ']')
			return -EINVAL;
		*text = (char *)behind + 1;
		end->family = ipv6_addr_v4mapped(&end->address) ? AF_INET : AF_INET6;
		return 0;
	}
	/* It would take any character that is none of an address for the end. */
	behind = *text + strspn(*text, "0123456789.");
	if (!in4_pton(*text, behind - *text, (u8 *)&v4, -1, NULL))
		return -EINVAL;
	ipv6_addr_set_v4mapped(v4, &end->address);
	end->family = AF_INET;
	*before = BITS_BEFORE_V4;
	*text = (char *)behind;
	return 0;
}

/* The number up to @stop or the end of @text, which is moved behind it. */
static int parse_number(char **text, char stop, unsigned int most, unsigned int *number)
{
	char *behind = strchrnul(*text, stop), was = *behind;
	int err;

	*behind = '\0';
	err = kstrtouint(*text, 10, number);
	if (err || **text == '+' || *number > most)
		return -EINVAL;
	*behind = was;
	*text = behind;
	return 0;
}

static int parse_prefix(char **text, struct tcpw_filter_end *end, unsigned int before)
{
	unsigned int prefix;
	int err;

	if (**text != '/')
		return 0;
	if (end->family == AF_UNSPEC)
		return -EINVAL;
	++*text;
	err = parse_number(text, ':', 128 - before, &prefix);
	if (err)
		return err;
	end->prefix = before + prefix;
	/* One that reaches out of the mapped addresses is one of IPv6. */
	if (end->prefix < BITS_BEFORE_V4)
		end->family = AF_INET6;
	return 0;
}

/* ADDR[/LEN][:PORT] */
static int parse_end(char *text, struct tcpw_filter_end *end)
{
	struct in6_addr address;
	unsigned int before, port;
	int err;

	err = parse_address(&text, end, &before);
	if (!err)
		err = parse_prefix(&text, end, before);
	if (err)
		return err;
	ipv6_addr_prefix(&address, &end->address, end->prefix);
	end->address = address;
	if (!*text)
		return 0;
	if (*text++ != ':')
		return -EINVAL;
	err = parse_number(&text, '\0', U16_MAX, &port);
	if (err || !port)
		return -EINVAL;
	end->port = htons(port);
	return 0;
}

/* Blanks separate words; NULL if there is none any more. */
static char *next_word(char **line)
{
	char *word;

	do {
		word = strsep(line, " \t");
	} while (word && !*word);
	return word;
}

static int add(struct tcpw_follow *follow, char *line)
{
	struct tcpw_filter filter = { .number = 1 };
	bool local = false, remote = false;
	unsigned int at;
	char *word;
	int err = 0;

	while (!err && (word = next_word(&line))) {
		if (!local && strstarts(word, "local=")) {
			local = true;
			err = parse_end(word + strlen("local="), &filter.local);
		} else if (!remote && strstarts(word, "remote=")) {
			remote = true;
			err = parse_end(word + strlen("remote="), &filter.remote);
		} else {
			err = -EINVAL;
		}
	}
	if (err)
		return err;
	/* All of them may be meant, but not by chance. */
	if (!local && !remote)
		return -EINVAL;
	if (follow->n == TCPW_FILTERS_MAX)
		return -ENOSPC;
	for (at = 0; at < follow->n && follow->filter[at].number == filter.number; at++)
		filter.number++;
	memmove(&follow->filter[at + 1], &follow->filter[at],
		(follow->n - at) * sizeof(follow->filter[0]));
	follow->filter[at] = filter;
	follow->n++;
	return 0;
}

static int del(struct tcpw_follow *follow, char *line)
{
	char *word = next_word(&line);
	unsigned int number, i;

	if (!word || next_word(&line) || parse_number(&word, '\0', UINT_MAX, &number))
		return -EINVAL;
	for (i = 0; i < follow->n; i++) {
		if (follow->filter[i].number != number)
			continue;
		follow->n--;
		memmove(&follow->filter[i], &follow->filter[i + 1],
			(follow->n - i) * sizeof(follow->filter[0]));
		return 0;
	}
	return -EINVAL;
}

static int obey_line(struct tcpw_follow *follow, char *line)
{
	char *word = next_word(&line);

	if (!word)
		return 0;
	if (!strcmp(word, "add"))
		return add(follow, line);
	if (!strcmp(word, "del"))
		return del(follow, line);
	if (strcmp(word, "clear") || next_word(&line))
		return -EINVAL;
	follow->n = 0;
	return 0;
}

static int obey(struct tcpw_follow *follow, void *data)
{
	char *text = data, *line;
	int err = 0;

	while (!err && (line = strsep(&text, "\n")))
		err = obey_line(follow, line);
	return err;
}

static ssize_t follow_write(struct file *file, const char __user *from, size_t size,
			    loff_t *pos)
{
	struct tcpw_net *tn = tcpw_net_of(proc_get_parent_data(file_inode(file)));
	char *text;
	int err;

	if (size > WRITE_MOST)
		return -EINVAL;
	text = memdup_user_nul(from, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = strlen(text) == size ? tcpw_follow_change(tn, obey, text) : -EINVAL;
	kfree(text);
	return err ?: size;
}

/* ---- the file */

static int follow_open(struct inode *inode, struct file *file)
{
	struct net *net = maybe_get_net(proc_get_parent_data(inode));
	int err;

	if (!net)
		return -ENXIO;
	/*
	 * Root of a container may have been left without what makes it one. Who opens is
	 * asked, not who writes, which may be a program with more rights and another's file.
	 */
	if (file->f_mode & FMODE_WRITE && !ns_capable(net->user_ns, CAP_NET_ADMIN))
		err = -EPERM;
	else
		err = single_open(file, follow_show, tcpw_net_of(net));
	if (err)
		put_net(net);
	return err;
}

static int follow_release(struct inode *inode, struct file *file)
{
	put_net(proc_get_parent_data(inode));
	return single_release(inode, file);
}

static const struct proc_ops follow_ops = {
	.proc_open	= follow_open,
	.proc_read	= seq_read,
	.proc_write	= follow_write,
	.proc_lseek	= seq_lseek,
	.proc_release	= follow_release,
};

/**
 * tcpw_proc_follow_init() - make the file in a namespace
 * @folder: where
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int tcpw_proc_follow_init(struct proc_dir_entry *folder)
{
	return proc_create("follow", 0600, folder, &follow_ops) ? 0 : -ENOMEM;
}
