// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hostile card: what the driver reads of memory the card writes (results,
 * descriptors, random numbers), and its parsers of lists and parameters.
 */
#include "../../drivers/hifn_cmd.h"
#include "../../drivers/hifn_health.h"
#include "../../drivers/hifn_pll.h"
#include "../../drivers/hifn_regs.h"
#include "../../drivers/hifn_ring.h"
#include "../../drivers/hifn_sgplan.h"
#include "fuzz.h"

#define MAX_ENTRIES	12

enum { INPUTS, ENCODED, REFUSED, GOOD, FAILED, CHAINS, HARVESTED, ABANDONED, PLANS, BOUNCED,
       PLLS, HEALTH, TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [ENCODED] = { "commands", 0 }, [REFUSED] = { "refused", 0 },
	[GOOD] = { "results-ok", 0 }, [FAILED] = { "results-failed", 0 },
	[CHAINS] = { "chains", 0 }, [HARVESTED] = { "harvested", 0 },
	[ABANDONED] = { "abandoned", 0 }, [PLANS] = { "plans", 0 },
	[BOUNCED] = { "bounced", 0 }, [PLLS] = { "plls", 0 }, [HEALTH] = { "alarms", 0 },
};

static void *exact(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		abort();
	return p;
}

/* ---- commands and results ---- */

static void read_op(struct input *in, struct hifn_op *op, const u8 *bytes)
{
	static const u8 key_bytes[] = { 16, 24, 32, 8, 0, 15, 33, 255 };
	u8 flags;

	op->cipher = in8(in) % 5;
	op->mode = in8(in) % 4;
	flags = in8(in);
	op->decrypt = flags & 1;
	op->short_mac = flags & 2;
	op->mac = in8(in) % 5;
	op->key = bytes;
	op->key_bytes = key_bytes[in8(in) % 8];
	op->iv = bytes;
	op->mac_key = bytes;
	op->bytes = in32(in) >> (in8(in) & 31);
	op->crypt.skip = in16(in);
	op->crypt.bytes = in8(in) & 1 ? in32(in) : (op->bytes - op->crypt.skip) & ~15u;
	op->auth.skip = in16(in);
	op->auth.bytes = in8(in) & 1 ? in32(in) : op->bytes - op->auth.skip;
}

/* The block the card left behind, in memory of exactly its size. */
static void check_result(struct input *in, const struct hifn_op *op)
{
	u8 *res = exact(HIFN_OP_RESULT_MAX_BYTES), *mac = exact(HIFN_SHA1_BYTES);
	u8 written = in8(in);
	enum hifn_result result;

	hifn_result_preset(res);
	MUST(hifn_result_read(op, res, mac) == HIFN_RESULT_NONE);
	if (written & 0x80)
		memset(res, 0, HIFN_OP_RESULT_MAX_BYTES);
	in_bytes(in, res, written % (HIFN_OP_RESULT_MAX_BYTES + 1));
	result = hifn_result_read(op, res, mac);
	MUST(result < HIFN_NR_RESULTS);
	tallies[result == HIFN_RESULT_OK ? GOOD : FAILED].n++;
	free(res);
	free(mac);
}

static void commands(struct input *in)
{
	u8 *bytes = exact(HIFN_MAC_KEY_BYTES), *block;
	struct hifn_op op;
	u32 room = in8(in);
	int n;

	in_bytes(in, bytes, 4);
	read_op(in, &op, bytes);
	block = exact(room);
	n = hifn_cmd_encode(&op, block, room);
	MUST(n == -EINVAL || n == -ENOSPC || (n > 0 && n <= (int)room));
	MUST(n <= HIFN_OP_CMD_MAX_BYTES);
	MUST(n != -ENOSPC || room < HIFN_OP_CMD_MAX_BYTES);
	tallies[n > 0 ? ENCODED : REFUSED].n++;
	if (n > 0)
		check_result(in, &op);
	free(block);
	free(bytes);
}

/* ---- rings under a card that writes any descriptor at any time ---- */

struct chain {
	u16 slot, src, dst;
	u16 head[4];		/* first entry of each ring */
};

struct twin {
	struct hifn_rings rs;
	struct hifn_desc *mem[4];
	struct chain chain[MAX_ENTRIES];	/* published, oldest first */
	unsigned int count, harvested;
};

static struct hifn_ring *ring(struct twin *t, unsigned int i)
{
	struct hifn_ring *r[] = { &t->rs.cmd, &t->rs.res, &t->rs.src, &t->rs.dst };

	return r[i & 3];
}

