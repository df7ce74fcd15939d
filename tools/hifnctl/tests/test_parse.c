// SPDX-License-Identifier: BSD-2-Clause
/*
 * What hifnctl takes apart, with what it is told by kernel, user and network: right, truncated at
 * each byte, and with bytes changed. Under ASan and UBSan, which is what the last two are for.
 */
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "files.h"
#include "hifnctl.h"
#include "user.h"

static const char *failed;
static int bad;

#define EXPECT(x) do { if (!(x) && !failed) failed = #x; } while (0)

static void result(const char *name)
{
	char line[512];
	const char *results = getenv("RESULTS");
	FILE *to = results && *results ? fopen(results, "a") : NULL;

	if (failed)
		snprintf(line, sizeof(line), "not ok hifnctl.parse.%s - %s", name, failed);
	else
		snprintf(line, sizeof(line), "ok hifnctl.parse.%s", name);
	puts(line);
	if (to) {
		fprintf(to, "%s\n", line);
		fclose(to);
	}
	bad |= !!failed;
	failed = NULL;
}

/* ---- tables of dm-crypt ---- */

static bool volume(struct user *user, const char *params)
{
	char *copy = strdup(params);
	bool parsed;

	memset(user, 0, sizeof(*user));
	parsed = volume_parse(user, copy);
	free(copy);
	return parsed;
}

static void test_volumes(void)
{
	struct user u;

	EXPECT(volume(&u, "aes-xts-plain64 :64:logon:cryptsetup:uuid-d0 0 8:1 32768 2 allow_discards sector_size:4096"));
	EXPECT(!strcmp(u.algorithm, "xts(aes)") && u.key_bits == 512 && u.sector_size == 4096);
	EXPECT(!strcmp(u.iv, "plain64") && !u.no_write_queue);
	EXPECT(volume(&u, "aes-cbc-essiv:sha256 00112233445566778899aabbccddeeff 0 8:1 0"));
	EXPECT(!strcmp(u.algorithm, "cbc(aes)") && u.key_bits == 128 && u.sector_size == 512);
	EXPECT(!strcmp(u.iv, "essiv"));
	EXPECT(volume(&u, "capi:cbc(aes)-plain64 00112233445566778899aabbccddeeff 0 8:1 0 1 no_write_workqueue"));
	EXPECT(!strcmp(u.algorithm, "cbc(aes)") && u.no_write_queue);
	EXPECT(volume(&u, "capi:authenc(hmac(sha256),xts(aes))-random - 0 8:1 0"));
	EXPECT(!strcmp(u.algorithm, "authenc(hmac(sha256),xts(aes))") && !u.key_bits);
	EXPECT(volume(&u, "aes 0011223344556677 0 8:1 0"));
	EXPECT(!strcmp(u.algorithm, "cbc(aes)") && !strcmp(u.iv, "plain"));
	EXPECT(volume(&u, "aes:64-cbc-lmk 0011223344556677 0 8:1 0"));
	EXPECT(!strcmp(u.algorithm, "cbc(aes)") && !strcmp(u.iv, "lmk"));
	EXPECT(!volume(&u, "") && !volume(&u, "aes-xts-plain64 00 0 8:1"));
	EXPECT(!volume(&u, "capi:- 00 0 8:1 0") && !volume(&u, "capi:x 00 0 8:1 0"));
	EXPECT(!volume(&u, "aes-xts-plain64 :x:logon:a 0 8:1 0"));
	result("volumes");
}

/* No key is left in the memory that was parsed. */
static void test_keys(void)
{
	char params[] = "aes-cbc-plain64 000102030405060708090a0b0c0d0e0f 0 8:1 0";
	struct user u = { 0 };
	size_t i;

	EXPECT(volume_parse(&u, params));
	for (i = 0; i + 8 < sizeof(params); i++)
		EXPECT(memcmp(params + i, "00010203", 8) && memcmp(params + i, "0c0d0e0f", 8));
	result("no-key-left");
}

/* ---- what acf tells ---- */

static const char transforms_text[] =
	"version 1\n"
	"transform 12 algorithm xts(aes) driver xts-aes-acf key_bits 512 class system pid 812 "
	"born_ns 10911223344 card_requests 411 card_bytes 1683456 cpu_bytes 4096 cpu_no_engine 0 "
	"cpu_shape 1 cpu_full 0 cpu_failed 0 cpu_too_long 0 cpu_waited_for 0 cpu_cheaper 0 "
	"cpu_policy 0 comm crypt\\040setup\n"
	"transform 13 algorithm md5 driver md5-acf key_bits 0 class user pid 1 born_ns 2 later 7 comm \n";

