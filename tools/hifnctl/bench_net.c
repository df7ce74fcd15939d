// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two network namespaces joined by a pair of veth, and ESP from one to the other, by netlink.
 * The namespaces have no names: only this process holds them, and the kernel takes them away with
 * it. Messages with keys in them are wiped.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <linux/xfrm.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "hifnctl.h"

#define MESSAGE_BYTES	4096
#define LINK		"hifnctl"	/* either end, in its own namespace */
#define PORT		9100
#define SPI		0x1001
/* of datagrams; what is overtaken by more is dropped */
#define WINDOW		1024

/* ---- netlink ---- */

struct message {
	char buf[MESSAGE_BYTES];
	struct nlmsghdr *nlh;
	void *body;
};

static void begin(struct message *m, uint16_t type, uint16_t flags, size_t body)
{
	memset(m, 0, sizeof(*m));
	m->nlh = mnl_nlmsg_put_header(m->buf);
	m->nlh->nlmsg_type = type;
	m->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	m->nlh->nlmsg_seq = 1;
	m->body = mnl_nlmsg_put_extra_header(m->nlh, body);
}

/* Until the kernel has answered; the message is wiped. False with errno. */
static bool ask(struct mnl_socket *nl, struct message *m)
{
	char answer[MESSAGE_BYTES];
	ssize_t got = mnl_socket_sendto(nl, m->nlh, m->nlh->nlmsg_len);
	int end = MNL_CB_ERROR;

	if (got >= 0)
		got = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	if (got >= 0)
		end = mnl_cb_run(answer, got, 1, mnl_socket_get_portid(nl), NULL, NULL);
	explicit_bzero(m, sizeof(*m));
	explicit_bzero(answer, sizeof(answer));
	return end != MNL_CB_ERROR;
}

/* In the namespace that this thread is in. */
static struct mnl_socket *netlink(int family)
{
	struct mnl_socket *nl = mnl_socket_open2(family, SOCK_CLOEXEC);

	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(nl);
		nl = NULL;
	}
	return nl;
}

/* ---- the namespaces ---- */

