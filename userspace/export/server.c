// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "export/accept.h"
#include "export/server.h"
#include "addr.h"

/*
 * Whoever reaches the port may ask. Answers are made one after the other, by one thread, and
 * what a client may make the server keep is little.
 */
enum {
	BACKLOG = 16,
	CLIENTS_MAX = 32,
	CLIENT_TIMEOUT_S = 15,
	CLIENT_MEMORY = 16 * 1024,
};

/**
 * struct server - a server
 * @daemon: of libmicrohttpd
 * @page: makes what is served
 * @arg: for @page
 */
struct server {
	struct MHD_Daemon *daemon;
	server_page_fn page;
	void *arg;
};

static const char home[] =
	"<!doctype html><html lang=\"en\"><title>tcpwatch</title>\n"
	"<p><a href=\"/metrics\">Metrics</a> of TCP connections</html>\n";

/* ---- answers */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned int status,
				   const char *type, const char *text)
{
	/* The library does not write to it. */
	return answer(connection, status, type,
		      MHD_create_response_from_buffer(strlen(text), (void *)text,
						      MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result answer_metrics(const struct server *server,
				      struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);
	const enum form form = accept_form(accept);
	struct MHD_Response *response;
	char *text;
	size_t size;

	if (!server->page(server->arg, form, &text, &size))
		return answer_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain",
				   "out of memory\n");
	response = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	return answer(connection, MHD_HTTP_OK, accept_type(form), response);
}

/* MHD_AccessHandlerCallback. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request)
{
	static int begun;

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
				   "only GET and HEAD\n");
	/* Its headers have come, the rest of it not yet. */
	if (!*request) {
		*request = &begun;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (!strcmp(url, "/metrics"))
		return answer_metrics(cls, connection);
	if (!strcmp(url, "/"))
		return answer_text(connection, MHD_HTTP_OK, "text/html; charset=utf-8", home);
	return answer_text(connection, MHD_HTTP_NOT_FOUND, "text/plain", "try /metrics\n");
}

/* ---- the address */

/**
 * struct place - where to listen
 * @name: the same, as a socket takes it
 * @size: bytes of @name that count
 */
struct place {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name;
	socklen_t size;
};

static bool parse_place(struct place *place, const char *address)
{
	struct addr_match match;

	if (strchr(address, '/') || !addr_match_parse(address, &match) || match.any_port)
		return false;
	*place = (struct place){ .size = 0 };
	if (IN6_IS_ADDR_V4MAPPED(&match.ip)) {
		place->size = sizeof(place->name.v4);
		place->name.v4.sin_family = AF_INET;
		place->name.v4.sin_port = htons(match.port);
		memcpy(&place->name.v4.sin_addr, &match.ip.s6_addr[12],
		       sizeof(place->name.v4.sin_addr));
		return true;
	}
	place->size = sizeof(place->name.v6);
	place->name.v6.sin6_family = AF_INET6;
	place->name.v6.sin6_port = htons(match.port);
	place->name.v6.sin6_addr = match.ip;
	return true;
}

/* Every address of this machine; one without IPv6 has those of IPv4. */
static void forget_ipv6(struct place *place)
{
	const in_port_t port = place->name.v6.sin6_port;

	*place = (struct place){ .size = sizeof(place->name.v4) };
	place->name.v4.sin_family = AF_INET;
	place->name.v4.sin_port = port;
}

/* Returns a descriptor, or -1 with errno. */
static int listen_at(struct place *place)
{
	const bool all = place->name.any.sa_family == AF_INET6 &&
			 IN6_IS_ADDR_UNSPECIFIED(&place->name.v6.sin6_addr);
	const int on = 1, off = 0;
	int fd = socket(place->name.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 && errno == EAFNOSUPPORT && all) {
		forget_ipv6(place);
		return listen_at(place);
	}
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (all)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (!bind(fd, &place->name.any, place->size) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

static void say_where(int fd, const char *address)
{
	struct place place = { .size = sizeof(place.name) };
	const char *colon = strrchr(address, ':');

	if (getsockname(fd, &place.name.any, &place.size))
		return;
	/* The port is at the same place in both families. */
	fprintf(stderr, "%s: metrics are at http://%.*s:%u/metrics\n",
		program_invocation_short_name, colon > address ? (int)(colon - address) : 1,
		colon > address ? address : "*", ntohs(place.name.v4.sin_port));
}

/* ---- the server */

static struct MHD_Daemon *start_daemon(struct server *server, int fd)
{
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, CLIENT_TIMEOUT_S, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CLIENT_MEMORY, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
				handle, server, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/**
 * server_start() - serve, in a thread, from now on
 * @address: [ADDR]:PORT, an IPv6 address in brackets; port 0 is any that is free
 * @page: makes what is served
 * @arg: for @page
 * @fault: what went wrong
 *
 * Says on stderr where.
 *
 * Return: the server, for server_stop(); NULL with @fault.
 */
struct server *server_start(const char *address, server_page_fn page, void *arg,
			    struct fault *fault)
{
	struct server *server;
	struct place place;
	int fd;

	if (!parse_place(&place, address)) {
		fault_set(fault, STATUS_USAGE,
			  "--listen %.128s: it is [ADDR]:PORT, such as 127.0.0.1:10117, [::1]:10117, or :10117 for every address",
			  address);
		return NULL;
	}
	server = calloc(1, sizeof(*server));
	if (!server) {
		fault_memory(fault);
		return NULL;
	}
	server->page = page;
	server->arg = arg;
	fd = listen_at(&place);
	if (fd < 0) {
		const enum status status = errno == EACCES ? STATUS_DENIED : STATUS_FAILED;

		fault_set(fault, status, "cannot listen at %.128s: %s", address, strerror(errno));
		free(server);
		return NULL;
	}
	server->daemon = start_daemon(server, fd);
	if (!server->daemon) {
		fault_set(fault, STATUS_FAILED, "cannot serve at %.128s", address);
		close(fd);
		free(server);
		return NULL;
	}
	say_where(fd, address);
	return server;
}

/**
 * server_stop() - serve no more
 * @server: of server_start()
 */
void server_stop(struct server *server)
{
	MHD_stop_daemon(server->daemon);
	free(server);
}
