// SPDX-License-Identifier: BSD-2-Clause
/*
 * What was reported of drivers on real silicon, asked of the card again: does it show what they
 * saw? docs/reference/hifn795x.md 9.3 says where each is from.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "closed.h"
#include "rig.h"

#define DEEP		8	/* commands in the rings at once */
#define BYTES		144	/* of each: 4.7's packet */
#define SESSIONS	60
#define COMMANDS	1500

#define NEW_MAC_KEY	0x0800
#define NEW_KEY		0x0800

/* Somebody's keys: of a session, or of a single command. */
struct keys {
	uint8_t cipher[32], mac[64], iv[16];
};

static uint32_t state = 1;

static void fill(void *to, size_t n)
{
	for (uint8_t *p = to; n--; p++) {
		state = state * 1664525 + 1013904223;
		*p = state >> 24;
	}
}

static void draw(struct keys *k)
{
	fill(k, sizeof(*k));
	memset(k->mac + 16, 0, sizeof(k->mac) - 16);
}

static uint32_t append(uint8_t *block, uint32_t len, const void *from, uint32_t n)
{
	memcpy(block + len, from, n);
	return len + n;
}

/* ESP, enciphered: 3DES-CBC and HMAC-MD5-96 in one pass, with its keys or without. */
static uint32_t esp(uint8_t *block, uint32_t session, const struct keys *k, bool with)
{
	uint32_t len = cmd_base(block, 0x0c00, session, BYTES, BYTES);

	/* masks, header skip and count have the base command's shape */
	len += cmd_base(block + len, 0x0231 | (with ? NEW_MAC_KEY : 0), 20, 112, 0);
	len += cmd_base(block + len, 0x1009 | (with ? NEW_KEY : 0), 36, 96, 0);
	if (with) {
		len = append(block, len, k->mac, 64);
		len = append(block, len, k->cipher, 24);
	}
	return append(block, len, k->iv, 8);
}

/* AES-256-CBC, deciphered. */
static uint32_t aes(uint8_t *block, uint32_t session, const struct keys *k, bool with)
{
	uint32_t len = cmd_base(block, 0x2800, session, BYTES, BYTES);

	len += cmd_base(block + len, 0x140b | (with ? NEW_KEY : 0), 0, BYTES, 0);
	if (with)
		len = append(block, len, k->cipher, 32);
	return append(block, len, k->iv, 16);
}

/* ---- what it should be ---- */

static void cipher(const EVP_CIPHER *how, bool encrypt, const struct keys *k, const uint8_t *in,
		   uint8_t *out, int n)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len;

	CHECK(EVP_CipherInit_ex(ctx, how, NULL, k->cipher, k->iv, encrypt) &&
	      EVP_CIPHER_CTX_set_padding(ctx, 0) && EVP_CipherUpdate(ctx, out, &len, in, n));
	CHECK_EQ(len, n);
	EVP_CIPHER_CTX_free(ctx);
}

static void mac_of(const struct keys *k, const uint8_t *packet, uint8_t mac[16])
{
	unsigned int len;

	CHECK(HMAC(EVP_md5(), k->mac, 16, packet + 20, 112, mac, &len));
}

static bool esp_is_right(const uint8_t *src, const uint8_t *dst, const uint8_t *mac,
			 const struct keys *k)
{
	uint8_t want[BYTES], digest[16];

	memcpy(want, src, BYTES);
	cipher(EVP_des_ede3_cbc(), true, k, src + 36, want + 36, 96);
	mac_of(k, want, digest);
	return !memcmp(dst, want, BYTES) && !memcmp(mac, digest, 12);
}

static bool aes_is_right(const uint8_t *src, const uint8_t *dst, const struct keys *k)
{
	uint8_t want[BYTES];

	cipher(EVP_aes_256_cbc(), false, k, src, want, BYTES);
	return !memcmp(dst, want, BYTES);
}

/* ---- many at once ---- */

struct batch {
	struct rig *r;
	unsigned int nr;
	bool is_esp[DEEP];
	struct keys keys[DEEP];
	uint64_t bytes;		/* of command blocks, all batches */
	unsigned int right;
};

