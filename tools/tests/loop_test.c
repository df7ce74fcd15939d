// SPDX-License-Identifier: BSD-2-Clause
/*
 * Driver logic against the virtual card in one process: commands encoded by
 * hifn_cmd.c travel through rings kept by hifn_ring.c to the card's engines;
 * data, result blocks and order are judged by the vectors of testvec/.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "kunit/test.h"

#include "../../crypto/acf_vec.h"
#include "../../drivers/hifn_cmd.h"
#include "../../drivers/hifn_desc.h"
#include "../../drivers/hifn_pll.h"
#include "../../drivers/hifn_regs.h"
#include "../../drivers/hifn_ring.h"
#include "../../drivers/hifn_sgplan.h"
#include "../../drivers/hifn_unlock.h"
#include "../vcard/vcard.h"

#define MEM_BUS		0x40000000u	/* of the host memory the card can reach */
#define MEM_BYTES	0x400000u
#define SLOTS		7		/* odd and small: many laps */
#define DATA_ENTRIES	37
#define SLOT_BYTES	0x8000u		/* of data per slot, twice */
#define CANARY		0xa5
#define STEP_BUDGET	0x10000u

struct job {
	struct hifn_op op;
	struct acf_vec vec;
	u32 src_at, dst_at;	/* offsets in memory */
	u32 number;
};

struct bench {
	struct kunit *test;
	struct vcard *card;
	u8 *mem;
	u64 now_ns;
	u32 random;
	struct hifn_rings rings;
	struct hifn_chain chain[SLOTS + 1];
	struct job job[SLOTS + 1];
	u32 cmd_at, res_at, data_at;
	u32 submitted, finished, irqs;
};

static u32 bench_random(struct bench *b, u32 below)
{
	b->random = b->random * 1664525 + 1013904223;
	return (b->random >> 16) % below;
}

/* ---- the card's view of the host ---- */

static void *host_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	struct bench *b = opaque;

	(void)write;
	if (addr < MEM_BUS || addr >= MEM_BUS + MEM_BYTES)
		return NULL;
	*avail = MEM_BUS + MEM_BYTES - addr;
	return b->mem + (addr - MEM_BUS);
}

static void host_irq(void *opaque, bool level)
{
	struct bench *b = opaque;

	b->irqs += level;
}

static void host_log(void *opaque, const char *line)
{
	(void)opaque;
	native_kunit_note("card: %s", line);
}

static uint64_t host_now(void *opaque)
{
	return ((struct bench *)opaque)->now_ns;
}

static const struct vcard_ops host_ops = {
	.dma = host_dma, .irq = host_irq, .log = host_log, .now = host_now,
};

static void wait_ms(struct bench *b, u32 ms)
{
	b->now_ns += ms * 1000000ULL;
	vcard_step(b->card, STEP_BUDGET);
}

/* ---- cold start, docs/hifn795x.md 6.8, with the driver's constants ---- */

static u32 read_level(struct bench *b)
{
	vcard_wr32(b->card, 0, HIFN_0_PUCNFG, HIFN_PUCNFG_CHIPID);
	return vcard_rd32(b->card, 0, HIFN_0_PUSTAT) & HIFN_PUSTAT_LEVEL;
}

