// SPDX-License-Identifier: BSD-2-Clause
/* The bench of the loop tests: start of the card, memory, jobs and their check. */
#include "../../drivers/hifn_unlock.h"
#include "loop_bench.h"

#define MEM_BUS		0x40000000u	/* of the host memory the card can reach */
#define MEM_BYTES	0x400000u
#define DATA_ENTRIES	37
#define SLOT_BYTES	0x8000u		/* of data per slot, twice */
#define CANARY		0xa5
#define STEP_BUDGET	0x10000u

u32 loop_random(struct loop_bench *b, u32 below)
{
	b->random = b->random * 1664525 + 1013904223;
	return (b->random >> 16) % below;
}

/* ---- the card's view of the host ---- */

static void *host_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	struct loop_bench *b = opaque;

	(void)write;
	if (addr < MEM_BUS || addr >= MEM_BUS + MEM_BYTES)
		return NULL;
	*avail = MEM_BUS + MEM_BYTES - addr;
	return b->mem + (addr - MEM_BUS);
}

static void host_irq(void *opaque, bool level)
{
	struct loop_bench *b = opaque;

	b->irqs += level;
}

static void host_log(void *opaque, const char *line)
{
	(void)opaque;
	native_kunit_note("card: %s", line);
}

static uint64_t host_now(void *opaque)
{
	return ((struct loop_bench *)opaque)->now_ns;
}

static const struct vcard_ops host_ops = {
	.dma = host_dma, .irq = host_irq, .log = host_log, .now = host_now,
};

static void wait_ms(struct loop_bench *b, u32 ms)
{
	b->now_ns += ms * 1000000ULL;
	vcard_step(b->card, STEP_BUDGET);
}

/* ---- cold start, docs/reference/hifn795x.md 6.8, with the driver's constants ---- */

static u32 read_level(struct loop_bench *b)
{
	vcard_wr32(b->card, 0, HIFN_0_PUCNFG, HIFN_PUCNFG_CHIPID);
	return vcard_rd32(b->card, 0, HIFN_0_PUSTAT) & HIFN_PUSTAT_LEVEL;
}

static void unlock(struct loop_bench *b)
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

void loop_full_reset(struct loop_bench *b)
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

static void set_registers(struct loop_bench *b)
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

bool loop_try_start(struct loop_bench *b)
{
	u16 cmd = 0x0006;	/* memory, bus master */

	vcard_config_write(b->card, 4, &cmd, sizeof(cmd));
	loop_full_reset(b);
	if (read_level(b) != HIFN_LEVEL_2)
		unlock(b);
	if (read_level(b) != HIFN_LEVEL_2)
		return false;
	hifn_rings_reset(&b->rings);
	set_registers(b);
	return true;
}

void loop_start_card(struct loop_bench *b)
{
	KUNIT_ASSERT_TRUE(b->test, loop_try_start(b));
}

/* ---- memory of the bench ---- */

static u32 place_ring(struct loop_bench *b, struct hifn_ring *r, u32 at, u16 nr)
{
	hifn_ring_init(r, (struct hifn_desc *)(b->mem + at), MEM_BUS + at, nr);
	return at + (nr + 1) * sizeof(struct hifn_desc);
}

static void place_all(struct loop_bench *b)
{
	u32 at = 8;	/* ring bases need no more than 8-byte alignment */

	at = place_ring(b, &b->rings.cmd, at, LOOP_SLOTS + 1);
	at = place_ring(b, &b->rings.src, at, DATA_ENTRIES);
	at = place_ring(b, &b->rings.dst, at, DATA_ENTRIES);
	at = place_ring(b, &b->rings.res, at, LOOP_SLOTS + 1);
	b->rings.chain = b->chain;
	b->cmd_at = 0x4000;
	b->res_at = 0x8000;
	b->data_at = 0x10000;
}

struct loop_bench *loop_open(struct kunit *test)
{
	struct loop_bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	struct vcard_config cfg = { .seed = 5, .ops = &host_ops, .opaque = b };

	b->test = test;
	b->random = 1;
	b->mem = kunit_kzalloc(test, MEM_BYTES, GFP_KERNEL);
	b->card = vcard_create(&cfg);
	KUNIT_ASSERT_NOT_NULL(test, b->card);
	place_all(b);
	loop_start_card(b);
	return b;
}

void loop_close(struct loop_bench *b)
{
	vcard_destroy(b->card);
}

/* ---- jobs ---- */

/* Fill a chain with pieces of random size; the last one ends the chain. */
static void fill_pieces(struct loop_bench *b, struct hifn_ring *r, u32 at, u32 bytes,
			u16 nr, u32 align)
{
	while (nr--) {
		u32 room = bytes - nr * align;
		u32 n = nr ? align * (1 + loop_random(b, room / align)) : bytes;

		hifn_ring_fill(r, n | (nr ? HIFN_D_DATA : HIFN_D_DATA_LAST),
			       MEM_BUS + at);
		at += n;
		bytes -= n;
	}
}

/* The output nobody wants goes to one page, as often as it takes. */
static void fill_scratch(struct hifn_ring *r, u32 at, u32 bytes)
{
	while (bytes) {
		u32 n = min(bytes, LOOP_SCRATCH);

		bytes -= n;
		hifn_ring_fill(r, n | (bytes ? HIFN_D_DATA : HIFN_D_DATA_LAST),
			       MEM_BUS + at);
	}
}

