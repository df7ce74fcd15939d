// SPDX-License-Identifier: BSD-2-Clause
/*
 * hifnctl decode: what registers, descriptors and messages say. Reads what we have written somewhere:
 * /sys/class/acf, the kernel's log, the virtual card's trace; anything else is passed by.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "hifn_regs.h"
#include "hifnctl.h"

#define LINE_MOST	4096	/* bytes of a line */

struct bit {
	uint32_t mask;
	const char *name;
};

/* docs/reference/hifn795x.md 2.2.3 */
static const struct bit csr_bits[] = {
	{ HIFN_DMACSR_D_ABORT, "D_ABORT: bus abort, destination" },
	{ HIFN_DMACSR_D_DONE, "D_DONE" }, { HIFN_DMACSR_D_LAST, "D_LAST" },
	{ HIFN_DMACSR_D_WAIT, "D_WAIT" }, { HIFN_DMACSR_D_OVER, "D_OVER: overrun, destination" },
	{ HIFN_DMACSR_R_ABORT, "R_ABORT: bus abort, result" },
	{ HIFN_DMACSR_R_DONE, "R_DONE: a result is there" }, { HIFN_DMACSR_R_LAST, "R_LAST" },
	{ HIFN_DMACSR_R_WAIT, "R_WAIT" }, { HIFN_DMACSR_R_OVER, "R_OVER: overrun, result" },
	{ HIFN_DMACSR_S_ABORT, "S_ABORT: bus abort, source" },
	{ HIFN_DMACSR_S_DONE, "S_DONE" }, { HIFN_DMACSR_S_LAST, "S_LAST" },
	{ HIFN_DMACSR_S_WAIT, "S_WAIT" }, { HIFN_DMACSR_C_ABORT, "C_ABORT: bus abort, command" },
	{ HIFN_DMACSR_C_DONE, "C_DONE" }, { HIFN_DMACSR_C_LAST, "C_LAST" },
	{ HIFN_DMACSR_C_WAIT, "C_WAIT: idle, no command" }, { HIFN_DMACSR_PUBDONE, "PUBDONE" },
	{ HIFN_DMACSR_ENGINE, "ENGINE: see PUISR" }, { 0, NULL }
};

static const struct bit pu_bits[] = {
	{ HIFN_PUSTAT_CMDINVAL, "CMDINVAL: a command was refused" },
	{ HIFN_PUSTAT_DATAERR, "DATAERR" }, { HIFN_PUSTAT_SRCFIFO, "SRCFIFO" },
	{ HIFN_PUSTAT_DSTFIFO, "DSTFIFO" }, { HIFN_PUSTAT_DSTOVER, "DSTOVER: destination overrun" },
	{ HIFN_PUSTAT_SRCCMD, "SRCCMD" }, { HIFN_PUSTAT_SRCCTX, "SRCCTX" },
	{ HIFN_PUSTAT_SRCDATA, "SRCDATA" }, { HIFN_PUSTAT_DSTDATA, "DSTDATA" },
	{ HIFN_PUSTAT_DSTRESULT, "DSTRESULT" }, { 0, NULL }
};

static const struct bit cnfg_bits[] = {
	{ HIFN_DMACNFG_BIGENDIAN, "BIGENDIAN" }, { HIFN_DMACNFG_POLLFREQ, "the engines poll" },
	{ HIFN_DMACNFG_UNLOCK, "UNLOCK: the unlock registers are open" },
	{ HIFN_DMACNFG_LAST, "LAST" }, { HIFN_DMACNFG_MODE, "MODE" },
	{ HIFN_DMACNFG_DMARESET, "DMA out of reset" },
	{ HIFN_DMACNFG_MSTRESET, "chip out of reset" }, { 0, NULL }
};

struct text {
	char at[1024];
	size_t used;
};

static void add(struct text *text, const char *word)
{
	text->used += snprintf(text->at + text->used, sizeof(text->at) - text->used, "%s%s",
			       text->used ? ", " : "", word);
	if (text->used >= sizeof(text->at))
		text->used = sizeof(text->at) - 1;
}

static void add_bits(struct text *text, const struct bit *bits, uint32_t value)
{
	uint32_t rest = value;
	char word[32];

	for (; bits->name; bits++) {
		if (value & bits->mask)
			add(text, bits->name);
		rest &= ~bits->mask;
	}
	if (!rest)
		return;
	snprintf(word, sizeof(word), "others %#x", rest);
	add(text, word);
}

static void add_level(struct text *text, uint32_t value)
{
	switch (value & HIFN_PUSTAT_LEVEL) {
	case HIFN_LEVEL_0:
	case HIFN_LEVEL_0_ALT:
		add(text, "locked: no ciphers");
		break;
	case HIFN_LEVEL_1:
		add(text, "unlocked: DES, MD5, SHA-1");
		break;
	case HIFN_LEVEL_2:
		add(text, "unlocked: all ciphers");
		break;
	default:
		add(text, "no level that is known");
	}
}

/* Of the CSR what is not control. */
static bool decode_register(struct text *text, const char *name, uint32_t value)
{
	if (value == UINT32_MAX)
		add(text, "all ones: the card is gone");
	else if (!strcasecmp(name, "csr") || !strcasecmp(name, "DMA_CSR") ||
		 !strcasecmp(name, "ier") || !strcasecmp(name, "DMA_IER"))
		add_bits(text, csr_bits, value & HIFN_DMACSR_STATUS_ALL);
	else if (!strcasecmp(name, "puisr") || !strcasecmp(name, "puier"))
		add_bits(text, pu_bits, value);
	else if (!strcasecmp(name, "level"))
		add_level(text, value);
	else if (!strcasecmp(name, "cnfg") || !strcasecmp(name, "DMA_CNFG"))
		add_bits(text, cnfg_bits, value);
	else
		return false;
	if (!text->used)
		add(text, "no bit set");
	return true;
}