static uint32_t src_of(unsigned int i)
{
	return RIG_SRC + 0x100 * i;
}

static uint32_t dst_of(unsigned int i)
{
	return RIG_DST + 0x100 * i;
}

static uint32_t res_of(unsigned int i)
{
	return RIG_RESULT + 0x40 * i;
}

static void add(struct batch *b, bool is_esp, uint32_t session, const struct keys *k, bool with)
{
	uint32_t at = RIG_CMD + 0x100 * b->nr;
	uint32_t len = (is_esp ? esp : aes)(rig_at(b->r, at), session, k, with);

	fill(rig_at(b->r, src_of(b->nr)), BYTES);
	memset(rig_at(b->r, res_of(b->nr)), 0, 0x40);
	rig_post(b->r, RD, VALID | QUIET | LAST | BYTES, dst_of(b->nr));
	rig_post(b->r, RR, VALID | LAST | 40, res_of(b->nr));
	rig_post(b->r, RS, VALID | QUIET | LAST | BYTES, src_of(b->nr));
	rig_post(b->r, RC, VALID | LAST | QUIET | len, at);
	b->is_esp[b->nr] = is_esp;
	b->keys[b->nr] = *k;
	b->bytes += len;
	b->nr++;
}

static void flush(struct batch *b)
{
	rig_run(b->r);
	for (unsigned int i = 0; i < b->nr; i++) {
		const uint8_t *src = rig_at(b->r, src_of(i)), *dst = rig_at(b->r, dst_of(i));
		const uint8_t *mac = rig_at(b->r, res_of(i) + 12);

		b->right += b->is_esp[i] ? esp_is_right(src, dst, mac, &b->keys[i]) :
					   aes_is_right(src, dst, &b->keys[i]);
	}
	b->nr = 0;
}

/*
 * NetBSD from 2005 on, OpenBSD before: a number for each session, its keys with its first command
 * alone. An IV comes with each, and new ones are drawn.
 */
static struct batch sessions(struct rig *r)
{
	static struct keys of[SESSIONS];
	struct batch b = { .r = r };

	for (unsigned int i = 0; i < SESSIONS; i++)
		draw(&of[i]);
	for (unsigned int i = 0; i < COMMANDS; i++) {
		unsigned int session = i * 7 % SESSIONS;

		fill(of[session].iv, 16);
		add(&b, session % 2, session, &of[session], i < SESSIONS);
		if (b.nr == DEEP)
			flush(&b);
	}
	flush(&b);
	return b;
}

/* As all drivers of today: fresh keys with each, session 0. */
static struct batch fresh_keys(struct rig *r)
{
	struct batch b = { .r = r };

	for (unsigned int i = 0; i < COMMANDS; i++) {
		struct keys k;

		draw(&k);
		add(&b, i % 2, 0, &k, true);
		if (b.nr == DEEP)
			flush(&b);
	}
	flush(&b);
	return b;
}

/* 1,500 of 1,500, with fewer than half of the bytes. */
static void test_omitted_keys(void)
{
	struct rig *r = rig_up();
	struct batch omitted = sessions(r), fresh = fresh_keys(r);

	CHECK_EQ(omitted.right, COMMANDS);
	CHECK_EQ(fresh.right, COMMANDS);
	CHECK_EQ(fresh.bytes / COMMANDS, 92);		/* of 120 and 64 */
	CHECK_EQ(omitted.bytes / COMMANDS, 34);		/* of 32 and 32, and the first ones' keys */
	rig_free(r);
}

/* ---- reports ---- */

static struct rig *with(const char *knob)
{
	struct vcard_config cfg = { .unlocked = true, .seed = 1 };
	struct rig *r;

	CHECK(!vcard_knob(&cfg.knobs, knob));
	r = rig_new(&cfg);
	rig_start(r);
	return r;
}