static void test_transforms(void)
{
	struct transforms t = { 0 };
	char *text = strdup(transforms_text);

	transforms_parse(&t, text);
	EXPECT(!t.error && t.nr == 2);
	if (!failed) {
		EXPECT(t.transform[0].id == 12 && t.transform[0].key_bits == 512);
		EXPECT(t.transform[0].card_bytes == 1683456 && t.transform[0].cpu[1] == 1);
		EXPECT(!strcmp(t.transform[0].comm, "crypt\\040setup"));
		EXPECT(!strcmp(t.transform[1].class, "user") && !*t.transform[1].comm);
	}
	transforms_free(&t);
	free(text);
	text = strdup("version 2\n");
	transforms_parse(&t, text);
	EXPECT(t.error && strstr(t.error, "version"));
	transforms_free(&t);
	free(text);
	text = strdup("version 1\ntransform x algorithm a\n");
	transforms_parse(&t, text);
	EXPECT(t.error && strstr(t.error, "damaged"));
	transforms_free(&t);
	free(text);
	result("transforms");
}

static const char stats_text[] =
	"version 4\nstops 3 busy 1\n"
	"queue system queued 0 jobs 1042 bytes 532480 behind_ns 0 longest_ns 61200\n"
	"engine hifn0 state running outstanding_bytes 0\n"
	"engine hifn0 check compared 3 wrong 0 retired 0\n"
	"engine hifn0 cbc(aes) jobs 1042 bytes 532480 failed 0\n"
	"engine hifn1 cbc(aes) jobs 1 bytes 16 failed 0\n"
	"cpu cbc(aes) bytes 32 no_engine 0 shape 2 full 0 failed 0 too_long 0 waited_for 0 cheaper 0 policy 0\n"
	"flow order_given_up 0\n";

static void test_stats(void)
{
	struct algorithms a = { 0 };
	char *text = strdup(stats_text);

	algorithms_parse(&a, text);
	EXPECT(!a.error && a.nr == 1);
	if (!failed)
		EXPECT(a.algorithm[0].jobs == 1043 && a.algorithm[0].bytes == 532496 &&
		       a.algorithm[0].cpu[1] == 2 && a.algorithm[0].cpu_bytes == 32);
	algorithms_free(&a);
	free(text);
	result("stats");
}

/* ---- SAs ---- */

static size_t make_sa(char *buf, size_t room)
{
	struct {
		struct xfrm_algo algo;
		char key[32];
	} cipher = { .algo = { .alg_name = "cbc(aes)", .alg_key_len = 128 } };
	struct {
		struct xfrm_algo algo;
		char key[20];
	} hash = { .algo = { .alg_name = "hmac(sha1)", .alg_key_len = 160 } };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct xfrm_usersa_info *info;

	(void)room;
	nlh->nlmsg_type = XFRM_MSG_NEWSA;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->id.proto = IPPROTO_ESP;
	info->id.spi = htonl(0xc1f0a2b4);
	info->family = AF_INET;
	info->id.daddr.a4 = htonl(0xc0000201);
	info->replay_window = 32;
	info->curlft.packets = 99;
	memset(cipher.key, 'K', sizeof(cipher.key));
	mnl_attr_put(nlh, XFRMA_ALG_CRYPT, sizeof(cipher), &cipher);
	mnl_attr_put(nlh, XFRMA_ALG_AUTH, sizeof(hash), &hash);
	return nlh->nlmsg_len;
}

static void test_tunnels(void)
{
	char buf[4096];
	struct user u = { 0 };
	struct xfrm_usersa_info *info;

	make_sa(buf, sizeof(buf));
	EXPECT(tunnel_parse(&u, (struct nlmsghdr *)buf));
	EXPECT(!strcmp(u.name, "c1f0a2b4") && !strcmp(u.type, "esp") && u.key_bits == 128);
	EXPECT(!strcmp(u.algorithm, "authenc(hmac(sha1),cbc(aes))") && u.replay_window == 32);
	EXPECT(!strcmp(u.peer, "192.0.2.1") && u.requests == 99 && !u.esn);
	info = mnl_nlmsg_get_payload((struct nlmsghdr *)buf);
	info->flags |= XFRM_STATE_ESN;
	memset(&u, 0, sizeof(u));
	EXPECT(tunnel_parse(&u, (struct nlmsghdr *)buf));
	EXPECT(u.esn && !strcmp(u.algorithm, "cbc(aes)") && !strcmp(u.hash, "hmac(sha1)"));
	result("tunnels");
}

