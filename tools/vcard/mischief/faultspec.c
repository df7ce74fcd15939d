// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the faults mean, and the language that sets them:
 *
 *   NAME         until cleared             NAME:US       the same, with a time
 *   NAME:K       once, the K-th time       NAME:US@K     the same, with a time
 *   NAME%N       with a chance of 1 in N   NAME:US%N     the same, with a time
 */
#include <stdlib.h>

#include "../instruments/counters.h"
#include "faultspec.h"

#define DELAY_MAX_US	10000000

/* What may follow the name. */
#define NOW	1	/* nothing */
#define AT	2	/* :K, or with a time @K */
#define RATE	4	/* %N */
#define TIME	8	/* :US */
#define ALG	16	/* :ALG */
#define SEED	32	/* :SEED, and %N */

static const struct {
	unsigned int takes;
	const char *help;
} table[VC_FAULTS] = {
	[VC_F_SLOW] = { TIME | AT | RATE,
		"a command's data moves only US microseconds after the command was read" },
	[VC_F_LATE] = { TIME | AT | RATE,
		"a command is taken up only US microseconds after the card has seen it" },
	[VC_F_STUCK] = { AT | RATE,
		"the processing unit stops at the command, until a master reset" },
	[VC_F_STUCK_CMD] = { AT | RATE,
		"the command engine stops at the command's descriptor, until a master reset" },
	[VC_F_STUCK_SRC] = { AT | RATE,
		"the source engine stops half way, until a master reset" },
	[VC_F_STUCK_DST] = { AT | RATE,
		"the destination engine stops half way, until a master reset" },
	[VC_F_STUCK_RES] = { AT | RATE,
		"the result engine stops after 4 bytes of the result, until a master reset" },
	[VC_F_ABORT] = { AT | RATE,
		"reading the command ends in a master abort" },
	[VC_F_ABORT_SRC] = { AT | RATE,
		"a master abort half way through the source" },
	[VC_F_ABORT_DST] = { AT | RATE,
		"a master abort half way through the destination" },
	[VC_F_ABORT_RES] = { AT | RATE,
		"a master abort after 4 bytes of the result" },
	[VC_F_LOST_IRQ] = { AT | RATE, "the result raises no DONE" },
	[VC_F_LATE_IRQ] = { TIME | AT | RATE,
		"the result raises DONE only US microseconds after it was written" },
	[VC_F_SPURIOUS_IRQ] = { AT | RATE,
		"the line rises at the command with nothing to show for it" },
	[VC_F_NO_IRQ] = { NOW,
		"the interrupt line stays down, whatever the registers say" },
	[VC_F_NO_RESULT] = { AT | RATE,
		"the result is not written, though its VALID is cleared" },
	[VC_F_OVERRUN] = { AT | RATE,
		"the result tells of a destination overrun that was none" },
	[VC_F_STARVED] = { AT | RATE,
		"every engine's result tells of missing input that was there" },
	[VC_F_BAD_RESIDUAL] = { AT | RATE,
		"both residual counts of the result are wrong" },
	[VC_F_NO_VALID_CMD] = { AT | RATE,
		"VALID of the command's descriptor is never cleared" },
	[VC_F_NO_VALID_SRC] = { AT | RATE,
		"VALID of the last source descriptor is never cleared" },
	[VC_F_NO_VALID_DST] = { AT | RATE,
		"VALID of the last destination descriptor is never cleared" },
	[VC_F_NO_VALID] = { AT | RATE,
		"VALID of the result's descriptor is never cleared" },
	[VC_F_CORRUPT] = { ALG,
		"one output bit of every ALG command is wrong (ALG as in the counters)" },
	[VC_F_CORRUPT_AT] = { AT | RATE,
		"one bit goes wrong on the way to memory, after the MAC was made" },
	[VC_F_CORRUPT_IN] = { AT | RATE,
		"one bit goes wrong on the way from memory, before the MAC is made" },
	[VC_F_GONE] = { NOW | AT | RATE,
		"the card has left the bus: all reads give ones" },
	[VC_F_GONE_RESET] = { NOW | AT | RATE,
		"the same, but a reset of the PCI bus brings it back" },
	[VC_F_SLOW_RESET] = { NOW | TIME | AT | RATE,
		"a reset takes US microseconds, or without a number for ever" },
	[VC_F_BACK_LOCKED] = { AT | RATE,
		"the card comes back locked from the reset" },
	[VC_F_BACK_SEALED] = { AT | RATE,
		"the same, and unlocking fails until the PCI bus is reset" },
	[VC_F_LOCKED] = { NOW,
		"the chip is locked at once and unlocking never succeeds" },
	[VC_F_PLL_STUCK] = { NOW | AT | RATE,
		"the PLL does not settle: what runs off it stands still" },
	[VC_F_RNG_STUCK] = { NOW, "the random number stays what it is" },
	[VC_F_HOSTILE] = { SEED | RATE,
		"rubbish wherever a card may write, by SEED; one command in N (default 32)" },
	[VC_F_PUB_STUCK] = { NOW,
		"the public-key unit never comes out of its reset" },
	[VC_F_SMALL_BARS] = { NOW,
		"its BARs are half as large; QEMU asks for sizes when it connects" },
	[VC_F_PASS_THROUGH] = { AT | RATE,
		"the data pass through as they are, and the result is good" },
	[VC_F_CLEAR_TAIL] = { AT | RATE,
		"the cipher's last block passes through as it is, and the result is good" },
	[VC_F_NO_DATA] = { AT | RATE,
		"the destination is not written, and the result is good" },
	[VC_F_STALE_KEY] = { AT | RATE,
		"the session's key of before is used instead of the command's" },
	[VC_F_HOLE] = { AT | RATE,
		"a piece in the middle of the destination is not written, the result is good" },
	[VC_F_MISREAD] = { AT | RATE,
		"text passes through, a digest is wrong; PUISR alone has CMDINVAL" },
	[VC_F_CLEAN_REFUSAL] = { NOW,
		"a command the card refuses passes its data through with a good result" },
	[VC_F_COUNT16] = { NOW,
		"a cipher's count has 16 bits: what is beyond 64 KiB passes through" },
	[VC_F_BACK_LEVEL1] = { AT | RATE,
		"the card comes back from the reset with DES and MACs only" },
	[VC_F_BACK_WRONG] = { AT | RATE,
		"the card comes back from the reset with a cipher that is wrong in a bit" },
	[VC_F_EDGE_IRQ] = { NOW,
		"the line rises when a bit is set, not because one is" },
	[VC_F_WEDGE] = { NOW,
		"the processing unit stops at each text of more than 1024 bytes, until a master reset" },
};

