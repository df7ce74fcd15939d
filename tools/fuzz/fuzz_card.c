// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hostile guest: the input is a program of register accesses, memory writes,
 * commands, steps, and changes of what is mapped. The card must keep to its
 * rules, and work again after a reset.
 */
#include <linux/pci_regs.h>

#include "../../drivers/hifn_unlock.h"
#include "../vcard/instruments/counters.h"
#include "../vcard/mischief/faultspec.h"
#include "../vcard/mischief/mischief.h"
#include "program.h"

#define MAX_OPS		200

FILE *program_record;

static struct program prog;

enum { INPUTS, STEPS, COMMANDS, CIPHERS, MACS, ESP, COPIES, CTX, REFUSED, ABORTS, DESTOVERS,
       INTERRUPTS, UNLOCKS, FAULTS, STRUCK, TIMED, TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [STEPS] = { "steps", 0 },
	[COMMANDS] = { "commands", 0 }, [CIPHERS] = { "ciphers", 0 },
	[MACS] = { "macs", 0 }, [ESP] = { "one-pass", 0 }, [COPIES] = { "copies", 0 },
	[CTX] = { "context", 0 }, [REFUSED] = { "refused", 0 }, [ABORTS] = { "aborts", 0 },
	[DESTOVERS] = { "overruns", 0 }, [INTERRUPTS] = { "interrupts", 0 },
	[UNLOCKS] = { "unlocks", 0 }, [FAULTS] = { "faults-set", 0 },
	[STRUCK] = { "faults-struck", 0 }, [TIMED] = { "timed", 0 },
};

static uint64_t now(void *opaque)
{
	(void)opaque;
	return prog.now;
}

static void on_irq(void *opaque, bool level)
{
	(void)opaque;
	MUST(level == vcard_irq(prog.vc));
}

static void on_log(void *opaque, const char *line)
{
	(void)opaque;
	if (program_record)
		fprintf(program_record, "log %s\n", line);
}

/* Bits of an input's first byte. */
static struct vcard_config config(uint8_t kind)
{
	static const struct vcard_ops ops = {
		.dma = guest_dma, .irq = on_irq, .now = now, .log = on_log,
	};

	return (struct vcard_config){
		.unlocked = !(kind & 1), .strict_unlock = kind & 2,
		.device = kind & 4 ? 7956 : 7955,
		.seed = 1, .ops = &ops, .trace = program_record,
	};
}

static void begin(void)
{
	struct vcard_config cfg = config(0);

	if (prog.vc)
		return;
	fuzz_begin("card", tallies, TALLIES);
	prog.vc = vcard_create(&cfg);
	if (!prog.vc)
		abort();
}

static void collect(struct program *p)
{
	const struct vc_count *c = &vcard_silicon(p->vc)->host.count;
	uint64_t engines = 0;

	for (int i = 0; i < VC_OP_CTXREAD; i++)
		engines += c->ops[i];
	tallies[CIPHERS].n += engines;
	for (int i = VC_OP_SHA1; i <= VC_OP_HMAC_MD5; i++) {
		tallies[MACS].n += c->ops[i];
		engines += c->ops[i];
	}
	engines += c->ops[VC_OP_CTXREAD] + c->ops[VC_OP_CTXWRITE] + c->ops[VC_OP_COPY] +
		   c->ops[VC_OP_REFUSED];
	tallies[COMMANDS].n += c->commands;
	tallies[ESP].n += engines - c->commands;
	tallies[COPIES].n += c->ops[VC_OP_COPY];
	tallies[CTX].n += c->ops[VC_OP_CTXREAD] + c->ops[VC_OP_CTXWRITE];
	tallies[REFUSED].n += c->ops[VC_OP_REFUSED];
	tallies[ABORTS].n += c->errors[VC_ERR_ABORT];
	tallies[DESTOVERS].n += c->errors[VC_ERR_DSTOVER];
	tallies[INTERRUPTS].n += c->irq_raised;
	for (int i = 0; i < VC_LATENCIES; i++)
		tallies[TIMED].n += c->clock.latency[i];
}

/* How the input ended, for who keeps a record. */
static void record(struct program *p)
{
	char *json = program_record ? vcard_counters_json(p->vc) : NULL;

	if (json)
		fprintf(program_record, "counters %s\n", json);
	free(json);
}

static uint32_t some_value(struct input *in)
{
	static const uint32_t values[] = {
		0, HIFN_DMACNFG_RUN, HIFN_DMACNFG_IDLE, HIFN_DMACNFG_RESET_DMA,
		HIFN_DMACNFG_RESET_FULL, HIFN_DMACNFG_UNLOCKING, HIFN_DMACSR_ENA_ALL,
		HIFN_DMACSR_DIS_ALL, HIFN_DMACSR_STATUS_ALL, HIFN_PUCTRL_DMAENA,
		HIFN_PUCTRL_DMAENA | HIFN_PUCTRL_STOP, HIFN_PUCTRL_RESET, HIFN_PUCNFG_RUN,
		HIFN_PUCNFG_RUN | HIFN_PUCNFG_CHIPID, 0x340, 0xffffffff,
	};
	uint8_t how = in8(in);

	if (how < 0x40)
		return values[how % ARRAY_SIZE(values)];
	if (how < 0x80)
		return 1u << (how & 31);
	return how < 0xc0 ? guest_address(in) : in32(in);
}