/* ---- which is whose ---- */

#define BORN	1000000000000ull

static struct transform *add_transform(struct transforms *all, uint64_t born, uint64_t bytes)
{
	struct transform *t;

	all->transform = one_more(all->transform, &all->nr, sizeof(*all->transform));
	t = &all->transform[all->nr - 1];
	t->id = all->nr;
	snprintf(t->algorithm, sizeof(t->algorithm), "cbc(aes)");
	t->key_bits = 128;
	t->born_ns = born;
	t->card_bytes = bytes;
	return t;
}

static struct user one_volume(uint64_t created, uint64_t bytes)
{
	struct user u = { .kind = USER_VOLUME, .algorithm = "cbc(aes)", .key_bits = 128 };

	u.created_ns = created;
	u.bytes = bytes;
	return u;
}

static void test_matching(void)
{
	struct transforms all = { 0 };
	struct user list[2];
	struct users users = { .user = list, .nr = 1 };

	/* by time */
	add_transform(&all, BORN, 0);
	add_transform(&all, BORN + 100000000000ull, 0);
	list[0] = one_volume(BORN - 1000000, 0);
	users_match(&users, &all);
	EXPECT(list[0].transform && list[0].transform->id == 1 && !list[0].ambiguous);
	EXPECT(!strcmp(list[0].matched_by, "algorithm, key, time"));
	/* two of the same time, told apart by what they have done */
	all.transform[1].born_ns = BORN + 1;
	all.transform[1].card_bytes = 64 << 20;
	all.transform[0].users = 0;
	list[0] = one_volume(BORN - 1000000, 64 << 20);
	users_match(&users, &all);
	EXPECT(list[0].transform && list[0].transform->id == 2 && !list[0].ambiguous);
	/* by nothing but algorithm and key: not at all */
	list[0] = one_volume(5000000000ull, 0);
	users_match(&users, &all);
	EXPECT(!list[0].transform);
	/* both fit */
	all.transform[1].card_bytes = 0;
	list[0] = one_volume(BORN, 0);
	users_match(&users, &all);
	EXPECT(list[0].transform && list[0].ambiguous);
	/* another key, another algorithm */
	list[0] = one_volume(BORN, 0);
	list[0].key_bits = 256;
	users_match(&users, &all);
	EXPECT(!list[0].transform);
	transforms_free(&all);
	result("matching");
}

/* ---- /proc/crypto ---- */

static void test_crypto_list(void)
{
	struct crypto_list list = { 0 };
	char text[] = "name         : cbc(aes)\ndriver       : cbc-aes-acf\npriority     : 300\n\n"
		      "name         : cbc(aes)\ndriver       : cbc-aes-aesni\npriority     : 400\n\n"
		      "driver\n: : :\nname         : x\ndriver : pcrypt(rfc4106)\n";
	const struct implementation *best;

	crypto_list_parse(&list, text);
	best = crypto_list_best(&list, "cbc(aes)");
	EXPECT(best && !strcmp(best->driver, "cbc-aes-aesni") && list.pcrypt);
	EXPECT(!crypto_list_best(&list, "ecb(aes)"));
	crypto_list_free(&list);
	result("crypto-list");
}

/* ---- anything ---- */

static uint32_t seed = 1;

