// SPDX-License-Identifier: BSD-2-Clause
/*
 * Exact counters, and their form as one line of JSON.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "counters.h"

static const char *const op_names[VC_OPS] = {
	"aes-ecb", "aes-cbc", "aes-cfb", "aes-ofb",
	"des-ecb", "des-cbc", "des-cfb", "des-ofb",
	"des3-ecb", "des3-cbc", "des3-cfb", "des3-ofb",
	"ctxram-read", "ctxram-write", "sha1", "md5", "hmac-sha1", "hmac-md5",
	"copy", "refused", "one-pass",
};

static const char *const error_names[VC_ERRORS + 1] = {
	[VC_ERR_REGISTER] = "register", [VC_ERR_VALUE] = "value",
	[VC_ERR_UNLOCK] = "unlock", [VC_ERR_ABORT] = "abort",
	[VC_ERR_COMMAND] = "command", [VC_ERR_LOCKED] = "locked",
	[VC_ERR_ALIGN] = "alignment", [VC_ERR_LENGTH] = "length",
	[VC_ERR_SOURCE] = "source", [VC_ERR_DSTOVER] = "dst-overrun",
	[VC_ERR_RESOVER] = "result-overrun",
	[VC_ERRORS] = "protocol",	/* the bus side's */
};

static const char *const cause_names[32] = {
	[29] = "D_ABORT", [28] = "D_DONE", [27] = "D_LAST", [26] = "D_WAIT", [25] = "D_OVER",
	[21] = "R_ABORT", [20] = "R_DONE", [19] = "R_LAST", [18] = "R_WAIT", [17] = "R_OVER",
	[13] = "S_ABORT", [12] = "S_DONE", [11] = "S_LAST", [10] = "S_WAIT",
	[5] = "C_ABORT", [4] = "C_DONE", [3] = "C_LAST", [2] = "C_WAIT",
	[1] = "PUBDONE", [0] = "ENGINE",
};

const char *counters_op_name(enum vc_op op)
{
	return op_names[op];
}

/* Commas go before every member but the first of an object. */
static void json_u64(FILE *f, bool *first, const char *name, uint64_t val)
{
	fprintf(f, "%s\"%s\":%" PRIu64, *first ? "" : ",", name, val);
	*first = false;
}

static uint64_t json_regs(FILE *f, const uint64_t count[2][VC_REGS1], uint64_t pubmem,
			  uint64_t ctxram)
{
	bool first = true;
	uint64_t sum = pubmem + ctxram;

	fputc('{', f);
	for (unsigned int bar = 0; bar < 2; bar++) {
		for (unsigned int i = 0; i < (bar ? VC_REGS1 : VC_REGS0); i++) {
			const struct vc_reg *reg = vc_reg_find(bar, i * 4);

			sum += count[bar][i];
			if (reg)
				json_u64(f, &first, reg->name, count[bar][i]);
		}
	}
	json_u64(f, &first, "PUB_MEM", pubmem);
	json_u64(f, &first, "CTXRAM", ctxram);
	fputc('}', f);
	return sum;
}

static void json_mmio(FILE *f, const struct vc_count *c)
{
	uint64_t reads, writes;
	bool first = false;

	fputs("\"mmio\":{\"read\":", f);
	reads = json_regs(f, c->reads, c->pubmem_reads, c->ctxram_reads);
	fputs(",\"write\":", f);
	writes = json_regs(f, c->writes, c->pubmem_writes, c->ctxram_writes);
	json_u64(f, &first, "reads", reads);
	json_u64(f, &first, "writes", writes);
	json_u64(f, &first, "config_reads", c->config_reads);
	json_u64(f, &first, "config_writes", c->config_writes);
	fputc('}', f);
}

static void json_irq(FILE *f, const struct vc_count *c, const struct counters_bus *bus)
{
	bool first = true;

	fputs(",\"irq\":{", f);
	json_u64(f, &first, "raised", c->irq_raised);
	json_u64(f, &first, "fired", bus->fired);
	json_u64(f, &first, "retracted", bus->retracted);
	fputs(",\"cause\":{", f);
	first = true;
	for (unsigned int bit = 0; bit < 32; bit++) {
		if (cause_names[bit])
			json_u64(f, &first, cause_names[bit], c->irq_cause[bit]);
	}
	fputs("}}", f);
}

