// SPDX-License-Identifier: BSD-2-Clause
/* SAs of this network namespace, and its interfaces. Messages with keys in them are wiped. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "hifnctl.h"
#include "user.h"

#define DUMP_BYTES	65536	/* of one message: more than any the kernel makes */

/* ---- one SA ---- */

struct sa {
	char cipher[64];
	char hash[64];
	char aead[64];
	uint64_t key_bits;
	uint64_t window;
};

/* A name of the kernel's fixed size may have no end. */
static void take_name(char *to, const char *name)
{
	snprintf(to, 64, "%.63s", name);
}

static void take_attr(const struct nlattr *attr, void *data)
{
	struct sa *sa = data;
	size_t bytes = mnl_attr_get_payload_len(attr);
	const void *payload = mnl_attr_get_payload(attr);

	switch (mnl_attr_get_type(attr)) {
	case XFRMA_ALG_CRYPT:
		if (bytes < sizeof(struct xfrm_algo))
			return;
		take_name(sa->cipher, ((const struct xfrm_algo *)payload)->alg_name);
		sa->key_bits = ((const struct xfrm_algo *)payload)->alg_key_len;
		break;
	case XFRMA_ALG_AUTH:
		if (bytes >= sizeof(struct xfrm_algo))
			take_name(sa->hash, ((const struct xfrm_algo *)payload)->alg_name);
		break;
	case XFRMA_ALG_AEAD:
		if (bytes < sizeof(struct xfrm_algo_aead))
			return;
		take_name(sa->aead, ((const struct xfrm_algo_aead *)payload)->alg_name);
		sa->key_bits = ((const struct xfrm_algo_aead *)payload)->alg_key_len;
		break;
	case XFRMA_REPLAY_ESN_VAL:
		if (bytes >= sizeof(struct xfrm_replay_state_esn))
			sa->window = ((const struct xfrm_replay_state_esn *)payload)->replay_window;
		break;
	}
}

/* libmnl's own walk trusts the length of the message, which mnl_nlmsg_ok() has looked at. */
static void take_attrs(const struct nlmsghdr *nlh, struct sa *sa)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct xfrm_usersa_info))
		take_attr(attr, sa);
}

static bool is_local(int family, const void *address)
{
	struct ifaddrs *all;
	struct ifaddrs *a;
	bool found = false;

	if (getifaddrs(&all))
		return false;
	for (a = all; a && !found; a = a->ifa_next) {
		if (!a->ifa_addr || a->ifa_addr->sa_family != family)
			continue;
		if (family == AF_INET)
			found = !memcmp(&((struct sockaddr_in *)a->ifa_addr)->sin_addr, address, 4);
		else
			found = !memcmp(&((struct sockaddr_in6 *)a->ifa_addr)->sin6_addr, address, 16);
	}
	freeifaddrs(all);
	return found;
}

static void set_ends(struct user *user, const struct xfrm_usersa_info *info)
{
	int family = info->family == AF_INET6 ? AF_INET6 : AF_INET;

	user->inbound = is_local(family, &info->id.daddr);
	if (!inet_ntop(family, user->inbound ? (const void *)&info->saddr :
		       (const void *)&info->id.daddr, user->peer, sizeof(user->peer)))
		*user->peer = '\0';
}

static uint64_t seconds_to_boottime(uint64_t seconds)
{
	int64_t ago = time(NULL) - (int64_t)seconds;
	uint64_t now = boottime_ns();

	if (ago < 0)
		ago = 0;
	return (uint64_t)ago < now / 1000000000 ? now - ago * 1000000000ull : 0;
}

/* With ESN authenc becomes authencesn, which is no algorithm of a card: it calls cipher and hash. */
static void set_algorithm(struct user *user, const struct sa *sa)
{
	if (*sa->aead)
		snprintf(user->algorithm, sizeof(user->algorithm), "%s", sa->aead);
	else if (*sa->cipher && *sa->hash && !user->esn)
		snprintf(user->algorithm, sizeof(user->algorithm), "authenc(%.24s,%.24s)",
			 sa->hash, sa->cipher);
	else
		snprintf(user->algorithm, sizeof(user->algorithm), "%s",
			 *sa->cipher ? sa->cipher : sa->hash);
	snprintf(user->hash, sizeof(user->hash), "%s", sa->hash);
	user->key_bits = sa->key_bits;
}

bool tunnel_parse(struct user *user, const struct nlmsghdr *nlh)
{
	const struct xfrm_usersa_info *info = mnl_nlmsg_get_payload(nlh);
	struct sa sa = { 0 };

	if (nlh->nlmsg_type != XFRM_MSG_NEWSA || mnl_nlmsg_get_payload_len(nlh) < sizeof(*info))
		return false;
	if (info->id.proto != IPPROTO_ESP && info->id.proto != IPPROTO_AH)
		return false;
	take_attrs(nlh, &sa);
	user->kind = USER_TUNNEL;
	snprintf(user->type, sizeof(user->type), "%s", info->id.proto == IPPROTO_ESP ? "esp" : "ah");
	snprintf(user->name, sizeof(user->name), "%08x", ntohl(info->id.spi));
	user->esn = info->flags & XFRM_STATE_ESN;
	user->replay_window = sa.window ?: info->replay_window;
	user->requests = info->curlft.packets;
	user->bytes = info->curlft.bytes;
	user->created_ns = seconds_to_boottime(info->curlft.add_time);
	set_algorithm(user, &sa);
	set_ends(user, info);
	return *user->algorithm;
}