static void rings_start(struct twin *t, struct input *in)
{
	u16 small = 2 + in8(in) % (MAX_ENTRIES - 1);

	memset(t, 0, sizeof(*t));
	t->rs.chain = exact(small * sizeof(*t->rs.chain));
	for (unsigned int i = 0; i < 4; i++) {
		u16 nr = i < 2 ? small : 2 + in8(in) % (MAX_ENTRIES - 1);

		t->mem[i] = exact((nr + 1) * sizeof(struct hifn_desc));
		hifn_ring_init(ring(t, i), t->mem[i], 0x1000 * i, nr);
	}
}

static void rings_submit(struct twin *t, struct input *in)
{
	u16 src = in8(in) % (MAX_ENTRIES + 2), dst = in8(in) % (MAX_ENTRIES + 2);
	u16 slot = 0x100 * dst + src;
	struct chain chain = { 0, src, dst, { 0 } };
	int err = hifn_rings_claim(&t->rs, src, dst, slot);

	MUST(!err || err == -EBUSY || err == -EINVAL);
	if (err)
		return;
	MUST(t->count < hifn_ring_capacity(&t->rs.res));
	for (u16 i = 0; i < dst; i++)
		hifn_ring_fill(&t->rs.dst, in16(in) | HIFN_D_DATA, in8(in));
	hifn_ring_fill(&t->rs.res, HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES, 0);
	for (u16 i = 0; i < src; i++)
		hifn_ring_fill(&t->rs.src, in16(in) | HIFN_D_DATA, in8(in));
	if (in8(in) & 1) {
		hifn_rings_rollback(&t->rs);
		return;
	}
	hifn_ring_fill(&t->rs.cmd, HIFN_D_CMD, 0);
	for (unsigned int i = 0; i < 4; i++)
		chain.head[i] = ring(t, i)->head;
	hifn_rings_publish(&t->rs);
	chain.slot = slot;
	t->chain[t->count++] = chain;
	tallies[CHAINS].n++;
}

static void rings_release(struct twin *t)
{
	hifn_rings_release(&t->rs);
	t->count--;
	t->harvested -= t->harvested > 0;
	memmove(t->chain, t->chain + 1, t->count * sizeof(t->chain[0]));
}

/* Every entry of the chain is the host's again. */
static bool given_back(struct twin *t, const struct chain *chain)
{
	const u16 n[4] = { 1, 1, chain->src, chain->dst };

	for (unsigned int i = 0; i < 4; i++)
		for (unsigned int k = 0; k < n[i]; k++)
			if (ring(t, i)->desc[(chain->head[i] + k) % ring(t, i)->nr].l &
			    cpu_to_le32(HIFN_D_VALID))
				return false;
	return true;
}

static void rings_harvest(struct twin *t)
{
	u16 slot;

	if (!hifn_rings_harvest(&t->rs, &slot))
		return;
	MUST(t->harvested < t->count && slot == t->chain[t->harvested].slot);
	MUST(given_back(t, &t->chain[t->harvested]));
	t->harvested++;
	tallies[HARVESTED].n++;
}

static void rings_abandon(struct twin *t)
{
	u16 slot;

	if (!hifn_rings_abandon(&t->rs, &slot))
		return;
	MUST(t->count && slot == t->chain[0].slot);
	rings_release(t);
	tallies[ABANDONED].n++;
}

/* The host's books depend on nothing the card has written. */
static void rings_check(struct twin *t)
{
	unsigned int src = 0, dst = 0;

	for (unsigned int i = 0; i < t->count; i++) {
		src += t->chain[i].src;
		dst += t->chain[i].dst;
	}
	MUST(t->rs.cmd.used == t->count && t->rs.res.used == t->count);
	MUST(t->rs.src.used == src && t->rs.dst.used == dst);
	MUST(t->rs.harvested == t->harvested && t->harvested <= t->count);
	for (unsigned int i = 0; i < 4; i++)
		MUST(ring(t, i)->head < ring(t, i)->nr &&
		     ring(t, i)->used <= hifn_ring_capacity(ring(t, i)));
}

static void card_writes(struct twin *t, struct input *in)
{
	u8 where = in8(in);
	struct hifn_ring *r = ring(t, where);
	u32 *words = (u32 *)r->desc;

	words[(where >> 2) % (2 * (r->nr + 1))] = in8(in) & 1 ? in32(in) : 0;
}

/* It does all it was given; or all but what one ring holds. */
static void card_works(struct twin *t, struct input *in)
{
	u8 but = in8(in);

	for (unsigned int i = 0; i < 4; i++)
		for (u16 k = 0; i != but && k < ring(t, i)->nr; k++)
			ring(t, i)->desc[k].l &= ~cpu_to_le32(HIFN_D_VALID);
}