static void json_dma(FILE *f, const struct vc_count *c)
{
	bool first = true;

	fputs(",\"dma\":{\"read\":{", f);
	json_u64(f, &first, "descriptor", c->dma_read[VC_DMA_DESC]);
	json_u64(f, &first, "command", c->dma_read[VC_DMA_CMD]);
	json_u64(f, &first, "data", c->dma_read[VC_DMA_DATA]);
	fputs("},\"write\":{", f);
	first = true;
	json_u64(f, &first, "descriptor", c->dma_write[VC_DMA_DESC]);
	json_u64(f, &first, "data", c->dma_write[VC_DMA_DATA]);
	json_u64(f, &first, "result", c->dma_write[VC_DMA_RESULT]);
	fputc('}', f);
	first = false;
	json_u64(f, &first, "polls", c->polls);
	fputc('}', f);
}

static void json_state(FILE *f, const struct vc_card *card)
{
	const struct vc_count *c = &card->host.count;
	bool first = true;

	fputs(",\"state\":{", f);
	json_u64(f, &first, "bus_master", vc_bus_master(&card->config));
	json_u64(f, &first, "engines", vc_rings_enabled(&card->rings));
	json_u64(f, &first, "resets", c->resets);
	json_u64(f, &first, "master_resets", c->master_resets);
	json_u64(f, &first, "live_resets", c->live_resets);
	fputc('}', f);
}

static void json_faults(FILE *f, const struct counters_list *faults)
{
	bool first = true;

	fputs(",\"faults\":{", f);
	for (unsigned int i = 0; i < faults->n; i++)
		json_u64(f, &first, faults->name(i), faults->val[i]);
	fputc('}', f);
}

static void json_list(FILE *f, const char *name, const char *total, uint64_t sum,
		      const char *const *names, const uint64_t *val, int n)
{
	bool first = true;

	fprintf(f, ",\"%s\":{", name);
	json_u64(f, &first, total, sum);
	for (int i = 0; i < n; i++)
		json_u64(f, &first, names[i], val[i]);
	fputc('}', f);
}

/* Mistakes of the host, whoever has noticed them. */
static void json_errors(FILE *f, const struct vc_count *c, const struct counters_bus *bus)
{
	uint64_t all[VC_ERRORS + 1], sum = 0;

	memcpy(all, c->errors, sizeof(c->errors));
	all[VC_ERRORS] = bus->refused;
	for (int i = 0; i <= VC_ERRORS; i++)
		sum += all[i];
	json_list(f, "errors", "total", sum, error_names, all, VC_ERRORS + 1);
}

static void json_latency(FILE *f, const struct vc_clock_count *c)
{
	bool first = true;
	uint64_t sum = 0;

	for (int i = 0; i < VC_LATENCIES; i++)
		sum += c->latency[i];
	fputs(",\"latency\":{", f);
	json_u64(f, &first, "count", sum);
	json_u64(f, &first, "sum_ns", c->latency_sum);
	json_u64(f, &first, "max_ns", c->latency_max);
	fputs(",\"log2_ns\":[", f);
	for (int i = 0; i < VC_LATENCIES; i++)
		fprintf(f, "%s%" PRIu64, i ? "," : "", c->latency[i]);
	fputs("]}", f);
}

/* With a clock only. */
static void json_clock(FILE *f, const struct vc_clock_count *c)
{
	bool first = true;

	fputs(",\"clock\":{\"bus\":{", f);
	json_u64(f, &first, "elapsed", c->elapsed);
	json_u64(f, &first, "job", c->bus_job);
	json_u64(f, &first, "poll", c->bus_poll);
	json_u64(f, &first, "host", c->bus_host);
	fputs("},\"engine\":{", f);
	first = true;
	json_u64(f, &first, "elapsed", c->engine_elapsed);
	json_u64(f, &first, "cipher", c->cipher);
	json_u64(f, &first, "mac", c->mac);
	fputs("}", f);
	first = false;
	json_u64(f, &first, "polls", c->polls);
	json_u64(f, &first, "late_sum_ns", c->late_sum);
	json_u64(f, &first, "late_max_ns", c->late_max);
	json_latency(f, c);
	fputc('}', f);
}

char *counters_json(const struct vc_card *card, const struct counters_bus *bus,
		    const struct counters_list *faults)
{
	const struct vc_count *c = &card->host.count;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputc('{', f);
	json_mmio(f, c);
	json_irq(f, c, bus);
	json_dma(f, c);
	json_list(f, "commands", "total", c->commands, op_names, c->ops, VC_OPS);
	json_errors(f, c, bus);
	json_faults(f, faults);
	json_state(f, card);
	if (card->host.clock)
		json_clock(f, &c->clock);
	fputc('}', f);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}
