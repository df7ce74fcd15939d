/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The golden bytes of testvec/wire.vec inside a test: the text is part of the
 * object, the records are read one by one.
 */
#ifndef HIFN_WIRE_H
#define HIFN_WIRE_H

#include "../../crypto/acf_vec.h"
#include "../hifn_env.h"

/* WIRE_VEC: absolute path of the file, from the build. */
asm(".pushsection .rodata\n"
    "hifn_wire_text: .incbin \"" WIRE_VEC "\"\n"
    "hifn_wire_end: .byte 0\n"
    ".popsection\n");
extern const char hifn_wire_text[], hifn_wire_end[];

#define WIRE_MAX_BYTES	400

/* The fields of a record that our tests look at; absent ones are 0. */
struct hifn_wire {
	char kind[24];
	char name[80];
	char alg[24];
	char mac[12];
	char op[12];
	char ring[16];
	char source[8];
	u8 key[64];
	u8 iv[16];
	u8 mac_key[64];
	u8 bytes[WIRE_MAX_BYTES];
	u32 nr_key, nr_iv, nr_mac_key, nr_bytes;
	u32 src, skip, len, mac_skip, mac_len, addr, last;
	u32 overrun, src_residual, dst_residual, src_notzero;
	u32 seed, round1, round2, round12, round13;
	u32 mhz, mult, fck, config, step1, step2, step3, step4;
};

#define WIRE_NUMBER(f)	{ #f, offsetof(struct hifn_wire, f) }
static const struct {
	const char *key;
	size_t at;
} hifn_wire_numbers[] = {
	WIRE_NUMBER(src), WIRE_NUMBER(skip), WIRE_NUMBER(len),
	WIRE_NUMBER(mac_skip), WIRE_NUMBER(mac_len),
	WIRE_NUMBER(addr), WIRE_NUMBER(last),
	WIRE_NUMBER(overrun), WIRE_NUMBER(src_residual),
	WIRE_NUMBER(dst_residual), WIRE_NUMBER(src_notzero),
	WIRE_NUMBER(seed), WIRE_NUMBER(round1), WIRE_NUMBER(round2),
	WIRE_NUMBER(round12), WIRE_NUMBER(round13),
	WIRE_NUMBER(mhz), WIRE_NUMBER(mult), WIRE_NUMBER(fck),
	WIRE_NUMBER(config), WIRE_NUMBER(step1), WIRE_NUMBER(step2),
	WIRE_NUMBER(step3), WIRE_NUMBER(step4),
};

#define WIRE_TEXT(f)	{ #f, offsetof(struct hifn_wire, f), \
			  sizeof(((struct hifn_wire *)0)->f) }
static const struct {
	const char *key;
	size_t at;
	size_t room;
} hifn_wire_texts[] = {
	WIRE_TEXT(kind), WIRE_TEXT(name), WIRE_TEXT(alg), WIRE_TEXT(op),
	WIRE_TEXT(mac), WIRE_TEXT(ring), WIRE_TEXT(source),
};

static int hifn_wire_hex(const struct acf_vec_field *f, u8 *buf, size_t room,
			 u32 *nr)
{
	int n = acf_vec_hex(f, buf, room);

	if (n < 0)
		return n;
	*nr = n;
	return 0;
}

static int hifn_wire_set(struct hifn_wire *w, const struct acf_vec_field *f)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hifn_wire_numbers); i++)
		if (acf_vec_key_is(f, hifn_wire_numbers[i].key))
			return acf_vec_u32(f, (u32 *)((u8 *)w + hifn_wire_numbers[i].at));
	for (i = 0; i < ARRAY_SIZE(hifn_wire_texts); i++)
		if (acf_vec_key_is(f, hifn_wire_texts[i].key))
			return acf_vec_text(f, (char *)w + hifn_wire_texts[i].at,
					    hifn_wire_texts[i].room);
	if (acf_vec_key_is(f, "key"))
		return hifn_wire_hex(f, w->key, sizeof(w->key), &w->nr_key);
	if (acf_vec_key_is(f, "iv"))
		return hifn_wire_hex(f, w->iv, sizeof(w->iv), &w->nr_iv);
	if (acf_vec_key_is(f, "mac_key"))
		return hifn_wire_hex(f, w->mac_key, sizeof(w->mac_key),
				     &w->nr_mac_key);
	if (acf_vec_key_is(f, "bytes"))
		return hifn_wire_hex(f, w->bytes, sizeof(w->bytes), &w->nr_bytes);
	return 0;
}

static void hifn_wire_open(struct acf_vec_reader *r)
{
	acf_vec_open(r, hifn_wire_text, hifn_wire_end - hifn_wire_text);
}

/* Next record of this kind: 1, 0 at the end, -EINVAL for a malformed text. */
static int hifn_wire_next(struct acf_vec_reader *r, const char *kind,
			  struct hifn_wire *w)
{
	struct acf_vec_field f;
	int event;

	memset(w, 0, sizeof(*w));
	while ((event = acf_vec_field(r, &f)) > 0) {
		bool wanted = !strcmp(w->kind, kind);

		if (event == ACF_VEC_RECORD_END && wanted)
			return 1;
		if (event == ACF_VEC_RECORD_END)
			memset(w, 0, sizeof(*w));
		else if ((wanted || acf_vec_key_is(&f, "kind")) &&
			 hifn_wire_set(w, &f))
			return -EINVAL;
	}
	return event;
}

#endif