static uint32_t any(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void feed(const char *bytes, size_t nr)
{
	struct transforms t = { 0 };
	struct algorithms a = { 0 };
	struct crypto_list c = { 0 };
	struct user u = { 0 };
	char *text = get_memory(nr + 1);

	memcpy(text, bytes, nr);
	transforms_parse(&t, text);
	transforms_free(&t);
	memcpy(text, bytes, nr);
	algorithms_parse(&a, text);
	algorithms_free(&a);
	memcpy(text, bytes, nr);
	crypto_list_parse(&c, text);
	crypto_list_free(&c);
	memcpy(text, bytes, nr);
	volume_parse(&u, text);
	free(text);
}

static void damage(const char *text)
{
	size_t nr = strlen(text);
	char *copy = get_memory(nr + 1);
	size_t i;

	for (i = 0; i <= nr; i++)
		feed(text, i);
	for (i = 0; i < 20000; i++) {
		memcpy(copy, text, nr);
		copy[any() % nr] = any();
		copy[any() % nr] = any();
		feed(copy, nr);
	}
	free(copy);
}

/* A message is as long as it says, or is not looked at: that is libmnl's part. */
static void damage_sa(void)
{
	char whole[4096];
	size_t nr = make_sa(whole, sizeof(whole));
	size_t i;

	for (i = 0; i < 20000; i++) {
		char *buf = get_memory(nr);
		struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
		struct user u = { 0 };
		size_t shorter = i % nr;

		memcpy(buf, whole, nr);
		buf[any() % nr] = any();
		buf[any() % nr] = any();
		if (mnl_nlmsg_ok(nlh, nr - shorter % 64))
			tunnel_parse(&u, nlh);
		free(buf);
	}
}

/* Each attribute there is, too short for what it is to hold, at the very end of a message. */
static void test_short_attributes(void)
{
	char whole[1024];
	int type;

	for (type = 0; type <= XFRMA_MAX; type++) {
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(whole);
		struct xfrm_usersa_info *info;
		struct user u = { 0 };
		char *buf;

		nlh->nlmsg_type = XFRM_MSG_NEWSA;
		info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
		info->id.proto = IPPROTO_ESP;
		mnl_attr_put_u32(nlh, type, 0x41414141);
		buf = get_memory(nlh->nlmsg_len);
		memcpy(buf, whole, nlh->nlmsg_len);
		EXPECT(!tunnel_parse(&u, (struct nlmsghdr *)buf) && !u.key_bits);
		free(buf);
	}
	result("short-attributes");
}

static void test_damaged(void)
{
	damage(transforms_text);
	damage(stats_text);
	damage("aes-xts-plain64 :64:logon:cryptsetup:uuid-d0 0 8:1 32768 2 allow_discards sector_size:4096");
	damage_sa();
	result("damaged");
}

/* A figure is one only if acf's counts bear it out. */
static void test_bench_figures(void)
{
	char name[64];

	EXPECT(bench_valid(CARD, false, 1000000, 0));
	EXPECT(bench_valid(CARD, false, 990000, 10000));
	EXPECT(!bench_valid(CARD, false, 900000, 100000));
	EXPECT(!bench_valid(CARD, false, 0, 1000000));
	EXPECT(!bench_valid(CARD, false, 0, 0));
	/* a volume's software is none of acf's; a tunnel's is acf's way to it */
	EXPECT(bench_valid(CPU, false, 0, 0));
	EXPECT(!bench_valid(CPU, false, 0, 4096));
	EXPECT(!bench_valid(CPU, false, 4096, 0));
	EXPECT(bench_valid(CPU, true, 0, 4096));
	EXPECT(!bench_valid(CPU, true, 0, 0));
	EXPECT(!bench_valid(CPU, true, 16, 4096));
	EXPECT(bench_valid(AUTO, false, 1, 0) && bench_valid(AUTO, false, 0, 1));
	EXPECT(!bench_valid(AUTO, false, 0, 0));
	EXPECT(bench_algorithm("des3_ede-cbc", name, sizeof(name)) && !strcmp(name, "cbc(des3_ede)"));
	EXPECT(!bench_algorithm("aes", name, sizeof(name)) && !bench_algorithm("-cbc", name, sizeof(name)));
	result("bench-figures");
}

/* Transforms come and go between two looks; others' are none of it. */
static void test_bench_counts(void)
{
	struct transform was[] = {
		{ .id = 1, .pid = 7, .card_bytes = 5000, .cpu_bytes = 9000 },
		{ .id = 2, .pid = 7, .card_bytes = 100, .cpu_bytes = 10 },
		{ .id = 3, .pid = 8, .card_bytes = 1 },
	};
	struct transform is[] = {
		{ .id = 3, .pid = 8, .card_bytes = 70000 },
		{ .id = 2, .pid = 7, .card_bytes = 300, .cpu_bytes = 30 },
		{ .id = 4, .pid = 7, .card_bytes = 1000, .cpu_bytes = 2 },
	};
	const struct transforms before = { .transform = was, .nr = 3 };
	const struct transforms after = { .transform = is, .nr = 3 };
	const struct transforms none = { 0 };
	struct figures f = { 0 };

	bench_count(&before, &after, 7, &f);
	EXPECT(f.card_bytes == 1200 && f.cpu_bytes == 22);
	bench_count(&before, &none, 7, &f);
	EXPECT(!f.card_bytes && !f.cpu_bytes);
	bench_count(&none, &after, 7, &f);
	EXPECT(f.card_bytes == 1300 && f.cpu_bytes == 32);
	result("bench-counts");
}

int main(void)
{
	test_volumes();
	test_keys();
	test_transforms();
	test_stats();
	test_tunnels();
	test_matching();
	test_crypto_list();
	test_short_attributes();
	test_damaged();
	test_bench_figures();
	test_bench_counts();
	return bad;
}