/*
 * tech-crypto, 28 November 2006: under NetBSD 3.0.1 the MAC that is taken from a 7955's result is
 * all zeros; without "macbuf += 12" the tunnel works. That driver adds 12 twice, as FreeBSD's in the
 * interrupt and as OpenBSD's in the callback.
 */
static void test_netbsd_mac(void)
{
	static const char *const knobs[] = { "mac-place=12", "mac-place=24" };
	static const uint8_t zeros[12];

	for (int i = 0; i < 2; i++) {
		struct rig *r = with(knobs[i]);
		struct batch b = { .r = r };
		struct keys k;
		uint8_t mac[16];

		draw(&k);
		add(&b, true, 0, &k, true);
		rig_run(r);
		mac_of(&k, rig_at(r, dst_of(0)), mac);
		/* what it saw, and what worked; not so on a chip that has it further on */
		CHECK_EQ(!memcmp(rig_at(r, res_of(0) + 24), zeros, 12), i == 0);
		CHECK_EQ(!memcmp(rig_at(r, res_of(0) + 12), mac, 12), i == 0);
		rig_free(r);
	}
}

/*
 * soekris-tech, July 2004: aes256-cbc deciphers wrongly under OpenBSD 3.5, more often with several
 * users. What that driver sends is right here: the silicon did it, or something that neither is; the
 * knob shows the symptom, and with it with one user as well.
 */
static void test_openbsd_race(void)
{
	struct rig *model = rig_up(), *races = with("context=races");
	struct batch b;

	b = sessions(model);
	CHECK_EQ(b.right, COMMANDS);
	b = fresh_keys(races);
	CHECK(b.right < COMMANDS && b.right > COMMANDS / 2);
	rig_free(model);
	rig_free(races);
}

#define R_DONE	0x00100000u
#define C_WAIT	0x00000004u
#define IER	0x22322020u

/*
 * One command after the other, each waited for by its interrupt: those that never came. always:
 * as OpenBSD from 1.149 on, which has the command engine's wait interrupt with each command; before it
 * did so only where more than one was queued.
 */
static unsigned int stalls(struct rig *r, bool always)
{
	unsigned int missed = 0;

	for (int i = 0; i < 64; i++) {
		struct batch b = { .r = r };
		uint32_t ier = IER | (always ? C_WAIT : 0), csr;
		struct keys k;

		draw(&k);
		rig_wr(r, 1, 0x40, R_DONE | C_WAIT);
		add(&b, false, 0, &k, true);
		rig_wr(r, 1, 0x44, ier);
		rig_us(r, 200);
		csr = rig_rd(r, 1, 0x40);
		missed += !(csr & ier);
		rig_wr(r, 1, 0x40, csr & ier);
		rig_wr(r, 1, 0x44, IER);	/* nothing is queued */
	}
	return missed;
}

/* The model loses none: what lost them then is a knob. */
static void test_openbsd_interrupts(void)
{
	struct rig *model = rig_up(), *misses = with("interrupt=misses");

	CHECK_EQ(stalls(model, false), 0);
	CHECK(stalls(misses, false) > 0);
	CHECK_EQ(stalls(misses, true), 0);
	rig_free(model);
	rig_free(misses);
}

/* LKML, 25 May 2006: 238 Mbit/s of ESP with packets of 1,400 bytes through OCF. A card is no slower. */
static void test_ocf_rate(void)
{
	struct load load = load_esp(1416);
	struct closed c;
	uint64_t ns;

	closed_open(&c, 1, "pci66", NULL);
	ns = closed_measure(&c, &load, 16, 400);
	CHECK(c.done > 0);
	/* of the 400 the last nine tenths are measured */
	CHECK(360 * 1400 * 8 * 1000ull / ns >= 238);
	closed_close(&c);
}

static const struct test tests[] = {
	{ "omitted-keys", test_omitted_keys },
	{ "netbsd-2006-mac", test_netbsd_mac },
	{ "openbsd-2004-race", test_openbsd_race },
	{ "openbsd-interrupts", test_openbsd_interrupts },
	{ "ocf-2006-rate", test_ocf_rate },
};

RUN_TESTS("vcard.reports")