/* What may follow the name, as the help shows it. */
static const char *form(unsigned int takes)
{
	switch (takes) {
	case AT | RATE:
		return ":K %N";
	case NOW | AT | RATE:
		return "[:K %N]";
	case TIME | AT | RATE:
		return ":US[@K %N]";
	case NOW | TIME | AT | RATE:
		return "[:US][@K %N]";
	case ALG:
		return ":ALG";
	case SEED | RATE:
		return ":SEED[%N]";
	default:
		return "";
	}
}

void faultspec_help(FILE *f)
{
	for (int i = VC_F_COMMAND_FIRST; i < VC_FAULTS; i++) {
		int n = fprintf(f, "  %s%s", fault_name(i), form(table[i].takes));

		fprintf(f, "%*s%s\n", n < 26 ? 26 - n : 1, "", table[i].help);
	}
	fprintf(f, "\nK: once, at the K-th command from now (for slow-reset and back-...: reset; for\n"
		"pll-stuck: start of the PLL). N: each time with a chance of 1 in N, drawn from a\n"
		"generator that --seed sets. Neither: always.\n");
}

static const char *parse_corrupt(struct faultspec *spec, const char *alg)
{
	for (int i = 0; i < VC_OPS; i++) {
		if (i >= VC_OP_CTXREAD && (i < VC_OP_SHA1 || i > VC_OP_HMAC_MD5))
			continue;
		if (!strcmp(alg, counters_op_name(i))) {
			spec->alg = i;
			return NULL;
		}
	}
	return "corrupt: unknown algorithm";
}

/* A decimal number after `mark`; *at is moved behind it, *val is 0 without one. */
static const char *parse_number(const char **at, char mark, uint64_t *val)
{
	const char *from = *at + 1;
	char *end;

	*val = 0;
	if (**at != mark)
		return NULL;
	errno = 0;
	*val = strtoull(from, &end, 10);
	if (errno || end == from || *from < '0' || *from > '9')
		return "a number is missing or out of range";
	if (!*val && mark != ':')
		return "a command, a reset or a chance of 0 does not exist";
	*at = end;
	return NULL;
}

/* A fault as it was written; has_number: the one after ':'. */
struct spec {
	bool has_number;
	uint64_t number, at, rate;
};

static const char *parse_tail(struct spec *s, const char *tail)
{
	const char *why;

	s->has_number = *tail == ':';
	why = parse_number(&tail, ':', &s->number);
	if (!why)
		why = parse_number(&tail, '@', &s->at);
	if (!why)
		why = parse_number(&tail, '%', &s->rate);
	if (!why && *tail)
		why = "unexpected characters at the end";
	return why;
}

/* What ':' means depends on the fault: a time, or K. */
static const char *settle(struct spec *s, unsigned int takes)
{
	if (takes & SEED)
		return s->has_number && !s->at ? NULL : "this fault needs NAME:SEED";
	if (takes & TIME) {
		if (s->number > DELAY_MAX_US)
			return "a delay is at most 10000000 us";
		if (!s->has_number && !(takes & NOW))
			return "this fault needs a time: NAME:US";
	} else {
		if (s->at)
			return "'@' belongs to faults with a time; this one takes NAME:K";
		if (s->has_number && !s->number)
			return "commands and resets are counted from 1";
		s->at = s->number;
	}
	if (s->at && s->rate)
		return "either once or with a chance, not both";
	if ((s->at && !(takes & AT)) || (s->rate && !(takes & RATE)))
		return "this fault takes no number";
	if (!s->at && !s->rate && !(takes & (NOW | TIME)))
		return "this fault needs NAME:K or NAME%N";
	return NULL;
}

static int find(const char *name, size_t len)
{
	for (int i = VC_F_COMMAND_FIRST; i < VC_FAULTS; i++)
		if (strlen(fault_name(i)) == len && !memcmp(fault_name(i), name, len))
			return i;
	return -1;
}

const char *faultspec_parse(const char *text, struct faultspec *spec)
{
	size_t len = strcspn(text, ":@%");
	int id = find(text, len);
	struct spec s = { 0 };
	const char *why;

	if (id < 0)
		return "unknown fault";
	*spec = (struct faultspec){ .id = id };
	if (id == VC_F_CORRUPT)
		return parse_corrupt(spec, text[len] == ':' ? text + len + 1 : "");
	why = parse_tail(&s, text + len);
	if (!why)
		why = settle(&s, table[id].takes);
	if (why)
		return why;
	if (id == VC_F_HOSTILE) {
		spec->seed = s.number;
		spec->one_in = s.rate;
		s.rate = 0;
	}
	spec->how = (struct fault){
		.always = !s.at && !s.rate, .left = s.at, .rate = s.rate,
		.ns = table[id].takes & TIME && s.has_number ? s.number * 1000 : 0,
	};
	return NULL;
}
