// SPDX-License-Identifier: BSD-2-Clause
/*
 * The control socket: one command per line, one line back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "listen.h"
#include "log.h"

#define SEND_WAIT_MS	200

void control_init(struct control *ctl)
{
	*ctl = (struct control){ .listener = -1 };
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		ctl->clients[i].fd = -1;
}

static void drop(struct control_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->len = 0;
}

void control_free(struct control *ctl)
{
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		drop(&ctl->clients[i]);
	if (ctl->listener >= 0)
		close(ctl->listener);
}

void control_accept(struct control *ctl)
{
	int fd = accept_unix(ctl->listener);

	if (fd < 0)
		return;
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		if (ctl->clients[i].fd < 0) {
			ctl->clients[i].fd = fd;
			return;
		}
	}
	server_log("control: more than %d clients, refused", CONTROL_CLIENTS);
	close(fd);
}

static bool send_text(struct control_client *client, const char *text, size_t len)
{
	struct pollfd pfd = { .fd = client->fd, .events = POLLOUT };

	while (len) {
		ssize_t n = send(client->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN && poll(&pfd, 1, SEND_WAIT_MS) > 0)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= n;
	}
	return true;
}

static bool send_line(struct control_client *client, const char *text)
{
	return send_text(client, text, strlen(text)) && send_text(client, "\n", 1);
}

/* text: malloc()ed, or NULL */
static bool send_freed(struct control_client *client, char *text)
{
	bool ok = send_line(client, text ? text : "error out of memory");

	free(text);
	return ok;
}

/* why: NULL, or what is wrong with what was asked for. */
static bool send_outcome(struct control_client *client, const char *what, const char *spec,
			 const char *why)
{
	char line[192];

	server_log("%s %s: %s", what, spec, why ? why : "set");
	if (!why)
		return send_line(client, "ok");
	snprintf(line, sizeof(line), "error %s", why);
	return send_line(client, line);
}

/* -1: not a hexadecimal digit */
static int nibble(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (p - digits) % 16 : -1;
}

/* Bytes of hexadecimal text; 0: it is none. */
static size_t parse_hex(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; *text; text += 2, n++) {
		if (nibble(text[0]) < 0 || nibble(text[1]) < 0)
			return 0;
		out[n] = nibble(text[0]) << 4 | nibble(text[1]);
	}
	return n;
}

static bool find_bytes(struct control *ctl, struct control_client *client,
		       const char *hex)
{
	uint8_t bytes[CONTROL_LINE / 2];
	size_t n = parse_hex(hex, bytes);
	char line[32];

	if (!n)
		return send_line(client, "error ram-find: not bytes in hexadecimal");
	snprintf(line, sizeof(line), "%zu", vcard_find(ctl->vc, bytes, n));
	return send_line(client, line);
}

static bool execute(struct control *ctl, struct control_client *client, const char *line)
{
	if (!strcmp(line, "counters"))
		return send_freed(client, vcard_counters_json(ctl->vc));
	if (!strcmp(line, "hostile-log"))
		return send_freed(client, vcard_hostile_log(ctl->vc));
	if (!strncmp(line, "fault ", 6))
		return send_outcome(client, "fault", line + 6,
				    vcard_fault(ctl->vc, line + 6));
	if (!strncmp(line, "silicon ", 8))
		return send_outcome(client, "silicon", line + 8,
				    vcard_become(ctl->vc, line + 8));
	if (!strncmp(line, "ram-find ", 9))
		return find_bytes(ctl, client, line + 9);
	if (!strcmp(line, "clock"))
		return send_line(client, vcard_clock_text(ctl->vc));
	if (!strncmp(line, "clock ", 6))
		return send_outcome(client, "clock", line + 6,
				    vcard_clock(ctl->vc, line + 6));
	if (!strcmp(line, "reset-counters"))
		vcard_counters_reset(ctl->vc);
	else if (!strcmp(line, "faults clear"))
		vcard_faults_clear(ctl->vc);
	else if (!strcmp(line, "quit"))
		ctl->quit = true;
	else if (strcmp(line, "ping"))
		return send_line(client,
				 "error unknown command; known: counters, reset-counters, fault SPEC, faults clear, ram-find HEX, hostile-log, clock [SPEC], silicon NAME=VALUE, ping, quit");
	return send_line(client, "ok");
}

/* Execute the complete lines in the buffer. False: drop the client. */
static bool execute_lines(struct control *ctl, struct control_client *client)
{
	char *end;

	while ((end = memchr(client->line, '\n', client->len))) {
		size_t used = end + 1 - client->line;

		*end = 0;
		if (end > client->line && end[-1] == '\r')
			end[-1] = 0;
		if (!execute(ctl, client, client->line))
			return false;
		client->len -= used;
		memmove(client->line, client->line + used, client->len);
	}
	return client->len < sizeof(client->line);
}

void control_receive(struct control *ctl, struct control_client *client)
{
	ssize_t n = recv(client->fd, client->line + client->len,
			 sizeof(client->line) - client->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		client->len += n;
		if (execute_lines(ctl, client))
			return;
		server_log("control: line too long, or reply not taken; client dropped");
	}
	drop(client);
}
