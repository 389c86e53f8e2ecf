// SPDX-License-Identifier: GPL-2.0
/* A connection that the kernel encrypts (kTLS), with a key that everybody knows. */
#include <errno.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "clock.h"
#include "endpoint.h"
#include "peer.h"

#ifndef SOL_TLS
#define SOL_TLS 282
#endif

static int cmd_tls(char **arg, struct reply *reply)
{
	const struct tls12_crypto_info_aes_gcm_128 key = {
		.info = { .version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128 },
	};
	int fd = endpoint_fd(arg[0]);

	if (fd < 0)
		return fd;
	reply->before = clock_us();
	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")) ||
	    setsockopt(fd, SOL_TLS, TLS_TX, &key, sizeof(key)) ||
	    setsockopt(fd, SOL_TLS, TLS_RX, &key, sizeof(key)))
		return -errno;
	return 0;
}

const struct command commands_tls[] = {
	{ "tls", "NAME", 1, cmd_tls },
	{ 0 }
};
