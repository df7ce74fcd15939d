// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which transform is whose. Algorithm and length of the key have to be the same; the time it was
 * made, and how much it has done, tell those apart that are left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user.h"

#define SECOND		1000000000ull
#define EARLY_NS	(2 * SECOND)	/* a transform may be older than what it is for, by so much */
#define LATE_NS		(30 * SECOND)	/* or younger */
#define BYTES_TELL	(4u << 20)	/* so many are enough to tell by */

void users_read(struct users *users)
{
	*users = (struct users){ 0 };
	users->no_volumes = volumes_read(users);
	users->no_tunnels = tunnels_read(users);
}

void users_free(struct users *users)
{
	free(users->user);
	*users = (struct users){ 0 };
}

const struct user *users_find(const struct users *users, const char *name)
{
	size_t i;

	for (i = 0; i < users->nr; i++)
		if (!strcmp(users->user[i].name, name))
			return &users->user[i];
	return NULL;
}

static bool same_time(const struct user *user, const struct transform *t)
{
	return user->created_ns && t->born_ns + EARLY_NS >= user->created_ns &&
	       t->born_ns <= user->created_ns + LATE_NS;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static uint64_t transform_bytes(const struct transform *t)
{
	return t->card_bytes + t->cpu_bytes;
}

static bool same_amount(const struct user *user, const struct transform *t)
{
	uint64_t requests = t->card_requests + transform_cpu_requests(t);

	if (user->kind == USER_TUNNEL)
		return user->requests && distance(requests, user->requests) <= 2 + user->requests / 32;
	return user->bytes >= BYTES_TELL &&
	       distance(transform_bytes(t), user->bytes) <= user->bytes / 32;
}

/* It cannot be: far too little, or far too much, has passed. */
static bool other_amount(const struct user *user, const struct transform *t)
{
	return user->bytes >= BYTES_TELL && user->kind == USER_VOLUME &&
	       distance(transform_bytes(t), user->bytes) > user->bytes / 2;
}

static unsigned int fits(const struct user *user, const struct transform *t)
{
	if (strcmp(user->algorithm, t->algorithm) || user->key_bits != t->key_bits ||
	    other_amount(user, t))
		return 0;
	return 1 + 2 * same_time(user, t) + same_amount(user, t);
}

static void say_why(struct user *user)
{
	snprintf(user->matched_by, sizeof(user->matched_by), "algorithm, key%s%s",
		 same_time(user, user->transform) ? ", time" : "",
		 same_amount(user, user->transform) ? ", amount" : "");
}

/* Algorithm and key alone are no match. */
static void match(struct user *user, struct transforms *all)
{
	unsigned int best = 1;
	size_t i;

	for (i = 0; i < all->nr; i++) {
		unsigned int how = fits(user, &all->transform[i]);

		if (how < best || how < 2)
			continue;
		user->ambiguous = how == best && user->transform;
		if (how > best || !user->transform)
			user->transform = &all->transform[i];
		best = how;
	}
}

void users_match(struct users *users, struct transforms *transforms)
{
	size_t i;

	for (i = 0; i < users->nr; i++) {
		struct user *user = &users->user[i];
		uint64_t bytes;

		match(user, transforms);
		if (!user->transform)
			continue;
		user->transform->users++;
		say_why(user);
		bytes = transform_bytes(user->transform);
		user->share = bytes ? (double)user->transform->card_bytes / bytes : 0;
	}
	/* two that found the same one cannot both be right */
	for (i = 0; i < users->nr; i++)
		if (users->user[i].transform && users->user[i].transform->users > 1)
			users->user[i].ambiguous = true;
}
