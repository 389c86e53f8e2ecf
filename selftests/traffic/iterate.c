// SPDX-License-Identifier: GPL-2.0
/*
 * iterate: walk the TCP sockets of this namespace with a BPF iterator.
 *
 * For each line on standard input walks once, and answers as peer does: "ok BEFORE AFTER
 * SOCKETS", or "error TEXT". Needs no BPF library: the program is 11 instructions.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"

/* Not in the headers of older kernels. */
enum {
	KIND_DECL_TAG = 17,
	KIND_ENUM64 = 19,
};

/* Types, all the kernel has, are numbered from 1 on, in the order in which they come. */
static const char btf_path[] = "/sys/kernel/btf/vmlinux";

/* Bytes that follow a type's head, by its kind. */
static size_t btf_extra(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case KIND_DECL_TAG:
		return sizeof(__u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case KIND_ENUM64:
		return n * 3 * sizeof(__u32);
	default:
		return 0;
	}
}

static char *read_whole(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	size_t used = 0;
	ssize_t n;
	char *data;

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	data = malloc(st.st_size);
	if (!data)
		err(1, "malloc");
	while (used < st.st_size && (n = read(fd, data + used, st.st_size - used)) > 0)
		used += n;
	if (used < st.st_size)
		err(1, "%s", path);
	close(fd);
	return data;
}

/* The number of a function's type. */
static __u32 btf_function(const char *name)
{
	const char *data = read_whole(btf_path);
	const struct btf_header *h = (const void *)data;
	const char *strings = data + h->hdr_len + h->str_off;
	const char *at = data + h->hdr_len + h->type_off;
	const char *end = at + h->type_len;
	__u32 id = 1;

	for (; at < end; id++) {
		const struct btf_type *t = (const void *)at;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && !strcmp(strings + t->name_off, name))
			return id;
		at += sizeof(*t) + btf_extra(t);
	}
	errx(1, "%s has no %s", btf_path, name);
}

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* if (ctx->sk_common) bpf_seq_write(ctx->meta->seq, "x", 1); return 0; */
static int load(void)
{
	static const struct bpf_insn program[] = {
		{ BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_7, BPF_REG_1, 8, 0 },
		{ BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_7, 0, 7, 0 },
		{ BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_6, BPF_REG_1, 0, 0 },
		{ BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_1, BPF_REG_6, 0, 0 },
		{ BPF_ST | BPF_MEM | BPF_B, BPF_REG_10, 0, -1, 'x' },
		{ BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -1 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 1 },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_seq_write },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0 },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	static char log[1 << 14];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.insns = (unsigned long)program,
		.insn_cnt = sizeof(program) / sizeof(*program),
		.license = (unsigned long)"GPL",
		.expected_attach_type = BPF_TRACE_ITER,
		.attach_btf_id = btf_function("bpf_iter_tcp"),
		.log_buf = (unsigned long)log,
		.log_size = sizeof(log),
		.log_level = 1,
	};
	int prog = bpf(BPF_PROG_LOAD, &attr);
	int link;

	if (prog < 0)
		err(1, "the program can't be loaded: %s", log);
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = prog;
	attr.link_create.attach_type = BPF_TRACE_ITER;
	link = bpf(BPF_LINK_CREATE, &attr);
	if (link < 0)
		err(1, "no iterator can be made");
	return link;
}

/* Returns how many sockets there were, or a negative errno. */
static long walk(int link)
{
	union bpf_attr attr = { .iter_create.link_fd = link };
	int fd = bpf(BPF_ITER_CREATE, &attr);
	char bytes[64];
	long total = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EAGAIN))
		total += n > 0 ? n : 0;
	total = n < 0 ? -errno : total;
	close(fd);
	return total;
}

int main(void)
{
	int link = load();
	long long before;
	char line[64];
	long n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		before = clock_us();
		n = walk(link);
		if (n < 0)
			printf("error walk: %s\n", strerror(-n));
		else
			printf("ok %lld %lld %ld\n", before, clock_us(), n);
	}
	return 0;
}