/* A register both drivers know, or any offset. */
static void some_register(struct input *in, unsigned int *bar, uint32_t *off)
{
	static const uint16_t offs[] = {
		HIFN_0_PUCTRL, HIFN_0_PUISR, HIFN_0_PUCNFG, HIFN_0_PUIER, HIFN_0_PUSTAT,
		HIFN_0_PUCTRL2, HIFN_1_DMA_CRAR, HIFN_1_DMA_SRAR, HIFN_1_DMA_RRAR,
		HIFN_1_DMA_DRAR, HIFN_1_DMA_CSR, HIFN_1_DMA_IER, HIFN_1_DMA_CNFG,
		HIFN_1_PLL, HIFN_1_UNLOCK_SECRET1, HIFN_1_UNLOCK_SECRET2, HIFN_1_PUB_RESET,
		HIFN_1_PUB_OP, HIFN_1_PUB_STATUS, HIFN_1_PUB_IEN, HIFN_1_RNG_CONFIG,
		HIFN_1_RNG_DATA, HIFN_1_PUB_FIFO_OP,
	};
	uint8_t how = in8(in);

	if (how < 0xc0) {
		*bar = how % ARRAY_SIZE(offs) >= 6;
		*off = offs[how % ARRAY_SIZE(offs)];
	} else {
		*bar = how & 3;
		*off = in16(in);
	}
}

static void op_register(struct program *p, struct input *in, bool write)
{
	unsigned int bar;
	uint32_t off;

	some_register(in, &bar, &off);
	if (write)
		vcard_wr32(p->vc, bar, off, some_value(in));
	else
		vcard_rd32(p->vc, bar, off);
}

/* Any width, in a buffer of exactly that size. */
static void op_access(struct program *p, struct input *in)
{
	uint8_t how = in8(in);
	uint32_t len = how >> 4, off = in16(in);
	uint8_t *buf = malloc(len ? len : 1);

	if (!buf)
		abort();
	in_bytes(in, buf, len);
	if (how & 4 && how & 1)
		vcard_config_read(p->vc, off & 0x1ff, buf, len);
	else if (how & 4)
		vcard_config_write(p->vc, off & 0x1ff, buf, len);
	else if (how & 8)
		vcard_read(p->vc, how & 3, off, buf, len);
	else
		vcard_write(p->vc, how & 3, off, buf, len);
	free(buf);
}

static void op_memory(struct input *in)
{
	uint32_t addr = guest_address(in);

	guest_write32(addr, in32(in));
}

/* A ring of hundreds of the same descriptor, or of jumps from each to the next. */
static void long_ring(struct program *p, enum vc_ring_id ring, uint32_t flags, uint32_t addr)
{
	uint32_t end = GUEST_LARGE + GUEST_LARGE_BYTES;

	for (uint32_t at = GUEST_LARGE; at < end; at += 8) {
		guest_write32(at, flags);
		guest_write32(at + 4, flags & HIFN_D_JUMP ? at + 8 : addr);
	}
	guest_write32(end - 4, GUEST_LARGE);
	vcard_wr32(p->vc, 1, vc_ring_base[ring], GUEST_LARGE);
}

/* A descriptor of any kind, at a slot or anywhere. */
static void op_descriptor(struct program *p, struct input *in)
{
	uint8_t how = in8(in);
	uint32_t flags = in16(in) | (uint32_t)in8(in) << 24;

	if (how >= 0xf0) {
		long_ring(p, how & 3, flags | HIFN_D_VALID, guest_address(in));
	} else if (how & 0x80) {
		uint32_t at = guest_address(in);

		guest_write32(at, flags);
		guest_write32(at + 4, guest_address(in));
	} else {
		program_post(p, how & 3, flags | HIFN_D_VALID, guest_address(in));
	}
}

static void op_map(struct input *in)
{
	uint8_t how = in8(in);
	unsigned int block = (how & 0x3f) % GUEST_BLOCKS;

	if (how >= 0xc0)
		guest_unmap(block);
	else
		guest_map(block, how < 0x80);
}