/* ---- messages of the modules ---- */

static const struct {
	const char *part;
	const char *means;
} messages[] = {
	{ "no result for ", "the card did nothing for timeout_ms: it is reset, its requests go elsewhere" },
	{ ": bus abort", "the bus refused an access of the card: reset; seat, slot, IOMMU" },
	{ "ended a job badly", "a result that says an error: reset" },
	{ "ended a job without a result", "the card gave back a result it never wrote: reset" },
	{ ": reset done", "the card gave known answers and serves again" },
	{ ": given up: ", "the CPU does everything; hifnctl online CARD tries again" },
	{ "the card is gone", "its registers read all ones: power, slot" },
	{ "interrupts do not arrive", "it is polled; hifnctl doctor: card-interrupts" },
	{ "self-test failed at vector", "the card computes this algorithm wrong: the CPU has it" },
	{ "self-test passed", "all is well with this algorithm" },
	{ "a required algorithm failed", "the card is not used: it is faulty or not what it claims to be" },
	{ "results in a row were wrong", "the algorithm is the CPU's from now on: check the data, and the card" },
	{ "its ciphers stay locked", "unlocking did not work: power-cycle the machine" },
	{ "does not come out of reset", "the processing unit is faulty" },
	{ "Module acf signature", "the kernel takes signed modules only: Secure Boot" },
};

static bool decode_message(struct text *text, const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(messages) / sizeof(*messages); i++)
		if (strstr(line, messages[i].part)) {
			add(text, messages[i].means);
			return true;
		}
	return false;
}

/* ---- lines ---- */

/* NAME VALUE anywhere in it, the value hexadecimal. A name ends where its word does. */
static bool decode_words(struct text *text, const char *line)
{
	char copy[LINE_MOST];
	char *rest = copy;
	char *name = NULL;
	char *word;
	bool some = false;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = next_word(&rest))) {
		struct text one = { .used = 0 };
		uint64_t value;

		word += strspn(word, "(");
		word[strcspn(word, "),;:")] = '\0';
		if (name && starts_with(word, "0x") && get_number(word, &value) &&
		    value <= UINT32_MAX && decode_register(&one, name, value)) {
			char piece[1200];

			snprintf(piece, sizeof(piece), "%s: %s", name, one.at);
			if (some)
				add(text, "");
			add(text, piece);
			some = true;
		}
		name = word;
	}
	return some;
}

static bool decode_line(const char *line)
{
	struct text text = { .used = 0 };
	json_object *object;

	if (!decode_message(&text, line) & !decode_words(&text, line))
		return false;
	if (!json) {
		printf("%s\n    %s\n", line, text.at);
		return true;
	}
	object = json_begin();
	json_add_text(object, "line", line);
	json_add_text(object, "means", text.at);
	json_end(object);
	return true;
}

/* Of a line that may be anything: what is no character becomes a dot. */
static void clean(char *line)
{
	for (; *line; line++)
		if (iscntrl((unsigned char)*line) || (unsigned char)*line >= 0x80)
			*line = *line == '\t' ? ' ' : '.';
}

static int decode_file(FILE *from, const char *name)
{
	char line[LINE_MOST];
	unsigned long number = 0;
	unsigned long known = 0;

	while (fgets(line, sizeof(line), from)) {
		size_t bytes = strlen(line);

		number++;
		if (bytes == sizeof(line) - 1 && line[bytes - 1] != '\n')
			return fail("%s: line %lu is longer than %d bytes: no log and no trace", name,
				    number, LINE_MOST - 2);
		line[strcspn(line, "\n")] = '\0';
		clean(line);
		known += decode_line(line);
	}
	if (ferror(from))
		return fail("%s: %m", name);
	if (!known)
		return fail("%s: %lu lines, nothing in them that hifnctl knows", name, number);
	return OK;
}

static int decode_value(const char *name, const char *value)
{
	struct text text = { .used = 0 };
	char line[128];
	uint64_t number;

	if (!get_number(value, &number) || number > UINT32_MAX)
		return usage_error(&cmd_decode, "\"%s\" is no value of 32 bits", value);
	if (!decode_register(&text, name, number))
		return usage_error(&cmd_decode, "no register \"%s\": csr, ier, cnfg, puisr, puier, level",
				   name);
	snprintf(line, sizeof(line), "%s %#010llx", name, (unsigned long long)number);
	decode_line(line);
	return OK;
}

static int run(int argc, char **argv)
{
	const char *name = argc == 2 ? argv[1] : "-";
	FILE *from = stdin;
	int status;

	if (argc == 3)
		return decode_value(argv[1], argv[2]);
	if (argc > 3 || (*name == '-' && name[1]))
		return usage_error(&cmd_decode, "one file, or a register and its value");
	if (strcmp(name, "-"))
		from = fopen(name, "re");
	if (!from)
		return fail("%s: %m", name);
	status = decode_file(from, strcmp(name, "-") ? name : "standard input");
	if (from != stdin)
		fclose(from);
	return status;
}

const struct command cmd_decode = {
	.name = "decode",
	.summary = "what registers and messages say",
	.help =
	"usage: hifnctl decode [FILE]\n"
	"       hifnctl decode REGISTER VALUE\n"
	"\n"
	"Lines of the kernel's log, of a report, of /sys/class/acf or of the virtual card's trace,\n"
	"from a file or standard input: those with a register's value or a message of ours, each\n"
	"followed by what it means; with --json an object for each.\n"
	"REGISTER: csr, ier, cnfg, puisr, puier, level. VALUE: 0x00100010.\n",
	.run = run,
};