static void rings_op(struct twin *t, struct input *in)
{
	switch (in8(in) & 7) {
	case 0:
	case 1:
		rings_submit(t, in);
		break;
	case 2:
		card_works(t, in);
		break;
	case 3:
		card_writes(t, in);
		break;
	case 4:
		rings_harvest(t);
		break;
	case 5:
		if (t->harvested)
			rings_release(t);
		break;
	case 6:
		rings_abandon(t);
		break;
	default:
		if (in8(in) & 3)
			break;
		hifn_rings_reset(&t->rs);
		t->count = 0;
		t->harvested = 0;
	}
}

static void rings(struct input *in)
{
	struct twin t;

	rings_start(&t, in);
	while (in->left) {
		rings_op(&t, in);
		rings_check(&t);
	}
	while (t.count)
		rings_abandon(&t);
	rings_check(&t);
	for (unsigned int i = 0; i < 4; i++)
		free(t.mem[i]);
	free(t.rs.chain);
}

/* ---- lists, parameters, random numbers ---- */

static void read_segs(struct input *in, struct hifn_segs *s)
{
	unsigned int n = in8(in) % (HIFN_MAX_SEGS + 2);

	hifn_segs_init(s);
	while (n--)
		if (!hifn_segs_add(s, in16(in) * 4 + (in8(in) & 7), in32(in) >> (13 + in8(in) % 19)))
			MUST(s->too_many && s->nr == HIFN_MAX_SEGS);
}

static unsigned int descriptors(const struct hifn_segs *s, bool bounce, const struct hifn_plan *plan)
{
	unsigned int n = 0;
	u32 bus, bytes, sum = 0;

	if (bounce)
		return plan->nr_pages;
	for (u16 i = 0; i < s->nr; i++) {
		struct hifn_cut cut = { s->seg[i].addr, s->seg[i].bytes };

		for (; hifn_cut_next(&cut, &bus, &bytes); n++) {
			MUST(bytes && bytes <= HIFN_PIECE_BYTES);
			sum += bytes;
		}
	}
	MUST(sum == s->bytes);
	return n;
}

static void plans(struct input *in)
{
	struct hifn_segs src, dst;
	struct hifn_plan plan;
	u8 how = in8(in);
	u32 bytes;
	int err;

	read_segs(in, &src);
	read_segs(in, &dst);
	if (how & 1)
		dst = src;
	bytes = how & 2 ? in32(in) : src.bytes;
	err = hifn_sgplan(&plan, &src, how & 4 ? NULL : &dst, bytes, 4 << (how >> 4 & 3), how & 8);
	MUST(!err || err == -EINVAL || err == -EOPNOTSUPP);
	if (err)
		return;
	MUST(plan.nr_src && plan.nr_src <= HIFN_MAX_DESCS);
	MUST(plan.nr_dst && plan.nr_dst <= HIFN_MAX_DESCS);
	MUST(plan.nr_src == descriptors(&src, plan.src_bounce, &plan));
	MUST(plan.nr_dst == descriptors(&dst, plan.dst_bounce || plan.dst_scratch, &plan));
	MUST(!(plan.src_bounce || plan.dst_bounce) || plan.nr_pages <= HIFN_MAX_BOUNCE);
	tallies[PLANS].n++;
	tallies[BOUNCED].n += plan.src_bounce || plan.dst_bounce;
}

static void pll(struct input *in)
{
	size_t n = in->left;
	char *text = exact(n + 1);
	struct hifn_pll pll;

	in_bytes(in, text, n);
	if (!hifn_pll_parse(text, &pll)) {
		MUST(pll.mult >= 2 && pll.mult % 2 == 0 && pll.ref_mhz);
		MUST(pll.ref_mhz * pll.mult <= HIFN_PLL_FCK_MAX_MHZ);
		MUST(!(hifn_pll_step4(pll.config) & HIFN_PLL_BP));
		MUST(hifn_pll_pk_ns(&pll, HIFN_RNG_PK_CLOCKS) > 0);
		tallies[PLLS].n++;
	}
	free(text);
}

/* An alarm stays; words repeat as the input wants. */
static void health(struct input *in)
{
	struct hifn_health h;
	enum hifn_health_result was = HIFN_HEALTH_GOOD, is;

	hifn_health_init(&h);
	while (in->left) {
		u32 word = in32(in);

		for (int n = 1 + in8(in) % 8; n; n--) {
			is = hifn_health_word(&h, word);
			MUST(was == HIFN_HEALTH_GOOD || is == was);
			was = is;
		}
	}
	tallies[HEALTH].n += was != HIFN_HEALTH_GOOD;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parts[])(struct input *in) = {
		commands, rings, plans, rings, commands, pll, plans, health,
	};
	struct input in = { data, size };
	static bool begun;

	if (!begun)
		fuzz_begin("driver", tallies, TALLIES);
	begun = true;
	tallies[INPUTS].n++;
	parts[in8(&in) & 7](&in);
	return 0;
}
