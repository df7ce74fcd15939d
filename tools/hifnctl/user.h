/* SPDX-License-Identifier: BSD-2-Clause */
/* Who uses ciphers: volumes of dm-crypt and SAs of IPsec; and which transform is whose. */
#ifndef USER_H
#define USER_H

#include "card.h"
#include "transform.h"

enum user_kind {
	USER_VOLUME,
	USER_TUNNEL,
};

struct user {
	enum user_kind kind;
	char type[8];		/* luks, crypt; esp, ah */
	char name[128];		/* of the volume; the SPI, 8 hexadecimal digits */
	char algorithm[64];	/* as the crypto API calls it: xts(aes) */
	char hash[64];		/* of an SA, where it is apart from the cipher: with ESN */
	uint64_t key_bits;	/* of the cipher */
	uint64_t created_ns;	/* boot time; 0: not known */
	uint64_t requests;	/* an SA's packets; 0: not known */
	uint64_t bytes;
	/* volumes */
	uint64_t sector_size;
	char iv[32];		/* plain64, essiv, eboiv, elephant */
	bool no_write_queue;
	/* SAs */
	char peer[64];
	bool inbound;
	bool esn;
	uint64_t replay_window;

	/* what was found: users_match() */
	struct transform *transform;	/* NULL: none */
	char matched_by[64];
	bool ambiguous;
	double share;		/* of its bytes that a card did, 0 to 1; if there is a transform */
};

struct users {
	struct user *user;
	size_t nr;
	const char *no_volumes;	/* why they cannot be told; NULL */
	const char *no_tunnels;
};

void users_read(struct users *users);
void users_free(struct users *users);
/* To each the transform that fits best. */
void users_match(struct users *users, struct transforms *transforms);
const struct user *users_find(const struct users *users, const char *name);

/* volume.c: adds the volumes there are; NULL, or why not. */
const char *volumes_read(struct users *users);
/* The parameters of a table's line of dm-crypt; they are spoilt, the key in them wiped. False: damaged. */
bool volume_parse(struct user *user, char *params);
/* tunnel.c: the same for SAs. */
const char *tunnels_read(struct users *users);
struct nlmsghdr;
/* One SA of a dump; false: it is none, or damaged. Keys in it are wiped. */
bool tunnel_parse(struct user *user, const struct nlmsghdr *nlh);
/* Interfaces that matter to ESP: by name and kind. */
struct interface {
	char name[16];
	char kind[16];		/* veth, vti, xfrm; "" */
	char qdisc[16];
};
struct interfaces {
	struct interface *interface;
	size_t nr;
};
void interfaces_read(struct interfaces *all);

/* crypto_list.c: who would do an algorithm now, by /proc/crypto. */
struct implementation {
	char name[128];
	char driver[128];
	uint64_t priority;
};
struct crypto_list {
	struct implementation *implementation;
	size_t nr;
	bool pcrypt;		/* somebody has nested pcrypt() */
};
void crypto_list_read(struct crypto_list *list);
void crypto_list_parse(struct crypto_list *list, char *text);
void crypto_list_free(struct crypto_list *list);
/* That of the highest priority; NULL: none yet. */
const struct implementation *crypto_list_best(const struct crypto_list *list, const char *name);

#endif