static void unlock(struct bench *b)
{
	u32 i, state;

	vcard_wr32(b->card, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_UNLOCKING);
	wait_ms(b, HIFN_UNLOCK_WAIT_MS);
	state = vcard_rd32(b->card, 1, HIFN_1_UNLOCK_SECRET1);
	vcard_wr32(b->card, 1, HIFN_1_UNLOCK_SECRET2, 0);
	for (i = 0; i < HIFN_UNLOCK_ROUNDS; i++) {
		wait_ms(b, HIFN_UNLOCK_WAIT_MS);
		state = hifn_unlock_round(state);
		vcard_wr32(b->card, 1, HIFN_1_UNLOCK_SECRET2, state);
	}
	vcard_wr32(b->card, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
}

static void full_reset(struct bench *b)
{
	vcard_wr32(b->card, 1, HIFN_1_DMA_CSR, HIFN_DMACSR_DIS_ALL);
	vcard_wr32(b->card, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
	wait_ms(b, HIFN_POLLOFF_WAIT_MS);
	vcard_wr32(b->card, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RESET_FULL);
	wait_ms(b, HIFN_RESET_WAIT_MS);
	vcard_wr32(b->card, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_IDLE);
	vcard_wr32(b->card, 0, HIFN_0_PUCTRL, HIFN_PUCTRL_DMAENA);
	wait_ms(b, 1);
}

static void set_registers(struct bench *b)
{
	struct vcard *c = b->card;

	vcard_wr32(c, 0, HIFN_0_FIFOCNFG, HIFN_FIFOCNFG_THRESHOLD);
	vcard_wr32(c, 1, HIFN_1_DMA_CRAR, b->rings.cmd.bus);
	vcard_wr32(c, 1, HIFN_1_DMA_SRAR, b->rings.src.bus);
	vcard_wr32(c, 1, HIFN_1_DMA_DRAR, b->rings.dst.bus);
	vcard_wr32(c, 1, HIFN_1_DMA_RRAR, b->rings.res.bus);
	wait_ms(b, HIFN_RINGBASE_WAIT_MS);
	vcard_wr32(c, 1, HIFN_1_DMA_CSR,
		   HIFN_DMACSR_DIS_ALL | HIFN_DMACSR_STATUS_ALL);
	vcard_wr32(c, 1, HIFN_1_DMA_IER, HIFN_DMAIER_BASE);
	vcard_wr32(c, 0, HIFN_0_PUCNFG, HIFN_PUCNFG_RUN);
	vcard_wr32(c, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
	vcard_wr32(c, 1, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
}

static void start_card(struct bench *b)
{
	u16 cmd = 0x0006;	/* memory, bus master */

	vcard_config_write(b->card, 4, &cmd, sizeof(cmd));
	full_reset(b);
	if (read_level(b) != HIFN_LEVEL_2)
		unlock(b);
	KUNIT_ASSERT_EQ(b->test, read_level(b), (u32)HIFN_LEVEL_2);
	hifn_rings_reset(&b->rings);
	set_registers(b);
}

/* ---- memory of the bench ---- */

static u32 place_ring(struct bench *b, struct hifn_ring *r, u32 at, u16 nr)
{
	hifn_ring_init(r, (struct hifn_desc *)(b->mem + at), MEM_BUS + at, nr);
	return at + (nr + 1) * sizeof(struct hifn_desc);
}

static void place_all(struct bench *b)
{
	u32 at = 8;	/* ring bases need no more than 8-byte alignment */

	at = place_ring(b, &b->rings.cmd, at, SLOTS + 1);
	at = place_ring(b, &b->rings.src, at, DATA_ENTRIES);
	at = place_ring(b, &b->rings.dst, at, DATA_ENTRIES);
	at = place_ring(b, &b->rings.res, at, SLOTS + 1);
	b->rings.chain = b->chain;
	b->cmd_at = 0x4000;
	b->res_at = 0x8000;
	b->data_at = 0x10000;
}

static struct bench *bench_open(struct kunit *test)
{
	struct bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	struct vcard_config cfg = { .seed = 5, .ops = &host_ops, .opaque = b };

	b->test = test;
	b->random = 1;
	b->mem = kunit_kzalloc(test, MEM_BYTES, GFP_KERNEL);
	b->card = vcard_create(&cfg);
	KUNIT_ASSERT_NOT_NULL(test, b->card);
	place_all(b);
	start_card(b);
	return b;
}

/* ---- jobs ---- */

static bool op_of(const struct acf_vec *v, bool decrypt, struct hifn_op *op)
{
	static const char * const ciphers[] = { "des", "des3_ede", "aes" };
	static const char * const modes[] = { "ecb", "cbc", "cfb", "ofb" };
	char name[32];
	u32 c, m;

	for (c = 0; c < 3; c++) {
		for (m = 0; m < 4; m++) {
			snprintf(name, sizeof(name), "%s(%s)", modes[m], ciphers[c]);
			if (strcmp(name, v->alg))
				continue;
			*op = (struct hifn_op){
				.cipher = c, .mode = m, .decrypt = decrypt,
				.key = v->key, .key_bytes = v->key_bytes,
				.iv = v->iv, .bytes = v->data_bytes,
			};
			return true;
		}
	}
	return false;
}

/* Fill a chain with pieces of random size; the last one ends the chain. */
static void fill_pieces(struct bench *b, struct hifn_ring *r, u32 at, u32 bytes,
			u16 nr, u32 align)
{
	while (nr--) {
		u32 room = bytes - nr * align;
		u32 n = nr ? align * (1 + bench_random(b, room / align)) : bytes;

		hifn_ring_fill(r, n | (nr ? HIFN_D_DATA : HIFN_D_DATA_LAST),
			       MEM_BUS + at);
		at += n;
		bytes -= n;
	}
}

static void place_data(struct bench *b, struct job *j, u16 slot)
{
	u32 base = b->data_at + slot * 2 * SLOT_BYTES;

	j->src_at = base + 64 + bench_random(b, 4);	/* any alignment */
	j->dst_at = base + SLOT_BYTES + 64 + 4 * bench_random(b, 4);
	memset(b->mem + base, CANARY, 2 * SLOT_BYTES);
	memcpy(b->mem + j->src_at, j->op.decrypt ? j->vec.ct : j->vec.pt,
	       j->op.bytes);
}

static void publish(struct bench *b, struct job *j, u16 slot, u16 nr_src,
		    u16 nr_dst)
{
	u8 *cmd = b->mem + b->cmd_at + slot * HIFN_CIPHER_CMD_MAX_BYTES;
	u8 *res = b->mem + b->res_at + slot * HIFN_MAX_RESULT_BYTES;
	int bytes = hifn_cmd_encode(&j->op, cmd, HIFN_CIPHER_CMD_MAX_BYTES);

	KUNIT_ASSERT_TRUE(b->test, bytes > 0);
	hifn_result_preset(res);
	fill_pieces(b, &b->rings.dst, j->dst_at, j->op.bytes, nr_dst, 4);
	hifn_ring_fill(&b->rings.res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES,
		       MEM_BUS + (u32)(res - b->mem));
	fill_pieces(b, &b->rings.src, j->src_at, j->op.bytes, nr_src, 1);
	hifn_ring_fill(&b->rings.cmd, HIFN_D_CMD | bytes,
		       MEM_BUS + (u32)(cmd - b->mem));
	hifn_rings_publish(&b->rings);
}

static bool submit(struct bench *b, const struct acf_vec *v, bool decrypt)
{
	u16 nr_src = 1 + bench_random(b, min(v->data_bytes, 12u));
	u16 nr_dst = 1 + bench_random(b, min(v->data_bytes / 4, 12u));
	struct job *j;
	u16 slot;

	if (hifn_rings_claim(&b->rings, nr_src, nr_dst, &slot))
		return false;
	j = &b->job[slot];
	j->vec = *v;
	j->number = b->submitted++;
	KUNIT_ASSERT_TRUE_MSG(b->test, op_of(&j->vec, decrypt, &j->op), "%s",
			      v->alg);
	place_data(b, j, slot);
	publish(b, j, slot, nr_src, nr_dst);
	return true;
}

static bool guarded(const u8 *p, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (p[i] != CANARY)
			return false;
	return true;
}

/* Right data, nothing around it touched, source as it was, result good. */
static void check_job(struct bench *b, u16 slot)
{
	struct job *j = &b->job[slot];
	const u8 *in = j->op.decrypt ? j->vec.ct : j->vec.pt;
	const u8 *want = j->op.decrypt ? j->vec.pt : j->vec.ct;
	const u8 *out = b->mem + j->dst_at;

	KUNIT_EXPECT_EQ(b->test, j->number, b->finished);
	KUNIT_EXPECT_EQ_MSG(b->test,
			    hifn_result_check(b->mem + b->res_at +
					      slot * HIFN_MAX_RESULT_BYTES),
			    HIFN_RESULT_OK, "%s %s", j->vec.alg, j->vec.name);
	KUNIT_EXPECT_TRUE_MSG(b->test, !memcmp(out, want, j->op.bytes),
			      "%s %s", j->vec.alg, j->vec.name);
	KUNIT_EXPECT_TRUE(b->test, !memcmp(b->mem + j->src_at, in, j->op.bytes));
	KUNIT_EXPECT_TRUE(b->test, guarded(out - 64, 64) &&
			  guarded(out + j->op.bytes, 64));
	b->finished++;
}

static bool harvest(struct bench *b)
{
	u16 slot;

	if (!hifn_rings_harvest(&b->rings, &slot))
		return false;
	check_job(b, slot);
	hifn_rings_release(&b->rings);
	return true;
}

static void run_card(struct bench *b)
{
	b->now_ns += 100000;
	vcard_step(b->card, STEP_BUDGET);
}

static void drain(struct bench *b)
{
	u32 i;

	for (i = 0; i < 1000 && b->finished < b->submitted; i++) {
		run_card(b);
		while (harvest(b))
			;
	}
	KUNIT_ASSERT_EQ(b->test, b->finished, b->submitted);
}

/* Sometimes the card runs at once, sometimes only when the rings are full. */
static void submit_or_work(struct bench *b, const struct acf_vec *v,
			   bool decrypt)
{
	u32 i;

	if (!bench_random(b, 3))
		run_card(b);
	if (!bench_random(b, 3))
		harvest(b);
	for (i = 0; !submit(b, v, decrypt); i++) {
		KUNIT_ASSERT_LE(b->test, i, 1000u);
		run_card(b);
		harvest(b);
	}
}

/* ---- vectors ---- */

static char *read_text(struct kunit *test, const char *alg, size_t *len)
{
	char path[512];
	char *text = kunit_kzalloc(test, 1 << 20, GFP_KERNEL);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.vec", TESTVEC, alg);
	f = fopen(path, "r");
	KUNIT_ASSERT_TRUE_MSG(test, f != NULL, "cannot open %s", path);
	*len = fread(text, 1, 1 << 20, f);
	fclose(f);
	return text;
}

static u32 run_file(struct bench *b, const char *alg)
{
	struct acf_vec *v = kunit_kzalloc(b->test, sizeof(*v), GFP_KERNEL);
	struct acf_vec_reader r;
	size_t len;
	char *text = read_text(b->test, alg, &len);
	u32 block = strncmp(alg, "aes", 3) ? 8 : 16;
	u32 seen = 0;
	int more;

	acf_vec_open(&r, text, len);
	while ((more = acf_vec_next(&r, v)) > 0) {
		if (!v->data_bytes || v->data_bytes % block)
			continue;	/* the CPU's */
		submit_or_work(b, v, false);
		submit_or_work(b, v, true);
		seen++;
	}
	KUNIT_ASSERT_EQ(b->test, more, 0);
	return seen;
}

static void loop_all_vectors(struct kunit *test)
{
	static const char * const files[] = {
		"aes_ecb", "aes_cbc", "aes_cfb", "aes_ofb",
		"des_ecb", "des_cbc", "des_cfb", "des_ofb",
		"des3_ecb", "des3_cbc", "des3_cfb", "des3_ofb",
	};
	struct bench *b = bench_open(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		KUNIT_EXPECT_GE(test, run_file(b, files[i]), 3u);
		/* the file's text and vector */
		free(test->alloc[--test->nr_alloc]);
		free(test->alloc[--test->nr_alloc]);
	}
	drain(b);
	KUNIT_EXPECT_GE(test, b->finished, 200u);
	KUNIT_EXPECT_GE(test, b->irqs, 1u);
	vcard_destroy(b->card);
}

/* A reset in the middle: every chain comes back, and the card works again. */
static void loop_reset_between_jobs(struct kunit *test)
{
	struct bench *b = bench_open(test);
	struct acf_vec *v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	struct acf_vec_reader r;
	size_t len;
	u32 round, back;
	u16 slot;

	acf_vec_open(&r, read_text(test, "aes_cbc", &len), 0);
	acf_vec_open(&r, test->alloc[test->nr_alloc - 1], len);
	KUNIT_ASSERT_EQ(test, acf_vec_next(&r, v), 1);
	for (round = 0; round < 50; round++) {
		while (submit(b, v, round & 1))
			;
		if (round % 3)
			vcard_step(b->card, 256);
		full_reset(b);
		for (back = 0; hifn_rings_abandon(&b->rings, &slot); back++)
			hifn_rings_release(&b->rings);
		KUNIT_EXPECT_GE(test, back, 1u);
		b->finished = b->submitted;
		start_card(b);
		KUNIT_ASSERT_TRUE(test, submit(b, v, false));
		drain(b);
	}
	vcard_destroy(b->card);
}

/* A result that is retired but not written is told from a good one. */
static void loop_missing_result_is_seen(struct kunit *test)
{
	struct bench *b = bench_open(test);
	struct acf_vec v = { .alg = "ecb(des)", .key_bytes = 8, .data_bytes = 8 };
	u8 *res = b->mem + b->res_at;
	u16 slot;

	KUNIT_ASSERT_TRUE(test, vcard_fault(b->card, "no-result:1") == NULL);
	KUNIT_ASSERT_TRUE(test, submit(b, &v, false));
	run_card(b);
	KUNIT_ASSERT_TRUE(test, hifn_rings_harvest(&b->rings, &slot));
	KUNIT_EXPECT_EQ(test, hifn_result_check(res + slot * HIFN_MAX_RESULT_BYTES),
			HIFN_RESULT_NONE);
	vcard_destroy(b->card);
}

static struct kunit_case loop_cases[] = {
	KUNIT_CASE(loop_all_vectors),
	KUNIT_CASE(loop_reset_between_jobs),
	KUNIT_CASE(loop_missing_result_is_seen),
	{}
};

static struct kunit_suite loop_suite = {
	.name = "loop",
	.test_cases = loop_cases,
};
kunit_test_suite(loop_suite);