/* ---- dumps ---- */

static int take_sa(const struct nlmsghdr *nlh, void *data)
{
	struct users *users = data;
	struct user user = { 0 };

	if (tunnel_parse(&user, nlh)) {
		users->user = one_more(users->user, &users->nr, sizeof(*users->user));
		users->user[users->nr - 1] = user;
	}
	return MNL_CB_OK;
}

/* What a request brings, message by message; NULL, or why not. */
static const char *dump(int family, uint16_t type, size_t header, mnl_cb_t take, void *data)
{
	char *buf = get_memory(DUMP_BYTES);
	struct mnl_socket *nl = mnl_socket_open(family);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	const char *why = NULL;
	unsigned int port;
	ssize_t got;
	int more = MNL_CB_OK;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	mnl_nlmsg_put_extra_header(nlh, header);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0) {
		why = errno == EPERM ? "run as root" : strerror(errno);
	} else {
		port = mnl_socket_get_portid(nl);
		while (more == MNL_CB_OK && (got = mnl_socket_recvfrom(nl, buf, DUMP_BYTES)) > 0)
			more = mnl_cb_run(buf, got, 1, port, take, data);
		if (more == MNL_CB_ERROR)
			why = errno == EPERM ? "run as root" : strerror(errno);
	}
	explicit_bzero(buf, DUMP_BYTES);
	free(buf);
	if (nl)
		mnl_socket_close(nl);
	return why;
}

/* A recorded dump, /xfrm: messages one behind the other. */
static const char *read_recorded(struct users *users)
{
	char path[1024];
	char *buf;
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "%s/xfrm", root);
	file = fopen(path, "re");
	if (!file)
		return errno == ENOENT ? NULL : "run as root";
	buf = get_memory(DUMP_BYTES);
	got = fread(buf, 1, DUMP_BYTES, file);
	fclose(file);
	if (got && mnl_cb_run(buf, got, 0, 0, take_sa, users) == MNL_CB_ERROR && errno)
		users->no_tunnels = "the record of SAs is damaged";
	explicit_bzero(buf, DUMP_BYTES);
	free(buf);
	return users->no_tunnels;
}

const char *tunnels_read(struct users *users)
{
	const char *why;

	if (*root)
		return read_recorded(users);
	if (geteuid())
		return "run as root";
	why = dump(NETLINK_XFRM, XFRM_MSG_GETSA, 0, take_sa, users);
	/* a kernel without IPsec has no tunnels */
	return why && !strcmp(why, strerror(EPROTONOSUPPORT)) ? NULL : why;
}

/* ---- interfaces ---- */

static int take_interface(const struct nlmsghdr *nlh, void *data)
{
	struct interfaces *all = data;
	struct interface *one;
	const struct nlattr *attr;
	const struct nlattr *inner;

	all->interface = one_more(all->interface, &all->nr, sizeof(*all->interface));
	one = &all->interface[all->nr - 1];
	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		int bytes = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			snprintf(one->name, sizeof(one->name), "%.*s", bytes,
				 mnl_attr_get_str(attr));
			break;
		case IFLA_QDISC:
			snprintf(one->qdisc, sizeof(one->qdisc), "%.*s", bytes,
				 mnl_attr_get_str(attr));
			break;
		case IFLA_LINKINFO:
			mnl_attr_for_each_nested(inner, attr)
				if (mnl_attr_get_type(inner) == IFLA_INFO_KIND)
					snprintf(one->kind, sizeof(one->kind), "%.*s",
						 (int)mnl_attr_get_payload_len(inner),
						 mnl_attr_get_str(inner));
			break;
		}
	}
	return MNL_CB_OK;
}

/* Recorded: "NAME KIND QDISC" in /interfaces. */
static void read_recorded_interfaces(struct interfaces *all)
{
	char *text = read_file("/interfaces");
	char *rest = text;
	char *line;

	while ((line = next_line(&rest))) {
		struct interface one = { 0 };

		if (sscanf(line, "%15s %15s %15s", one.name, one.kind, one.qdisc) != 3)
			continue;
		all->interface = one_more(all->interface, &all->nr, sizeof(*all->interface));
		all->interface[all->nr - 1] = one;
	}
	free(text);
}

void interfaces_read(struct interfaces *all)
{
	*all = (struct interfaces){ 0 };
	if (*root)
		read_recorded_interfaces(all);
	else
		dump(NETLINK_ROUTE, RTM_GETLINK, sizeof(struct ifinfomsg), take_interface, all);
}