static void place_data(struct loop_bench *b, struct loop_job *j, u16 slot)
{
	u32 base = b->data_at + slot * 2 * SLOT_BYTES;

	j->src_at = base + 64 + loop_random(b, 4);	/* any alignment */
	j->dst_at = base + SLOT_BYTES + 64 + 4 * loop_random(b, 4);
	memset(b->mem + base, CANARY, 2 * SLOT_BYTES);
	memcpy(b->mem + j->src_at, j->in, j->op.bytes);
}

static u8 *slot_res(struct loop_bench *b, u16 slot)
{
	return b->mem + b->res_at + slot * LOOP_RES_STRIDE;
}

static void publish(struct loop_bench *b, struct loop_job *j, u16 slot,
		    u16 nr_src, u16 nr_dst)
{
	u8 *cmd = b->mem + b->cmd_at + slot * LOOP_CMD_STRIDE;
	int bytes = hifn_cmd_encode(&j->op, cmd, HIFN_OP_CMD_MAX_BYTES);

	KUNIT_ASSERT_TRUE_MSG(b->test, bytes > 0, "%s", j->name);
	hifn_result_preset(slot_res(b, slot));
	if (j->op.cipher)
		fill_pieces(b, &b->rings.dst, j->dst_at, j->op.bytes, nr_dst, 4);
	else
		fill_scratch(&b->rings.dst, j->dst_at, hifn_whole_words(j->op.bytes));
	hifn_ring_fill(&b->rings.res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES,
		       MEM_BUS + (u32)(slot_res(b, slot) - b->mem));
	fill_pieces(b, &b->rings.src, j->src_at, j->op.bytes, nr_src, 1);
	hifn_ring_fill(&b->rings.cmd, HIFN_D_CMD | bytes,
		       MEM_BUS + (u32)(cmd - b->mem));
	hifn_rings_publish(&b->rings);
}

static u16 pieces(struct loop_bench *b, u32 most)
{
	return 1 + loop_random(b, min(most, 12u));
}

bool loop_submit(struct loop_bench *b, const struct loop_job *from)
{
	u16 nr_src = pieces(b, from->op.bytes), nr_dst;
	u16 slot = b->next_slot;
	struct loop_job *j;

	if (from->op.cipher)
		nr_dst = pieces(b, from->op.bytes / 4);
	else
		nr_dst = (from->op.bytes + LOOP_SCRATCH - 1) / LOOP_SCRATCH;
	if (hifn_rings_claim(&b->rings, nr_src, nr_dst, slot))
		return false;
	b->next_slot = (slot + 1) % ARRAY_SIZE(b->job);
	j = &b->job[slot];
	*j = *from;
	j->op.key = j->key;
	j->op.iv = j->iv;
	j->op.mac_key = j->mac_key;
	j->number = b->submitted++;
	place_data(b, j, slot);
	publish(b, j, slot, nr_src, nr_dst);
	return true;
}

enum hifn_result loop_result(struct loop_bench *b, u16 slot, u8 *mac)
{
	return hifn_result_read(&b->job[slot].op, slot_res(b, slot), mac);
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
static void check_job(struct loop_bench *b, u16 slot)
{
	struct loop_job *j = &b->job[slot];
	const u8 *out = b->mem + j->dst_at;
	u32 n = j->op.cipher ? j->op.bytes : LOOP_SCRATCH;
	u8 mac[HIFN_SHA1_BYTES] = { 0 };

	KUNIT_EXPECT_EQ(b->test, j->number, b->finished);
	KUNIT_EXPECT_EQ_MSG(b->test, loop_result(b, slot, mac), HIFN_RESULT_OK,
			    "%s", j->name);
	KUNIT_EXPECT_TRUE_MSG(b->test, !j->op.cipher || !memcmp(out, j->want, n),
			      "output of %s", j->name);
	KUNIT_EXPECT_TRUE_MSG(b->test, !memcmp(mac, j->want_mac, sizeof(mac)),
			      "MAC of %s", j->name);
	KUNIT_EXPECT_TRUE(b->test, !memcmp(b->mem + j->src_at, j->in,
					   j->op.bytes));
	KUNIT_EXPECT_TRUE(b->test, guarded(out - 64, 64) && guarded(out + n, 64));
	b->finished++;
}

static bool harvest(struct loop_bench *b)
{
	u16 slot;

	if (!hifn_rings_harvest(&b->rings, &slot))
		return false;
	check_job(b, slot);
	hifn_rings_release(&b->rings);
	return true;
}

void loop_run_card(struct loop_bench *b)
{
	b->now_ns += 100000;
	vcard_step(b->card, STEP_BUDGET);
}

void loop_drain(struct loop_bench *b)
{
	u32 i;

	for (i = 0; i < 1000 && b->finished < b->submitted; i++) {
		loop_run_card(b);
		while (harvest(b))
			;
	}
	KUNIT_ASSERT_EQ(b->test, b->finished, b->submitted);
}

void loop_submit_or_work(struct loop_bench *b, const struct loop_job *j)
{
	u32 i;

	if (!loop_random(b, 3))
		loop_run_card(b);
	if (!loop_random(b, 3))
		harvest(b);
	for (i = 0; !loop_submit(b, j); i++) {
		KUNIT_ASSERT_LE(b->test, i, 1000u);
		loop_run_card(b);
		harvest(b);
	}
}