static bool new_namespace(struct bench_end *end, const char *address)
{
	const struct timeval patience = { .tv_usec = 200000 };

	end->address = inet_addr(address);
	if (unshare(CLONE_NEWNET))
		return false;
	end->ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	end->route = netlink(NETLINK_ROUTE);
	end->xfrm = netlink(NETLINK_XFRM);
	end->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return end->ns >= 0 && end->route && end->xfrm && end->udp >= 0 &&
	       !setsockopt(end->udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

static bool new_namespaces(struct bench_end ends[2])
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	bool done = home >= 0 && new_namespace(&ends[0], "192.0.2.1") &&
		    new_namespace(&ends[1], "192.0.2.2");
	int err = errno;

	if (home >= 0) {
		done = !setns(home, CLONE_NEWNET) && done;
		close(home);
	}
	errno = err;
	return done;
}

static bool join(struct bench_end ends[2])
{
	struct message m;
	struct nlattr *info;
	struct nlattr *data;
	struct nlattr *peer;

	begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(m.nlh, IFLA_IFNAME, LINK);
	info = mnl_attr_nest_start(m.nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(m.nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(m.nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(m.nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(m.nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(m.nlh, IFLA_IFNAME, LINK);
	mnl_attr_put_u32(m.nlh, IFLA_NET_NS_FD, ends[1].ns);
	mnl_attr_nest_end(m.nlh, peer);
	mnl_attr_nest_end(m.nlh, data);
	mnl_attr_nest_end(m.nlh, info);
	return ask(ends[0].route, &m);
}

/* 0: there is none. */
static int index_of(struct bench_end *end)
{
	struct message m;
	char answer[2 * MESSAGE_BYTES];
	const struct nlmsghdr *nlh = (void *)answer;
	const struct ifinfomsg *link;
	ssize_t got;

	begin(&m, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	m.nlh->nlmsg_flags = NLM_F_REQUEST;
	mnl_attr_put_strz(m.nlh, IFLA_IFNAME, LINK);
	if (mnl_socket_sendto(end->route, m.nlh, m.nlh->nlmsg_len) < 0)
		return 0;
	got = mnl_socket_recvfrom(end->route, answer, sizeof(answer));
	if (got < 0 || !mnl_nlmsg_ok(nlh, got) || nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	link = mnl_nlmsg_get_payload(nlh);
	return link->ifi_index;
}

static bool set_address(struct bench_end *end, int index)
{
	struct message m;
	struct ifaddrmsg *body;

	begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*body));
	body = m.body;
	body->ifa_family = AF_INET;
	body->ifa_prefixlen = 24;
	body->ifa_index = index;
	mnl_attr_put_u32(m.nlh, IFA_LOCAL, end->address);
	mnl_attr_put_u32(m.nlh, IFA_ADDRESS, end->address);
	return ask(end->route, &m);
}

static bool set_up(struct bench_end *end, int index)
{
	struct message m;
	struct ifinfomsg *body;

	begin(&m, RTM_NEWLINK, 0, sizeof(*body));
	body = m.body;
	body->ifi_index = index;
	body->ifi_flags = body->ifi_change = IFF_UP;
	return ask(end->route, &m);
}

/*
 * With esp4_offload and no queue on the interface the kernel answers -ENOMEM for a packet that
 * the cipher keeps (hifnctl doctor: tunnel-queue). A kernel without queues is as well as it is.
 */
static void set_queue(struct bench_end *end, int index)
{
	struct message m;
	struct tcmsg *body;

	begin(&m, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, sizeof(*body));
	body = m.body;
	body->tcm_ifindex = index;
	body->tcm_parent = TC_H_ROOT;
	mnl_attr_put_strz(m.nlh, TCA_KIND, "pfifo");
	ask(end->route, &m);
}

static bool configure(struct bench_end *end, const struct bench_end *other)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct sockaddr_in there = here;
	int index = index_of(end);

	here.sin_addr.s_addr = end->address;
	there.sin_addr.s_addr = other->address;
	if (!index || !set_address(end, index) || !set_up(end, index))
		return false;
	set_queue(end, index);
	return !bind(end->udp, (void *)&here, sizeof(here)) &&
	       !connect(end->udp, (void *)&there, sizeof(there));
}

static const char *explain(const char *what)
{
	static char why[160];

	snprintf(why, sizeof(why), "%s: %s", what, strerror(errno));
	return why;
}

const char *net_open(struct bench_end ends[2])
{
	if (!new_namespaces(ends))
		return explain("network namespaces cannot be made (CONFIG_NET_NS, CONFIG_XFRM_USER)");
	if (!join(ends))
		return explain("a pair of veth cannot be made (CONFIG_VETH)");
	if (!configure(&ends[0], &ends[1]) || !configure(&ends[1], &ends[0]))
		return explain("the pair of veth cannot be set up");
	return NULL;
}

/* ---- ESP ---- */

static void put_algorithm(struct message *m, uint16_t type, const char *name, const void *key,
			  unsigned int bytes, unsigned int icv_bits)
{
	char buf[sizeof(struct xfrm_algo_auth) + 64] = "";
	struct xfrm_algo *plain = (void *)buf;
	struct xfrm_algo_auth *auth = (void *)buf;
	size_t header = icv_bits ? sizeof(*auth) : sizeof(*plain);

	/* name and length of the key are at the same place in either */
	snprintf(plain->alg_name, sizeof(plain->alg_name), "%s", name);
	plain->alg_key_len = bytes * 8;
	if (icv_bits)
		auth->alg_trunc_len = icv_bits;
	memcpy(buf + header, key, bytes);
	mnl_attr_put(m->nlh, type, header + bytes, buf);
	explicit_bzero(buf, sizeof(buf));
}

static void put_window(struct message *m)
{
	struct {
		struct xfrm_replay_state_esn head;
		uint32_t bitmap[WINDOW / 32];
	} window = {
		.head = { .bmp_len = WINDOW / 32, .replay_window = WINDOW },
	};

	mnl_attr_put(m->nlh, XFRMA_REPLAY_ESN_VAL, sizeof(window), &window);
}

struct keys {
	unsigned char cipher[32];
	unsigned char hash[20];
};

static bool add_sa(struct bench_end ends[2], struct bench_end *where, const struct bench_options *o,
		   const struct keys *keys)
{
	struct message m;
	struct xfrm_usersa_info *sa;
	char cipher[64];
	char hash[32];

	begin(&m, XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL, sizeof(*sa));
	sa = m.body;
	sa->id.daddr.a4 = ends[1].address;
	sa->saddr.a4 = ends[0].address;
	sa->id.spi = htonl(SPI);
	sa->id.proto = IPPROTO_ESP;
	sa->family = AF_INET;
	sa->mode = XFRM_MODE_TRANSPORT;
	sa->lft.soft_byte_limit = sa->lft.hard_byte_limit = XFRM_INF;
	sa->lft.soft_packet_limit = sa->lft.hard_packet_limit = XFRM_INF;
	bench_algorithm(o->cipher, cipher, sizeof(cipher));
	snprintf(hash, sizeof(hash), "hmac(%s)", o->hash);
	put_algorithm(&m, XFRMA_ALG_AUTH_TRUNC, hash, keys->hash, strcmp(o->hash, "md5") ? 20 : 16, 96);
	put_algorithm(&m, XFRMA_ALG_CRYPT, cipher, keys->cipher, o->bits / 8, 0);
	put_window(&m);
	return ask(where->xfrm, &m);
}

static bool add_policy(struct bench_end ends[2], struct bench_end *where, int direction)
{
	struct xfrm_user_tmpl tmpl = {
		.id.proto = IPPROTO_ESP,
		.family = AF_INET,
		.mode = XFRM_MODE_TRANSPORT,
		.aalgos = ~0u,
		.ealgos = ~0u,
		.calgos = ~0u,
	};
	struct xfrm_userpolicy_info *policy;
	struct message m;

	begin(&m, XFRM_MSG_NEWPOLICY, NLM_F_CREATE | NLM_F_EXCL, sizeof(*policy));
	policy = m.body;
	policy->sel.family = AF_INET;
	policy->sel.saddr.a4 = ends[0].address;
	policy->sel.daddr.a4 = ends[1].address;
	policy->sel.prefixlen_s = policy->sel.prefixlen_d = 32;
	policy->lft.soft_byte_limit = policy->lft.hard_byte_limit = XFRM_INF;
	policy->lft.soft_packet_limit = policy->lft.hard_packet_limit = XFRM_INF;
	policy->dir = direction;
	mnl_attr_put(m.nlh, XFRMA_TMPL, sizeof(tmpl), &tmpl);
	return ask(where->xfrm, &m);
}

const char *net_esp(struct bench_end ends[2], const struct bench_options *o)
{
	struct keys keys;
	bool done = getrandom(&keys, sizeof(keys), 0) == sizeof(keys) &&
		    add_sa(ends, &ends[0], o, &keys) && add_sa(ends, &ends[1], o, &keys);

	explicit_bzero(&keys, sizeof(keys));
	if (!done)
		return explain("an SA of the cipher, the hash and the length of the key cannot be made (CONFIG_INET_ESP)");
	if (!add_policy(ends, &ends[0], XFRM_POLICY_OUT) || !add_policy(ends, &ends[1], XFRM_POLICY_IN))
		return explain("a policy of IPsec cannot be made");
	return NULL;
}

/* A namespace goes when the kernel's worker comes to it; its SAs, and what they hold, go now. */
static void flush(struct mnl_socket *xfrm)
{
	struct message m;
	struct xfrm_usersa_flush *body;

	begin(&m, XFRM_MSG_FLUSHSA, 0, sizeof(*body));
	body = m.body;
	body->proto = 0;
	ask(xfrm, &m);
	begin(&m, XFRM_MSG_FLUSHPOLICY, 0, 0);
	ask(xfrm, &m);
}

void net_close(struct bench_end ends[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		if (ends[i].xfrm) {
			flush(ends[i].xfrm);
			mnl_socket_close(ends[i].xfrm);
		}
		if (ends[i].route)
			mnl_socket_close(ends[i].route);
		if (ends[i].udp >= 0)
			close(ends[i].udp);
		if (ends[i].ns >= 0)
			close(ends[i].ns);
		ends[i] = (struct bench_end){ .ns = -1, .udp = -1 };
	}
}