/* Every fault, in every form the language has; most forms fit only some. */
static void op_fault(struct program *p, struct input *in)
{
	static const char *const forms[] = { "%s", "%s:%u", "%s%%%u", "%s:%u@%u", "%s:%u%%%u" };
	unsigned int which = in8(in), arg = in8(in);
	const char *name = fault_name(1 + which % (VC_FAULTS - 1));
	char spec[96];

	if (which >= 0xf0) {
		vcard_faults_clear(p->vc);
		return;
	}
	if (!strcmp(name, "corrupt"))
		snprintf(spec, sizeof(spec), "%s:%s", name, counters_op_name(arg % VC_OPS));
	else
		snprintf(spec, sizeof(spec), forms[(arg & 15) % ARRAY_SIZE(forms)], name,
			 1 + (arg >> 4 & 3), 1 + (arg >> 6));
	tallies[FAULTS].n += !vcard_fault(p->vc, spec);
}

/* The unlock sequence, one value wrong if the input says so. */
static void op_unlock(struct program *p, struct input *in)
{
	unsigned int wrong = in8(in);
	uint32_t val;

	vcard_wr32(p->vc, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_UNLOCKING);
	val = vcard_rd32(p->vc, 1, HIFN_1_UNLOCK_SECRET1);
	for (unsigned int i = 0; i < HIFN_UNLOCK_ROUNDS; i++) {
		val = hifn_unlock_round(val) ^ (i == wrong);
		vcard_wr32(p->vc, 1, HIFN_1_UNLOCK_SECRET2, val);
	}
	vcard_wr32(p->vc, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
	tallies[UNLOCKS].n += vcard_silicon(p->vc)->unlock.level == HIFN_LEVEL_2;
}

/* Speeds that are changed to on the way; NULL leaves it as it is. */
static void set_clock(struct program *p, unsigned int which)
{
	static const char *const specs[] = {
		NULL, "instant", "pci33", "pci66,slow=3", "pci33,fast=20", "pci66,engine=3,poll=16",
	};

	if (specs[which % ARRAY_SIZE(specs)])
		MUST(!vcard_clock(p->vc, specs[which % ARRAY_SIZE(specs)]));
}

static void op_counters(struct program *p, struct input *in)
{
	uint8_t code = in8(in);
	char *json;

	if (code >= 0xe0)
		set_clock(p, code);
	if (code & 1) {
		collect(p);
		vcard_counters_reset(p->vc);
		return;
	}
	json = vcard_counters_json(p->vc);
	MUST(json && json[0] == '{' && !strchr(json, '\n'));
	free(json);
}

static void op_step(struct program *p, struct input *in)
{
	uint8_t code = in8(in);

	tallies[STEPS].n++;
	p->now += 100 * (code >> 5);
	program_step(p, 1u << (code & 15));
}

/* Some time, or as long as the card said it would wait. */
static void op_time(struct program *p, struct input *in)
{
	uint8_t code = in8(in);

	if (!(code & 1))
		p->now += 500ull * code;
	else if (p->due && p->due != VCARD_NEVER && p->due > p->now)
		p->now = p->due;
}

static void op(struct program *p, struct input *in)
{
	uint8_t code = in8(in);

	switch (code & 0x0f) {
	case 0:
	case 1:
		op_step(p, in);
		break;
	case 2:
	case 3:
		program_command(p, in);
		break;
	case 4:
		op_register(p, in, true);
		break;
	case 5:
		op_register(p, in, false);
		break;
	case 6:
		op_access(p, in);
		break;
	case 7:
		op_memory(in);
		break;
	case 8:
		op_descriptor(p, in);
		break;
	case 9:
		op_map(in);
		break;
	case 10:
		op_fault(p, in);
		break;
	case 11:
		op_unlock(p, in);
		break;
	case 12:
		guest_race(in8(in), guest_address(in), in32(in));
		break;
	case 13:
		if (code & 0x80)
			vcard_pci_reset(p->vc);
		program_bring_up(p);
		break;
	case 14:
		op_counters(p, in);
		break;
	default:
		op_time(p, in);
	}
}

static void start(struct program *p, uint8_t kind)
{
	struct vcard_config cfg = config(kind);

	vcard_power_cycle(p->vc, &cfg);
	p->now = 1000000;
	p->due = VCARD_NEVER;
	guest_start();
	vcard_pci_reset(p->vc);
	if (kind & 0x80)
		set_clock(p, kind >> 4);
	if (!(kind & 8))
		program_bring_up(p);
}

/* Not recorded: it is the harness's own, and the same every time. */
static void verify(struct program *p)
{
	long end = program_record ? ftell(program_record) : 0;

	program_verify(p);
	if (program_record)
		fseek(program_record, end, SEEK_SET);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int ops = 0;

	begin();
	tallies[INPUTS].n++;
	start(&prog, in8(&in));
	while (in.left && ops++ < MAX_OPS)
		op(&prog, &in);
	program_step(&prog, 65536);
	collect(&prog);
	for (int i = 0; i < VC_FAULTS; i++)
		tallies[STRUCK].n += vcard_mischief(prog.vc)->faults.hits[i];
	record(&prog);
	set_clock(&prog, 1);
	verify(&prog);
	return 0;
}
